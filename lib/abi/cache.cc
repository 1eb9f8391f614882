// The extern "C" side of <brisk/cache.h>.
#include "abi/cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "abi/runtime.h"
#include "cache/cursor.h"
#include "cache/hit.h"

using brisk::Ref;
using brisk::cache::Cache;
using brisk::cache::Cursor;
using namespace brisk::abi;

namespace {

Cursor *of(brisk_cursor *cursor) noexcept { return reinterpret_cast<Cursor *>(cursor); }

uint64_t or_default(uint64_t given, uint64_t otherwise) noexcept {
  return given != 0 ? given : otherwise;
}

brisk::cache::Options cache_options(const brisk_cache_options *given) {
  const auto raw = read_options(given, "brisk_cache_options");
  brisk::cache::Options options;
  if (raw.policy < BRISK_POLICY_AUTO || raw.policy > BRISK_POLICY_S3FIFO) {
    brisk::fail(BRISK_INVALID, "policy is %d; it must be BRISK_POLICY_AUTO, _LRU or _S3FIFO",
                raw.policy);
  }
  if (raw.compression != BRISK_COMPRESSION_AUTO && raw.compression != BRISK_COMPRESSION_OFF) {
    brisk::fail(BRISK_INVALID, "compression is %d; it must be BRISK_COMPRESSION_AUTO or _OFF",
                raw.compression);
  }
  if (raw.compression_level < -7 || raw.compression_level > 19) {
    brisk::fail(BRISK_INVALID, "compression_level is %d; it must be -7 to 19",
                raw.compression_level);
  }
  if (raw.capacity_bytes != 0 && raw.capacity_bytes < brisk::cache::capacity_min) {
    brisk::fail(BRISK_INVALID,
                "capacity_bytes is %llu; the least that a cache can work with is %llu",
                static_cast<unsigned long long>(raw.capacity_bytes),
                static_cast<unsigned long long>(brisk::cache::capacity_min));
  }
  constexpr uint64_t capacity_max = uint64_t{1} << 46;
  if (raw.capacity_bytes > capacity_max) {
    brisk::fail(BRISK_INVALID, "capacity_bytes is %llu; the most that a cache can address is %llu",
                static_cast<unsigned long long>(raw.capacity_bytes),
                static_cast<unsigned long long>(capacity_max));
  }
  constexpr uint32_t events_max = 1 << 20;
  if (raw.event_capacity > events_max) {
    brisk::fail(BRISK_INVALID, "event_capacity is %u; it must be at most %u", raw.event_capacity,
                events_max);
  }
  constexpr double jitter_max = 0.5;
  if (!(raw.ttl_jitter >= 0 && raw.ttl_jitter <= jitter_max)) {
    brisk::fail(BRISK_INVALID, "ttl_jitter is %g; it must be 0 to %g", raw.ttl_jitter, jitter_max);
  }
  constexpr double beta_max = 1000;
  if (!(raw.early_beta >= 0 && raw.early_beta <= beta_max)) {
    brisk::fail(BRISK_INVALID, "early_beta is %g; it must be 0 to %g", raw.early_beta, beta_max);
  }
  const uint64_t capacity = or_default(raw.capacity_bytes, options.capacity);
  if (raw.event_capacity * brisk::cache::Events::bytes_each > capacity / 2) {
    brisk::fail(
        BRISK_INVALID,
        "event_capacity is %u, which takes more than half of %llu bytes; raise capacity_bytes",
        raw.event_capacity, static_cast<unsigned long long>(capacity));
  }
  constexpr uint32_t name_max = 255;
  if (raw.name_size > name_max) {
    brisk::fail(BRISK_INVALID, "name_size is %u; a name has at most %u bytes", raw.name_size,
                name_max);
  }
  require_bytes(raw.name, raw.name_size, "name");
  if (raw.aim < BRISK_AIM_OBJECTS || raw.aim > BRISK_AIM_COST) {
    brisk::fail(BRISK_INVALID, "aim is %d; it must be BRISK_AIM_OBJECTS, _BYTES or _COST", raw.aim);
  }
  if (raw.aim != BRISK_AIM_OBJECTS && raw.policy == BRISK_POLICY_LRU) {
    brisk::fail(BRISK_INVALID,
                "aim is %d, and policy is BRISK_POLICY_LRU, which goes by nothing but recency; "
                "choose BRISK_POLICY_AUTO or _S3FIFO",
                raw.aim);
  }
  using brisk::cache::Hot;
  if (raw.hot_keys > Hot::keys_max && raw.hot_keys != UINT64_MAX) {
    brisk::fail(BRISK_INVALID, "hot_keys is %llu; it must be at most %u, or UINT64_MAX for none",
                static_cast<unsigned long long>(raw.hot_keys), Hot::keys_max);
  }
  if (raw.hot_keys <= Hot::keys_max && raw.hot_keys * Hot::bytes_each > capacity / 8) {
    brisk::fail(BRISK_INVALID,
                "hot_keys is %llu, which takes more than an eighth of %llu bytes; raise "
                "capacity_bytes",
                static_cast<unsigned long long>(raw.hot_keys),
                static_cast<unsigned long long>(capacity));
  }
  options.hot_keys = raw.hot_keys == UINT64_MAX ? 0 : static_cast<uint32_t>(raw.hot_keys);
  if (raw.hot_keys == 0) options.hot_keys = Hot::default_for(capacity);
  options.policy = raw.policy;
  options.capacity = capacity;
  options.max_entries = or_default(raw.max_entries, options.max_entries);
  options.ttl = or_default(raw.ttl_ns, options.ttl);
  options.idle = or_default(raw.idle_ns, options.idle);
  options.ttl_jitter = raw.ttl_jitter;
  options.early_beta = raw.early_beta;
  options.aim = static_cast<brisk::cache::Aim>(raw.aim);
  options.load_costs = raw.load_costs != 0 || raw.early_beta != 0 || raw.aim == BRISK_AIM_COST;
  options.stale = raw.stale_ns;
  options.stale_if_error = raw.stale_if_error_ns;
  options.compress = raw.compression == BRISK_COMPRESSION_AUTO;
  options.level = raw.compression_level;
  options.compress_from = raw.compression_threshold;
  options.load_timeout = or_default(raw.load_timeout_ns, options.load_timeout);
  options.events = raw.event_capacity;
  if (raw.name_size != 0) options.name.assign(static_cast<const char *>(raw.name), raw.name_size);
  return options;
}

void check_total(const uint32_t *sizes, size_t count, size_t bytes, const char *what) {
  size_t total = 0;
  for (size_t i = 0; i < count; ++i) total += sizes[i];
  if (total != bytes) {
    brisk::fail(BRISK_INVALID, "the %zu %s_sizes add up to %zu bytes, but %ss_size is %zu", count,
                what, total, what, bytes);
  }
}

Cache::Keys packed_keys(size_t count, const void *keys, size_t keys_size, const uint32_t *sizes) {
  require_bytes(keys, keys_size, "keys");
  if (count != 0) require(sizes, "key_sizes");
  check_total(sizes, count, keys_size, "key");
  // One test for all: no size has a bit above the limit's.
  static_assert(std::has_single_bit(BRISK_KEY_SIZE_MAX + 1));
  uint32_t bits = 0;
  for (size_t i = 0; i < count; ++i) bits |= sizes[i];
  if (bits > BRISK_KEY_SIZE_MAX) [[unlikely]]
    key_too_large(*std::max_element(sizes, sizes + count));
  return {static_cast<const char *>(keys), sizes, count};
}

std::string file_path(const void *path, size_t size) {
  require_bytes(path, size, "path");
  const std::string name(static_cast<const char *>(path), size);
  if (name.empty() || name.find('\0') != std::string::npos) {
    brisk::fail(BRISK_INVALID, "path is %s; it must be the name of a file, without NUL",
                brisk::quoted(path, size).c_str());
  }
  return name;
}

void unref_all(brisk_value **values, size_t count) noexcept {
  for (size_t i = 0; i < count; ++i) {
    brisk_value_unref(values[i]);
    values[i] = nullptr;
  }
}

[[gnu::noinline]] brisk_status read_checked(brisk_cache *cache, const void *key, size_t key_size,
                                            void *buffer, size_t capacity, size_t *size,
                                            brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(size, "size");
    *size = 0;
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    require_bytes(buffer, capacity, "buffer");
    return open.read(key, key_size, buffer, capacity, size);
  });
}

}  // namespace

extern "C" {

brisk_status brisk_cache_new(brisk_runtime *runtime, const brisk_cache_options *options,
                             brisk_cache **cache, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(cache, "cache");
    *cache = nullptr;
    *cache = handle(Cache::make(runtime_or_default(runtime), cache_options(options)).release());
    return BRISK_OK;
  });
}

brisk_status brisk_cache_find(brisk_runtime *runtime, const void *name, size_t name_size,
                              brisk_cache **cache, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(cache, "cache");
    *cache = nullptr;
    require_bytes(name, name_size, "name");
    if (name_size == 0)
      brisk::fail(BRISK_INVALID, "the name is empty; only caches with a name can be found");
    Ref<brisk::Member> found =
        runtime_or_default(runtime)->find({static_cast<const char *>(name), name_size});
    if (!found) return BRISK_MISS;
    *cache = handle(static_cast<Cache *>(found.release()));
    return BRISK_OK;
  });
}

brisk_status brisk_cache_close(brisk_cache *cache, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(cache, "cache");
    of(cache)->close();
    return BRISK_OK;
  });
}

brisk_status brisk_cache_put(brisk_cache *cache, const void *key, size_t key_size,
                             const void *value, size_t value_size, uint64_t ttl_ns,
                             brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    check_value(value, value_size);
    return open.put(key, key_size, value, value_size, ttl_ns);
  });
}

brisk_status brisk_cache_put_cost(brisk_cache *cache, const void *key, size_t key_size,
                                  const void *value, size_t value_size, uint64_t ttl_ns,
                                  double cost, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    check_value(value, value_size);
    check_cost(cost);
    return open.put(key, key_size, value, value_size, ttl_ns, cost);
  });
}

brisk_status brisk_cache_put_many(brisk_cache *cache, size_t count, const void *keys,
                                  size_t keys_size, const uint32_t *key_sizes, const void *values,
                                  size_t values_size, const uint32_t *value_sizes, uint64_t ttl_ns,
                                  size_t *stored, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(stored, "stored");
    *stored = 0;
    Cache &open = open_cache(cache);
    const Cache::Keys packed = packed_keys(count, keys, keys_size, key_sizes);
    require_bytes(values, values_size, "values");
    if (count != 0) require(value_sizes, "value_sizes");
    check_total(value_sizes, count, values_size, "value");
    for (size_t i = 0; i < count; ++i) check_value(values, value_sizes[i]);
    const char *key = packed.bytes;
    const char *value = static_cast<const char *>(values);
    for (size_t i = 0; i < count; ++i, ++*stored) {
      const brisk_status status = open.put(key, key_sizes[i], value, value_sizes[i], ttl_ns);
      if (status != BRISK_OK) return status;
      key += key_sizes[i];
      value += value_sizes[i];
    }
    return BRISK_OK;
  });
}

brisk_status brisk_cache_get(brisk_cache *cache, const void *key, size_t key_size,
                             brisk_value **value, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(value, "value");
    *value = nullptr;
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    return open.get(key, key_size, value);
  });
}

brisk_status brisk_cache_get_many(brisk_cache *cache, size_t count, const void *keys,
                                  size_t keys_size, const uint32_t *key_sizes, brisk_value **values,
                                  size_t *found, brisk_error **error) {
  if (values != nullptr) std::fill_n(values, count, nullptr);
  const brisk_status status = guard(error, [&]() -> brisk_status {
    require(found, "found");
    *found = 0;
    if (count != 0) require(values, "values");
    Cache &open = open_cache(cache);
    open.get_many(packed_keys(count, keys, keys_size, key_sizes), values, found);
    return BRISK_OK;
  });
  if (status < 0 && values != nullptr) unref_all(values, count);
  return status;
}

brisk_status brisk_cache_read(brisk_cache *cache, const void *key, size_t key_size, void *buffer,
                              size_t capacity, size_t *size, brisk_error **error) {
  if (cache != nullptr) [[likely]] {
    const auto answer = of(cache)->look_up(key, key_size, buffer, capacity, size);
    if (answer == Cache::Common::hit) [[likely]]
      return BRISK_OK;
    if (answer == Cache::Common::miss) return BRISK_MISS;
  }
  return read_checked(cache, key, key_size, buffer, capacity, size, error);
}

brisk_status brisk_cache_read_many(brisk_cache *cache, size_t count, const void *keys,
                                   size_t keys_size, const uint32_t *key_sizes, void *buffer,
                                   size_t capacity, uint32_t *value_sizes, size_t *done,
                                   brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(done, "done");
    *done = 0;
    if (count != 0) require(value_sizes, "value_sizes");
    require_bytes(buffer, capacity, "buffer");
    Cache &open = open_cache(cache);
    return open.read_many(packed_keys(count, keys, keys_size, key_sizes),
                          static_cast<char *>(buffer), capacity, value_sizes, done);
  });
}

brisk_status brisk_cache_contains(brisk_cache *cache, const void *key, size_t key_size,
                                  brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    return open.contains(key, key_size) ? BRISK_OK : BRISK_MISS;
  });
}

brisk_status brisk_cache_touch(brisk_cache *cache, const void *key, size_t key_size,
                               uint64_t ttl_ns, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    return open.touch(key, key_size, ttl_ns);
  });
}

brisk_status brisk_cache_erase(brisk_cache *cache, const void *key, size_t key_size,
                               brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    return open.erase(key, key_size) ? BRISK_OK : BRISK_MISS;
  });
}

brisk_status brisk_cache_erase_matching(brisk_cache *cache, const void *pattern,
                                        size_t pattern_size, uint64_t *erased,
                                        brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(erased, "erased");
    *erased = 0;
    require_bytes(pattern, pattern_size, "pattern");
    *erased = open_cache(cache).erase_matching(static_cast<const char *>(pattern), pattern_size);
    return BRISK_OK;
  });
}

brisk_status brisk_cache_clear(brisk_cache *cache, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    open_cache(cache).clear();
    return BRISK_OK;
  });
}

brisk_status brisk_cache_keys(brisk_cache *cache, brisk_cursor **cursor, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(cursor, "cursor");
    *cursor = nullptr;
    *cursor = reinterpret_cast<brisk_cursor *>(new Cursor(Ref<Cache>::share(&open_cache(cache))));
    return BRISK_OK;
  });
}

brisk_status brisk_cursor_next(brisk_cursor *cursor, void *buffer, size_t capacity, size_t *size,
                               brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(size, "size");
    *size = 0;
    require(cursor, "cursor");
    require_bytes(buffer, capacity, "buffer");
    const char *key = of(cursor)->next(size);
    if (key == nullptr) return BRISK_END;
    if (*size > capacity) return BRISK_SHORT_BUFFER;
    if (*size != 0) std::memcpy(buffer, key, *size);
    of(cursor)->skip();
    return BRISK_OK;
  });
}

uint64_t brisk_cursor_lookups(const brisk_cursor *cursor) {
  return cursor == nullptr ? 0 : reinterpret_cast<const Cursor *>(cursor)->lookups();
}

brisk_status brisk_cache_hot_keys(brisk_cache *cache, size_t count, brisk_cursor **cursor,
                                  brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(cursor, "cursor");
    *cursor = nullptr;
    Cache &open = open_cache(cache);
    *cursor = reinterpret_cast<brisk_cursor *>(
        new Cursor(Ref<Cache>::share(&open), open.hot_keys(count)));
    return BRISK_OK;
  });
}

brisk_status brisk_cache_save_hot(brisk_cache *cache, const void *path, size_t path_size,
                                  brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    open_cache(cache).save_hot(file_path(path, path_size));
    return BRISK_OK;
  });
}

brisk_status brisk_cache_restore_hot(brisk_cache *cache, const void *path, size_t path_size,
                                     uint64_t *restored, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(restored, "restored");
    *restored = 0;
    return open_cache(cache).restore_hot(file_path(path, path_size), restored) ? BRISK_OK
                                                                               : BRISK_MISS;
  });
}

void brisk_cursor_unref(brisk_cursor *cursor) { delete of(cursor); }

brisk_status brisk_cache_next_event(brisk_cache *cache, void *buffer, size_t capacity, size_t *size,
                                    brisk_cause *cause, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(size, "size");
    require(cause, "cause");
    *size = 0;
    *cause = 0;
    require_bytes(buffer, capacity, "buffer");
    return open_cache(cache).next_event(buffer, capacity, size, cause);
  });
}

brisk_status brisk_cache_read_stats(brisk_cache *cache, brisk_cache_stats *stats,
                                    brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(stats, "stats");
    brisk_cache_stats figures{};
    open_cache(cache).stats(&figures);
    write_figures(figures, stats, "brisk_cache_stats");
    return BRISK_OK;
  });
}

const void *brisk_value_data(const brisk_value *value, size_t *size) {
  size_t bytes = 0;
  const void *data = value == nullptr ? nullptr : brisk::cache::value::data(value, &bytes);
  if (size != nullptr) *size = bytes;
  return data;
}

brisk_value *brisk_value_ref(brisk_value *value) {
  if (value != nullptr) brisk::cache::value::ref(value);
  return value;
}

void brisk_value_unref(brisk_value *value) {
  if (value != nullptr) brisk::cache::value::unref(value);
}

brisk_cache *brisk_cache_ref(brisk_cache *cache) {
  if (cache != nullptr) of(cache)->ref();
  return cache;
}

void brisk_cache_unref(brisk_cache *cache) {
  if (cache != nullptr) of(cache)->unref();
}

}  // extern "C"
