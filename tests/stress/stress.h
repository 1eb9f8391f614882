// What the stress tests share: handles that release themselves, a bound on time, a sequence of
// numbers that can be replayed, and values that tell whose they are.
#pragma once

#include <brisk/brisk.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// Which sanitizer this is built with: gcc defines a macro, clang answers a question.
#if defined(__has_feature)
#define STRESS_HAS_FEATURE(name) __has_feature(name)
#else
#define STRESS_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_THREAD__) || STRESS_HAS_FEATURE(thread_sanitizer)
#define STRESS_TSAN 1
#else
#define STRESS_TSAN 0
#endif
#if defined(__SANITIZE_ADDRESS__) || STRESS_HAS_FEATURE(address_sanitizer)
#define STRESS_ASAN 1
#else
#define STRESS_ASAN 0
#endif

namespace stress {

template <auto Unref>
struct Release {
  template <class Handle>
  void operator()(Handle *handle) const noexcept {
    Unref(handle);
  }
};
using Cache = std::unique_ptr<brisk_cache, Release<brisk_cache_unref>>;
using Runtime = std::unique_ptr<brisk_runtime, Release<brisk_runtime_unref>>;
using Value = std::unique_ptr<brisk_value, Release<brisk_value_unref>>;
using Lease = std::unique_ptr<brisk_lease, Release<brisk_lease_unref>>;
using Error = std::unique_ptr<brisk_error, Release<brisk_error_unref>>;

constexpr uint64_t millisecond = 1'000'000;
constexpr uint64_t second = 1'000'000'000;

inline Runtime new_runtime(brisk_clock clock, uint64_t budget = 0) {
  brisk_runtime_options options = BRISK_RUNTIME_OPTIONS_INIT;
  options.clock = clock;
  options.budget_bytes = budget;
  brisk_runtime *runtime = nullptr;
  EXPECT_EQ(brisk_runtime_new(&options, &runtime, nullptr), BRISK_OK);
  return Runtime(runtime);
}

inline Cache new_cache(brisk_runtime *runtime, const brisk_cache_options &options) {
  brisk_cache *cache = nullptr;
  EXPECT_EQ(brisk_cache_new(runtime, &options, &cache, nullptr), BRISK_OK);
  return Cache(cache);
}

inline brisk_cache_options options_of(uint64_t capacity) {
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  options.capacity_bytes = capacity;
  return options;
}

inline brisk_status put(const Cache &cache, std::string_view key, std::string_view value,
                        uint64_t ttl = 0) {
  return brisk_cache_put(cache.get(), key.data(), key.size(), value.data(), value.size(), ttl,
                         nullptr);
}

inline brisk_status erase(const Cache &cache, std::string_view key) {
  return brisk_cache_erase(cache.get(), key.data(), key.size(), nullptr);
}

inline brisk_status get(const Cache &cache, std::string_view key, Value *value) {
  brisk_value *pinned = nullptr;
  const brisk_status status =
      brisk_cache_get(cache.get(), key.data(), key.size(), &pinned, nullptr);
  value->reset(pinned);
  return status;
}

inline std::string_view bytes_of(const brisk_value *value) {
  size_t size = 0;
  const void *data = brisk_value_data(value, &size);
  return {static_cast<const char *>(data), size};
}

// The value of a key as text, or the name of the status where there is none.
inline std::string read(const Cache &cache, std::string_view key) {
  std::string buffer(65536, '\0');
  size_t size = 0;
  const brisk_status status = brisk_cache_read(cache.get(), key.data(), key.size(), buffer.data(),
                                               buffer.size(), &size, nullptr);
  return status == BRISK_OK ? buffer.substr(0, size) : brisk_status_name(status);
}

inline brisk_cache_stats stats_of(const Cache &cache) {
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  EXPECT_EQ(brisk_cache_read_stats(cache.get(), &stats, nullptr), BRISK_OK);
  return stats;
}

inline uint64_t held_by(const Runtime &runtime) {
  brisk_runtime_stats stats = BRISK_RUNTIME_STATS_INIT;
  EXPECT_EQ(brisk_runtime_read_stats(runtime.get(), &stats, nullptr), BRISK_OK);
  return stats.held_bytes;
}

// How long a test that could go on for ever goes on: its share of BRISK_TEST_SECONDS.
class Deadline {
 public:
  explicit Deadline(double share) {
    const char *text = std::getenv("BRISK_TEST_SECONDS");
    const double all = text != nullptr ? std::atof(text) : 5;
    end_ = Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(all * share));
  }
  bool passed() const { return Clock::now() >= end_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
};

// BRISK_SEED, or another number each time; recorded, so that a failure can be replayed.
inline uint64_t seed() {
  const char *text = std::getenv("BRISK_SEED");
  const uint64_t number =
      text != nullptr ? std::strtoull(text, nullptr, 0) : std::random_device()();
  testing::Test::RecordProperty("seed", std::to_string(number));
  return number;
}

// splitmix64
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t limit) { return next() % limit; }

 private:
  uint64_t state_;
};

// Threads that are joined at the end of the scope.
class Threads {
 public:
  template <class Body>
  void start(size_t count, Body body) {
    for (size_t i = 0; i < count; ++i) threads_.emplace_back(body, i);
  }
  void join() {
    for (std::thread &thread : threads_) thread.join();
    threads_.clear();
  }
  ~Threads() { join(); }

 private:
  std::vector<std::thread> threads_;
};

// Waits for what another thread is sure to bring about; gives up after half a minute.
template <class Condition>
bool eventually(Condition &&condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// The folder of a thread of this process, by the name of the thread; empty when there is none.
inline std::filesystem::path thread_named(const std::string &name) {
  for (const auto &task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string word;
    std::getline(std::ifstream(task.path() / "comm"), word);
    if (word == name) return task.path();
  }
  return {};
}

// A door that one side opens and the other waits at.
class Gate {
 public:
  void open() { opened_.store(true, std::memory_order_release); }
  bool wait() const {
    return eventually([this] { return opened_.load(std::memory_order_acquire); });
  }

 private:
  std::atomic<bool> opened_{false};
};

// A value says whose it is and which: key, version, shape (its size, and whether it is flat) and a
// sum, then bytes that follow from them.
struct Stamp {
  uint64_t key;
  uint64_t version;
  uint64_t shape;
  uint64_t sum;

  static Stamp of(uint64_t key, uint64_t version, uint64_t shape) {
    return {key, version, shape, Random(key * 0x100000001b3u ^ version << 20 ^ shape).next()};
  }
  size_t size() const { return static_cast<size_t>(shape >> 1); }
  bool flat() const { return (shape & 1) != 0; }
};

// `flat` makes it one that shrinks under compression.
inline std::string make_value(uint64_t key, uint64_t version, size_t size, bool flat) {
  size = std::max(size, sizeof(Stamp));
  std::string value(size, '\0');
  const Stamp stamp = Stamp::of(key, version, size << 1 | flat);
  std::memcpy(value.data(), &stamp, sizeof stamp);
  Random body(stamp.sum);
  uint64_t word = body.next();
  for (size_t at = sizeof stamp; at < size; at += 8) {
    std::memcpy(value.data() + at, &word, std::min<size_t>(8, size - at));
    if (!flat) word = body.next();
  }
  return value;
}

// Why this is not a whole value of the key, or null; its version.
inline const char *check_value(std::string_view value, uint64_t key, uint64_t *version) {
  Stamp stamp;
  if (value.size() < sizeof stamp) return "shorter than any value";
  std::memcpy(&stamp, value.data(), sizeof stamp);
  if (stamp.key != key) return "the value of another key";
  if (stamp.size() != value.size()) return "of another size than it says";
  if (stamp.sum != Stamp::of(stamp.key, stamp.version, stamp.shape).sum) return "torn in its stamp";
  *version = stamp.version;
  return value == make_value(key, stamp.version, stamp.size(), stamp.flat()) ? nullptr
                                                                             : "torn in its body";
}

}  // namespace stress
