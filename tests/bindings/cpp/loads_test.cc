// Loads through brisk.hpp: one loader a key, its answers, its exceptions, and warming.
#include <gtest/gtest.h>

#include <atomic>
#include <brisk/brisk.hpp>
#include <cstdio>
#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using brisk::Answer;
using brisk::Cache;
using brisk::Lease;
using brisk::LoadOptions;
using brisk::Outcome;

// What only this loader throws.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

std::string load(std::string_view key) { return "made for " + std::string(key); }

// A load that has begun, on a thread of its own, and whose loader ends when it is told how.
class Begun {
 public:
  explicit Begun(Cache cache, std::function<std::string()> make)
      : answer_(std::async(std::launch::async, [this, cache, make]() mutable {
          return cache.get_or_load("key", [&](std::string_view) {
            running_.set_value();
            go_.get_future().wait();
            return make();
          });
        })) {
    running_.get_future().wait();
  }

  Answer finish() {
    go_.set_value();
    return answer_.get();
  }

 private:
  std::promise<void> running_;
  std::promise<void> go_;
  std::future<Answer> answer_;
};

TEST(Loads, FillWhatIsMissing) {
  Cache cache;
  const Answer first = cache.get_or_load("key", load);
  ASSERT_TRUE(first);
  EXPECT_EQ(first.outcome, Outcome::value);
  EXPECT_EQ(*first, "made for key");
  EXPECT_EQ(first->view(), "made for key");
  const auto never = [](std::string_view) -> std::string { throw Broken("called again"); };
  EXPECT_EQ(*cache.get_or_load("key", never), "made for key");
  EXPECT_EQ(cache.stats().loads, 1u);
}

TEST(Loads, TakeAnyCallable) {
  Cache cache;
  const auto loaded = [&](auto &&loader) {
    cache.clear();
    return cache.get_or_load("key", loader)->str();
  };
  std::string kept = "kept";
  EXPECT_EQ(loaded(&load), "made for key");
  EXPECT_EQ(loaded(std::function<std::string(std::string_view)>(load)), "made for key");
  EXPECT_EQ(loaded([](std::string_view key) { return key; }), "key");
  EXPECT_EQ(loaded([](auto) { return "literal"; }), "literal");
  EXPECT_EQ(loaded([&](std::string_view) -> const std::string & { return kept; }), "kept");
  EXPECT_EQ(loaded([own = std::make_unique<int>(7)](std::string_view) mutable {
              return std::to_string((*own)++);
            }),
            "7");
  EXPECT_EQ(loaded([](Lease &, std::string_view key) { return std::string(key); }), "key");
  EXPECT_EQ(loaded([](Lease &lease, std::string_view key) { lease.complete(key); }), "key");
  EXPECT_EQ(loaded([](Lease &lease, auto) { EXPECT_EQ(lease.complete_pinned("x"), "x"); }), "x");
}

TEST(Loads, TakeAnyBytes) {
  Cache cache;
  const std::string key = "a\0b"s;
  EXPECT_EQ(*cache.get_or_load(key, [](std::string_view name) { return std::string(name); }), key);
  EXPECT_EQ(*cache.get_or_load("", [](std::string_view) { return ""; }), "");
}

TEST(Loads, ThrowWhatTheLoaderThrew) {
  Cache cache;
  const auto broken = [](std::string_view) -> std::string { throw Broken("no such page"); };
  try {
    cache.get_or_load("key", broken);
    FAIL();
  } catch (const Broken &thrown) {
    EXPECT_STREQ(thrown.what(), "no such page");
  }
  EXPECT_THROW(cache.get_or_load("key", [](std::string_view) -> std::string { throw 7; }), int);
  EXPECT_EQ(cache.stats().load_failures, 2u);
  EXPECT_FALSE(cache.contains("key"));
  EXPECT_EQ(*cache.get_or_load("key", load), "made for key");
}

TEST(Loads, ThrowWhatTheLoaderThrewAfterItsValueToo) {
  Cache cache;
  EXPECT_THROW(cache.get_or_load("key",
                                 [](Lease &lease, std::string_view) {
                                   lease.complete("value");
                                   throw Broken("too late");
                                 }),
               Broken);
  EXPECT_EQ(cache.get("key"), "value");
}

TEST(Loads, GiveTheMessageToThoseWhoWait) {
  Cache cache;
  Begun begun(cache, []() -> std::string { throw Broken("no such page"); });
  Answer other = cache.begin("key");
  ASSERT_EQ(other.outcome, Outcome::wait);
  EXPECT_THROW(begun.finish(), Broken);
  try {
    other.lease.wait();
    FAIL();
  } catch (const brisk::LoadFailed &error) {
    EXPECT_STREQ(error.what(), "no such page");
    EXPECT_EQ(error.status(), BRISK_LOAD_FAILED);
  }
}

TEST(Loads, GiveTheValueToThoseWhoWait) {
  Cache cache;
  Begun begun(cache, [] { return "value"s; });
  Answer other = cache.begin("key");
  ASSERT_EQ(other.outcome, Outcome::wait);
  EXPECT_FALSE(other);
  EXPECT_EQ(*begun.finish(), "value");
  EXPECT_EQ(*other.lease.wait(), "value");
}

TEST(Loads, TimeOutWithoutAnException) {
  Cache cache;
  Begun begun(cache, [] { return "value"s; });
  LoadOptions options;
  options.timeout = 1ms;
  const Answer late = cache.get_or_load("key", load, options);
  EXPECT_FALSE(late);
  EXPECT_EQ(late.outcome, Outcome::timeout);
  EXPECT_TRUE(late->empty());
  EXPECT_EQ(cache.get_or_load("key", load, 1ms).outcome, Outcome::timeout);
  EXPECT_EQ(cache.get_or_load("key", load, 0ms).outcome, Outcome::timeout);
  EXPECT_EQ(cache.get_or_load("key", load, -5s).outcome, Outcome::timeout);
  EXPECT_EQ(cache.begin("key").lease.wait(1ms).outcome, Outcome::timeout);
  EXPECT_EQ(*begun.finish(), "value");
}

TEST(Loads, HaveTheTimeoutOfTheCache) {
  brisk::CacheOptions options;
  options.load_timeout = 1ms;
  Cache cache(options);
  Begun begun(cache, [] { return "value"s; });
  EXPECT_EQ(cache.get_or_load("key", load).outcome, Outcome::timeout);
  Answer other = cache.begin("key");
  EXPECT_EQ(other.lease.wait().outcome, Outcome::timeout);
  EXPECT_EQ(*begun.finish(), "value");
  EXPECT_EQ(*other.lease.wait(brisk::forever), "value");
}

TEST(Loads, FailWhenTheLoaderEndsNothing) {
  Cache cache;
  EXPECT_THROW(cache.get_or_load("key", [](Lease &, std::string_view) {}), brisk::LoadFailed);
  try {
    cache.get_or_load("key", [](Lease &lease, std::string_view) { lease.fail("no such page"); });
    FAIL();
  } catch (const brisk::LoadFailed &error) {
    EXPECT_STREQ(error.what(), "no such page");
  }
}

TEST(Loads, FindCircles) {
  Cache cache;
  const auto asks_for = [&](std::string key, auto next) {
    return [&cache, key, next](Lease &lease, std::string_view) {
      LoadOptions options;
      options.parent = &lease;
      options.timeout = 2s;
      return cache.get_or_load(key, next, options)->str();
    };
  };
  EXPECT_THROW(cache.get_or_load("a", asks_for("b", asks_for("a", load))), brisk::Deadlock);
  EXPECT_THROW(cache.get_or_load("a", asks_for("a", load)), brisk::Deadlock);
  EXPECT_EQ(*cache.get_or_load("a", asks_for("b", load)), "made for b");

  const Answer lead = cache.begin("self");
  EXPECT_THROW(cache.begin("self", &lead.lease), brisk::Deadlock);
}

TEST(Loads, MayNeedOtherLoads) {
  Cache cache;
  const auto outer = [&](Lease &lease, std::string_view) {
    LoadOptions options;
    options.parent = &lease;
    return "around " + cache.get_or_load("inner", load, options)->str();
  };
  EXPECT_EQ(*cache.get_or_load("outer", outer), "around made for inner");
}

TEST(Loads, HaveALifetime) {
  brisk::RuntimeOptions clock;
  clock.clock = brisk::Clock::manual;
  brisk::Runtime runtime(clock);
  Cache cache(runtime);
  LoadOptions options;
  options.ttl = 1s;
  cache.get_or_load("short", load, options);
  cache.get_or_load("long", load);
  runtime.advance(2s);
  EXPECT_FALSE(cache.contains("short"));
  EXPECT_TRUE(cache.contains("long"));
  options.ttl = -1s;
  EXPECT_THROW(cache.get_or_load("short", load, options), brisk::InvalidArgument);
}

TEST(Loads, RunOneLoaderForManyThreads) {
  Cache cache;
  std::atomic<int> calls{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const Answer answer = cache.get_or_load("key", [&](std::string_view key) {
        ++calls;
        std::this_thread::sleep_for(20ms);
        return load(key);
      });
      EXPECT_EQ(*answer, "made for key");
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(calls, 1);
}

TEST(Loads, RaceWithManyKeysAndFailures) {
  Cache cache;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string(i / 5);
        try {
          const Answer answer = cache.get_or_load(key, [i](std::string_view name) {
            if (i % 3 == 0) throw Broken("bad luck");
            return std::string(name);
          });
          EXPECT_EQ(*answer, key);
        } catch (const Broken &) {
        } catch (const brisk::LoadFailed &error) {
          EXPECT_STREQ(error.what(), "bad luck");
        }
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

TEST(Leases, LeadWaitAndEnd) {
  Cache cache;
  Answer lead = cache.begin("key");
  EXPECT_EQ(lead.outcome, Outcome::lead);
  EXPECT_TRUE(lead.lease);
  Answer wait = cache.begin("key");
  EXPECT_EQ(wait.outcome, Outcome::wait);
  EXPECT_THROW(lead.lease.wait(), brisk::InvalidArgument);
  EXPECT_THROW(wait.lease.complete("value"), brisk::InvalidArgument);

  EXPECT_EQ(lead.lease.complete_pinned("value"), "value");
  EXPECT_THROW(lead.lease.complete("value"), brisk::InvalidArgument);
  EXPECT_THROW(lead.lease.fail("why"), brisk::InvalidArgument);
  EXPECT_EQ(*wait.lease.wait(), "value");
  EXPECT_EQ(*wait.lease.wait(), "value");
  const Answer hit = cache.begin("key");
  EXPECT_EQ(hit.outcome, Outcome::value);
  EXPECT_EQ(*hit, "value");
  EXPECT_FALSE(hit.lease);
}

TEST(Leases, HandTheLeadOn) {
  Cache cache;
  Answer lead = cache.begin("key");
  Answer second = cache.begin("key");
  lead.lease.abandon();
  EXPECT_EQ(second.lease.wait().outcome, Outcome::lead);
  Answer third = cache.begin("key");
  second = {};  // the last reference to a lead
  EXPECT_EQ(third.lease.wait().outcome, Outcome::lead);
  third.lease.complete("value");
  EXPECT_EQ(cache.get("key"), "value");
}

TEST(Leases, ThrowClosedWhenTheCacheCloses) {
  Cache cache;
  Answer lead = cache.begin("key");
  Answer wait = cache.begin("key");
  auto waiting = std::async(std::launch::async, [&] { return wait.lease.wait(brisk::forever); });
  std::this_thread::sleep_for(10ms);
  cache.close();
  EXPECT_THROW(waiting.get(), brisk::Closed);
  EXPECT_THROW(lead.lease.complete("value"), brisk::Closed);
}

TEST(Leases, MayEndOnAnotherThread) {
  Cache cache;
  Answer lead = cache.begin("key");
  Answer wait = cache.begin("key");
  std::thread thread([lease = std::move(lead.lease)]() mutable { lease.complete("value"); });
  EXPECT_EQ(*wait.lease.wait(10s), "value");
  thread.join();
}

struct Outdated {
  Outdated(brisk::Duration stale, brisk::Duration stale_if_error) {
    brisk::CacheOptions options;
    options.ttl = 10s;
    options.stale = stale;
    options.stale_if_error = stale_if_error;
    cache = Cache(clock, options);
    cache.put("key", "old");
    clock.advance(10s);
  }

  brisk::Runtime clock{brisk::RuntimeOptions{brisk::Clock::manual, 0, 0}};
  Cache cache;
};

TEST(Loads, AValueFromBeforeServesWhileOneLoads) {
  Outdated outdated(5s, {});
  Cache &cache = outdated.cache;
  EXPECT_FALSE(cache.contains("key"));
  Answer lead = cache.begin("key");
  EXPECT_EQ(lead.outcome, Outcome::lead);
  EXPECT_EQ(lead->view(), "old");
  EXPECT_EQ(cache.get_or_load("key", load)->view(), "old");
  lead.lease.complete("new");
  EXPECT_EQ(cache.get("key")->view(), "new");

  outdated.clock.advance(10s);
  brisk::Workers workers;
  std::promise<void> go;
  auto held = std::make_unique<std::future<void>>(go.get_future());  // moved along
  auto slow = [held = std::move(held)](std::string_view) {
    held->wait();
    return "newer"s;
  };
  EXPECT_EQ(cache.get_or_refresh(workers, "key", std::move(slow))->view(), "new");
  EXPECT_EQ(cache.get_or_refresh(workers, "key", load)->view(), "new");
  go.set_value();
  while (!cache.contains("key")) std::this_thread::yield();
  EXPECT_EQ(cache.get("key")->view(), "newer");
  EXPECT_EQ(cache.stats().stale_hits, 4u);

  workers.close(1s);
  outdated.clock.advance(10s);
  EXPECT_EQ(cache.get_or_refresh(workers, "key", load)->view(), "made for key");
  cache.erase("key");
  const auto broken = [](std::string_view) -> std::string { throw Broken("why"); };
  EXPECT_THROW(cache.get_or_refresh(workers, "key", broken), Broken);
  const auto late = [](Lease &lease, std::string_view) {
    lease.complete("value");
    throw Broken("too late");
  };
  EXPECT_THROW(cache.get_or_refresh(workers, "key", late), Broken);
  EXPECT_EQ(cache.get("key")->view(), "value");
}

TEST(Loads, AValueFromBeforeAnswersForAFailure) {
  Outdated outdated({}, 5s);
  Cache &cache = outdated.cache;
  const auto broken = [](std::string_view) -> std::string { throw Broken("why"); };
  EXPECT_EQ(cache.get_or_load("key", broken)->view(), "old");
  Answer lead = cache.begin("key");
  Answer waits = cache.begin("key");
  lead.lease.fail("the disk is gone");
  EXPECT_EQ(lead.lease.wait()->view(), "old");
  EXPECT_EQ(waits.lease.wait()->view(), "old");
  EXPECT_EQ(cache.stats().stale_errors, 3u);
  outdated.clock.advance(5s);
  EXPECT_THROW(cache.get_or_load("key", broken), Broken);
}

TEST(Loads, WhatHasNoValueIsNotLoadedAgain) {
  Cache cache;
  int runs = 0;
  const auto none = [&](Lease &lease, std::string_view) {
    ++runs;
    lease.complete_absent(60s);
  };
  EXPECT_EQ(cache.get_or_load("key", none).outcome, Outcome::absent);
  EXPECT_EQ(cache.get_or_load("key", none).outcome, Outcome::absent);
  EXPECT_EQ(cache.begin("key").outcome, Outcome::absent);
  EXPECT_EQ(runs, 1);
  EXPECT_FALSE(cache.get("key"));
  cache.put("key", "value");
  EXPECT_EQ(cache.get_or_load("key", none)->view(), "value");
}

TEST(Loads, WarmACacheByWhatIsAskedForMost) {
  const std::string path = testing::TempDir() + "brisk-cpp-hot";
  std::remove(path.c_str());
  brisk::CacheOptions options;
  options.hot_keys = 2;
  Cache cache(options);
  EXPECT_EQ(cache.restore_hot(path), 0u);
  for (const char *key : {"b", "a", "a", "b", "a", "c"}) cache.get(key);
  const std::vector<brisk::HotKey> hottest = cache.hot_keys();
  ASSERT_EQ(hottest.size(), 2u);
  EXPECT_EQ(hottest[0].key, "a");
  EXPECT_EQ(hottest[0].lookups, 3u);
  EXPECT_EQ(cache.hot_keys(1).size(), 1u);
  cache.save_hot(path);

  Cache next;
  EXPECT_EQ(next.restore_hot(path), 2u);
  for (const brisk::HotKey &hot : next.hot_keys()) {
    next.get_or_load(hot.key, [](std::string_view key) { return "the " + std::string(key); });
  }
  EXPECT_EQ(next.get("a"), "the a");
  EXPECT_EQ(next.get("b"), "the b");
  EXPECT_FALSE(next.contains("c"));
  std::remove(path.c_str());
  EXPECT_THROW(next.save_hot(""), brisk::InvalidArgument);
}

}  // namespace
