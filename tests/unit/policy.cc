// Ghosts remember as long as they should, and S3-FIFO keeps what is used twice through a scan.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/hash.h"
#include "cache/cache.h"
#include "cache/policy/ghosts.h"

namespace brisk::cache {
namespace {

uint64_t key_hash(uint64_t key) { return hash_bytes(&key, sizeof key, 1); }

TEST(Ghosts, RememberTheLatestAndForgetTheOldest) {
  Account account(1 << 20);
  Ghosts ghosts(account);
  EXPECT_FALSE(ghosts.take(key_hash(1))) << "without memory there are none";
  constexpr uint64_t length = 1000;
  EXPECT_GT(ghosts.missing(length), 0u);
  ghosts.resize(length);
  EXPECT_EQ(ghosts.missing(length), 0u);
  EXPECT_EQ(ghosts.charge(), account.held());
  for (uint64_t key = 0; key < 3 * length; ++key) ghosts.add(key_hash(key));
  size_t late = 0;
  size_t early = 0;
  for (uint64_t key = 0; key < length; ++key) {
    late += ghosts.take(key_hash(3 * length - length / 2 + key / 2));
    early += ghosts.take(key_hash(key));
  }
  EXPECT_GT(late, length / 2 * 9 / 10) << "each once; sets overflow now and then";
  EXPECT_LT(early, length / 50);
}

TEST(Ghosts, AreTakenOnce) {
  Account account(1 << 20);
  Ghosts ghosts(account);
  ghosts.resize(100);
  ghosts.add(key_hash(7));
  EXPECT_TRUE(ghosts.take(key_hash(7)));
  EXPECT_FALSE(ghosts.take(key_hash(7)));
}

TEST(Ghosts, WantAnotherSizeOnlyWhenItDiffersByHalf) {
  Account account(1 << 20);
  Ghosts ghosts(account);
  ghosts.resize(1000);
  EXPECT_EQ(ghosts.missing(1300), 0u);
  EXPECT_GT(ghosts.missing(1600), 0u);
  EXPECT_GT(ghosts.missing(400), 0u);
}

class PolicyTest : public ::testing::Test {
 protected:
  Ref<Cache> make(int32_t policy, uint64_t max_entries) {
    Options options;
    options.policy = policy;
    options.max_entries = max_entries;
    return Cache::make(Ref<Runtime>::adopt(new Runtime(true, UINT64_MAX)), options);
  }
  static void put(Cache &cache, int key) {
    ASSERT_EQ(cache.put(&key, sizeof key, "value", 5, 0), BRISK_OK);
  }
  static bool use(Cache &cache, int key) {
    char buffer[8];
    size_t size;
    return cache.read(&key, sizeof key, buffer, sizeof buffer, &size) == BRISK_OK;
  }
};

TEST_F(PolicyTest, AScanDoesNotFlushWhatIsUsedTwiceFromS3Fifo) {
  Ref<Cache> cache = make(BRISK_POLICY_S3FIFO, 1000);
  for (int key = 0; key < 500; ++key) put(*cache, key);
  for (int round = 0; round < 3; ++round) {
    for (int key = 0; key < 500; ++key) use(*cache, key);
  }
  for (int key = 10000; key < 14000; ++key) put(*cache, key);
  int kept = 0;
  for (int key = 0; key < 500; ++key) kept += use(*cache, key);
  EXPECT_GE(kept, 450);
}

TEST_F(PolicyTest, TheSameScanFlushesLru) {
  Ref<Cache> cache = make(BRISK_POLICY_LRU, 1000);
  for (int key = 0; key < 500; ++key) put(*cache, key);
  for (int key = 0; key < 500; ++key) use(*cache, key);
  for (int key = 10000; key < 14000; ++key) put(*cache, key);
  for (int key = 0; key < 500; ++key) ASSERT_FALSE(use(*cache, key));
}

TEST_F(PolicyTest, LruIsExactOnOneThread) {
  Ref<Cache> cache = make(BRISK_POLICY_LRU, 100);
  for (int key = 0; key < 100; ++key) put(*cache, key);
  // More hits than the log of a thread holds, in an order of their own.
  for (int key = 99; key >= 0; --key) ASSERT_TRUE(use(*cache, key));
  for (int key = 100; key < 150; ++key) put(*cache, key);
  for (int key = 0; key < 50; ++key) EXPECT_TRUE(cache->contains(&key, sizeof key)) << key;
  for (int key = 50; key < 100; ++key) EXPECT_FALSE(cache->contains(&key, sizeof key)) << key;
}

// Between the room that is made for it and what it takes, others may take theirs.
TEST(Policy, WhatWasRefusedMemoryWishesForItAgain) {
  const auto runtime = Ref<Runtime>::adopt(new Runtime(true, 8 << 20));
  Options options;
  options.max_entries = 2000;
  const Ref<Cache> cache = Cache::make(runtime, options);
  const auto remembered = [&] {
    brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
    cache->stats(&stats);
    return stats.policy_bytes;
  };
  uint64_t key = 0;
  const auto put = [&](uint64_t count) {
    for (const uint64_t last = key + count; key < last; ++key)
      ASSERT_EQ(cache->put(&key, sizeof key, "value", 5, 0), BRISK_OK);
  };
  put(1990);
  uint64_t taken = 0;
  while (runtime->account().reserve(64)) taken += 64;
  put(200);
  const uint64_t before = remembered();
  runtime->account().release(taken);
  put(200);
  EXPECT_GT(remembered(), before + 2000 * 8);
}

}  // namespace
}  // namespace brisk::cache
