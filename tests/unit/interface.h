// What the tests of the C interface share: calls that check the rules which hold for every
// function, handles that release themselves, and values that shrink or do not.
#pragma once

#include <brisk/brisk.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace brisk_test {

inline constexpr uint64_t ms = 1'000'000;
inline constexpr uint64_t second = 1000 * ms;

// The statuses that calls returned so far, in this program.
class Seen {
 public:
  static void add(brisk_status status) {
    std::lock_guard lock(mutex());
    all().insert(status);
  }
  static bool has(brisk_status status) {
    std::lock_guard lock(mutex());
    return all().count(status) != 0;
  }

 private:
  static std::mutex &mutex() {
    static std::mutex instance;
    return instance;
  }
  static std::set<brisk_status> &all() {
    static std::set<brisk_status> instance;
    return instance;
  }
};

struct Result {
  brisk_status status = BRISK_OK;
  std::string message;

  bool says(std::string_view text) const { return message.find(text) != std::string::npos; }
  friend bool operator==(const Result &result, brisk_status status) {
    return result.status == status;
  }
  friend std::ostream &operator<<(std::ostream &out, const Result &result) {
    out << brisk_status_name(result.status);
    return result.message.empty() ? out : out << ": " << result.message;
  }
};

// Calls a function of the interface, error last, and checks what the rules promise of every call.
template <class Function, class... Arguments>
Result call(Function *function, Arguments &&...arguments) {
  static char untouched_place;
  auto *const untouched = reinterpret_cast<brisk_error *>(&untouched_place);
  brisk_error *error = untouched;
  Result result;
  result.status = function(std::forward<Arguments>(arguments)..., &error);
  Seen::add(result.status);
  EXPECT_STRNE(brisk_status_name(result.status), "BRISK_UNKNOWN") << result.status;
  if (result.status >= 0) {
    EXPECT_EQ(error, untouched) << "an error for an outcome";
    return result;
  }
  EXPECT_NE(error, untouched) << "a failure without an error";
  if (error == untouched) return result;
  EXPECT_EQ(brisk_error_status(error), result.status);
  result.message = brisk_error_message(error);
  EXPECT_NE(result.message, "");
  brisk_error_unref(error);
  return result;
}

template <class T, void (*Unref)(T *)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T *object) : object_(object) {}
  Handle(Handle &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Handle &operator=(Handle &&other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Handle() { Unref(object_); }

  operator T *() const { return object_; }
  T *release() { return std::exchange(object_, nullptr); }
  void reset() { Unref(std::exchange(object_, nullptr)); }
  // For a function to write to. What it leaves in place of an older object is checked to be
  // written.
  T **out() {
    reset();
    object_ = nullptr;
    return &object_;
  }

 private:
  T *object_ = nullptr;
};

using Runtime = Handle<brisk_runtime, brisk_runtime_unref>;
using Cache = Handle<brisk_cache, brisk_cache_unref>;
using Value = Handle<brisk_value, brisk_value_unref>;
using Cursor = Handle<brisk_cursor, brisk_cursor_unref>;
using Lease = Handle<brisk_lease, brisk_lease_unref>;

inline Runtime new_runtime(brisk_clock clock = BRISK_CLOCK_MANUAL, uint64_t budget = 0) {
  brisk_runtime_options options = BRISK_RUNTIME_OPTIONS_INIT;
  options.clock = clock;
  options.budget_bytes = budget;
  Runtime runtime;
  EXPECT_EQ(call(brisk_runtime_new, &options, runtime.out()), BRISK_OK);
  return runtime;
}

inline Cache new_cache(brisk_runtime *runtime,
                       const std::function<void(brisk_cache_options &)> &set = nullptr) {
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  if (set) set(options);
  Cache cache;
  EXPECT_EQ(call(brisk_cache_new, runtime, &options, cache.out()), BRISK_OK);
  return cache;
}

inline void advance(brisk_runtime *runtime, uint64_t step) {
  EXPECT_EQ(call(brisk_runtime_advance, runtime, step), BRISK_OK);
}

inline Result put(brisk_cache *cache, std::string_view key, std::string_view value,
                  uint64_t ttl = 0) {
  return call(brisk_cache_put, cache, key.data(), key.size(), value.data(), value.size(), ttl);
}
inline Result erase(brisk_cache *cache, std::string_view key) {
  return call(brisk_cache_erase, cache, key.data(), key.size());
}
inline Result contains(brisk_cache *cache, std::string_view key) {
  return call(brisk_cache_contains, cache, key.data(), key.size());
}
inline Result touch(brisk_cache *cache, std::string_view key, uint64_t ttl = 0) {
  return call(brisk_cache_touch, cache, key.data(), key.size(), ttl);
}
inline Result pin(brisk_cache *cache, std::string_view key, Value &value) {
  return call(brisk_cache_get, cache, key.data(), key.size(), value.out());
}

inline std::string text(const brisk_value *value) {
  size_t size = 0;
  const void *data = brisk_value_data(value, &size);
  EXPECT_EQ(data == nullptr, value == nullptr);
  return std::string(static_cast<const char *>(data), data == nullptr ? 0 : size);
}

// What pinning the key gives; nothing on a miss.
inline std::optional<std::string> get(brisk_cache *cache, std::string_view key) {
  Value value;
  const Result result = pin(cache, key, value);
  if (result == BRISK_OK) return text(value);
  EXPECT_EQ(result, BRISK_MISS);
  EXPECT_EQ(value, nullptr);
  return std::nullopt;
}

// What copying it out gives, with a buffer of the very size in the end.
inline std::optional<std::string> read(brisk_cache *cache, std::string_view key) {
  std::string buffer;
  for (int attempt = 0; attempt < 100; ++attempt) {
    size_t size = 77;
    const Result result =
        call(brisk_cache_read, cache, key.data(), key.size(), buffer.data(), buffer.size(), &size);
    if (result == BRISK_MISS) {
      EXPECT_EQ(size, 0u);
      return std::nullopt;
    }
    if (result == BRISK_OK) {
      EXPECT_LE(size, buffer.size());
      buffer.resize(size);
      return buffer;
    }
    EXPECT_EQ(result, BRISK_SHORT_BUFFER);
    if (result.status != BRISK_SHORT_BUFFER) return std::nullopt;
    EXPECT_GT(size, buffer.size());
    buffer.resize(size);
  }
  ADD_FAILURE() << "the value never fits";
  return std::nullopt;
}

inline brisk_cache_stats stats(brisk_cache *cache) {
  brisk_cache_stats figures = BRISK_CACHE_STATS_INIT;
  EXPECT_EQ(call(brisk_cache_read_stats, cache, &figures), BRISK_OK);
  return figures;
}

inline uint64_t parts(const brisk_cache_stats &figures) {
  return figures.entry_bytes + figures.index_bytes + figures.policy_bytes + figures.codec_bytes +
         figures.slack_bytes + figures.other_bytes + figures.pinned_bytes + figures.reclaim_bytes;
}

inline brisk_runtime_stats runtime_stats(brisk_runtime *runtime) {
  brisk_runtime_stats figures = BRISK_RUNTIME_STATS_INIT;
  EXPECT_EQ(call(brisk_runtime_read_stats, runtime, &figures), BRISK_OK);
  return figures;
}

inline std::optional<std::pair<std::string, brisk_cause>> next_event(brisk_cache *cache) {
  std::string key(BRISK_KEY_SIZE_MAX, '\0');
  size_t size = 0;
  brisk_cause cause = 0;
  const Result result = call(brisk_cache_next_event, cache, key.data(), key.size(), &size, &cause);
  if (result == BRISK_END) return std::nullopt;
  EXPECT_EQ(result, BRISK_OK);
  key.resize(size);
  return std::make_pair(key, cause);
}

// All keys, as a cursor gives them.
inline std::vector<std::string> keys(brisk_cache *cache) {
  std::vector<std::string> all;
  Cursor cursor;
  EXPECT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  std::string buffer(BRISK_KEY_SIZE_MAX, '\0');
  size_t size = 0;
  while (call(brisk_cursor_next, cursor, buffer.data(), buffer.size(), &size) == BRISK_OK) {
    all.push_back(buffer.substr(0, size));
  }
  return all;
}

// Bytes that no codec makes smaller.
inline std::string noise(size_t size, uint64_t seed = 1) {
  std::mt19937_64 random(seed + size * 1000003);
  std::string bytes((size + 7) / 8 * 8, '\0');
  for (size_t at = 0; at < bytes.size(); at += 8) {
    const uint64_t word = random();
    std::memcpy(bytes.data() + at, &word, 8);
  }
  bytes.resize(size);
  return bytes;
}

// Bytes that shrink well.
inline std::string prose(size_t size, uint64_t seed = 1) {
  static constexpr const char *words[] = {"cache ",  "entry ", "policy ", "lease ",
                                          "window ", "batch ", "budget "};
  std::mt19937_64 random(seed + size * 1000003);
  std::string bytes;
  while (bytes.size() < size) bytes += words[random() % std::size(words)];
  bytes.resize(size);
  return bytes;
}

// Waits for what other threads do; false after half a minute.
inline bool eventually(const std::function<bool()> &holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// For what must begin before a deadline and be ended by it: on a machine that pauses it may not
// begin, and is tried again with a later one.
inline bool unhurried(const std::function<bool(uint64_t deadline)> &holds) {
  for (const uint64_t deadline : {50 * ms, second, 10 * second}) {
    if (holds(deadline)) return true;
  }
  return false;
}

}  // namespace brisk_test
