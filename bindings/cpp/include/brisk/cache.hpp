// Cache: the cache with its options, statistics and events.
#pragma once

#include <brisk/cache.h>
#include <brisk/load.h>

#include <algorithm>
#include <brisk/batch.hpp>
#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <brisk/keys.hpp>
#include <brisk/load.hpp>
#include <brisk/runtime.hpp>
#include <brisk/value.hpp>
#include <brisk/workers.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace brisk {
inline namespace v0_1 {

enum class Policy : brisk_policy {
  automatic = BRISK_POLICY_AUTO,
  lru = BRISK_POLICY_LRU,
  s3fifo = BRISK_POLICY_S3FIFO,
};

// What the policy maximizes: the share of lookups that hit, of bytes asked for, or of cost saved.
enum class Aim : brisk_aim {
  objects = BRISK_AIM_OBJECTS,
  bytes = BRISK_AIM_BYTES,
  cost = BRISK_AIM_COST,
};

enum class Compression : brisk_compression {
  automatic = BRISK_COMPRESSION_AUTO,  // zstd, where it pays
  off = BRISK_COMPRESSION_OFF,
};

// What is zero or empty has the documented default of the C interface.
struct CacheOptions {
  uint64_t capacity = 0;  // bound on every byte held; 0: 64 MiB. See bytes("1 GiB")
  Duration ttl = {};      // lifetime from the last write; 0: forever
  Duration idle = {};     // lifetime from the last use; 0: forever
  uint64_t max_entries = 0;
  std::string name = {};  // unique in the runtime, for Cache::find
  Policy policy = Policy::automatic;
  Compression compression = Compression::automatic;
  int32_t compression_level = 0;       // -7 to 19; 0: 1
  uint64_t compression_threshold = 0;  // smaller values stay raw; 0: 512
  Duration load_timeout = {};          // of loads that name none; 0: 30 seconds
  uint32_t event_capacity = 0;         // events kept for next_event; 0: none
  double ttl_jitter = 0;  // lifetimes are shortened at random by up to this share; 0 to 0.5
  Duration stale = {};    // beyond its lifetime, a value serves loads that run; 0: not at all
  double early_beta = 0;  // loads anew before the end, by the cost of a load; 1 is the optimum
  Duration stale_if_error = {};  // and loads that fail
  uint64_t hot_keys = 0;         // keys kept for hot_keys; 0: 128, UINT64_MAX: none
  Aim aim = Aim::objects;        // of policy, which is not lru then
  bool load_costs = false;  // loaded values carry what their load took; with early_beta as well
};

using CacheStats = brisk_cache_stats;

// Why an entry left the cache. Later versions may add values.
enum class Cause : brisk_cause {
  capacity = BRISK_CAUSE_CAPACITY,
  expired = BRISK_CAUSE_EXPIRED,
  erased = BRISK_CAUSE_ERASED,
  replaced = BRISK_CAUSE_REPLACED,
};

struct Event {
  std::string key;
  Cause cause;
};

struct HotKey {
  std::string key;
  uint64_t lookups;
};

// A bounded, compressed key/value cache in memory. Batches take any range of things that convert to
// std::string_view, or a list in braces.
class Cache : public detail::Handle<brisk_cache, brisk_cache_ref, brisk_cache_unref> {
 public:
  using Handle::Handle;

  // Throws Error with BRISK_EXISTS when the name is taken by a live cache.
  explicit Cache(const CacheOptions &options = {}) : Cache(adopt, create(nullptr, options)) {}
  explicit Cache(const Runtime &runtime, const CacheOptions &options = {})
      : Cache(adopt, create(runtime.required(), options)) {}

  // The live cache of this name.
  static std::optional<Cache> find(std::string_view name) { return find_in(nullptr, name); }
  static std::optional<Cache> find(const Runtime &runtime, std::string_view name) {
    return find_in(runtime.required(), name);
  }

  // Drops every entry; later calls throw Closed, and so do waiting loads. Pinned values stay valid.
  // May block. May be repeated.
  void close() { detail::call<brisk_cache_close>(raw()); }

  // Stores a copy of value in place of an older one. False when the cache has no room because
  // callers pin what it holds; the key then has no value.
  bool put(std::string_view key, std::string_view value, Duration ttl = {}) {
    return detail::call<brisk_cache_put>(raw(), key.data(), key.size(), value.data(), value.size(),
                                         detail::nanoseconds(ttl)) == BRISK_OK;
  }

  // The same for a value that carries what it costs to make, in any unit that is the same for all
  // of the cache. Each hit adds it to saved_cost of the figures.
  bool put_cost(std::string_view key, std::string_view value, double cost, Duration ttl = {}) {
    return detail::call<brisk_cache_put_cost>(raw(), key.data(), key.size(), value.data(),
                                              value.size(), detail::nanoseconds(ttl),
                                              cost) == BRISK_OK;
  }

  // Stores pairs of key and value (a map will do) in turn, up to the first that has no room.
  // Returns how many were stored. A key or value beyond the limits of all caches throws before any
  // is.
  template <class Range = std::initializer_list<std::pair<std::string_view, std::string_view>>>
  size_t put_many(Range &&entries, Duration ttl = {}) {
    detail::Packed keys;
    detail::Packed values;
    for (auto &&[key, value] : entries) {
      keys.add(key);
      values.add(value);
    }
    size_t stored = 0;
    detail::call<brisk_cache_put_many>(raw(), keys.sizes.size(), keys.bytes.data(),
                                       keys.bytes.size(), keys.sizes.data(), values.bytes.data(),
                                       values.bytes.size(), values.sizes.data(),
                                       detail::nanoseconds(ttl), &stored);
    return stored;
  }

  // Pins the value of key, without a copy when it is stored raw. Nothing on a miss, and when there
  // is no room to unpack a compressed value.
  std::optional<Value> get(std::string_view key) const {
    brisk_value *value = nullptr;
    const brisk_status status =
        detail::call<brisk_cache_get>(raw(), key.data(), key.size(), &value);
    return status == BRISK_OK ? std::optional<Value>(std::in_place, adopt, value) : std::nullopt;
  }

  // Pins the values of many keys in one call. Answers in the order of the keys.
  template <class Range = std::initializer_list<std::string_view>>
  std::vector<std::optional<Value>> get_many(Range &&keys) const {
    const detail::Packed packed = detail::Packed::of(keys);
    std::vector<brisk_value *> pinned(packed.sizes.size());
    std::vector<std::optional<Value>> values(pinned.size());
    size_t found = 0;
    detail::call<brisk_cache_get_many>(raw(), pinned.size(), packed.bytes.data(),
                                       packed.bytes.size(), packed.sizes.data(), pinned.data(),
                                       &found);
    for (size_t i = 0; i < pinned.size(); ++i) {
      if (pinned[i] != nullptr) values[i].emplace(adopt, pinned[i]);
    }
    return values;
  }

  // Copies the value of key into buffer. Returns its size, which is more than capacity when it did
  // not fit and nothing was copied; nothing on a miss.
  std::optional<size_t> read(std::string_view key, void *buffer, size_t capacity) const {
    size_t size = 0;
    const brisk_status status =
        detail::call<brisk_cache_read>(raw(), key.data(), key.size(), buffer, capacity, &size);
    return status == BRISK_MISS ? std::nullopt : std::optional<size_t>(size);
  }

  // Copies the value of key into buffer, in the memory it has where that is enough. False on a
  // miss; buffer is then empty.
  bool read(std::string_view key, std::string &buffer) const {
    buffer.resize(std::max<size_t>(buffer.size(), 512));  // so that one call is enough for most
    std::optional<size_t> size;
    while ((size = read(key, buffer.data(), buffer.size())) > buffer.size()) buffer.resize(*size);
    buffer.resize(size.value_or(0));
    return size.has_value();
  }

  // Copies the values of many keys into buffer, one after the other. The views, in the order of the
  // keys, live until buffer changes.
  template <class Range = std::initializer_list<std::string_view>>
  std::vector<std::optional<std::string_view>> read_many(Range &&keys, std::string &buffer) const {
    const detail::Packed packed = detail::Packed::of(keys);
    const size_t count = packed.sizes.size();
    std::vector<uint32_t> sizes(count);
    size_t done = 0;      // keys answered,
    size_t key_used = 0;  // their bytes,
    size_t used = 0;      // and those of their values
    buffer.resize(std::max<size_t>(buffer.size(), 64 * count));
    while (done < count) {
      size_t answered = 0;
      const brisk_status status = detail::call<brisk_cache_read_many>(
          raw(), count - done, packed.bytes.data() + key_used, packed.bytes.size() - key_used,
          packed.sizes.data() + done, buffer.data() + used, buffer.size() - used,
          sizes.data() + done, &answered);
      for (const size_t end = done + answered; done < end; ++done) {
        key_used += packed.sizes[done];
        if (sizes[done] != missing) used += sizes[done];
      }
      if (status == BRISK_SHORT_BUFFER) {
        buffer.resize(used + std::max<size_t>(sizes[done], buffer.size()));
      }
    }
    buffer.resize(used);

    std::vector<std::optional<std::string_view>> values(count);
    const char *at = buffer.data();
    for (size_t i = 0; i < count; ++i) {
      if (sizes[i] == missing) continue;
      values[i].emplace(at, sizes[i]);
      at += sizes[i];
    }
    return values;
  }

  // Whether key has a live value. Does not count as a use.
  bool contains(std::string_view key) const {
    return detail::call<brisk_cache_contains>(raw(), key.data(), key.size()) == BRISK_OK;
  }

  // Starts the lifetime of an entry anew. False when there is none, or no room to keep track of it.
  bool touch(std::string_view key, Duration ttl = {}) {
    return detail::call<brisk_cache_touch>(raw(), key.data(), key.size(),
                                           detail::nanoseconds(ttl)) == BRISK_OK;
  }

  // Whether there was an entry to erase.
  bool erase(std::string_view key) {
    return detail::call<brisk_cache_erase>(raw(), key.data(), key.size()) == BRISK_OK;
  }

  // Erases every key that matches a glob such as "user:123:*" (?, *, [a-z], [!a-z], backslash).
  // Returns how many. Walks over all keys.
  uint64_t erase_matching(std::string_view pattern) {
    uint64_t erased = 0;
    detail::call<brisk_cache_erase_matching>(raw(), pattern.data(), pattern.size(), &erased);
    return erased;
  }

  void clear() { detail::call<brisk_cache_clear>(raw()); }

  Keys keys() const {
    brisk_cursor *cursor = nullptr;
    detail::call<brisk_cache_keys>(raw(), &cursor);
    return Keys(adopt, cursor);
  }

  // Takes the oldest event off the queue that event_capacity switches on.
  std::optional<Event> next_event() {
    std::string key(64, '\0');
    size_t size = 0;
    brisk_cause cause = 0;
    brisk_status status;
    while ((status = detail::call<brisk_cache_next_event>(raw(), key.data(), key.size(), &size,
                                                          &cause)) == BRISK_SHORT_BUFFER) {
      key.resize(size);
    }
    if (status == BRISK_END) return std::nullopt;
    key.resize(size);
    return Event{std::move(key), static_cast<Cause>(cause)};
  }

  // The keys that are asked for most, whether they are here or not, the hottest first; at most
  // count. get_or_load warms a cache with them.
  std::vector<HotKey> hot_keys(size_t count = SIZE_MAX) const {
    brisk_cursor *cursor = nullptr;
    detail::call<brisk_cache_hot_keys>(raw(), count, &cursor);
    Keys keys(adopt, cursor);
    std::vector<HotKey> hottest;
    for (const std::string_view key : keys) {
      hottest.push_back({std::string(key), brisk_cursor_lookups(cursor)});
    }
    return hottest;
  }

  // Writes them to a file that only its owner may read, in place of an older one.
  void save_hot(std::string_view path) const {
    detail::call<brisk_cache_save_hot>(raw(), path.data(), path.size());
  }

  // Adds those of a file that save_hot wrote. Returns how many it has, 0 when there is none.
  uint64_t restore_hot(std::string_view path) {
    uint64_t restored = 0;
    detail::call<brisk_cache_restore_hot>(raw(), path.data(), path.size(), &restored);
    return restored;
  }

  CacheStats stats() const {
    CacheStats stats = BRISK_CACHE_STATS_INIT;
    detail::call<brisk_cache_read_stats>(raw(), &stats);
    return stats;
  }

  // Gives the value of key, loading it when it is missing: one caller runs its loader, on its own
  // thread, and the others wait for the value.
  //
  // The loader is called as loader(key) or loader(lease, key). What it returns, a std::string or
  // anything else that converts to std::string_view, is the value. One that returns nothing ends
  // the lease itself. A load that it needs in turn names the lease as its parent.
  //
  // An exception of the loader comes out of the call that ran it, as it is; the others get
  // LoadFailed with its text. The next caller tries anew.
  template <class Loader>
  Answer get_or_load(std::string_view key, Loader &&loader, const LoadOptions &options = {}) {
    detail::Run<std::remove_reference_t<Loader>> run{loader, options.ttl};
    brisk_value *raw_value = nullptr;
    detail::Failure failure;
    const brisk_status status = brisk_cache_get_or_load(
        raw(), key.data(), key.size(), options.parent != nullptr ? options.parent->raw() : nullptr,
        run.callback, &run, nullptr, detail::timeout(options.timeout), &raw_value, failure.out());
    Value value(adopt, raw_value);
    // A value from before takes the place of what was thrown, unless the load had ended by then.
    if (run.thrown != nullptr && (status < 0 || run.late)) std::rethrow_exception(run.thrown);
    return {static_cast<Outcome>(failure.check(status)), std::move(value), Lease()};
  }
  template <class Loader>
  Answer get_or_load(std::string_view key, Loader &&loader, Duration timeout) {
    LoadOptions options;
    options.timeout = timeout;
    return get_or_load(key, std::forward<Loader>(loader), options);
  }

  // The same in a cache with CacheOptions::stale: within that time of its lifetime the value from
  // before comes at once, and the loader, which is moved, runs on a thread of the pool.
  template <class Loader>
  Answer get_or_refresh(const Workers &workers, std::string_view key, Loader loader,
                        const LoadOptions &options = {}) {
    using Run = detail::OwnRun<Loader>;
    const auto run = std::make_shared<Run>(std::move(loader), options.ttl);
    brisk_value *raw_value = nullptr;
    detail::Failure failure;
    const brisk_status status = brisk_cache_get_or_refresh(
        raw(), key.data(), key.size(), options.parent != nullptr ? options.parent->raw() : nullptr,
        Run::callback, new std::shared_ptr<Run>(run), Run::destroy, workers.raw(),
        detail::timeout(options.timeout), &raw_value, failure.out());
    Value value(adopt, raw_value);
    if (run->here && run->run.thrown != nullptr && (status < 0 || run->run.late))
      std::rethrow_exception(run->run.thrown);
    return {static_cast<Outcome>(failure.check(status)), std::move(value), Lease()};
  }

  // The same without a callback: answers value, lead, wait or refused, and never blocks. Loads that
  // are not one function call, in coroutines for example, are built on it. A value may come with
  // the lead: the one from before, which may be used until the load ends.
  Answer begin(std::string_view key, const Lease *parent = nullptr) {
    brisk_value *value = nullptr;
    brisk_lease *lease = nullptr;
    const brisk_status status = detail::call<brisk_cache_begin>(
        raw(), key.data(), key.size(), parent != nullptr ? parent->raw() : nullptr, &value, &lease);
    return {static_cast<Outcome>(status), Value(adopt, value), Lease(adopt, lease)};
  }

 private:
  // What read_many in C gives as the size of a value that is not there.
  static constexpr uint32_t missing = UINT32_MAX;

  static brisk_cache *create(brisk_runtime *runtime, const CacheOptions &options) {
    brisk_cache_options raw = BRISK_CACHE_OPTIONS_INIT;
    raw.policy = static_cast<brisk_policy>(options.policy);
    raw.capacity_bytes = options.capacity;
    raw.max_entries = options.max_entries;
    raw.ttl_ns = detail::nanoseconds(options.ttl);
    raw.idle_ns = detail::nanoseconds(options.idle);
    raw.compression = static_cast<brisk_compression>(options.compression);
    raw.compression_level = options.compression_level;
    raw.compression_threshold = options.compression_threshold;
    raw.load_timeout_ns = detail::nanoseconds(options.load_timeout);
    raw.event_capacity = options.event_capacity;
    raw.ttl_jitter = options.ttl_jitter;
    raw.early_beta = options.early_beta;
    raw.stale_ns = detail::nanoseconds(options.stale);
    raw.stale_if_error_ns = detail::nanoseconds(options.stale_if_error);
    raw.hot_keys = options.hot_keys;
    raw.aim = static_cast<brisk_aim>(options.aim);
    raw.load_costs = options.load_costs ? 1 : 0;
    raw.name_size = detail::name_size(options.name);
    raw.name = options.name.data();
    brisk_cache *cache = nullptr;
    detail::call<brisk_cache_new>(runtime, &raw, &cache);
    return cache;
  }

  static std::optional<Cache> find_in(brisk_runtime *runtime, std::string_view name) {
    brisk_cache *cache = nullptr;
    const brisk_status status =
        detail::call<brisk_cache_find>(runtime, name.data(), name.size(), &cache);
    return status == BRISK_OK ? std::optional<Cache>(std::in_place, adopt, cache) : std::nullopt;
  }
};

}  // namespace v0_1
}  // namespace brisk
