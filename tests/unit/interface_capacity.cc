// The bound: what a cache holds never exceeds it, the policy says who goes, and pins alone make a
// write refused.
#include <algorithm>
#include <list>
#include <unordered_map>

#include "interface.h"

namespace brisk_test {
namespace {

class Capacity : public testing::Test {
 protected:
  Runtime runtime = new_runtime();

  Cache sized(uint64_t bytes, brisk_policy policy = BRISK_POLICY_AUTO) {
    return new_cache(runtime, [=](auto &o) {
      o.capacity_bytes = bytes;
      o.policy = policy;
      o.compression = BRISK_COMPRESSION_OFF;
    });
  }
};

void expect_within(brisk_cache *cache) {
  const auto figures = stats(cache);
  EXPECT_LE(figures.held_bytes, figures.capacity_bytes);
  EXPECT_LE(figures.peak_bytes, figures.capacity_bytes);
  EXPECT_LE(figures.held_bytes, figures.peak_bytes);
  EXPECT_EQ(parts(figures), figures.held_bytes) << "the parts add up";
  EXPECT_GE(figures.entry_bytes, figures.stored_bytes);
}

TEST_F(Capacity, IsNeverExceededWhateverTheSizes) {
  for (const brisk_policy policy : {BRISK_POLICY_LRU, BRISK_POLICY_S3FIFO}) {
    for (const brisk_compression compression : {BRISK_COMPRESSION_AUTO, BRISK_COMPRESSION_OFF}) {
      for (const uint64_t bytes : {uint64_t{262144}, uint64_t{1} << 20, uint64_t{8} << 20}) {
        Cache cache = new_cache(runtime, [=](auto &o) {
          o.capacity_bytes = bytes;
          o.policy = policy;
          o.compression = compression;
          o.event_capacity = 16;
        });
        std::mt19937_64 random(bytes);
        for (int i = 0; i < 1500; ++i) {
          const size_t most = size_t{1} << (random() % 19);
          const size_t size = std::min<size_t>(random() % most, bytes / 2 - 100);
          const std::string value =
              random() % 2 == 0 ? noise(size, random()) : prose(size, random());
          const std::string key = std::to_string(random() % 3000);
          ASSERT_EQ(put(cache, key, value), BRISK_OK)
              << i << ", " << size << " bytes into " << bytes;
          if (i % 64 == 0) expect_within(cache);
          if (random() % 2 == 0) get(cache, std::to_string(random() % 3000));
        }
        expect_within(cache);
        EXPECT_GT(stats(cache).evicted_capacity, 0u);
        EXPECT_EQ(stats(cache).refusals, 0u);
      }
    }
  }
}

// Refusals are for pins alone: an entry of half the capacity finds room, however full the cache is
// and of what.
TEST_F(Capacity, AnEntryOfHalfTheCacheAlwaysFindsRoom) {
  for (const uint64_t bytes : {uint64_t{1} << 20, uint64_t{4} << 20}) {
    for (const bool compressible : {false, true}) {
      Cache cache = new_cache(runtime, [=](auto &o) { o.capacity_bytes = bytes; });
      for (int i = 0; i < 2000; ++i) {
        ASSERT_EQ(put(cache, "filling " + std::to_string(i), prose(3000, static_cast<uint64_t>(i))),
                  BRISK_OK);
      }
      for (const size_t part : {2, 3, 4, 8}) {
        const size_t size = bytes / part - 100;
        // Saves a little more than an eighth.
        const std::string value =
            compressible ? noise(size * 8 / 10) + std::string(size - size * 8 / 10, 'a')
                         : noise(size);
        ASSERT_EQ(put(cache, "large", value), BRISK_OK)
            << "1/" << part << " of " << bytes << ", " << compressible;
        ASSERT_TRUE(read(cache, "large") == value);
        expect_within(cache);
      }
    }
  }
}

TEST_F(Capacity, MostOfItHoldsValues) {
  Cache cache = sized(8 << 20);
  for (int i = 0; i < 50000; ++i)
    ASSERT_EQ(put(cache, "key " + std::to_string(i), noise(200)), BRISK_OK);
  const auto figures = stats(cache);
  EXPECT_GT(figures.stored_bytes, figures.capacity_bytes * 3 / 4);
  EXPECT_GT(figures.held_bytes, figures.capacity_bytes * 97 / 100);
  EXPECT_LT(figures.slack_bytes, figures.capacity_bytes / 16);
}

// When the sizes change, the room of small entries becomes room for large ones and back.
TEST_F(Capacity, SlotsOfOneSizeBecomeSlotsOfAnother) {
  Cache cache = sized(2 << 20);
  for (int round = 0; round < 6; ++round) {
    const size_t size = round % 2 == 0 ? 60 : 1500;
    for (int i = 0; i < (size < 100 ? 30000 : 2500); ++i) {
      ASSERT_EQ(put(cache, std::to_string(i), noise(size)), BRISK_OK);
    }
    const auto figures = stats(cache);
    EXPECT_GT(figures.stored_bytes, figures.capacity_bytes / 2) << size;
    expect_within(cache);
  }
}

TEST_F(Capacity, MaxEntriesBoundsTheNumber) {
  for (const uint64_t most : {1, 2, 10, 1000}) {
    Cache cache = new_cache(runtime, [=](auto &o) { o.max_entries = most; });
    for (int i = 0; i < 3000; ++i) {
      ASSERT_EQ(put(cache, std::to_string(i), "value"), BRISK_OK);
      ASSERT_LE(stats(cache).entries, most);
      ASSERT_EQ(get(cache, std::to_string(i)), "value") << "what was just written is there";
    }
    EXPECT_EQ(stats(cache).entries, most);
    EXPECT_EQ(stats(cache).evicted_capacity, 3000 - most);
  }
}

// LRU, against a model of it: exact on one thread, through every kind of use.
class Recency {
 public:
  explicit Recency(size_t most) : most_(most) {}
  void use(const std::string &key) {
    const auto found = at_.find(key);
    if (found != at_.end()) list_.splice(list_.begin(), list_, found->second);
  }
  void put(const std::string &key) {
    if (at_.count(key) != 0) return use(key);
    if (list_.size() == most_) {
      at_.erase(list_.back());
      list_.pop_back();
    }
    list_.push_front(key);
    at_[key] = list_.begin();
  }
  void erase(const std::string &key) {
    const auto found = at_.find(key);
    if (found == at_.end()) return;
    list_.erase(found->second);
    at_.erase(found);
  }
  bool has(const std::string &key) const { return at_.count(key) != 0; }
  size_t size() const { return list_.size(); }

 private:
  size_t most_;
  std::list<std::string> list_;
  std::unordered_map<std::string, std::list<std::string>::iterator> at_;
};

TEST_F(Capacity, LruGivesUpTheLeastRecentlyUsed) {
  constexpr size_t most = 100;
  for (const size_t size : {size_t{10}, size_t{3000}}) {
    Cache cache = new_cache(runtime, [](auto &o) {
      o.max_entries = most, o.policy = BRISK_POLICY_LRU;
      o.compression = BRISK_COMPRESSION_OFF;  // no training that a lookup would not wait for
    });
    Recency model(most);
    std::mt19937_64 random(size);
    for (int i = 0; i < 20000; ++i) {
      const std::string key = std::to_string(random() % 250);
      switch (random() % 6) {
        case 0:
        case 1:
          ASSERT_EQ(put(cache, key, prose(size)), BRISK_OK);
          model.put(key);
          break;
        case 2:
          ASSERT_EQ(read(cache, key).has_value(), model.has(key)) << i;
          model.use(key);
          break;
        case 3:
          ASSERT_EQ(get(cache, key).has_value(), model.has(key)) << i;
          model.use(key);
          break;
        case 4:
          ASSERT_EQ(touch(cache, key) == BRISK_OK, model.has(key)) << i;
          model.use(key);
          break;
        default:
          ASSERT_EQ(contains(cache, key) == BRISK_OK, model.has(key)) << i;
          if (random() % 8 == 0) {
            ASSERT_EQ(erase(cache, key) == BRISK_OK, model.has(key)) << i;
            model.erase(key);
          }
      }
      ASSERT_EQ(stats(cache).entries, model.size());
    }
  }
}

// A write of a large value evicts before its slot is taken; the uses before it count there as well.
TEST_F(Capacity, LruCountsUsesWhenBytesAreShort) {
  Cache cache = sized(4 << 20, BRISK_POLICY_LRU);
  const std::string value = noise(100 << 10);
  for (int i = 0; i < 30; ++i) ASSERT_EQ(put(cache, std::to_string(i), value), BRISK_OK);
  for (int i = 100; i < 130; ++i) {
    ASSERT_NE(get(cache, "3"), std::nullopt) << i;
    ASSERT_NE(read(cache, "7"), std::nullopt) << i;
    ASSERT_EQ(put(cache, std::to_string(i), value), BRISK_OK);
  }
  EXPECT_EQ(contains(cache, "3"), BRISK_OK);
  EXPECT_EQ(contains(cache, "7"), BRISK_OK);
  EXPECT_EQ(contains(cache, "4"), BRISK_MISS);
}

TEST_F(Capacity, S3FifoKeepsWhatWasUsedTwiceThroughAScan) {
  Cache cache =
      new_cache(runtime, [](auto &o) { o.max_entries = 1000, o.policy = BRISK_POLICY_S3FIFO; });
  for (int i = 0; i < 500; ++i) ASSERT_EQ(put(cache, "hot " + std::to_string(i), "v"), BRISK_OK);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 500; ++i) ASSERT_NE(get(cache, "hot " + std::to_string(i)), std::nullopt);
  }
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(put(cache, "scan " + std::to_string(i), "v"), BRISK_OK);
  int left = 0;
  for (int i = 0; i < 500; ++i) left += contains(cache, "hot " + std::to_string(i)) == BRISK_OK;
  EXPECT_GT(left, 450);
}

TEST_F(Capacity, S3FifoBringsBackWhatItGaveUpTooEarly) {
  // Keys that come once are given up; keys that come again while their ghost is there stay.
  Cache cache =
      new_cache(runtime, [](auto &o) { o.max_entries = 1000, o.policy = BRISK_POLICY_S3FIFO; });
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(put(cache, "fill " + std::to_string(i), "v"), BRISK_OK);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(put(cache, "again " + std::to_string(i), "v"), BRISK_OK);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(put(cache, "push " + std::to_string(i), "v"), BRISK_OK);
  const auto left = [&] {
    int there = 0;
    for (int i = 0; i < 50; ++i) there += contains(cache, "again " + std::to_string(i)) == BRISK_OK;
    return there;
  };
  EXPECT_LT(left(), 5) << "given up, but where the ghost of another key has the same hash";
  for (int i = 0; i < 50; ++i) ASSERT_EQ(put(cache, "again " + std::to_string(i), "v"), BRISK_OK);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(put(cache, "push on " + std::to_string(i), "v"), BRISK_OK);
  EXPECT_GT(left(), 45) << "a newcomer with a ghost goes to the main queue";
}

TEST_F(Capacity, AFullCacheBoundByBytesHasGhostsAsWell) {
  Cache cache = sized(4 << 20, BRISK_POLICY_S3FIFO);
  for (int i = 0; i < 200000; ++i) ASSERT_EQ(put(cache, std::to_string(i), "0123456789"), BRISK_OK);
  const auto figures = stats(cache);
  EXPECT_GE(figures.policy_bytes, figures.entries * 4 / 2)
      << "4 bytes a ghost, as many as the main queue";
  EXPECT_LE(figures.policy_bytes, figures.entries * 4 * 2);
}

// Pins.

TEST_F(Capacity, PinsSurviveEviction) {
  Cache cache = sized(1 << 20);
  ASSERT_EQ(put(cache, "pinned small", "0123456789"), BRISK_OK);
  ASSERT_EQ(put(cache, "pinned large", noise(30000)), BRISK_OK);
  Value small;
  Value large;
  ASSERT_EQ(pin(cache, "pinned small", small), BRISK_OK);
  ASSERT_EQ(pin(cache, "pinned large", large), BRISK_OK);
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(put(cache, std::to_string(i), noise(300)), BRISK_OK);
  EXPECT_EQ(text(small), "0123456789");
  EXPECT_TRUE(text(large) == noise(30000));
  expect_within(cache);
}

TEST_F(Capacity, WhenOnlyPinsRemainAWriteIsRefusedUntilTheyGo) {
  for (const brisk_policy policy : {BRISK_POLICY_LRU, BRISK_POLICY_S3FIFO}) {
    for (const size_t size : {size_t{100}, size_t{1000}, size_t{20000}}) {
      Cache cache = sized(1 << 20, policy);
      std::vector<Value> pins;
      Result result;
      for (int i = 0; i < 100000; ++i) {
        result = put(cache, std::to_string(i), noise(size));
        if (!(result == BRISK_OK)) break;
        Value value;
        ASSERT_EQ(pin(cache, std::to_string(i), value), BRISK_OK);
        pins.push_back(std::move(value));
      }
      ASSERT_EQ(result, BRISK_REFUSED);
      EXPECT_GT(pins.size() * size, size_t{1} << 19)
          << "more than half of the cache was given to pins";
      EXPECT_EQ(stats(cache).refusals, 1u);
      EXPECT_EQ(stats(cache).evicted_capacity, 0u);
      for (const Value &one : pins) ASSERT_TRUE(text(one) == noise(size));

      // A refused write leaves no older value behind.
      EXPECT_EQ(put(cache, "0", noise(size + 1000)), BRISK_REFUSED);
      EXPECT_EQ(contains(cache, "0"), BRISK_MISS);
      EXPECT_EQ(get(cache, "0"), std::nullopt);
      EXPECT_TRUE(text(pins[0]) == noise(size));
      expect_within(cache);

      pins.clear();
      EXPECT_EQ(put(cache, "0", noise(size)), BRISK_OK) << "recovered";
      for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(put(cache, std::to_string(i), noise(size)), BRISK_OK);
      EXPECT_EQ(stats(cache).pinned_bytes, 0u);
      EXPECT_EQ(stats(cache).reclaim_bytes, 0u);
      expect_within(cache);
    }
  }
}

TEST_F(Capacity, TheOneEntryThatIsNotPinnedGoesHoweverHot) {
  for (const brisk_policy policy : {BRISK_POLICY_LRU, BRISK_POLICY_S3FIFO}) {
    Cache cache = new_cache(runtime, [=](auto &o) { o.max_entries = 50, o.policy = policy; });
    std::vector<Value> pins(49);
    for (size_t i = 0; i < pins.size(); ++i) {
      ASSERT_EQ(put(cache, std::to_string(i), "v"), BRISK_OK);
      ASSERT_EQ(pin(cache, std::to_string(i), pins[i]), BRISK_OK);
    }
    ASSERT_EQ(put(cache, "hot", "v"), BRISK_OK);
    for (int round = 0; round < 10; ++round) {
      for (int i = 0; i < 5; ++i) ASSERT_EQ(get(cache, "hot"), "v");
      ASSERT_EQ(put(cache, "new " + std::to_string(round), "v"), BRISK_OK)
          << round << ", policy " << policy;
      ASSERT_EQ(contains(cache, "hot"), BRISK_MISS);
      ASSERT_EQ(put(cache, "hot", "v"), BRISK_OK);
    }
    for (size_t i = 0; i < pins.size(); ++i)
      EXPECT_EQ(contains(cache, std::to_string(i)), BRISK_OK);
  }
}

TEST_F(Capacity, AValueThatCannotBeUnpackedForWantOfRoomIsRefused) {
  Cache cache = new_cache(runtime, [](auto &o) { o.capacity_bytes = 4 << 20; });
  ASSERT_EQ(put(cache, "packed", std::string(1 << 20, 'a')), BRISK_OK);
  std::vector<Value> pins;
  Value value;
  Result result;
  while (pins.size() < 100 && (result = pin(cache, "packed", value)) == BRISK_OK)
    pins.push_back(std::move(value));
  EXPECT_EQ(result, BRISK_REFUSED);
  EXPECT_EQ(value, nullptr);
  EXPECT_GE(pins.size(), 2u);
  expect_within(cache);
  size_t found = 9;
  const uint32_t size = 6;
  brisk_value *none = value;
  EXPECT_EQ(call(brisk_cache_get_many, cache, 1u, "packed", 6u, &size, &none, &found), BRISK_OK);
  EXPECT_EQ(found, 0u) << "what get would refuse counts as not found";
  EXPECT_EQ(none, nullptr);
  EXPECT_TRUE(read(cache, "packed") == std::string(1 << 20, 'a')) << "reading needs no room";
  pins.clear();
  EXPECT_TRUE(get(cache, "packed") == std::string(1 << 20, 'a'));
  EXPECT_EQ(stats(cache).pinned_bytes, 0u);
}

// One budget for two caches.

TEST_F(Capacity, CachesShareTheBudgetOfTheirRuntime) {
  constexpr uint64_t budget = 2 << 20;
  Runtime shared = new_runtime(BRISK_CLOCK_MANUAL, budget);
  const auto make = [&] {
    return new_cache(
        shared, [](auto &o) { o.capacity_bytes = 8 << 20, o.compression = BRISK_COMPRESSION_OFF; });
  };
  Cache first = make();
  Cache other = make();
  const auto within = [&] {
    const auto figures = runtime_stats(shared);
    EXPECT_EQ(figures.budget_bytes, budget);
    EXPECT_LE(figures.held_bytes, budget);
    EXPECT_LE(figures.peak_bytes, budget);
    EXPECT_EQ(figures.held_bytes, stats(first).held_bytes + stats(other).held_bytes);
    EXPECT_EQ(figures.caches, 2u);
  };
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(put(first, std::to_string(i), noise(200)), BRISK_OK);
  within();
  EXPECT_GT(stats(first).held_bytes, budget * 3 / 4);
  for (const size_t size : {size_t{300000}, size_t{20000}, size_t{200}}) {
    for (int i = 0; i < 100; ++i)
      ASSERT_EQ(put(other, std::to_string(i), noise(size)), BRISK_OK) << size;
    within();
    ASSERT_EQ(put(first, "key", noise(size)), BRISK_OK);
    within();
  }
  EXPECT_EQ(stats(first).refusals + stats(other).refusals, 0u);

  // A copy for a caller finds room in the other cache as well. One so small trains no dictionary.
  Cache packed = new_cache(shared, [](auto &o) { o.capacity_bytes = 4 << 20; });
  ASSERT_EQ(put(packed, "packed", prose(200000)), BRISK_OK);
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(put(first, std::to_string(i), noise(200)), BRISK_OK);
  ASSERT_EQ(put(packed, "packed", prose(200000)), BRISK_OK);
  EXPECT_TRUE(get(packed, "packed") == prose(200000));
  Value value;
  EXPECT_EQ(pin(packed, "packed", value), BRISK_OK);
}

TEST_F(Capacity, AFullBudgetStillLetsANewCacheIn) {
  Runtime shared = new_runtime(BRISK_CLOCK_MANUAL, 2 << 20);
  Cache first = new_cache(shared);
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(put(first, std::to_string(i), noise(200)), BRISK_OK);
  Cache next = new_cache(shared);
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(put(next, "key", "value"), BRISK_OK);
}

TEST_F(Capacity, ABudgetWithoutRoomForACacheSaysSo) {
  Runtime tiny = new_runtime(BRISK_CLOCK_MANUAL, 1000);
  Cache cache;
  const Result result = call(brisk_cache_new, tiny, nullptr, cache.out());
  EXPECT_EQ(result, BRISK_OUT_OF_MEMORY);
  EXPECT_TRUE(result.says("budget_bytes")) << result;
  EXPECT_EQ(cache, nullptr);
  EXPECT_EQ(runtime_stats(tiny).held_bytes, 0u);
  EXPECT_EQ(runtime_stats(tiny).caches, 0u);
}

TEST_F(Capacity, AShareOfTheMachineIsABudget) {
  brisk_runtime_options options = BRISK_RUNTIME_OPTIONS_INIT;
  options.budget_percent = 50;
  Runtime half;
  ASSERT_EQ(call(brisk_runtime_new, &options, half.out()), BRISK_OK);
  options.budget_percent = 100;
  Runtime all;
  ASSERT_EQ(call(brisk_runtime_new, &options, all.out()), BRISK_OK);
  EXPECT_GT(runtime_stats(half).budget_bytes, uint64_t{1} << 20);
  EXPECT_EQ(runtime_stats(half).budget_bytes * 2, runtime_stats(all).budget_bytes / 2 * 2);
  options.budget_bytes = 12345678;
  Runtime both;
  ASSERT_EQ(call(brisk_runtime_new, &options, both.out()), BRISK_OK);
  EXPECT_EQ(runtime_stats(both).budget_bytes, 12345678u) << "the smaller bound counts";
}

TEST_F(Capacity, ClosingGivesTheBytesBack) {
  Runtime own = new_runtime();
  Cache cache = new_cache(own);
  for (int i = 0; i < 10000; ++i) ASSERT_EQ(put(cache, std::to_string(i), prose(700)), BRISK_OK);
  const uint64_t full = runtime_stats(own).held_bytes;
  ASSERT_EQ(call(brisk_cache_close, cache), BRISK_OK);
  EXPECT_LT(runtime_stats(own).held_bytes, full / 2) << "the entries are gone";
  cache.reset();
  EXPECT_EQ(runtime_stats(own).held_bytes, 0u);
}

}  // namespace
}  // namespace brisk_test
