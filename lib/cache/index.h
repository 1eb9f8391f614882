// The hash index: finds an entry without a lock, two dependent cache misses a hit.
//
// A bucket is one cache line: eleven tags of 8 bits, eleven entry references, a use counter (heat)
// of 2 bits a slot, a version, and a count of the keys that had to pass it because it was full. A
// key lies in its home bucket or, where that is full, in the next with room; a lookup goes on only
// past a bucket whose count is not zero (Bronson and Shi, F14, 2019). At eight entries a bucket,
// the most on average, one lookup in thirty meets a wrong tag or has to go on. Buckets need not be
// a power of two: the home is the high half of the hash times their number.
//
// Protocol. One writer at a time (the cache's write lock). It changes a bucket between lock() and
// unlock(), which leaves a new version. A reader loads the version, looks, copies, and checks that
// the version is the same: then the entry was in the index all the time, and the memory of an entry
// is reused only after it left the index. A reader that wants to keep an entry takes the bucket's
// pin bit, which no other change can pass, and counts itself in. Who overwrites a value in its
// place (overwrite.cc) takes both bits, without the write lock. Heat is written by readers without
// any of this: what a race loses is one count.
//
// Growth builds a new table under the write lock while readers go on in the old one, publishes it,
// then empties every old bucket under a new version, so that nobody trusts the old table any more.
// From the moment a bucket is copied it is frozen: nobody overwrites through it, since the same
// entry could be overwritten through its new bucket. Old tables stay mapped, their pages given
// back.
//
// Memory order: unlock() releases, version() acquires; the fence in unchanged() keeps the copies
// before the second load. lock() ends in a release fence, so that no change of the bucket is
// visible before its writing bit is.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/memory.h"
#include "cache/entry.h"

#if defined(__SSE2__) && !BRISK_TSAN
#include <emmintrin.h>
#endif

namespace brisk::cache {

struct alignas(64) Bucket {
  static constexpr unsigned slots = 11;
  static constexpr uint32_t writing = 1;
  static constexpr uint32_t pinning = 2;
  static constexpr uint32_t frozen = 4;
  static constexpr uint32_t step = 8;
  static constexpr uint32_t heat_max = 3;

  std::array<std::atomic<uint8_t>, slots> tags;  // 0 is an empty slot
  std::atomic<uint8_t> passed;                   // sticks at 255 until the table is rebuilt
  std::atomic<uint32_t> heats;
  std::atomic<uint32_t> version;
  std::array<std::atomic<EntryRef>, slots> refs;

  // Slots with this tag, a bit each.
  unsigned match(uint8_t tag) const noexcept {
#if defined(__SSE2__) && !BRISK_TSAN
    // Loads what follows the tags as well, and leaves it out of the answer.
    const __m128i all = _mm_load_si128(reinterpret_cast<const __m128i *>(&tags));
    const __m128i same = _mm_cmpeq_epi8(all, _mm_set1_epi8(static_cast<char>(tag)));
    return static_cast<unsigned>(_mm_movemask_epi8(same)) & ((1u << slots) - 1);
#else
    unsigned mask = 0;
    for (unsigned slot = 0; slot < slots; ++slot) {
      mask |= static_cast<unsigned>(tags[slot].load(std::memory_order_relaxed) == tag) << slot;
    }
    return mask;
#endif
  }

  bool was_passed() const noexcept { return passed.load(std::memory_order_relaxed) != 0; }
  void pass(int change) noexcept {
    const uint8_t count = passed.load(std::memory_order_relaxed);
    if (count != UINT8_MAX)
      passed.store(static_cast<uint8_t>(count + change), std::memory_order_relaxed);
  }

  // For readers. A stable version has its writing bit clear; the pin bit does not matter to them.
  uint32_t stable_version() const noexcept {
    const uint32_t now = version.load(std::memory_order_acquire);
    return (now & writing) == 0 ? now : settled_version();
  }
  // For readers that do not wait: while a writer is at work, a version that the bucket never had
  // nor will have, so that unchanged() denies it.
  uint32_t trusted_version() const noexcept {
    return version.load(std::memory_order_acquire) & ~writing;
  }
  bool unchanged(uint32_t before) noexcept {
#if BRISK_TSAN
    return ((version.fetch_add(0, std::memory_order_acq_rel) ^ before) & ~pinning) == 0;
#else
    racy_fence();
    return ((version.load(std::memory_order_relaxed) ^ before) & ~pinning) == 0;
#endif
  }

  // Takes the pin bit if the bucket is still as it was at `before`.
  bool lock_pin(uint32_t before) noexcept {
    uint32_t expected = before & ~pinning;
    if (version.compare_exchange_strong(expected, expected | pinning, std::memory_order_acquire))
        [[likely]] {
      return true;
    }
    return wait_pin(before);
  }
  bool wait_pin(uint32_t before) noexcept;
  void unlock_pin(uint32_t before) noexcept {
    version.store(before & ~pinning, std::memory_order_release);
  }

  // For who overwrites: both bits, if the bucket is still as it was at `before`.
  bool lock_at(uint32_t before) noexcept {
    if ((before & (writing | pinning | frozen)) != 0) return false;
    if (!version.compare_exchange_strong(before, before | writing | pinning,
                                         std::memory_order_acquire))
      return false;
    racy_write_fence();
    return true;
  }
  // Nothing was changed after all.
  void unlock_at(uint32_t before) noexcept { version.store(before, std::memory_order_release); }

  // For the writer.
  void lock() noexcept;
  void freeze() noexcept {
    lock();
    version.fetch_or(frozen, std::memory_order_relaxed);
    unlock();
  }
  void unlock() noexcept {
    const uint32_t now = version.load(std::memory_order_relaxed);
    version.store((now & ~(writing | pinning)) + step, std::memory_order_release);
  }
  uint32_t settled_version() const noexcept;  // waits for the writer
  // In the child of a fork: whoever held a bit is gone. Whether that was in the middle of a value.
  bool mend() noexcept {
    const uint32_t now = version.load(std::memory_order_relaxed);
    if ((now & (writing | pinning)) != 0) unlock();
    return (now & writing) != 0;
  }

  uint32_t heat(unsigned slot) const noexcept {
    return heats.load(std::memory_order_relaxed) >> (2 * slot) & heat_max;
  }
  [[gnu::always_inline]] void warm(unsigned slot) noexcept {
    const uint32_t all = heats.load(std::memory_order_relaxed);
    if ((~all >> (2 * slot) & heat_max) == 0) return;
    heats.store(all + (1u << (2 * slot)), std::memory_order_relaxed);
  }
  void set_heat(unsigned slot, uint32_t heat) noexcept {
    const uint32_t others = heats.load(std::memory_order_relaxed) & ~(heat_max << (2 * slot));
    heats.store(others | heat << (2 * slot), std::memory_order_relaxed);
  }
};
static_assert(sizeof(Bucket) == 64);

struct Table {
  memory::Region region;
  Bucket *buckets = nullptr;
  uint32_t count = 0;

  uint32_t home(uint64_t hash) const noexcept {
    return static_cast<uint32_t>((hash >> 32) * count >> 32);
  }
  uint32_t after(uint32_t at) const noexcept { return at + 1 == count ? 0 : at + 1; }
  size_t charge() const noexcept { return region.size(); }
};

class Index {
 public:
  struct Position {
    Bucket *bucket = nullptr;
    unsigned slot = 0;
    explicit operator bool() const noexcept { return bucket != nullptr; }
    EntryRef ref() const noexcept { return bucket->refs[slot].load(std::memory_order_relaxed); }
    uint32_t heat() const noexcept { return bucket->heat(slot); }
    void set_heat(uint32_t heat) const noexcept { bucket->set_heat(slot, heat); }
  };

  explicit Index(Account &account) noexcept : account_(account) {}
  ~Index();

  // Where readers look. Never null after the first grow().
  const Table *table() const noexcept { return table_.load(std::memory_order_acquire); }
  void prefetch(uint64_t hash) const noexcept {
    const Table *const table = this->table();
    __builtin_prefetch(&table->buckets[table->home(hash)]);
  }
  static uint8_t tag(uint64_t hash) noexcept {
    const auto low = static_cast<uint8_t>(hash);
    return static_cast<uint8_t>(low + (low == 0));
  }
  // Entries for each bucket, at most and on average.
  static constexpr unsigned per_bucket = 8;

  // The rest is for the holder of the write lock.

  // same(ref) tells whether the candidate is the key that is looked for.
  template <class Same>
  Position find(uint64_t hash, Same &&same) const {
    const Table &table = *table_.load(std::memory_order_relaxed);
    uint32_t at = table.home(hash);
    for (uint32_t probes = 0; probes < table.count; ++probes, at = table.after(at)) {
      Bucket &bucket = table.buckets[at];
      for (unsigned mask = bucket.match(tag(hash)); mask != 0; mask &= mask - 1) {
        const auto slot = static_cast<unsigned>(std::countr_zero(mask));
        if (same(bucket.refs[slot].load(std::memory_order_relaxed))) return {&bucket, slot};
      }
      if (!bucket.was_passed()) break;
    }
    return {};
  }
  // The place of an entry that is in the index.
  Position locate(uint64_t hash, EntryRef ref) const noexcept {
    return find(hash, [ref](EntryRef candidate) { return candidate == ref; });
  }

  // There must be room: size() < capacity().
  Position insert(uint64_t hash, EntryRef ref) noexcept;
  void erase(uint64_t hash, Position position) noexcept;
  // Lets the slot point to another entry of the same key.
  void replace(Position position, EntryRef ref) noexcept;

  size_t size() const noexcept { return size_; }
  // Entries that fit before the next growth.
  size_t capacity() const noexcept {
    const Table *table = table_.load(std::memory_order_relaxed);
    return table == nullptr ? 0 : size_t{table->count} * per_bucket;
  }
  size_t charge() const noexcept { return charge_; }

  // Moves everything into a table of at least this many buckets; hash_of(ref) gives the hash of an
  // entry. False when account or system have no room for it; the index is then as before.
  template <class HashOf>
  bool grow(size_t buckets, HashOf &&hash_of) {
    std::unique_ptr<Table> next = make_table(buckets);
    if (next == nullptr) return false;
    if (const Table *old = table_.load(std::memory_order_relaxed)) {
      for (uint32_t at = 0; at < old->count; ++at) {
        old->buckets[at].freeze();
        move_bucket(*old, at, *next, hash_of);
      }
    }
    publish(std::move(next));
    return true;
  }

  template <class Visit>
  void each_bucket(Visit &&visit) const {
    const Table &table = *table_.load(std::memory_order_relaxed);
    for (uint32_t at = 0; at < table.count; ++at) visit(table.buckets[at]);
  }

 private:
  std::unique_ptr<Table> make_table(size_t buckets) noexcept;
  void publish(std::unique_ptr<Table> next) noexcept;
  static void place(Table &table, uint64_t hash, EntryRef ref, uint32_t heat) noexcept;

  template <class HashOf>
  static void move_bucket(const Table &from, uint32_t at, Table &to, HashOf &&hash_of) {
    const Bucket &bucket = from.buckets[at];
    for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
      const EntryRef ref = bucket.refs[slot].load(std::memory_order_relaxed);
      if (ref != 0) place(to, hash_of(ref), ref, bucket.heat(slot));
    }
  }

  Account &account_;
  std::atomic<const Table *> table_{nullptr};
  std::vector<std::unique_ptr<Table>>
      tables_;                   // the last one is in use, the others may still be looked at
  alignas(64) size_t size_ = 0;  // apart from what lookups read
  size_t charge_ = 0;
};

}  // namespace brisk::cache
