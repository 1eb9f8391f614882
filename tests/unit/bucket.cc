// A bucket of the index: what readers, pins and the writer see of each other; and the hash that
// leads to it.
#include <gtest/gtest.h>

#include <string>

#include "base/hash.h"
#include "cache/index.h"

namespace brisk::cache {
namespace {

// All in one home with one tag: nothing but passing.
uint64_t crowd(EntryRef) { return 0x8000000000000007u; }

TEST(Index, AMissStopsAtABucketThatNobodyPassed) {
  Account account(1 << 20);
  Index index(account);
  ASSERT_TRUE(index.grow(1, crowd));
  for (EntryRef ref = 1; ref <= 40; ++ref) index.insert(crowd(ref), ref);
  for (EntryRef ref = 1; ref <= 40; ++ref) index.erase(crowd(ref), index.locate(crowd(ref), ref));
  index.each_bucket([](Bucket &bucket) { EXPECT_FALSE(bucket.was_passed()); });
}

TEST(Hash, TheInlinedPartIsTheSameHash) {
  std::string bytes;
  for (size_t size = 0; size <= hash_inlined; ++size) {
    EXPECT_EQ(hash_short(bytes.data(), size, 42), hash_bytes(bytes.data(), size, 42)) << size;
    bytes += static_cast<char>('a' + size);
  }
  EXPECT_NE(hash_bytes("key", 3, 1), hash_bytes("key", 3, 2)) << "the seed counts";
}

TEST(Bucket, AReaderSeesEveryChange) {
  Bucket bucket{};
  const uint32_t version = bucket.stable_version();
  EXPECT_TRUE(bucket.unchanged(version));
  bucket.lock();
  EXPECT_FALSE(bucket.unchanged(version)) << "while it is written";
  bucket.unlock();
  EXPECT_FALSE(bucket.unchanged(version)) << "after it was written";
}

TEST(Bucket, APinHoldsOffWritersAndDoesNotDisturbReaders) {
  Bucket bucket{};
  const uint32_t version = bucket.stable_version();
  ASSERT_TRUE(bucket.lock_pin(version));
  EXPECT_TRUE(bucket.unchanged(version));
  bucket.unlock_pin(version);
  bucket.lock();
  bucket.unlock();
  EXPECT_FALSE(bucket.lock_pin(version)) << "of a bucket that has changed";
}

TEST(Bucket, WhoOverwritesHoldsOffEverybodyAndPassesNoChange) {
  Bucket bucket{};
  const uint32_t version = bucket.stable_version();
  ASSERT_TRUE(bucket.lock_at(version));
  EXPECT_FALSE(bucket.lock_at(version)) << "twice";
  EXPECT_FALSE(bucket.unchanged(version)) << "while it is written";
  bucket.unlock_at(version);
  EXPECT_TRUE(bucket.unchanged(version)) << "nothing was written";
  ASSERT_TRUE(bucket.lock_pin(version));
  EXPECT_FALSE(bucket.lock_at(version)) << "somebody pins";
  bucket.unlock_pin(version);
  ASSERT_TRUE(bucket.lock_at(version));
  bucket.unlock();
  EXPECT_FALSE(bucket.lock_at(version)) << "of a bucket that has changed";
  bucket.freeze();
  const uint32_t frozen = bucket.stable_version();
  EXPECT_FALSE(bucket.lock_at(frozen)) << "through an outgrown table";
  EXPECT_TRUE(bucket.lock_pin(frozen));
}

TEST(Bucket, HeatOfASlotLeavesTheOthersAlone) {
  Bucket bucket{};
  for (int hit = 0; hit < 5; ++hit) bucket.warm(10);
  bucket.warm(0);
  bucket.set_heat(5, 2);
  EXPECT_EQ(bucket.heat(10), Bucket::heat_max);
  EXPECT_EQ(bucket.heat(0), 1u);
  EXPECT_EQ(bucket.heat(5), 2u);
  EXPECT_EQ(bucket.heat(9), 0u);
}

}  // namespace
}  // namespace brisk::cache
