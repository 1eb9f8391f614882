// Loads: one for each key, and everyone who waits gets the value, the error or their own timeout.
#include <stdexcept>

#include "loads.h"

namespace brisk_test {
namespace {

class Loads : public testing::Test {
 protected:
  Runtime runtime = new_runtime();
  Cache cache = new_cache(runtime);
};

TEST_F(Loads, TheFirstLeadsTheOthersWaitAndAllGetTheValue) {
  for (const std::string &value :
       {std::string(), std::string("small"), prose(3000), noise(50000), prose(50000)}) {
    ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
    Begun lead = begin(cache, "key");
    ASSERT_EQ(lead.result, BRISK_LEAD);
    std::vector<std::thread> waiters;
    std::atomic<int> begun{0};
    for (int i = 0; i < 4; ++i) {
      waiters.emplace_back([&] {
        const Begun waits = begin(cache, "key");
        ++begun;
        EXPECT_EQ(waits.result, BRISK_WAIT);
        const Waited waited = wait(waits.lease);
        EXPECT_EQ(waited.result, BRISK_OK);
        EXPECT_TRUE(waited.value == value);
      });
    }
    const Begun late = begin(cache, "key");
    EXPECT_EQ(late.result, BRISK_WAIT);
    EXPECT_TRUE(eventually([&] { return begun == 4; }));
    Value pinned;
    ASSERT_EQ(call(brisk_lease_complete, lead.lease, value.data(), value.size(), 0u, pinned.out()),
              BRISK_OK);
    EXPECT_TRUE(text(pinned) == value);
    const Begun after = begin(cache, "key");
    ASSERT_EQ(after.result, BRISK_OK);
    EXPECT_TRUE(text(after.value) == value);
    for (std::thread &waiter : waiters) waiter.join();
    EXPECT_EQ(wait(late.lease).value, value) << "also those that ask late";
    EXPECT_TRUE(get(cache, "key") == value);
  }
}

TEST_F(Loads, AHitNeedsNoLoad) {
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  const Begun begun = begin(cache, "key");
  EXPECT_EQ(begun.result, BRISK_OK);
  EXPECT_EQ(text(begun.value), "value");
  EXPECT_EQ(stats(cache).loads, 0u);
}

TEST_F(Loads, ALoadedValueHasTheLifetimeItWasGiven) {
  Begun lead = begin(cache, "key");
  ASSERT_EQ(complete(lead.lease, "value", 10), BRISK_OK);
  advance(runtime, 9);
  EXPECT_EQ(get(cache, "key"), "value");
  advance(runtime, 1);
  EXPECT_EQ(get(cache, "key"), std::nullopt);
}

TEST_F(Loads, AFailureReachesEveryWaiterWholeAndIsNotStored) {
  const std::string message = "no such user\n" + std::string(5000, 'm') + " the end";
  Begun lead = begin(cache, "key");
  const Begun first = begin(cache, "key");
  const Begun other = begin(cache, "key");
  ASSERT_EQ(fail(lead.lease, message), BRISK_OK);
  for (const Begun *waits : {&first, &other}) {
    const Waited waited = wait(waits->lease);
    EXPECT_EQ(waited.result, BRISK_LOAD_FAILED);
    EXPECT_TRUE(waited.result.message == message) << waited.result.message.size();
  }
  EXPECT_EQ(get(cache, "key"), std::nullopt);
  const Begun again = begin(cache, "key");
  EXPECT_EQ(again.result, BRISK_LEAD) << "the next caller begins a new load";
  EXPECT_EQ(fail(again.lease, ""), BRISK_OK);
  EXPECT_EQ(stats(cache).load_failures, 2u);
  EXPECT_EQ(stats(cache).loads, 0u);
}

TEST_F(Loads, AnAbandonedLeadPassesOnToOneWaiter) {
  for (const bool by_unref : {false, true}) {
    Begun lead = begin(cache, "key");
    const Begun first = begin(cache, "key");
    const Begun other = begin(cache, "key");
    if (by_unref) {
      lead.lease.reset();
    } else {
      ASSERT_EQ(abandon(lead.lease), BRISK_OK);
      EXPECT_EQ(complete(lead.lease, "late"), BRISK_INVALID) << "it leads no more";
    }
    EXPECT_EQ(wait(first.lease).result, BRISK_LEAD);
    EXPECT_EQ(wait(other.lease, 1).result, BRISK_TIMEOUT);
    ASSERT_EQ(complete(first.lease, "value"), BRISK_OK);
    EXPECT_EQ(wait(other.lease).value, "value");
    ASSERT_EQ(erase(cache, "key"), BRISK_OK);
  }
  EXPECT_EQ(stats(cache).load_failures, 0u);
  EXPECT_EQ(stats(cache).loads, 2u);
}

TEST_F(Loads, AnAbandonedLeadWakesAWaiterThatSleeps) {
  Begun lead = begin(cache, "key");
  std::atomic<int> leads{0};
  std::atomic<int> values{0};
  std::vector<std::thread> waiters;
  std::atomic<int> begun{0};
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] {
      const Begun waits = begin(cache, "key");
      ++begun;
      const Waited waited = wait(waits.lease);
      if (waited.result == BRISK_LEAD) {
        ++leads;
        EXPECT_EQ(complete(waits.lease, "value"), BRISK_OK);
      } else {
        EXPECT_EQ(waited.value, "value");
        ++values;
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return begun == 3; }));
  ASSERT_EQ(abandon(lead.lease), BRISK_OK);
  for (std::thread &waiter : waiters) waiter.join();
  EXPECT_EQ(leads, 1);
  EXPECT_EQ(values, 2);
}

TEST_F(Loads, AbandonedByAllTheLoadEnds) {
  {
    Begun lead = begin(cache, "key");
    const Begun waits = begin(cache, "key");
    ASSERT_EQ(abandon(lead.lease), BRISK_OK);
  }
  EXPECT_EQ(stats(cache).load_failures, 1u);
  EXPECT_EQ(begin(cache, "key").result, BRISK_LEAD);
  EXPECT_EQ(stats(cache).load_failures, 2u);
  Begun lead = begin(cache, "key");
  ASSERT_EQ(abandon(lead.lease), BRISK_OK);
  const Waited waited = wait(lead.lease, second);
  EXPECT_EQ(waited.result, BRISK_LOAD_FAILED) << "nobody else waits: the load has ended";
  EXPECT_EQ(begin(cache, "key").result, BRISK_LEAD);
}

TEST_F(Loads, ATimeoutEndsTheWaitAndNotTheLoad) {
  Begun lead = begin(cache, "key");
  const Begun waits = begin(cache, "key");
  for (const uint64_t timeout : {uint64_t{1}, 5 * ms})
    EXPECT_EQ(wait(waits.lease, timeout).result, BRISK_TIMEOUT);
  EXPECT_EQ(begin(cache, "key").result, BRISK_WAIT) << "no second load while the first lives";
  ASSERT_EQ(complete(lead.lease, "value"), BRISK_OK);
  EXPECT_EQ(wait(waits.lease).value, "value") << "may be called again";
  EXPECT_EQ(wait(waits.lease, BRISK_FOREVER).value, "value");

  Cache hasty = new_cache(runtime, [](auto &o) { o.load_timeout_ns = 1; });
  Begun slow = begin(hasty, "key");
  const Begun impatient = begin(hasty, "key");
  EXPECT_EQ(wait(impatient.lease, 0).result, BRISK_TIMEOUT) << "0 inherits that of the cache";
}

TEST_F(Loads, AWriteOrEraseSupersedesTheLoad) {
  const std::function<void()> writes[] = {
      [&] { ASSERT_EQ(put(cache, "key", "newer"), BRISK_OK); },
      [&] { ASSERT_EQ(erase(cache, "key"), BRISK_MISS); },
      [&] { ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK); },
      [&] {
        uint64_t erased = 0;
        ASSERT_EQ(call(brisk_cache_erase_matching, cache, "k*", 2u, &erased), BRISK_OK);
      },
      [&] {
        ASSERT_EQ(put(cache, "key", "newer"), BRISK_OK);
        ASSERT_EQ(erase(cache, "key"), BRISK_OK);
      },
  };
  for (const auto &write : writes) {
    ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
    Begun lead = begin(cache, "key");
    const Begun waits = begin(cache, "key");
    write();
    const std::optional<std::string> now = get(cache, "key");
    const Begun next = begin(cache, "key");
    EXPECT_EQ(next.result, now ? BRISK_OK : BRISK_LEAD) << "later callers do not join the old load";
    Value pinned;
    ASSERT_EQ(call(brisk_lease_complete, lead.lease, "older", 5u, 0u, pinned.out()), BRISK_OK);
    EXPECT_EQ(text(pinned), "older");
    EXPECT_EQ(wait(waits.lease).value, "older") << "its waiters get it all the same";
    EXPECT_EQ(get(cache, "key"), now) << "and it is not stored";
    if (next.lease != nullptr) {
      ASSERT_EQ(complete(next.lease, "newest"), BRISK_OK);
      EXPECT_EQ(get(cache, "key"), "newest");
    }
  }
}

TEST_F(Loads, OfOtherKeysAreNotSuperseded) {
  Begun lead = begin(cache, "key");
  ASSERT_EQ(put(cache, "other", "v"), BRISK_OK);
  uint64_t erased = 0;
  ASSERT_EQ(call(brisk_cache_erase_matching, cache, "o*", 2u, &erased), BRISK_OK);
  ASSERT_EQ(complete(lead.lease, "value"), BRISK_OK);
  EXPECT_EQ(get(cache, "key"), "value");
}

TEST_F(Loads, ClosingAnswersEveryone) {
  Begun lead = begin(cache, "key");
  Begun superseded = begin(cache, "other");
  ASSERT_EQ(erase(cache, "other"), BRISK_MISS);
  std::atomic<bool> begun{false};
  std::thread waiter([&] {
    const Begun waits = begin(cache, "key");
    begun = true;
    EXPECT_EQ(wait(waits.lease).result, BRISK_CLOSED);
  });
  ASSERT_TRUE(eventually([&] { return begun.load(); }));
  ASSERT_EQ(call(brisk_cache_close, cache), BRISK_OK);
  waiter.join();
  EXPECT_EQ(complete(lead.lease, "value"), BRISK_CLOSED);
  EXPECT_EQ(complete(superseded.lease, "value"), BRISK_CLOSED);
}

TEST_F(Loads, ALeaseKeepsItsCache) {
  Begun lead = begin(cache, "key");
  const Begun waits = begin(cache, "key");
  cache.reset();
  runtime.reset();
  ASSERT_EQ(complete(lead.lease, "value"), BRISK_OK);
  lead.lease.reset();
  EXPECT_EQ(wait(waits.lease).value, "value");
}

TEST_F(Loads, AValueTooLargeToStoreReachesTheWaiters) {
  Cache small = new_cache(runtime, [](auto &o) { o.capacity_bytes = 262144; });
  Begun lead = begin(small, "key");
  const Begun waits = begin(small, "key");
  const std::string value = noise(1 << 20);
  ASSERT_EQ(complete(lead.lease, value), BRISK_OK);
  EXPECT_TRUE(wait(waits.lease).value == value);
  EXPECT_EQ(get(small, "key"), std::nullopt);
  EXPECT_LE(stats(small).held_bytes, stats(small).capacity_bytes);
}

TEST_F(Loads, ALoadFindsRoomForItsWaitersWhenOnlyPinsRemain) {
  Cache small = new_cache(runtime, [](auto &o) { o.capacity_bytes = 262144, o.compression = 1; });
  std::vector<Value> pins;
  for (int i = 0; put(small, std::to_string(i), noise(1000)) == BRISK_OK; ++i) {
    pins.emplace_back();
    ASSERT_EQ(pin(small, std::to_string(i), pins.back()), BRISK_OK);
  }
  Begun lead = begin(small, "key");
  const Begun waits = begin(small, "key");
  ASSERT_EQ(complete(lead.lease, noise(1000)), BRISK_OK);
  EXPECT_TRUE(wait(waits.lease).value == noise(1000));
  EXPECT_EQ(get(small, "key"), std::nullopt);
}

// Circles.

TEST_F(Loads, ALoadThatNeedsItselfIsADeadlock) {
  Begun lead = begin(cache, "key");
  const Begun own = begin(cache, "key", lead.lease);
  EXPECT_EQ(own.result, BRISK_DEADLOCK);
  EXPECT_TRUE(own.result.says("\"key\"")) << own.result;
  EXPECT_EQ(complete(lead.lease, "value"), BRISK_OK) << "the load itself goes on";
}

TEST_F(Loads, ACircleOfAnyLengthIsADeadlock) {
  for (const size_t length : {size_t{2}, size_t{3}, size_t{10}}) {
    std::vector<Begun> leads;
    const auto key = [](size_t i) { return "key " + std::to_string(i); };
    for (size_t i = 0; i < length; ++i) leads.push_back(begin(cache, key(i)));
    std::vector<Begun> waits;
    for (size_t i = 0; i + 1 < length; ++i) {
      waits.push_back(begin(cache, key(i + 1), leads[i].lease));
      EXPECT_EQ(waits.back().result, BRISK_WAIT);
    }
    EXPECT_EQ(begin(cache, key(0), leads[length - 1].lease).result, BRISK_DEADLOCK);
  }
}

TEST_F(Loads, ACircleOfLeadsOneUnderTheOtherIsADeadlock) {
  Begun outer = begin(cache, "outer");
  Begun inner = begin(cache, "inner", outer.lease);
  ASSERT_EQ(inner.result, BRISK_LEAD);
  EXPECT_EQ(begin(cache, "outer", inner.lease).result, BRISK_DEADLOCK);
}

TEST_F(Loads, ACircleThroughOneOfSeveralNeedsIsADeadlock) {
  Begun a = begin(cache, "a");
  Begun b = begin(cache, "b");
  Begun c = begin(cache, "c");
  const Begun a_needs_b = begin(cache, "b", a.lease);
  const Begun a_needs_c = begin(cache, "c", a.lease);
  EXPECT_EQ(begin(cache, "a", b.lease).result, BRISK_DEADLOCK);
  EXPECT_EQ(begin(cache, "a", c.lease).result, BRISK_DEADLOCK);
}

TEST_F(Loads, WhoNoLongerWaitsIsInNoCircle) {
  Begun a = begin(cache, "a");
  Begun b = begin(cache, "b");
  {
    const Begun gives_up = begin(cache, "b", a.lease);
    EXPECT_EQ(wait(gives_up.lease, 1).result, BRISK_TIMEOUT);
  }
  EXPECT_EQ(begin(cache, "a", b.lease).result, BRISK_WAIT);
}

TEST_F(Loads, ADiamondIsNoCircle) {
  Begun top = begin(cache, "top");
  Begun left = begin(cache, "left", top.lease);
  Begun right = begin(cache, "right", top.lease);
  Begun bottom = begin(cache, "bottom", left.lease);
  ASSERT_EQ(bottom.result, BRISK_LEAD);
  EXPECT_EQ(begin(cache, "bottom", right.lease).result, BRISK_WAIT);
  EXPECT_EQ(begin(cache, "bottom", top.lease).result, BRISK_WAIT);
}

TEST_F(Loads, ACircleThroughTwoCachesIsADeadlock) {
  Cache other = new_cache(runtime);
  Begun here = begin(cache, "key");
  Begun there = begin(other, "key");
  const Begun waits = begin(other, "key", here.lease);
  ASSERT_EQ(waits.result, BRISK_WAIT);
  EXPECT_EQ(begin(cache, "key", there.lease).result, BRISK_DEADLOCK);
}

TEST_F(Loads, ACircleAcrossThreadsIsADeadlockForOneAndAValueForTheOther) {
  std::atomic<int> leading{0};
  std::atomic<int> deadlocks{0};
  std::atomic<int> values{0};
  const auto run = [&](const char *own, const char *needed) {
    Loader leaf{[&](brisk_lease *, std::string_view) -> brisk_status {
                  ADD_FAILURE() << "the other thread leads this";
                  return BRISK_INTERNAL;
                },
                {}};
    Loader loader{[&](brisk_lease *lease, std::string_view key) -> brisk_status {
                    ++leading;
                    EXPECT_TRUE(eventually([&] { return leading == 2; }));
                    const Waited needs = get_or_load(cache, needed, leaf, lease);
                    if (needs.result == BRISK_DEADLOCK) ++deadlocks;
                    if (needs.result == BRISK_OK) ++values;
                    return complete(lease, key).status;
                  },
                  {}};
    EXPECT_EQ(get_or_load(cache, own, loader).value, own);
  };
  std::thread first([&] { run("a", "b"); });
  std::thread other([&] { run("b", "a"); });
  first.join();
  other.join();
  EXPECT_EQ(deadlocks, 1);
  EXPECT_EQ(values, 1);
}

// Loaders.

TEST_F(Loads, ALoaderRunsOnceForAllWhoAsk) {
  std::atomic<int> asking{0};
  Loader loader{[&](brisk_lease *lease, std::string_view key) {
                  EXPECT_EQ(key, "key");
                  EXPECT_TRUE(eventually([&] { return asking == 8; }));
                  return complete(lease, "value").status;
                },
                {}};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      ++asking;
      EXPECT_EQ(get_or_load(cache, "key", loader).value, "value");
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(loader.runs, 1);
  EXPECT_EQ(stats(cache).loads, 1u);
}

TEST_F(Loads, ALoaderThatEndsBadlyIsAFailureOfTheLoad) {
  struct Bad {
    const char *says;
    std::function<brisk_status(brisk_lease *, std::string_view)> load;
  };
  const Bad all[] = {
      {"without completing", [](brisk_lease *, std::string_view) { return BRISK_OK; }},
      {"without completing", [](brisk_lease *, std::string_view) { return BRISK_MISS; }},
      {"BRISK_TOO_LARGE", [](brisk_lease *, std::string_view) { return BRISK_TOO_LARGE; }},
      {"BRISK_UNKNOWN", [](brisk_lease *, std::string_view) { return -1000; }},
      {"thrown by the loader",
       [](brisk_lease *, std::string_view) -> brisk_status {
         throw std::runtime_error("thrown by the loader");
       }},
      {"unknown type", [](brisk_lease *, std::string_view) -> brisk_status { throw 42; }},
      {"no such user",
       [](brisk_lease *lease, std::string_view) { return fail(lease, "no such user").status; }},
      {"no reason", [](brisk_lease *lease, std::string_view) { return fail(lease, "").status; }},
      {"abandoned", [](brisk_lease *lease, std::string_view) { return abandon(lease).status; }},
  };
  for (const Bad &bad : all) {
    Loader loader{bad.load, {}};
    const Waited waited = get_or_load(cache, "key", loader);
    EXPECT_EQ(waited.result, BRISK_LOAD_FAILED) << bad.says;
    EXPECT_TRUE(waited.result.says(bad.says)) << waited.result << " should say " << bad.says;
    EXPECT_EQ(loader.runs, 1);
    EXPECT_EQ(get(cache, "key"), std::nullopt);
  }
  EXPECT_EQ(stats(cache).load_failures, std::size(all));
}

TEST_F(Loads, WhatALoaderReturnsAfterItEndedTheLoadDoesNotCount) {
  const std::function<brisk_status(brisk_lease *, std::string_view)> all[] = {
      [](brisk_lease *lease, std::string_view) {
        EXPECT_EQ(complete(lease, "value"), BRISK_OK);
        return BRISK_INVALID;
      },
      [](brisk_lease *lease, std::string_view) -> brisk_status {
        EXPECT_EQ(complete(lease, "value"), BRISK_OK);
        throw std::runtime_error("too late");
      },
  };
  for (const auto &load : all) {
    ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
    Loader loader{load, {}};
    EXPECT_EQ(get_or_load(cache, "key", loader).value, "value");
  }
}

TEST_F(Loads, ALoaderThatAbandonsWhileOthersWaitPassesTheLeadOn) {
  std::atomic<bool> waiting{false};
  Loader loader{[&](brisk_lease *lease, std::string_view) {
                  EXPECT_TRUE(eventually([&] { return waiting.load(); }));
                  return abandon(lease).status;
                },
                {}};
  std::thread waiter([&] {
    EXPECT_TRUE(eventually([&] { return loader.runs == 1; }));
    const Begun waits = begin(cache, "key");
    EXPECT_EQ(waits.result, BRISK_WAIT);
    waiting = true;
    EXPECT_EQ(wait(waits.lease).result, BRISK_LEAD);
    EXPECT_EQ(complete(waits.lease, "value"), BRISK_OK);
  });
  const Waited waited = get_or_load(cache, "key", loader);
  // Unless the next lead was quick.
  EXPECT_TRUE(waited.result == BRISK_LOAD_FAILED || waited.value == "value") << waited.result;
  waiter.join();
  EXPECT_EQ(get(cache, "key"), "value");
}

TEST_F(Loads, ALoaderMayUseTheCacheAndLoadWhatItNeeds) {
  Loader leaf{[&](brisk_lease *lease, std::string_view key) {
                return complete(lease, std::string(key) + "!").status;
              },
              {}};
  Loader outer{[&](brisk_lease *lease, std::string_view) {
                 EXPECT_EQ(put(cache, "side", "effect"), BRISK_OK);
                 const Waited left = get_or_load(cache, "left", leaf, lease);
                 const Waited right = get_or_load(cache, "right", leaf, lease);
                 return complete(lease, left.value + right.value).status;
               },
               {}};
  EXPECT_EQ(get_or_load(cache, "outer", outer).value, "left!right!");
  EXPECT_EQ(get(cache, "left"), "left!");
  EXPECT_EQ(get(cache, "side"), "effect");
  EXPECT_EQ(stats(cache).loads, 3u);
}

TEST_F(Loads, ALoaderThatAsksForItsOwnKeyIsToldSo) {
  Loader loader{nullptr, {}};
  loader.load = [&](brisk_lease *lease, std::string_view key) {
    const Waited own = get_or_load(cache, key, loader, lease);
    EXPECT_EQ(own.result, BRISK_DEADLOCK);
    return complete(lease, "value").status;
  };
  EXPECT_EQ(get_or_load(cache, "key", loader).value, "value");
  EXPECT_EQ(loader.runs, 1);

  Loader through{nullptr, {}};
  through.load = [&](brisk_lease *lease, std::string_view key) -> brisk_status {
    const Waited next = get_or_load(cache, key == "x" ? "y" : "x", through, lease);
    if (key == "y") {
      EXPECT_EQ(next.result, BRISK_DEADLOCK);
      return fail(lease, "in a circle").status;
    }
    EXPECT_EQ(next.result, BRISK_LOAD_FAILED);
    return complete(lease, next.result.message).status;
  };
  EXPECT_EQ(get_or_load(cache, "x", through).value, "in a circle");
  EXPECT_EQ(through.runs, 2);
}

TEST_F(Loads, DestroyRunsOnceInEveryPath) {
  Loader never{[](brisk_lease *, std::string_view) -> brisk_status {
                 ADD_FAILURE() << "the loader ran";
                 return BRISK_OK;
               },
               {}};
  ASSERT_EQ(put(cache, "hit", "value"), BRISK_OK);
  EXPECT_EQ(get_or_load(cache, "hit", never).value, "value");
  EXPECT_EQ(get_or_load(cache, std::string(70000, 'k'), never).result, BRISK_TOO_LARGE);
  EXPECT_EQ(get_or_load(nullptr, "key", never).result, BRISK_INVALID);
  Value value;
  User user{&never, {}};
  EXPECT_EQ(call(brisk_cache_get_or_load, cache, "key", 3u, nullptr, nullptr, &user, User::destroy,
                 0u, value.out()),
            BRISK_INVALID);
  EXPECT_EQ(user.destroyed, 1);
  Begun lead = begin(cache, "led");
  EXPECT_EQ(get_or_load(cache, "led", never, nullptr, 1).result, BRISK_TIMEOUT);
  EXPECT_EQ(get_or_load(cache, "led", never, lead.lease).result, BRISK_DEADLOCK);
  ASSERT_EQ(call(brisk_cache_close, cache), BRISK_OK);
  EXPECT_EQ(get_or_load(cache, "key", never).result, BRISK_CLOSED);
  // Without a destroy function nothing is called.
  Cache open = new_cache(runtime);
  Loader plain{[](brisk_lease *lease, std::string_view) { return complete(lease, "value").status; },
               {}};
  User of_plain{&plain, {}};
  EXPECT_EQ(call(brisk_cache_get_or_load, open, "key", 3u, nullptr, User::run, &of_plain, nullptr,
                 0u, value.out()),
            BRISK_OK);
  EXPECT_EQ(of_plain.destroyed, 0);
}

TEST_F(Loads, AreCountedAndTimed) {
  Loader loader{[&](brisk_lease *lease, std::string_view) {
                  advance(runtime, 5 * ms);
                  return complete(lease, "value").status;
                },
                {}};
  EXPECT_EQ(get_or_load(cache, "key", loader).value, "value");
  EXPECT_EQ(get_or_load(cache, "key", loader).value, "value");
  const auto figures = stats(cache);
  EXPECT_EQ(figures.loads, 1u);
  EXPECT_EQ(figures.load_ns, 5 * ms);
  EXPECT_EQ(figures.misses, 1u);
  EXPECT_EQ(figures.hits, 1u);
}

}  // namespace
}  // namespace brisk_test
