// The C++ object behind a brisk_cache, and the checks of keys and values.
#pragma once

#include <brisk/cache.h>

#include <limits>

#include "abi/abi.h"
#include "cache/cache.h"

namespace brisk::abi {

inline cache::Cache *of(brisk_cache *cache) noexcept {
  return reinterpret_cast<cache::Cache *>(cache);
}
inline brisk_cache *handle(cache::Cache *cache) noexcept {
  return reinterpret_cast<brisk_cache *>(cache);
}

inline cache::Cache &open_cache(brisk_cache *cache) {
  require(cache, "cache");
  if (of(cache)->closed()) [[unlikely]]
    of(cache)->check_open();
  return *of(cache);
}

[[noreturn]] [[gnu::cold]] inline void key_too_large(size_t size) {
  fail(BRISK_TOO_LARGE, "a key of %zu bytes is longer than %llu; hash long keys first", size,
       static_cast<unsigned long long>(BRISK_KEY_SIZE_MAX));
}

inline void check_key(const void *key, size_t size) {
  require_bytes(key, size, "key");
  if (size > BRISK_KEY_SIZE_MAX) [[unlikely]]
    key_too_large(size);
}

inline void check_value(const void *value, size_t size) {
  require_bytes(value, size, "value");
  if (size > BRISK_VALUE_SIZE_MAX) [[unlikely]] {
    fail(BRISK_TOO_LARGE, "a value of %zu bytes is larger than %llu; store it in parts", size,
         static_cast<unsigned long long>(BRISK_VALUE_SIZE_MAX));
  }
}

inline void check_cost(double cost) {
  if (!(cost >= 0 && cost <= std::numeric_limits<double>::max())) [[unlikely]]
    fail(BRISK_INVALID, "cost is %g; it must be a finite number from 0 on", cost);
}

}  // namespace brisk::abi
