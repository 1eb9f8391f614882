// The dictionaries of a cache: the one that values are packed with now, and older ones for as long
// as a value is packed with them.
//
// A dictionary is known by a number of one byte, which an entry keeps; 0 is none. Whoever packs a
// value counts as a user, from before the packing until the entry's memory is freed; so a reader
// that holds a pin on the entry finds the dictionary alive, with one acquire load and no lock. A
// retired dictionary gives up the tables for packing when the last packer leaves, and everything
// when the last user does.
//
// Memory: content (16 to 64 KiB), tables for packing (some 30 KiB at level 1, 100 to 200 at level
// 3) and for unpacking (27 KiB), from CodecMemory. Any thread but where a function says that the
// lock must be held: the codec's, which is a leaf.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cache/codec_memory.h"

struct ZSTD_CDict_s;
struct ZSTD_DDict_s;

namespace brisk::cache {

// A dictionary prepared for packing, in a block of its own: zstd 1.5.4 looks for no failure when it
// is to allocate these tables itself.
class PackingTables {
 public:
  PackingTables() = default;
  PackingTables(const PackingTables &) = delete;
  PackingTables &operator=(const PackingTables &) = delete;
  ~PackingTables() { reset(); }

  // Bytes that they take for a dictionary of this size, and a context that packs with them, at
  // most.
  static size_t size(size_t size, int level) noexcept;
  static size_t context_size(size_t size, int level) noexcept;

  // The content must stay. False when there is no room.
  bool make(const void *content, size_t size, int level, CodecMemory &memory) noexcept;
  const ZSTD_CDict_s *get() const noexcept { return tables_; }
  void reset() noexcept;

 private:
  CodecMemory *memory_ = nullptr;
  void *block_ = nullptr;
  const ZSTD_CDict_s *tables_ = nullptr;
};

struct Dictionary {
  PackingTables packer;  // with the lock
  ZSTD_DDict_s *unpacker = nullptr;
  void *content = nullptr;
  size_t size = 0;
  int level = 0;
  uint32_t packing = 0;  // with the lock
  uint8_t number = 0;
  std::atomic<uint64_t> users{1};  // one for being the current one
};

class Dictionaries {
 public:
  using Number = uint8_t;
  static constexpr size_t live_max = 15;  // a number has four bits in an entry

  explicit Dictionaries(CodecMemory &memory) noexcept : memory_(memory) {}
  // Bytes that adopt() takes, at most.
  static size_t memory(size_t size, int level) noexcept;
  Dictionaries(const Dictionaries &) = delete;
  Dictionaries &operator=(const Dictionaries &) = delete;
  ~Dictionaries();

  // Of a number that the caller counts as a user of. Null when there is none.
  const Dictionary *at(Number number) const noexcept {
    return number > live_max ? nullptr : live_[number].load(std::memory_order_acquire);
  }

  // Prepares a dictionary and puts it in the place of the current one. False when there is no room,
  // or when too many old ones are still in use. Takes the lock for the exchange.
  template <class Mutex>
  bool adopt(const void *content, size_t size, int level, Mutex &mutex) noexcept {
    Dictionary *const made = prepare(content, size, level);
    if (made == nullptr) return false;
    mutex.lock();
    const bool placed = place(*made);
    mutex.unlock();
    if (!placed) destroy(made);
    return placed;
  }

  // With the lock held: the current dictionary, whose user and packer the caller now is; or null.
  Dictionary *begin_packing() noexcept;
  // With the lock held. `kept` says that the caller stays a user.
  void end_packing(Dictionary &dictionary, bool kept) noexcept;
  // True when the caller was the last user and must call free_unused() with the lock held.
  bool drop(Number number) noexcept;
  void free_unused() noexcept;
  // In the child of a fork: packers of other threads are gone.
  void mend() noexcept;

  // With the lock held.
  bool any() const noexcept { return current_ != nullptr; }
  size_t live() const noexcept;

 private:
  Dictionary *prepare(const void *content, size_t size, int level) noexcept;
  bool place(Dictionary &dictionary) noexcept;
  void destroy(Dictionary *dictionary) noexcept;

  CodecMemory &memory_;
  Dictionary *current_ = nullptr;
  std::array<std::atomic<Dictionary *>, live_max + 1> live_{};
};

}  // namespace brisk::cache
