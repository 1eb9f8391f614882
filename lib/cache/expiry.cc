// When an entry expires, and what is left of it for loads.
//
// A lifetime ends at a point of the cache's clock, which is settled when it begins. With jitter it
// is shortened by a share that is drawn for each write, so that what was written together does not
// expire, and is not loaded again, together. The draw is a counter mixed with the hash of the key:
// no lock, and two threads that happen to draw from the same count still draw for different keys.
//
// A value that took long to load may be loaded anew before its lifetime ends, by a caller whom
// chance chooses, so that not everybody finds it missing at once: XFetch (Vattani, Chierichetti and
// Lowenstein, Optimal Probabilistic Cache Stampede Prevention, VLDB 2015). The draw is the caller's
// own, and reads nothing but the entry.
//
// What a value cost to make is kept with it where the caller says so, or the cache keeps the time
// of its loads; each hit adds it to what was saved.
//
// An entry may be kept beyond its lifetime: no read serves it then, but a load that is under way or
// that failed may (loads.h). Its lifetime ends at Refresh::deadline, the entry at the later
// Lifetime::deadline, which is the one that the wheel knows.
#include <algorithm>
#include <cmath>

#include "cache/cache.h"

namespace brisk::cache {

// From 0 to below 1.
double Cache::draw(uint64_t hash) noexcept {
  // Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
  const uint64_t count = draws_.load(std::memory_order_relaxed) + 0x9e3779b97f4a7c15;
  draws_.store(count, std::memory_order_relaxed);
  uint64_t mixed = count ^ hash;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return static_cast<double>((mixed ^ mixed >> 31) >> 11) * 0x1p-53;
}

Terms Cache::terms(uint64_t ttl, uint64_t hash, double cost) noexcept {
  if (ttl == 0) ttl = options_.ttl;
  if (ttl == BRISK_FOREVER) return {BRISK_FOREVER, BRISK_FOREVER, cost};
  if (options_.ttl_jitter != 0) {
    const double share = options_.ttl_jitter * draw(hash);
    ttl -= static_cast<uint64_t>(static_cast<double>(ttl) * share);
  }
  const uint64_t fresh = Clock::add(runtime_->clock().now(), ttl);
  return {fresh, Clock::add(fresh, std::max(options_.stale, options_.stale_if_error)), cost};
}

// XFetch: -beta cost ln(u) before the end, u even between 0 and 1.
bool Cache::is_early(Entry &entry, uint64_t hash) noexcept {
  if (options_.early_beta == 0 || (entry.flags & has_refresh) == 0) return false;
  const double cost = entry.refresh().cost;
  const uint64_t end = entry.refresh().deadline;
  const uint64_t now = runtime_->clock().now();
  if (cost == 0 || end <= now) return false;
  const double lead = -options_.early_beta * cost * std::log1p(-draw(hash));
  return lead >= static_cast<double>(end - now);
}

void Cache::count_cost(double cost) noexcept {
  counters_.with(
      [&](Counters &counters, bool exclusive) { counters.saved_cost.add(cost, exclusive); });
}

brisk_status Cache::peek(const void *key, size_t size, bool early, brisk_value **value,
                         Stale *stale) {
  const Key one{key, size};
  *value = nullptr;
  Entry *const entry = pin_key(one, store_.hash(key, size), Pin::stale);
  if (entry == nullptr) return BRISK_MISS;
  if ((entry->flags & is_absent) != 0) {
    drop_pin(*entry);
    return BRISK_ABSENT;
  }
  if (is_live(*entry) && !(early && (entry->flags & has_refresh) != 0))
    return hand_out(entry, Pin::look, one, value);
  stale->end = entry->refresh().deadline;
  stale->until = Clock::add(stale->end, options_.stale);
  stale->until_error = Clock::add(stale->end, options_.stale_if_error);
  stale->entry = entry;
  add_pin(*entry);
  // Without room to unpack it there is none that could be served.
  if (hand_out(entry, Pin::stale, one, &stale->value) != BRISK_OK) stale->value = nullptr;
  return BRISK_MISS;
}

}  // namespace brisk::cache
