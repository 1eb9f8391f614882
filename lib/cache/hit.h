// The common lookup in a straight line, without a call: a plain entry with a short key and a small
// value, in the first slot that has its tag; or a key whose tag is nowhere.
//
// Three steps, so that a batch can take each for all of its keys before the next for any: begin()
// hashes the key and names the bucket, find() reads the bucket and names the entry, take()
// compares, copies and validates (index.h says why that is enough). They give up rather than
// branch: a bucket that changes and all that is not common are left to the caller's slow way. The
// fewer instructions, the earlier the next lookup of a loop begins to wait for its memory. Cost of
// a hit: two dependent cache misses, of a miss one; no locked instruction, no clock. What is missed
// in a full cache is noted by a call, and once in 13 notes of a thread that never writes it empties
// the notes, if the write lock is free.
#pragma once

#include "base/fault.h"
#include "cache/cache.h"

namespace brisk::cache {

struct Lookup {
  const void *key;
  size_t key_size;
  uint64_t hash;
  Bucket *bucket;
  Entry *entry;
  uint32_t version;
  uint32_t slot;

  [[gnu::always_inline]] void begin(const void *of, size_t size, const Table &table,
                                    uint64_t seed) noexcept {
    key = of;
    key_size = size;
    hash = hash_key(of, size, seed);
    bucket = &table.buckets[table.home(hash)];
  }

  // Absent: the key was not in this table at some moment since the call.
  enum class Found { candidate, absent, unsure };
  [[gnu::always_inline]] Found find(const Table &table, const Arena &arena) noexcept {
    const uint8_t tag = Index::tag(hash);
    while (true) {
      version = bucket->trusted_version();
      const unsigned mask = bucket->match(tag);
      if (mask != 0) [[likely]] {
        slot = static_cast<uint32_t>(std::countr_zero(mask));
        entry = arena.at(bucket->refs[slot].load(std::memory_order_relaxed));
        __builtin_prefetch(reinterpret_cast<const char *>(entry) + 64);
        return Found::candidate;
      }
      const bool passed = bucket->was_passed();
      if (!bucket->unchanged(version)) [[unlikely]]
        return Found::unsure;
      if (!passed) return Found::absent;
      if (++bucket == table.buckets + table.count) return Found::unsure;
    }
  }

  // The size of the value, copied; not_taken when this is no common hit after all.
  static constexpr size_t not_taken = SIZE_MAX;
  [[gnu::always_inline]] size_t take(void *buffer, size_t capacity) noexcept {
    if (entry->key_size != key_size || entry->flags != 0) return not_taken;
    const char *const entry_key = entry->after();
    if (!racy_equal(entry_key, key, key_size)) return not_taken;
    const size_t size = entry->value_size;
    if (size > capacity) return not_taken;
    BRISK_PAUSE("read.matched");
    if (!racy_read_small(buffer, entry_key + key_size, size)) return not_taken;
    BRISK_PAUSE("read.copied");
    if (!bucket->unchanged(version)) return not_taken;
    bucket->warm(slot);
    return size;
  }
};

[[gnu::always_inline]] inline void Cache::note_sample(uint64_t hash) noexcept {
  if (static_cast<uint32_t>(hash) < sampled_below_.load(std::memory_order_relaxed)) [[unlikely]]
    judge_->note_hit(hash);
}

// Until the cache is full nobody is counted, nor sampled.
[[gnu::always_inline]] inline void Cache::note_miss(uint64_t hash) noexcept {
  if (sampled_below_.load(std::memory_order_relaxed) != 0) log_miss(hash);
}

// Of keys of up to 16 bytes, the common ones, which are hashed in place.
[[gnu::always_inline]] inline Cache::Common Cache::look_up(const void *key, size_t size,
                                                           void *buffer, size_t capacity,
                                                           size_t *value_size) noexcept {
  if (!plain_.load(std::memory_order_acquire) || size > hash_inlined) return Common::unknown;
  if (key == nullptr) return Common::unknown;
  const Table &table = *store_.index.table();
  BRISK_PAUSE("read.begun");
  Lookup lookup;
  lookup.begin(key, size, table, store_.seed);
  const Lookup::Found found = lookup.find(table, store_.arena);
  if (buffer == nullptr || value_size == nullptr) return Common::unknown;
  if (found != Lookup::Found::candidate) {
    if (found == Lookup::Found::unsure || store_.index.table() != &table) return Common::unknown;
    *value_size = 0;
    note_miss(lookup.hash);
    count(false, {key, size});
    return Common::miss;
  }
  const size_t taken = lookup.take(buffer, capacity);
  if (taken == Lookup::not_taken) return Common::unknown;
  *value_size = taken;
  note_sample(lookup.hash);
  counters_.with(
      [&](Counters &counters, bool exclusive) { count_lookup(counters, exclusive, {key, size}); });
  return Common::hit;
}

}  // namespace brisk::cache
