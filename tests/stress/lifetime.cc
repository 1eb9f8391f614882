// Ends in any order and on any thread: values that outlive their cache, caches that outlive the
// runtime's handle, leases that outlive both, threads that come and go by the thousand, and a
// process that ends in the middle of it all.
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <latch>

#include "stress.h"

namespace {

using namespace stress;

TEST(LifetimeTest, ValuesOutliveTheirCacheAndAreReleasedFromAnyThread) {
  const Deadline deadline(0.2);
  constexpr size_t threads_each = 4;
  constexpr size_t keys = 40;
  do {
    const Runtime watch = new_runtime(BRISK_CLOCK_MANUAL);
    brisk_runtime_ref(watch.get());
    Runtime runtime(watch.get());
    Cache cache = new_cache(runtime.get(), options_of(1 << 20));
    const auto size_of = [](size_t key) {
      return key % 3 == 0 ? size_t{100} : size_t{3000};
    };  // raw, blob or packed
    for (size_t key = 0; key < keys; ++key) {
      ASSERT_EQ(put(cache, std::to_string(key), make_value(key, 1, size_of(key), key % 3 == 1)),
                BRISK_OK);
    }
    std::latch ready(threads_each + 1);
    std::atomic<size_t> wrong{0};
    Threads threads;
    threads.start(threads_each, [&](size_t number) {
      std::vector<std::pair<size_t, Value>> held;
      for (size_t key = 0; key < keys; ++key) {
        Value value;
        if (get(cache, std::to_string(key), &value) == BRISK_OK)
          held.emplace_back(key, std::move(value));
      }
      if (held.size() != keys) wrong.fetch_add(1);
      ready.arrive_and_wait();
      for (size_t i = 0; i < held.size(); ++i) {
        auto &[key, value] = held[number % 2 == 0 ? i : held.size() - 1 - i];
        uint64_t version = 0;
        if (check_value(bytes_of(value.get()), key, &version) != nullptr) wrong.fetch_add(1);
        value.reset();
      }
    });
    ready.arrive_and_wait();
    runtime.reset();
    cache.reset();
    threads.join();
    ASSERT_EQ(wrong.load(), 0u);
    ASSERT_EQ(held_by(watch), 0u);
  } while (!deadline.passed());
}

TEST(LifetimeTest, ACacheNeedsNoHandleOfItsRuntime) {
  Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  const Cache cache = new_cache(runtime.get(), options_of(1 << 20));
  runtime.reset();
  ASSERT_EQ(put(cache, "short", "value", 10 * millisecond), BRISK_OK);
  ASSERT_EQ(put(cache, "long", "value"), BRISK_OK);
  EXPECT_TRUE(eventually([&] { return stats_of(cache).evicted_expired == 1; }));
  EXPECT_EQ(read(cache, "long"), "value");
}

// The sweeper may be at work in a cache when its last handle goes: the name is free all the same,
// at once.
TEST(LifetimeTest, ANameIsFreeWhenTheLastHandleIsGone) {
  const Deadline deadline(0.2);
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  brisk_cache_options options = options_of(1 << 20);
  options.name = "name";
  options.name_size = 4;
  for (int round = 0; !deadline.passed(); ++round) {
    Cache cache = new_cache(runtime.get(), options);
    ASSERT_NE(cache, nullptr);
    for (int i = 0; i < 200; ++i)
      put(cache, std::to_string(i), "value", (1 + round % 3) * 40 * millisecond);
    if (round % 2 == 0) {
      ASSERT_EQ(brisk_cache_close(cache.get(), nullptr), BRISK_OK);
      const Cache next = new_cache(runtime.get(), options);
      ASSERT_NE(next, nullptr);
    }
  }
}

TEST(LifetimeTest, AClosedRuntimeEndsEverythingInIt) {
  const Deadline deadline(0.1);
  do {
    Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
    std::vector<Cache> caches;
    for (int i = 0; i < 3; ++i) caches.push_back(new_cache(runtime.get(), options_of(1 << 20)));
    std::latch ready(5);
    Threads threads;
    threads.start(4, [&](size_t number) {
      const Cache &cache = caches[number % caches.size()];
      ready.arrive_and_wait();
      for (uint64_t i = 0;; ++i) {
        const brisk_status status = put(cache, std::to_string(i % 100), "value", millisecond);
        if (status == BRISK_CLOSED) break;
        ASSERT_EQ(status, BRISK_OK);
      }
    });
    ready.arrive_and_wait();
    ASSERT_EQ(brisk_runtime_close(runtime.get(), nullptr), BRISK_OK);
    threads.join();
    runtime.reset();
  } while (!deadline.passed());
}

TEST(LifetimeTest, ALeaseKeepsItsCache) {
  Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  Cache cache = new_cache(runtime.get(), options_of(1 << 20));
  brisk_value *value = nullptr;
  brisk_lease *part = nullptr;
  ASSERT_EQ(brisk_cache_begin(cache.get(), "key", 3, nullptr, &value, &part, nullptr), BRISK_LEAD);
  Lease lead(part);
  ASSERT_EQ(brisk_cache_begin(cache.get(), "key", 3, nullptr, &value, &part, nullptr), BRISK_WAIT);
  const Lease waiter(part);
  cache.reset();
  runtime.reset();
  std::thread other([&] {
    ASSERT_EQ(brisk_lease_complete(lead.get(), "value", 5, 0, nullptr, nullptr), BRISK_OK);
    lead.reset();
  });
  EXPECT_EQ(brisk_lease_wait(waiter.get(), 0, &value, nullptr), BRISK_OK);
  other.join();
  EXPECT_EQ(bytes_of(value), "value");
  brisk_value_unref(value);
}

TEST(LifetimeTest, AClosedCacheAnswersEveryWaiter) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  const Cache cache = new_cache(runtime.get(), options_of(1 << 20));
  brisk_value *value = nullptr;
  brisk_lease *part = nullptr;
  ASSERT_EQ(brisk_cache_begin(cache.get(), "key", 3, nullptr, &value, &part, nullptr), BRISK_LEAD);
  const Lease lead(part);
  constexpr size_t waiters = 8;
  std::latch begun(waiters + 1);
  Threads threads;
  threads.start(waiters, [&](size_t) {
    brisk_value *given = nullptr;
    brisk_lease *own = nullptr;
    EXPECT_EQ(brisk_cache_begin(cache.get(), "key", 3, nullptr, &given, &own, nullptr), BRISK_WAIT);
    const Lease waiter(own);
    begun.arrive_and_wait();
    EXPECT_EQ(brisk_lease_wait(waiter.get(), BRISK_FOREVER, &given, nullptr), BRISK_CLOSED);
  });
  begun.arrive_and_wait();
  ASSERT_EQ(brisk_cache_close(cache.get(), nullptr), BRISK_OK);
  threads.join();
  EXPECT_EQ(brisk_lease_complete(lead.get(), "value", 5, 0, nullptr, nullptr), BRISK_CLOSED);
}

TEST(LifetimeTest, TenThousandThreadsAreCountedExactly) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  for (const brisk_policy policy : {BRISK_POLICY_S3FIFO, BRISK_POLICY_LRU}) {
    brisk_cache_options options = options_of(1 << 20);
    options.policy = policy;
    const Cache cache = new_cache(runtime.get(), options);
    ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
    constexpr size_t starters = 50;  // more threads at a time than there are stripes
    constexpr size_t threads_each = 100;
    std::atomic<size_t> wrong{0};
    Threads threads;
    threads.start(starters, [&](size_t) {
      for (size_t i = 0; i < threads_each; ++i) {
        std::thread([&] {
          char buffer[16];
          size_t size = 0;
          for (int j = 0; j < 3; ++j) {
            if (brisk_cache_read(cache.get(), "key", 3, buffer, sizeof buffer, &size, nullptr) !=
                BRISK_OK)
              ++wrong;
          }
          if (brisk_cache_read(cache.get(), "none", 4, buffer, sizeof buffer, &size, nullptr) !=
              BRISK_MISS)
            ++wrong;
        }).join();
      }
    });
    threads.join();
    EXPECT_EQ(wrong.load(), 0u);
    const brisk_cache_stats stats = stats_of(cache);
    EXPECT_EQ(stats.hits, starters * threads_each * 3);
    EXPECT_EQ(stats.misses, starters * threads_each);
  }
}

// Values that nobody could count: further pins are copies, and the entry stays.
TEST(LifetimeTest, AValueMayHaveMoreReferencesThanItsEntryCounts) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_MANUAL);
  const Cache cache = new_cache(runtime.get(), options_of(1 << 20));
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  Value value;
  ASSERT_EQ(get(cache, "key", &value), BRISK_OK);
  for (int i = 0; i < 40000; ++i) brisk_value_ref(value.get());
  std::atomic<size_t> wrong{0};
  Threads threads;
  threads.start(8, [&](size_t) {
    for (int i = 0; i < 20000; ++i) {
      Value own;
      if (get(cache, "key", &own) != BRISK_OK || bytes_of(own.get()) != "value") ++wrong;
    }
  });
  threads.join();
  EXPECT_EQ(wrong.load(), 0u);
  ASSERT_EQ(erase(cache, "key"), BRISK_OK);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(put(cache, std::to_string(i), "other"), BRISK_OK);
  EXPECT_EQ(bytes_of(value.get()), "value");
}

// A few entries that nobody pins, among many that are pinned, are still found when room is needed.
TEST(LifetimeTest, OnlyPinsAreRefused) {
  for (const brisk_policy policy : {BRISK_POLICY_S3FIFO, BRISK_POLICY_LRU}) {
    const Runtime runtime = new_runtime(BRISK_CLOCK_MANUAL);
    brisk_cache_options options = options_of(4 << 20);
    options.policy = policy;
    options.max_entries = 11;
    const Cache cache = new_cache(runtime.get(), options);
    std::vector<Value> pinned(10);
    for (size_t i = 0; i < pinned.size(); ++i) {
      ASSERT_EQ(put(cache, std::to_string(i), "pinned"), BRISK_OK);
      ASSERT_EQ(get(cache, std::to_string(i), &pinned[i]), BRISK_OK);
    }
    ASSERT_EQ(put(cache, "hot 0", "value"), BRISK_OK);
    for (int round = 0; round < 20; ++round) {
      const std::string hot = "hot " + std::to_string(round);
      for (int i = 0; i < 10; ++i) ASSERT_EQ(read(cache, hot), "value");
      ASSERT_EQ(put(cache, "hot " + std::to_string(round + 1), "value"), BRISK_OK)
          << "round " << round;
    }
    ASSERT_EQ(get(cache, "hot 20", &pinned.emplace_back()), BRISK_OK);
    EXPECT_EQ(put(cache, "one more", "value"), BRISK_REFUSED);
  }
}

TEST(LifetimeTest, AFullCacheTakesNothingFromOthersWhereTheBudgetHasRoom) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  const Cache other = new_cache(runtime.get(), options_of(1 << 20));
  ASSERT_EQ(put(other, "kept", "value"), BRISK_OK);
  brisk_cache_options options = options_of(1 << 20);
  options.compression = BRISK_COMPRESSION_OFF;
  const Cache full = new_cache(runtime.get(), options);
  Threads threads;
  const Deadline deadline(0.1);
  threads.start(4, [&](size_t number) {
    // A block of its own each, of which the cache has room for two: what one thread evicts for its
    // value, another may take before it comes back for it.
    const std::string value(300'000, 'v');
    while (!deadline.passed()) put(full, std::to_string(number), value);
  });
  threads.join();
  EXPECT_EQ(read(other, "kept"), "value");
}

TEST(LifetimeTest, TheSweeperHasItsNameAndNoSignals) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  const Cache cache = new_cache(runtime.get(), options_of(1 << 20));
  ASSERT_EQ(put(cache, "key", "value", 30 * second), BRISK_OK);
  uint64_t blocked = 0;
  const auto find = [&] {
    std::ifstream status(thread_named("brisk-sweep") / "status");
    std::string word;
    while (status >> word && word != "SigBlk:") {
    }
    return static_cast<bool>(status >> std::hex >> blocked);
  };
  ASSERT_TRUE(eventually(find));
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    // Two that nobody can block, and those that the C library keeps for itself.
    if (signal == SIGKILL || signal == SIGSTOP || signal >= 32) continue;
    EXPECT_NE(blocked >> (signal - 1) & 1, 0u) << "signal " << signal;
  }
}

// What a program does that returns from main while its threads are inside the library.
[[noreturn]] void end_in_the_middle() {
  // Kept until the end, as a host's globals are.
  static Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  static Cache cache = new_cache(nullptr, options_of(1 << 20));
  static Cache own = new_cache(runtime.get(), options_of(1 << 20));
  static std::latch busy(9);
  for (size_t number = 0; number < 6; ++number) {
    std::thread([number] {
      Random random(number);
      for (uint64_t i = 0;; ++i) {
        if (i == 1000) busy.count_down();
        const std::string key = std::to_string(random.below(2000));
        // Not `own`, which exit() releases.
        put(cache, key, make_value(1, 1, random.below(2000), random.below(2) == 0), millisecond);
        Value value;
        get(cache, std::to_string(random.below(2000)), &value);
      }
    }).detach();
  }
  for (size_t number = 0; number < 3; ++number) {
    std::thread([] {
      brisk_value *value = nullptr;
      brisk_lease *lease = nullptr;
      const brisk_status status =
          brisk_cache_begin(cache.get(), "load", 4, nullptr, &value, &lease, nullptr);
      busy.count_down();
      if (status == BRISK_WAIT) brisk_lease_wait(lease, BRISK_FOREVER, &value, nullptr);
      pause();
    }).detach();
  }
  put(own, "key", "value", millisecond);
  busy.wait();
  brisk_cache_ref(cache.get());  // the threads' own
  std::exit(0);
}

TEST(LifetimeDeathTest, AProcessThatEndsInTheMiddleEndsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (int round = 0; round < 3; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EXIT(end_in_the_middle(), testing::ExitedWithCode(0), "^$");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
}

}  // namespace
