// What values cost to make: kept with them where a caller says so or the cache keeps the time of
// its loads, through all that happens to an entry, and added up by hits and by nothing else.
#include <cmath>
#include <limits>

#include "loads.h"

namespace brisk_test {
namespace {

Result put_cost(brisk_cache *cache, std::string_view key, std::string_view value, double cost,
                uint64_t ttl = 0) {
  return call(brisk_cache_put_cost, cache, key.data(), key.size(), value.data(), value.size(), ttl,
              cost);
}
Result set_cost(brisk_lease *lease, double cost) { return call(brisk_lease_set_cost, lease, cost); }
double saved(brisk_cache *cache) { return stats(cache).saved_cost; }

class Costs : public testing::Test {
 protected:
  Runtime runtime = new_runtime();
};

TEST_F(Costs, EveryKindOfHitSavesTheCostOnceAndNothingElseDoes) {
  const std::string values[] = {"small", prose(3000), noise(50000)};
  const std::string keys[] = {"key", std::string(3000, 'k')};
  for (const std::string &value : values) {
    for (const std::string &key : keys) {
      Cache cache = new_cache(runtime);
      ASSERT_EQ(put_cost(cache, key, value, 2.5), BRISK_OK);
      EXPECT_EQ(read(cache, key), value);  // once, though a larger buffer may have been needed
      EXPECT_EQ(saved(cache), 2.5);
      EXPECT_EQ(get(cache, key), value);
      EXPECT_EQ(saved(cache), 5);
      const auto size = static_cast<uint32_t>(key.size());
      std::string buffer(value.size(), '\0');
      uint32_t found_size;
      size_t found;
      ASSERT_EQ(call(brisk_cache_read_many, cache, 1, key.data(), key.size(), &size, buffer.data(),
                     buffer.size(), &found_size, &found),
                BRISK_OK);
      EXPECT_EQ(saved(cache), 7.5);
      Value pinned;
      ASSERT_EQ(
          call(brisk_cache_get_many, cache, 1, key.data(), key.size(), &size, pinned.out(), &found),
          BRISK_OK);
      EXPECT_EQ(saved(cache), 10);
      EXPECT_EQ(begin(cache, key).result, BRISK_OK);
      EXPECT_EQ(saved(cache), 12.5);

      size_t needed;
      EXPECT_EQ(call(brisk_cache_read, cache, key.data(), key.size(), nullptr, 0, &needed),
                BRISK_SHORT_BUFFER);
      EXPECT_EQ(call(brisk_cache_read_many, cache, 1, key.data(), key.size(), &size, nullptr, 0,
                     &found_size, &found),
                BRISK_SHORT_BUFFER);
      EXPECT_EQ(contains(cache, key), BRISK_OK);
      EXPECT_EQ(get(cache, "other"), std::nullopt);
      EXPECT_EQ(saved(cache), 12.5);
    }
  }
}

TEST_F(Costs, ACostStaysUntilTheValueIsReplaced) {
  for (const std::string &value : {std::string("small"), prose(3000), noise(50000)}) {
    Cache cache = new_cache(runtime);
    ASSERT_EQ(put_cost(cache, "key", value, 3), BRISK_OK);
    ASSERT_EQ(touch(cache, "key", 10 * second), BRISK_OK) << "which makes the entry anew";
    ASSERT_EQ(touch(cache, "key", 20 * second), BRISK_OK) << "and this does not";
    EXPECT_EQ(get(cache, "key"), value);
    EXPECT_EQ(saved(cache), 3);
    advance(runtime, 20 * second);
    EXPECT_EQ(get(cache, "key"), std::nullopt);
    EXPECT_EQ(saved(cache), 3) << "what has expired saves nothing";
    ASSERT_EQ(put_cost(cache, "key", value, 3), BRISK_OK);
    ASSERT_EQ(put_cost(cache, "key", value, 4), BRISK_OK);
    EXPECT_EQ(get(cache, "key"), value);
    EXPECT_EQ(saved(cache), 7);
    ASSERT_EQ(put(cache, "key", value), BRISK_OK);
    EXPECT_EQ(get(cache, "key"), value);
    EXPECT_EQ(saved(cache), 7) << "that put gave none";
    ASSERT_EQ(put_cost(cache, "key", value, 5), BRISK_OK) << "which is no mere change of bytes";
    EXPECT_EQ(get(cache, "key"), value);
    EXPECT_EQ(saved(cache), 12);
  }
}

// Entries of all sizes come and go, so that those which stay are moved to other places.
TEST_F(Costs, AnEntryThatMovesKeepsItsCost) {
  Cache cache = new_cache(runtime, [](auto &o) { o.capacity_bytes = 1 << 20; });
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::string key = std::to_string(random() % 3000);
    ASSERT_EQ(put_cost(cache, key, noise(random() % 1500), std::stod(key)), BRISK_OK);
  }
  EXPECT_GT(stats(cache).evicted_capacity, 10000u);
  double expected = 0;
  for (const std::string &key : keys(cache)) {
    ASSERT_NE(get(cache, key), std::nullopt);
    expected += std::stod(key);
  }
  EXPECT_GT(expected, 0);
  EXPECT_EQ(saved(cache), expected);
}

TEST_F(Costs, LoadsKeepWhatTheyTookWhereTheCacheIsTold) {
  for (const bool keeps : {false, true}) {
    for (const uint64_t ttl : {BRISK_FOREVER, 100 * second}) {
      Cache cache = new_cache(runtime, [&](auto &o) { o.load_costs = keeps, o.ttl_ns = ttl; });
      const auto load = [&](const char *key, std::optional<double> cost) {
        const Begun lead = begin(cache, key);
        if (cost) {
          EXPECT_EQ(set_cost(lead.lease, *cost), BRISK_OK);
        }
        advance(runtime, 7);
        EXPECT_EQ(complete(lead.lease, "value"), BRISK_OK);
        EXPECT_EQ(get(cache, key), "value");
      };
      load("measured", std::nullopt);
      EXPECT_EQ(saved(cache), keeps ? 7 : 0);
      load("given", 0.5);
      EXPECT_EQ(saved(cache), (keeps ? 7 : 0) + 0.5);
      load("free", 0);
      EXPECT_EQ(saved(cache), (keeps ? 7 : 0) + 0.5);
    }
  }
}

TEST_F(Costs, ACacheThatLoadsEarlyKeepsThemForThatAlready) {
  Cache cache = new_cache(runtime, [](auto &o) { o.early_beta = 1; });
  const Begun lead = begin(cache, "key");
  advance(runtime, 7);
  EXPECT_EQ(complete(lead.lease, "value"), BRISK_OK);
  EXPECT_EQ(get(cache, "key"), "value");
  EXPECT_EQ(saved(cache), 7);
}

TEST_F(Costs, OnlyTheLeadGivesACostAndTakesItAlongWhenItGoes) {
  Cache cache = new_cache(runtime);
  const Begun lead = begin(cache, "key");
  const Begun waits = begin(cache, "key");
  EXPECT_TRUE(set_cost(waits.lease, 1).says("only the lead of a load may give a cost to it"));
  EXPECT_EQ(set_cost(lead.lease, 1), BRISK_OK);
  EXPECT_EQ(abandon(lead.lease), BRISK_OK);
  EXPECT_EQ(wait(waits.lease).result, BRISK_LEAD);
  EXPECT_EQ(complete(waits.lease, "value"), BRISK_OK);
  EXPECT_EQ(set_cost(waits.lease, 1), BRISK_INVALID) << "the load has ended";
  EXPECT_EQ(get(cache, "key"), "value");
  EXPECT_EQ(saved(cache), 0);
}

TEST_F(Costs, ACostIsAFiniteNumberFromZeroOn) {
  Cache cache = new_cache(runtime);
  const Begun lead = begin(cache, "load");
  for (const double cost : {-1., std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_TRUE(put_cost(cache, "key", "value", cost).says("cost is ")) << cost;
    EXPECT_TRUE(set_cost(lead.lease, cost).says("finite number")) << cost;
  }
  EXPECT_EQ(get(cache, "key"), std::nullopt);
}

TEST_F(Costs, OnlyEntriesThatCarryACostTakeRoomForIt) {
  const auto weight = [&](double cost) {
    Cache cache = new_cache(runtime);
    for (int i = 0; i < 100; ++i)
      EXPECT_EQ(put_cost(cache, std::to_string(1000 + i), std::string(76, 'v'), cost), BRISK_OK);
    return stats(cache).entry_bytes;
  };
  EXPECT_EQ(weight(0), 9600u);
  EXPECT_EQ(weight(1), 11200u);
}

}  // namespace
}  // namespace brisk_test
