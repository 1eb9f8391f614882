// What the cache is asked for most: noted as lookups go by, listed, kept in a file.
#include "cache/hit.h"
#include "cache/hot_file.h"

namespace brisk::cache {

// The lookup that made the count of a thread `at`.
[[gnu::cold]] void Cache::note_lookup(Counters &counters, uint64_t at, Key key) noexcept {
  const uint64_t hash = store_.hash(key.data, key.size);
  counters.next_noted.store(at + Hot::gap(at, hash), std::memory_order_relaxed);
  hot_.note(key.data, key.size, hash, Hot::period(at), clock().now());
}

HotKeys Cache::hot_keys(size_t count) { return hot_.top(count, clock().now()); }

void Cache::save_hot(const std::string &path) { brisk::cache::save_hot(path, hot_keys(SIZE_MAX)); }

bool Cache::restore_hot(const std::string &path, uint64_t *restored) {
  HotKeys keys;
  if (!read_hot(path, &keys)) return false;
  hot_.restore(keys, store_.seed, clock().now());
  *restored = keys.sizes.size();
  return true;
}

}  // namespace brisk::cache
