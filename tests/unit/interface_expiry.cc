// Lifetimes: an entry is served until its end and not a tick longer, and its memory comes back
// without anybody asking.
#include "interface.h"

namespace brisk_test {
namespace {

constexpr uint64_t day = 86400 * second;
constexpr uint64_t year = 365 * day;

class Expiry : public testing::Test {
 protected:
  Runtime runtime = new_runtime();
};

// Found by every way of asking, or by none.
void expect_live(brisk_cache *cache, std::string_view key, bool live) {
  EXPECT_EQ(contains(cache, key), live ? BRISK_OK : BRISK_MISS) << key;
  EXPECT_EQ(read(cache, key).has_value(), live) << key;
  EXPECT_EQ(get(cache, key).has_value(), live) << key;
  const auto size = static_cast<uint32_t>(key.size());
  brisk_value *value = nullptr;
  size_t found = 0;
  EXPECT_EQ(call(brisk_cache_get_many, cache, 1u, key.data(), key.size(), &size, &value, &found),
            BRISK_OK);
  EXPECT_EQ(found, live ? 1u : 0u);
  brisk_value_unref(value);
  const std::vector<std::string> walked = keys(cache);
  EXPECT_EQ(std::count(walked.begin(), walked.end(), key), live ? 1 : 0) << key;
}

TEST_F(Expiry, IsExactWithAManualClock) {
  const std::string values[] = {"small", prose(2000), noise(3000), noise(50000), prose(50000)};
  const std::string keys[] = {"key", std::string(3000, 'k')};
  for (const uint64_t ttl : {uint64_t{1}, 2 * ms, 4194303ul, 4194304ul, 4194305ul, 5 * ms, second,
                             3600 * second, day, 30 * day, year, 100 * year}) {
    for (const std::string &value : values) {
      for (const std::string &key : keys) {
        Runtime runtime = new_runtime();
        Cache cache = new_cache(runtime);
        ASSERT_EQ(put(cache, key, value, ttl), BRISK_OK);
        expect_live(cache, key, true);
        if (ttl > 1) {
          advance(runtime, ttl - 1);
          expect_live(cache, key, true);
          EXPECT_EQ(stats(cache).entries, 1u);
        }
        advance(runtime, 1);
        EXPECT_EQ(stats(cache).entries, 0u) << "freed before advance returns, ttl " << ttl;
        EXPECT_EQ(stats(cache).evicted_expired, 1u);
        expect_live(cache, key, false);
        EXPECT_EQ(touch(cache, key, second), BRISK_MISS);
        EXPECT_EQ(erase(cache, key), BRISK_MISS);
      }
    }
  }
}

TEST_F(Expiry, IsSpreadByJitterAndNeverBeyondItsShare) {
  for (const double share : {0.1, 0.5}) {
    Cache cache = new_cache(runtime, [&](auto &o) { o.ttl_jitter = share; });
    constexpr uint64_t count = 2000;
    for (uint64_t i = 0; i < count; ++i)
      ASSERT_EQ(put(cache, std::to_string(i), "v", 1000 * second), BRISK_OK);
    ASSERT_EQ(put(cache, "forever", "v", BRISK_FOREVER), BRISK_OK);
    const auto part = static_cast<uint64_t>(share * 100) * second;  // a tenth of what may be cut
    advance(runtime, 1000 * second - 10 * part);
    EXPECT_EQ(stats(cache).entries, count + 1) << "none is shortened by more";
    for (uint64_t tenths = 1; tenths <= 10; ++tenths) {
      advance(runtime, part);
      const auto left = static_cast<double>(stats(cache).entries - 1);
      EXPECT_NEAR(left / count, 1 - static_cast<double>(tenths) / 10, 0.05) << share << tenths;
    }
    expect_live(cache, "forever", true);

    // A lifetime that begins anew is drawn anew, of the same key as well.
    for (int touches = 0, longer = 0; touches < 20; ++touches) {
      ASSERT_EQ(put(cache, "key", "v", 1000 * second), BRISK_OK);
      if (touches % 2 != 0) {
        ASSERT_EQ(touch(cache, "key", 1000 * second), BRISK_OK);
      }
      advance(runtime, 1000 * second - 5 * part);
      longer += contains(cache, "key") == BRISK_OK;
      if (touches == 19) {
        EXPECT_TRUE(longer > 0 && longer < 20) << longer;
      }
    }
  }
}

TEST_F(Expiry, OfEachEntryIsItsOwn) {
  Cache cache = new_cache(runtime, [](auto &o) { o.ttl_ns = 10 * second; });
  ASSERT_EQ(put(cache, "inherits", "v"), BRISK_OK);
  ASSERT_EQ(put(cache, "short", "v", second), BRISK_OK);
  ASSERT_EQ(put(cache, "long", "v", 20 * second), BRISK_OK);
  ASSERT_EQ(put(cache, "forever", "v", BRISK_FOREVER), BRISK_OK);
  ASSERT_EQ(put(cache, "nearly forever", "v", BRISK_FOREVER - 1), BRISK_OK);
  const auto live = [&](std::initializer_list<std::string_view> expected) {
    for (const std::string_view key : {"inherits", "short", "long", "forever", "nearly forever"}) {
      expect_live(cache, key, std::count(expected.begin(), expected.end(), key) != 0);
    }
    EXPECT_EQ(stats(cache).entries, expected.size());
  };
  live({"inherits", "short", "long", "forever", "nearly forever"});
  advance(runtime, second);
  live({"inherits", "long", "forever", "nearly forever"});
  advance(runtime, 9 * second);
  live({"long", "forever", "nearly forever"});
  advance(runtime, 10 * second);
  live({"forever", "nearly forever"});
  advance(runtime, 400 * year);
  live({"forever", "nearly forever"});
}

TEST_F(Expiry, TheEndOfTimeIsReachedAndSurvived) {
  Cache cache = new_cache(runtime);
  Cache idle = new_cache(runtime, [](auto &o) { o.idle_ns = BRISK_FOREVER - 1; });
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(put(cache, std::to_string(i), "v", 1 + second * static_cast<uint64_t>(i)), BRISK_OK);
  }
  ASSERT_EQ(put(cache, "forever", "v"), BRISK_OK);
  advance(runtime, 1);
  ASSERT_EQ(put(idle, "used", "v"), BRISK_OK) << "its end lies beyond the end of time";
  advance(runtime, BRISK_FOREVER);
  EXPECT_EQ(stats(cache).entries, 1u);
  advance(runtime, BRISK_FOREVER);
  expect_live(cache, "forever", true);
  expect_live(idle, "used", true);
  ASSERT_EQ(put(cache, "late", "v", second), BRISK_OK);
  expect_live(cache, "late", true);
}

TEST_F(Expiry, AWriteStartsTheLifetimeAnew) {
  Cache cache = new_cache(runtime);
  ASSERT_EQ(put(cache, "key", "1", 10), BRISK_OK);
  advance(runtime, 9);
  ASSERT_EQ(put(cache, "key", "2", 10), BRISK_OK);
  advance(runtime, 9);
  EXPECT_EQ(get(cache, "key"), "2");
  ASSERT_EQ(put(cache, "key", "3", BRISK_FOREVER), BRISK_OK);
  advance(runtime, year);
  EXPECT_EQ(get(cache, "key"), "3");
  ASSERT_EQ(put(cache, "key", "4", 10), BRISK_OK);
  advance(runtime, 10);
  EXPECT_EQ(get(cache, "key"), std::nullopt);
}

TEST_F(Expiry, TouchStartsTheLifetimeAnewWhateverItWas) {
  for (const std::string &value : {std::string("small"), prose(2000), noise(50000)}) {
    Cache cache = new_cache(runtime, [](auto &o) { o.ttl_ns = 100; });
    ASSERT_EQ(put(cache, "key", value), BRISK_OK);
    advance(runtime, 99);
    ASSERT_EQ(touch(cache, "key"), BRISK_OK) << "that of the cache";
    advance(runtime, 99);
    ASSERT_EQ(touch(cache, "key", 1000), BRISK_OK) << "a longer one";
    advance(runtime, 999);
    ASSERT_EQ(touch(cache, "key", BRISK_FOREVER), BRISK_OK) << "none";
    advance(runtime, year);
    EXPECT_TRUE(get(cache, "key") == value);
    ASSERT_EQ(touch(cache, "key", 5), BRISK_OK) << "a shorter one";
    advance(runtime, 4);
    EXPECT_TRUE(get(cache, "key") == value);
    advance(runtime, 1);
    expect_live(cache, "key", false);
    EXPECT_EQ(touch(cache, "key"), BRISK_MISS);

    // An entry that was written without a lifetime gets one as well.
    ASSERT_EQ(put(cache, "plain", value, BRISK_FOREVER), BRISK_OK);
    ASSERT_EQ(touch(cache, "plain", 7), BRISK_OK);
    EXPECT_TRUE(get(cache, "plain") == value);
    advance(runtime, 6);
    EXPECT_TRUE(get(cache, "plain") == value);
    advance(runtime, 1);
    expect_live(cache, "plain", false);
  }
}

TEST_F(Expiry, TouchIsNoWrite) {
  Cache cache = new_cache(runtime, [](auto &o) { o.event_capacity = 10; });
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  ASSERT_EQ(touch(cache, "key", second), BRISK_OK);
  ASSERT_EQ(touch(cache, "key", BRISK_FOREVER), BRISK_OK);
  ASSERT_EQ(touch(cache, "absent", second), BRISK_MISS);
  EXPECT_EQ(next_event(cache), std::nullopt);
  const auto figures = stats(cache);
  EXPECT_EQ(figures.puts, 1u);
  EXPECT_EQ(figures.evicted_replaced, 0u);
  EXPECT_EQ(figures.hits + figures.misses, 0u);
}

TEST_F(Expiry, AnIdleLimitRunsFromTheLastUse) {
  const uint64_t idle = 100 * ms;
  for (const std::string &value : {std::string("small"), prose(2000), noise(50000)}) {
    Cache cache = new_cache(runtime, [&](auto &o) { o.idle_ns = idle; });
    ASSERT_EQ(put(cache, "unused", value), BRISK_OK);
    ASSERT_EQ(put(cache, "read", value), BRISK_OK);
    ASSERT_EQ(put(cache, "pinned", value), BRISK_OK);
    ASSERT_EQ(put(cache, "touched", value), BRISK_OK);
    ASSERT_EQ(put(cache, "asked for", value), BRISK_OK);
    advance(runtime, idle - 4 * ms);
    EXPECT_TRUE(read(cache, "read") == value);
    EXPECT_TRUE(get(cache, "pinned") == value);
    EXPECT_EQ(touch(cache, "touched", BRISK_FOREVER), BRISK_OK);
    EXPECT_EQ(contains(cache, "asked for"), BRISK_OK);
    advance(runtime, 4 * ms);
    expect_live(cache, "unused", false);
    expect_live(cache, "asked for", false);  // contains is no use
    EXPECT_EQ(stats(cache).entries, 3u);
    advance(runtime, idle - 4 * ms - 1);
    EXPECT_EQ(stats(cache).entries, 3u);
    advance(runtime, 1);
    EXPECT_EQ(stats(cache).entries, 0u) << "freed without being read";
    expect_live(cache, "read", false);
    expect_live(cache, "pinned", false);
    expect_live(cache, "touched", false);
  }
}

TEST_F(Expiry, AnIdleLimitDoesNotOutliveTheLifetime) {
  Cache cache =
      new_cache(runtime, [](auto &o) { o.idle_ns = 10 * second, o.ttl_ns = 15 * second; });
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  advance(runtime, 8 * second);
  EXPECT_EQ(get(cache, "key"), "value");
  advance(runtime, 7 * second - 1);
  EXPECT_EQ(contains(cache, "key"), BRISK_OK);
  advance(runtime, 1);
  expect_live(cache, "key", false);
  EXPECT_EQ(stats(cache).entries, 0u);

  ASSERT_EQ(put(cache, "key", "value", second), BRISK_OK);
  EXPECT_EQ(get(cache, "key"), "value");
  advance(runtime, second);
  expect_live(cache, "key", false);

  ASSERT_EQ(put(cache, "used for ever", "value", BRISK_FOREVER), BRISK_OK);
  for (int i = 0; i < 100; ++i) {
    advance(runtime, 9 * second);
    ASSERT_EQ(get(cache, "used for ever"), "value");
  }
  advance(runtime, 10 * second);
  expect_live(cache, "used for ever", false);
}

TEST_F(Expiry, OfManyAtOnceAndOneByOne) {
  Cache cache = new_cache(runtime);
  for (uint64_t i = 0; i < 20000; ++i) {
    ASSERT_EQ(put(cache, std::to_string(i), "v", 1 + (i % 2 == 0 ? second : i * 1000)), BRISK_OK);
  }
  uint64_t expected = 20000;
  for (uint64_t step = 0; step < 20; ++step) {
    advance(runtime, ms);
    expected = 10000 + 10000 - (step + 1) * 500;
    ASSERT_EQ(stats(cache).entries, expected) << step;
  }
  advance(runtime, second);
  EXPECT_EQ(stats(cache).entries, 0u);
  EXPECT_EQ(stats(cache).evicted_expired, 20000u);
}

TEST_F(Expiry, TheSystemClockFreesWithinASecondUnasked) {
  Runtime system = new_runtime(BRISK_CLOCK_SYSTEM);
  uint64_t took = BRISK_FOREVER;
  // Again where the machine paused: a sweeper that comes later does so each time.
  for (int round = 0; round < 5 && took >= 2 * second; ++round) {
    Cache cache = new_cache(system);
    Cache idle = new_cache(system, [](auto &o) { o.idle_ns = 30 * ms; });
    uint64_t begin = 0;
    ASSERT_EQ(call(brisk_runtime_now, system, &begin), BRISK_OK);
    EXPECT_GT(begin, 0u);
    for (int i = 0; i < 1000; ++i) {
      ASSERT_EQ(put(cache, std::to_string(i), "v", 20 * ms), BRISK_OK);
      ASSERT_EQ(put(idle, std::to_string(i), "v"), BRISK_OK);
    }
    ASSERT_EQ(put(cache, "stays", "v"), BRISK_OK);
    ASSERT_TRUE(eventually([&] { return stats(cache).entries == 1 && stats(idle).entries == 0; }));
    uint64_t end = 0;
    ASSERT_EQ(call(brisk_runtime_now, system, &end), BRISK_OK);
    took = end - begin;
    EXPECT_GE(took, 20 * ms);
  }
  EXPECT_LT(took, 2 * second) << "a second after the last of them, on a slow machine";
}

TEST_F(Expiry, AnExpiredEntryThatIsReplacedDoesNotComeBack) {
  Cache cache = new_cache(runtime);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(put(cache, "key", "old", 5), BRISK_OK);
    advance(runtime, 5);
    ASSERT_EQ(get(cache, "key"), std::nullopt);
    ASSERT_EQ(put(cache, "key", "new", 5), BRISK_OK);
    advance(runtime, 4);
    ASSERT_EQ(get(cache, "key"), "new");
    advance(runtime, 1);
  }
}

}  // namespace
}  // namespace brisk_test
