// Many keys in one call, in groups: first the buckets of all, then the entries of all, so that what
// single lookups would wait for one after the other arrives together.
//
// Each key is looked up on its own: a batch is no snapshot. Cost of a small hit: half of a single
// one's or less, and most of that is instructions, no longer memory.
#include <algorithm>

#include "cache/hit.h"

namespace brisk::cache {
namespace {

// Enough that the first bucket, and then the first entry, has arrived when the last is asked for.
constexpr size_t group_max = 64;

}  // namespace

// Takes the first keys. Those whose entry is null are left to the slow way.
[[gnu::always_inline]] inline size_t Cache::look_ahead(Keys *keys, Lookup *lookups) const noexcept {
  const Table &table = *store_.index.table();
  BRISK_PAUSE("read.begun");
  const size_t count = std::min(keys->count, group_max);
  const char *next = keys->bytes;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t size = keys->sizes[i];
    lookups[i].begin(next, size, table, store_.seed);
    __builtin_prefetch(lookups[i].bucket);
    next += size;
  }
  const bool records_use = records_use_;
  for (size_t i = 0; i < count; ++i) {
    if (lookups[i].find(table, store_.arena) != Lookup::Found::candidate || records_use)
        [[unlikely]]
      lookups[i].entry = nullptr;
    __builtin_prefetch(lookups[i].entry);
  }
  *keys = {next, keys->sizes + count, keys->count - count};
  return count;
}

// As count() does for each, in their order.
[[gnu::always_inline]] inline void Cache::count_group(const Lookup *lookups, size_t count,
                                                      size_t misses) noexcept {
  if (count == 0) return;
  counters_.with([&](Counters &counters, bool exclusive) {
    const uint64_t last = counters.lookups.add(count, exclusive);
    if (misses != 0) counters.misses.add(misses, exclusive);
    const uint64_t first = last - count + 1;
    while (true) {
      const uint64_t at = std::max(counters.next_noted.load(std::memory_order_relaxed), first);
      if (at > last) [[likely]]
        break;
      const Lookup &lookup = lookups[at - first];
      note_lookup(counters, at, {lookup.key, lookup.key_size});
    }
  });
}

brisk_status Cache::read_many(Keys keys, char *buffer, size_t capacity, uint32_t *sizes,
                              size_t *done) {
  Lookup lookups[group_max];
  brisk_status status = BRISK_OK;
  size_t answered = 0;
  while (keys.count != 0 && status != BRISK_SHORT_BUFFER) {
    const size_t count = look_ahead(&keys, lookups);
    size_t misses = 0;
    size_t i = 0;
    for (; i < count; ++i) {
      Lookup &lookup = lookups[i];
      size_t size = lookup.entry == nullptr ? Lookup::not_taken : lookup.take(buffer, capacity);
      bool hit = true;
      if (size != Lookup::not_taken) [[likely]] {
        note_sample(lookup.hash);
      } else {
        hit =
            read_slow({lookup.key, lookup.key_size}, lookup.hash, buffer, capacity, &size, &status);
        misses += !hit;
        if (!hit) note_miss(lookup.hash);
      }
      sizes[answered] = hit ? static_cast<uint32_t>(size) : UINT32_MAX;
      if (status == BRISK_SHORT_BUFFER) [[unlikely]]
        break;
      buffer += size;
      capacity -= size;
      ++answered;
    }
    count_group(lookups, i, misses);
  }
  *done = answered;
  return status == BRISK_SHORT_BUFFER ? status : BRISK_OK;
}

void Cache::get_many(Keys keys, brisk_value **values, size_t *found) {
  Lookup lookups[group_max];
  while (keys.count != 0) {
    const size_t count = look_ahead(&keys, lookups);
    size_t misses = 0;
    for (size_t i = 0; i < count; ++i, ++values) {
      const Key key{lookups[i].key, lookups[i].key_size};
      Entry *const entry = pin_key(key, lookups[i].hash, Pin::use);
      if (entry != nullptr) save_cost(entry->cost());
      if (entry == nullptr) note_miss(lookups[i].hash);
      const brisk_status status =
          entry == nullptr ? BRISK_MISS : hand_out(entry, Pin::use, key, values);
      misses += status == BRISK_MISS;
      *found += status == BRISK_OK;
    }
    count_group(lookups, count, misses);
  }
}

}  // namespace brisk::cache
