// Walks over all keys: the cursor, clear, erase by pattern.
//
// A walk takes the write lock for a slice at a time. The cursor goes in the order of hashes and
// remembers a hash, not a place, so that it keeps its promise (each key that stays is seen exactly
// once) when the index grows under it. Erasing goes from bucket to bucket, and starts again when
// the index has grown: what it erased is gone, so that costs time only.
#include "base/error.h"
#include "base/glob.h"
#include "cache/cache.h"

namespace brisk::cache {
namespace {
constexpr uint32_t slice = 64;  // buckets, 512 entries at most: some tens of microseconds
}  // namespace

bool Cache::walk(uint64_t *position, std::string *keys, std::vector<uint16_t> *sizes) {
  keys->clear();
  sizes->clear();
  while (sizes->empty()) {
    std::lock_guard lock(mutex_);
    check_open();
    const Table &table = *store_.index.table();
    for (uint32_t homes = 0; homes < slice && sizes->empty(); ++homes) {
      constexpr uint64_t end = uint64_t{1} << 32;
      if (*position >= end) return false;
      // All entries whose home is this bucket stand here or, as far as others passed, behind it.
      const uint32_t home = table.home(*position << 32);
      uint32_t at = home;
      for (uint32_t probes = 0; probes < table.count; ++probes, at = table.after(at)) {
        Bucket &bucket = table.buckets[at];
        for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
          const EntryRef ref = bucket.refs[slot].load(std::memory_order_relaxed);
          if (ref == 0) continue;
          Entry &entry = *store_.arena.at(ref);
          const uint64_t hash = store_.hash_of(entry);
          if (table.home(hash) != home || hash >> 32 < *position || !is_live(entry)) continue;
          keys->append(entry.key(), entry.key_size);
          sizes->push_back(entry.key_size);
        }
        if (!bucket.was_passed()) break;
      }
      // The first hash of the next home.
      *position = ((uint64_t{home} + 1) * end + table.count - 1) / table.count;
    }
  }
  return true;
}

template <class Chosen>
uint64_t Cache::erase_where(Chosen &&chosen) {
  uint64_t count = 0;
  const Table *table = nullptr;
  uint32_t at = 0;
  while (true) {
    std::lock_guard lock(mutex_);
    check_open();
    reclaim();
    if (table != store_.index.table()) {
      table = store_.index.table();
      at = 0;
    }
    for (uint32_t end = at + slice; at < end; ++at) {
      if (at == table->count) return count;
      Bucket &bucket = table->buckets[at];
      for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
        const EntryRef ref = bucket.refs[slot].load(std::memory_order_relaxed);
        if (ref == 0) continue;
        Entry &entry = *store_.arena.at(ref);
        if (!chosen(entry)) continue;
        const bool live = is_live(entry);
        const Cause cause = is_expired(entry) ? expired : erased;
        take_out(entry, store_.hash_of(entry), {&bucket, slot}, cause);
        count += live;
      }
    }
  }
}

uint64_t Cache::erase_matching(const char *pattern, size_t size) {
  glob_check(pattern, size);
  if (loads_.any()) loads_.supersede_matching(pattern, size);
  return erase_where(
      [=](Entry &entry) { return glob_match(pattern, size, entry.key(), entry.key_size); });
}

void Cache::clear() {
  if (loads_.any()) loads_.supersede_matching("*", 1);
  erase_where([](Entry &) { return true; });
}

}  // namespace brisk::cache
