// One load a key, however many ask: through the callback and through leases, with failures,
// abandoned leads, waiters that give up, and writers that get in between.
#include <algorithm>
#include <array>
#include <latch>
#include <mutex>
#include <set>

#include "stress.h"

namespace {

using namespace stress;

constexpr size_t crowd = 1000;

// A loader that is a C++ function, for one call.
template <class Loader>
brisk_status get_or_load(const Cache &cache, std::string_view key, Loader &&loader, Value *value,
                         uint64_t timeout = 30 * second, brisk_error **error = nullptr) {
  auto call = [](void *user, brisk_lease *lease, const void *, size_t) -> brisk_status {
    return (*static_cast<std::remove_reference_t<Loader> *>(user))(lease);
  };
  brisk_value *loaded = nullptr;
  const brisk_status status =
      brisk_cache_get_or_load(cache.get(), key.data(), key.size(), nullptr, call, &loader, nullptr,
                              timeout, &loaded, error);
  value->reset(loaded);
  return status;
}

brisk_status complete(brisk_lease *lease, std::string_view value, brisk_value **pinned = nullptr) {
  return brisk_lease_complete(lease, value.data(), value.size(), 0, pinned, nullptr);
}

brisk_status begin(const Cache &cache, std::string_view key, Value *value, Lease *lease,
                   brisk_lease *parent = nullptr) {
  brisk_value *found = nullptr;
  brisk_lease *part = nullptr;
  const brisk_status status =
      brisk_cache_begin(cache.get(), key.data(), key.size(), parent, &found, &part, nullptr);
  value->reset(found);
  lease->reset(part);
  return status;
}

brisk_status wait(const Lease &lease, Value *value, uint64_t timeout = 30 * second,
                  brisk_error **error = nullptr) {
  brisk_value *given = nullptr;
  const brisk_status status = brisk_lease_wait(lease.get(), timeout, &given, error);
  value->reset(given);
  return status;
}

class LoadsTest : public testing::Test {
 protected:
  Runtime runtime_ = new_runtime(BRISK_CLOCK_SYSTEM);
  Cache cache_ = new_cache(runtime_.get(), options_of(8 << 20));
};

TEST_F(LoadsTest, AThousandThreadsCauseOneLoad) {
  const std::string loaded =
      make_value(1, 1, 3000, true);  // packed, so that nobody can pin the entry itself
  std::atomic<size_t> asked{0};
  std::atomic<size_t> loads{0};
  std::atomic<size_t> right{0};
  Threads threads;
  threads.start(crowd, [&](size_t) {
    asked.fetch_add(1);
    Value value;
    const brisk_status status = get_or_load(
        cache_, "key",
        [&](brisk_lease *lease) {
          loads.fetch_add(1);
          EXPECT_TRUE(eventually([&] { return asked.load() == crowd; }));
          return complete(lease, loaded);
        },
        &value);
    right.fetch_add(status == BRISK_OK && bytes_of(value.get()) == loaded);
  });
  threads.join();
  EXPECT_EQ(loads.load(), 1u);
  EXPECT_EQ(right.load(), crowd);
  EXPECT_EQ(stats_of(cache_).loads, 1u);
}

// A thousand parts in one load: one leads, all others wait, all get what `end` ends it with.
template <class End, class Check>
void crowd_waits(const Cache &cache, End &&end, Check &&check) {
  std::latch begun(crowd);
  std::atomic<size_t> led{0};
  std::atomic<size_t> right{0};
  Threads threads;
  threads.start(crowd, [&](size_t) {
    Value value;
    Lease lease;
    const brisk_status status = begin(cache, "key", &value, &lease);
    begun.arrive_and_wait();
    if (status == BRISK_LEAD) {
      led.fetch_add(1);
      end(lease.get());
      right.fetch_add(1);
    } else if (status == BRISK_WAIT) {
      right.fetch_add(check(lease));
    }
  });
  threads.join();
  EXPECT_EQ(led.load(), 1u);
  EXPECT_EQ(right.load(), crowd);
}

TEST_F(LoadsTest, AThousandLeasesGetTheValueOfOne) {
  crowd_waits(
      cache_, [](brisk_lease *lead) { EXPECT_EQ(complete(lead, "value"), BRISK_OK); },
      [](const Lease &lease) {
        Value value;
        return wait(lease, &value) == BRISK_OK && bytes_of(value.get()) == "value";
      });
}

TEST_F(LoadsTest, AThousandLeasesGetTheErrorOfOne) {
  crowd_waits(
      cache_,
      [](brisk_lease *lead) {
        EXPECT_EQ(brisk_lease_fail(lead, "no such row", 11, nullptr), BRISK_OK);
      },
      [](const Lease &lease) {
        Value value;
        brisk_error *given = nullptr;
        const brisk_status status = wait(lease, &value, 30 * second, &given);
        const Error error(given);
        return status == BRISK_LOAD_FAILED && value == nullptr &&
               std::strcmp(brisk_error_message(error.get()), "no such row") == 0;
      });
  Value value;
  Lease lease;
  EXPECT_EQ(begin(cache_, "key", &value, &lease), BRISK_LEAD);
}

TEST_F(LoadsTest, AnAbandonedLeadGoesToOneWaiterAtATime) {
  constexpr size_t parts = 64;
  std::latch begun(parts);
  std::atomic<int> leading{0};
  std::atomic<size_t> leads{0};
  std::atomic<size_t> values{0};
  Threads threads;
  threads.start(parts, [&](size_t number) {
    Value value;
    Lease lease;
    brisk_status status = begin(cache_, "key", &value, &lease);
    begun.arrive_and_wait();
    // Some look in now and then, and would find a lead that is not free.
    const uint64_t timeout = number % 2 == 0 ? 30 * second : millisecond / 10;
    if (status == BRISK_WAIT) {
      do status = wait(lease, &value, timeout);
      while (status == BRISK_TIMEOUT);
    }
    if (status == BRISK_LEAD) {
      EXPECT_EQ(leading.fetch_add(1), 0);
      const size_t turn = leads.fetch_add(1) + 1;
      for (int i = 0; i < 20; ++i) std::this_thread::yield();
      leading.fetch_sub(1);
      if (turn == parts / 2) {
        EXPECT_EQ(complete(lease.get(), "at last"), BRISK_OK);
        values.fetch_add(1);
      } else if (turn % 2 == 0) {
        EXPECT_EQ(brisk_lease_abandon(lease.get(), nullptr), BRISK_OK);
      }  // every other one is abandoned by its last reference
    } else {
      EXPECT_EQ(status, BRISK_OK);
      values.fetch_add(bytes_of(value.get()) == "at last");
    }
  });
  threads.join();
  EXPECT_EQ(leads.load(), parts / 2);
  EXPECT_EQ(values.load(), parts - parts / 2 + 1);
  EXPECT_EQ(stats_of(cache_).loads, 1u);
}

TEST_F(LoadsTest, WaitersGiveUpAndNoSecondLoadBegins) {
  Value value;
  Lease lead;
  ASSERT_EQ(begin(cache_, "key", &value, &lead), BRISK_LEAD);
  std::atomic<size_t> second_loads{0};
  Threads threads;
  threads.start(16, [&](size_t number) {
    Value nothing;
    auto loader = [&](brisk_lease *) {
      second_loads.fetch_add(1);
      return BRISK_MISS;
    };
    EXPECT_EQ(get_or_load(cache_, "key", loader, &nothing, (1 + number) * millisecond),
              BRISK_TIMEOUT);
  });
  threads.join();
  EXPECT_EQ(second_loads.load(), 0u);
  Lease late;
  ASSERT_EQ(begin(cache_, "key", &value, &late), BRISK_WAIT);
  EXPECT_EQ(wait(late, &value, millisecond), BRISK_TIMEOUT);
  ASSERT_EQ(complete(lead.get(), "value"), BRISK_OK);
  EXPECT_EQ(wait(late, &value), BRISK_OK);
  EXPECT_EQ(bytes_of(value.get()), "value");
}

TEST_F(LoadsTest, ManyKeysAreLoadedOnceEach) {
  constexpr size_t keys = 500;
  std::vector<std::atomic<uint32_t>> loads(keys);
  const uint64_t start = seed();
  std::atomic<size_t> wrong{0};
  Threads threads;
  threads.start(16, [&](size_t number) {
    Random random(start + number);
    for (size_t i = 0; i < 4 * keys; ++i) {
      const size_t key = random.below(keys);
      const std::string expected = make_value(key, 0, 50 + key % 700, key % 2 == 0);
      Value value;
      const brisk_status status = get_or_load(
          cache_, std::to_string(key),
          [&](brisk_lease *lease) {
            loads[key].fetch_add(1);
            if (key % 7 == 0) std::this_thread::yield();
            return complete(lease, expected);
          },
          &value);
      if (status != BRISK_OK || bytes_of(value.get()) != expected) wrong.fetch_add(1);
    }
  });
  threads.join();
  EXPECT_EQ(wrong.load(), 0u);
  uint64_t all = 0;
  for (const auto &count : loads) {
    EXPECT_LE(count.load(), 1u);
    all += count.load();
  }
  EXPECT_EQ(stats_of(cache_).loads, all);
}

// The source is changed first, then the cache is told. Whoever asks afterwards gets nothing older,
// wherever a loader was.
TEST_F(LoadsTest, NoLoadBringsAnOlderValueBack) {
  struct Row {
    std::mutex turn;
    std::atomic<uint64_t> source{1};
    std::atomic<uint64_t> floor{0};
  };
  std::array<Row, 4> rows;
  brisk_cache_options options = options_of(256 << 10);  // fillers evict all the time
  options.compression = BRISK_COMPRESSION_OFF;
  const Cache cache = new_cache(runtime_.get(), options);
  const uint64_t start = seed();
  const Deadline deadline(0.4);
  std::atomic<bool> stop{false};
  std::atomic<size_t> wrong{0};
  std::atomic<uint64_t> loads{0};
  Threads threads;
  threads.start(3, [&](size_t number) {
    Random random(start + number);
    while (!stop.load()) {
      const size_t key = random.below(rows.size());
      Row &row = rows[key];
      const std::lock_guard lock(row.turn);
      const uint64_t next = row.source.load() + 1;
      row.source.store(next);
      if (random.below(2) == 0) {
        put(cache, std::to_string(key), make_value(key, next, 100, false));
      } else {
        erase(cache, std::to_string(key));
      }
      row.floor.store(next);
    }
  });
  threads.start(5, [&](size_t number) {
    Random random(start + 100 + number);
    std::string filler(2000, 'f');
    while (!stop.load()) {
      const size_t key = random.below(rows.size());
      Row &row = rows[key];
      const uint64_t floor = row.floor.load();
      Value value;
      brisk_status status;
      if (random.below(3) == 0) {
        status = get(cache, std::to_string(key), &value);
      } else {
        status = get_or_load(
            cache, std::to_string(key),
            [&](brisk_lease *lease) {
              loads.fetch_add(1);
              const uint64_t version = row.source.load();
              for (uint64_t i = random.below(4); i != 0; --i) std::this_thread::yield();
              return complete(lease, make_value(key, version, 100, false));
            },
            &value);
      }
      uint64_t version = 0;
      if (status == BRISK_OK &&
          (check_value(bytes_of(value.get()), key, &version) != nullptr || version < floor)) {
        wrong.fetch_add(1);
      }
      if (number == 0) put(cache, "filler" + std::to_string(random.below(200)), filler);
    }
  });
  while (!deadline.passed() && wrong.load() == 0) std::this_thread::yield();
  EXPECT_TRUE(eventually([&] { return loads.load() != 0; }));
  stop = true;
  threads.join();
  EXPECT_EQ(wrong.load(), 0u);
}

// A circle is found at once, also when it goes through two caches and when its parts lead rather
// than wait.
TEST_F(LoadsTest, ACircleOfLoadsIsADeadlock) {
  const Cache other = new_cache(runtime_.get(), options_of(1 << 20));
  Value value;
  Lease one;
  Lease two;
  Lease three;
  ASSERT_EQ(begin(cache_, "one", &value, &one), BRISK_LEAD);
  ASSERT_EQ(begin(other, "two", &value, &two, one.get()), BRISK_LEAD);
  EXPECT_EQ(begin(cache_, "one", &value, &three, two.get()), BRISK_DEADLOCK);
  EXPECT_EQ(begin(other, "two", &value, &three, two.get()), BRISK_DEADLOCK);
  ASSERT_EQ(begin(cache_, "three", &value, &three, two.get()), BRISK_LEAD);
  Lease again;
  EXPECT_EQ(begin(cache_, "one", &value, &again, three.get()), BRISK_DEADLOCK);
  // Who no longer needs a load is no part of a circle.
  two.reset();
  EXPECT_EQ(begin(cache_, "one", &value, &again, three.get()), BRISK_WAIT);
}

// Loads of two caches that need each other at random: every call ends, and none by its timeout.
TEST_F(LoadsTest, CirclesUnderLoadNeverHang) {
  constexpr size_t keys = 6;
  const Cache caches[] = {new_cache(runtime_.get(), options_of(1 << 20)),
                          new_cache(runtime_.get(), options_of(1 << 20))};
  const uint64_t start = seed();
  const Deadline deadline(0.2);
  const Deadline patience(6);
  std::atomic<size_t> timeouts{0};
  std::atomic<size_t> circles{0};
  Threads threads;
  threads.start(6, [&](size_t number) {
    Random random(start + number);
    struct Call {
      const Cache *caches;
      Random *random;
      std::atomic<size_t> *circles;
      std::atomic<size_t> *timeouts;

      brisk_status operator()(brisk_lease *parent, int depth) {
        const Cache &cache = caches[random->below(2)];
        const std::string key = std::to_string(random->below(keys));
        struct Frame {
          Call *call;
          int depth;
        } frame{this, depth};
        auto load = [](void *user, brisk_lease *lease, const void *, size_t) -> brisk_status {
          auto *of = static_cast<Frame *>(user);
          if (of->depth < 4 && of->call->random->below(3) != 0) (*of->call)(lease, of->depth + 1);
          return complete(lease, "value");
        };
        brisk_value *loaded = nullptr;
        const brisk_status status =
            brisk_cache_get_or_load(cache.get(), key.data(), key.size(), parent, load, &frame,
                                    nullptr, 20 * second, &loaded, nullptr);
        const Value value(loaded);
        circles->fetch_add(status == BRISK_DEADLOCK);
        timeouts->fetch_add(status == BRISK_TIMEOUT);
        if (random->below(2) == 0) erase(cache, key);
        return status;
      }
    } call{caches, &random, &circles, &timeouts};
    while (!deadline.passed() || (circles == 0 && !patience.passed())) call(nullptr, 0);
  });
  threads.join();
  EXPECT_EQ(timeouts.load(), 0u);
  EXPECT_GT(circles.load(), 0u);
}

}  // namespace
