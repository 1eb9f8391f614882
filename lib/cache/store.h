// The entries of a cache: the arena that holds them and the index that finds them, seen as one.
//
// For the holder of the write lock, but for the arena's and index's own reader side. What a policy,
// the wheel or the write path ask about an entry is answered here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/hash.h"
#include "cache/arena.h"
#include "cache/index.h"

namespace brisk::cache {

struct Store {
  Store(void *owner, Account &account, uint64_t seed) noexcept
      : arena(owner, account), index(account), seed(seed) {}

  Arena arena;
  Index index;
  const uint64_t seed;

  uint64_t hash(const void *key, size_t size) const noexcept { return hash_key(key, size, seed); }
  uint64_t hash_of(Entry &entry) const noexcept {
    return entry.long_key() ? uint64_t{entry.blob().hash} : hash(entry.slot_key(), entry.key_size);
  }
  static bool has_key(Entry &entry, const void *key, size_t size) noexcept {
    return entry.key_size == size && (size == 0 || std::memcmp(entry.key(), key, size) == 0);
  }
  // Bytes that an entry takes, slack of its slot included.
  uint64_t weight(Entry &entry) const noexcept {
    return arena.slot_size(&entry) + (entry.blobbed() ? uint64_t{entry.blob().charge} : 0);
  }

  Index::Position find(const void *key, size_t size, uint64_t hash) const {
    return index.find(hash, [&](EntryRef ref) { return has_key(*arena.at(ref), key, size); });
  }
  // Without the key: two with the same 64 bits are taken for one.
  Index::Position find(uint64_t hash) const {
    return index.find(hash, [&](EntryRef ref) { return hash_of(*arena.at(ref)) == hash; });
  }
  Index::Position locate(Entry &entry) const noexcept {
    return index.locate(hash_of(entry), arena.ref(&entry));
  }

  static bool pinned(const Entry &entry) noexcept {
    return entry.pins.load(std::memory_order_acquire) != 0;
  }
};

}  // namespace brisk::cache
