// What a caller holds of a value: a pin on an entry, or a copy of its own (Loose).
//
// A brisk_value is the address of an Entry whose value lies raw in the arena or its blob, or of a
// Loose, with the lowest bit set. A pin keeps the entry's memory after the entry left the cache,
// and the cache's memory after its last reference went (Cache::hold). A Loose is made where there
// is nothing to pin: a compressed value, a value that was loaded but not stored. Its bytes are
// reserved like all others. Any thread.
#pragma once

#include <brisk/cache.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/account.h"
#include "cache/entry.h"

namespace brisk::cache {

class Cache;

struct Loose {
  std::atomic<uint32_t> references;
  uint32_t size;
  uint64_t charge;
  Cache *cache;
  Account *account;

  char *data() noexcept { return reinterpret_cast<char *>(this + 1); }

  // With one reference, and a hold on the cache; null when account or system have no room.
  static Loose *make(size_t size, Cache &cache, Account &account, bool *account_refused) noexcept;
};

namespace value {

inline constexpr uintptr_t loose_bit = 1;

inline brisk_value *of(Entry *entry) noexcept { return reinterpret_cast<brisk_value *>(entry); }
inline brisk_value *of(Loose *loose) noexcept {
  return reinterpret_cast<brisk_value *>(reinterpret_cast<uintptr_t>(loose) | loose_bit);
}

const void *data(const brisk_value *value, size_t *size) noexcept;
void ref(brisk_value *value) noexcept;
void unref(brisk_value *value) noexcept;

}  // namespace value
}  // namespace brisk::cache
