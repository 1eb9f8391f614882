// What a policy maximizes: on the same requests each aim gets more of what it aims at than the
// others.
#include <cmath>

#include "interface.h"
#include "simulations.h"
#include "zipf.h"

namespace brisk_test {
namespace {

struct Got {
  double hits = 0;
  double bytes = 0;
  double cost = 0;
};

// Keys that are asked for as Zipf says, of all sizes and costs, neither of which tells how often.
class Aims : public testing::Test {
 protected:
  static constexpr uint64_t keys = 4000;
  static constexpr size_t value_max = 8000;

  struct Request {
    uint64_t key;
    size_t size;
    double cost;
  };

  static double even(uint64_t key, uint64_t salt) {
    return static_cast<double>(std::mt19937_64(key * 2 + salt)() >> 11) * 0x1p-53;
  }

  static std::vector<Request> requests() {
    std::vector<Request> made;
    for (const uint64_t key : zipf(100'000, keys, 0.8)) {
      const size_t size = even(key, 0) < 0.5 ? 100 : value_max;
      made.push_back({key, size, std::pow(1 - even(key, 1), -1.0)});
    }
    return made;
  }

  Got got(brisk_policy policy, brisk_aim aim, uint64_t max_entries = 0) {
    Cache cache = new_cache(runtime, [=](auto &o) {
      o.capacity_bytes = max_entries == 0 ? 1 << 20 : 64 << 20;
      o.max_entries = max_entries;
      o.compression = BRISK_COMPRESSION_OFF;
      o.policy = policy;
      o.aim = aim;
    });
    static const std::string value(value_max, 'v');
    static const std::vector<Request> all = requests();
    std::string buffer(value_max, '\0');
    Got got;
    for (const auto &[key, size, cost] : all) {
      size_t found;
      if (brisk_cache_read(cache, &key, sizeof key, buffer.data(), buffer.size(), &found,
                           nullptr) == BRISK_OK) {
        got.hits += 1;
        got.bytes += static_cast<double>(found);
        got.cost += cost;
      } else {
        EXPECT_EQ(call(brisk_cache_put_cost, cache, &key, sizeof key, value.data(), size, 0, cost),
                  BRISK_OK);
      }
    }
    EXPECT_NEAR(stats(cache).saved_cost, got.cost, 1e-6 * got.cost);
    return got;
  }

  Runtime runtime = new_runtime();
};

TEST_F(Aims, EachGetsMoreOfWhatItAimsAt) {
  SKIP_LONG_SIMULATIONS();
  const Got objects = got(BRISK_POLICY_AUTO, BRISK_AIM_OBJECTS);
  const Got bytes = got(BRISK_POLICY_AUTO, BRISK_AIM_BYTES);
  const Got cost = got(BRISK_POLICY_AUTO, BRISK_AIM_COST);
  EXPECT_GT(objects.hits, 1.03 * bytes.hits);
  EXPECT_GT(objects.hits, 1.01 * cost.hits);
  EXPECT_GT(bytes.bytes, 1.01 * objects.bytes);
  EXPECT_GT(bytes.bytes, cost.bytes);
  EXPECT_GT(cost.cost, 1.02 * objects.cost);
  EXPECT_GT(cost.cost, 1.03 * bytes.cost);
}

TEST_F(Aims, CostCountsByItselfWhereEntriesAreTheLimit) {
  SKIP_LONG_SIMULATIONS();
  for (const brisk_policy policy : {BRISK_POLICY_AUTO, BRISK_POLICY_S3FIFO}) {
    const Got objects = got(policy, BRISK_AIM_OBJECTS, 400);
    const Got cost = got(policy, BRISK_AIM_COST, 400);
    EXPECT_GT(cost.cost, 1.02 * objects.cost) << policy;
    EXPECT_GT(objects.hits, cost.hits) << policy;
  }
}

}  // namespace
}  // namespace brisk_test
