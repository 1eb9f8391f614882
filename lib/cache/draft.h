// An entry to be: everything about it that can be settled before the write lock is taken, its value
// packed or not, in a block of its own where it is too large for a slot.
#pragma once

#include "cache/cache.h"

namespace brisk::cache {

class Cache::Draft {
 public:
  Draft(Cache &cache, const void *key, size_t key_size, uint64_t hash, const void *value,
        size_t value_size, Terms terms, uint8_t kind = 0);
  // Of a live entry, pinned by the caller, in its other form: packed, or as it is. Its times are
  // taken over when it is filled. `value` is what it stands for.
  Draft(Cache &cache, Entry &of, uint64_t hash, const void *value, bool packs);
  ~Draft() { cache_.codec_.drop(dictionary_); }
  Draft(const Draft &) = delete;
  Draft &operator=(const Draft &) = delete;

  // Moves a value that is too large for a slot into a block. False when the budget refuses.
  bool take_blob();
  // With the write lock.
  void fill(Entry &entry, uint64_t now, uint64_t idle_end);

  const void *const key;
  const size_t key_size;
  const uint64_t hash;
  const void *const raw;
  const size_t raw_size;
  const Terms terms;
  const void *stored;
  size_t stored_size;
  uint8_t flags;
  size_t slot_size = 0;
  memory::Block blob;

 private:
  // Packed here first when it may fit into a slot.
  static constexpr size_t scratch_size = 16384;

  void pack();
  void measure() noexcept;
  void fill_times(Entry &entry, uint64_t now, uint64_t idle_end) noexcept;

  Cache &cache_;
  Entry *const of_;
  memory::Block packed_;
  uint8_t dictionary_ = 0;  // that the packed value needs, until an entry has it
  char scratch_[scratch_size];
};

}  // namespace brisk::cache
