// Accounts: never beyond the limit, with any number of threads, and all or nothing along the chain.
#include "base/account.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace brisk {
namespace {

TEST(Account, GivesUpToItsLimit) {
  Account account(100);
  EXPECT_TRUE(account.reserve(60));
  EXPECT_EQ(account.room(), 40u);
  EXPECT_FALSE(account.reserve(41));
  EXPECT_TRUE(account.reserve(40));
  EXPECT_FALSE(account.reserve(1));
  EXPECT_TRUE(account.reserve(0));
  EXPECT_FALSE(account.reserve(UINT64_MAX));
  account.release(100);
  EXPECT_EQ(account.held(), 0u);
  EXPECT_EQ(account.peak(), 100u);
}

TEST(Account, IsAllOrNothingAlongTheChain) {
  Account parent(100);
  Account left(80, &parent);
  Account right(80, &parent);
  EXPECT_TRUE(left.reserve(70));
  EXPECT_FALSE(right.reserve(31)) << "the parent has no room";
  EXPECT_EQ(right.held(), 0u);
  EXPECT_EQ(parent.held(), 70u);
  EXPECT_FALSE(left.reserve(11)) << "the child has none";
  EXPECT_EQ(parent.held(), 70u);
  EXPECT_TRUE(right.reserve(30));
  left.release(70);
  EXPECT_EQ(parent.held(), 30u);
}

TEST(Account, HoldsItsLimitAmongThreads) {
  Account parent(1000);
  Account child(900, &parent);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < 50000; ++i) {
        const uint64_t bytes = 1 + (i * 7 + static_cast<uint64_t>(t)) % 500;
        Account &account = t % 2 == 0 ? child : parent;
        if (!account.reserve(bytes)) continue;
        EXPECT_LE(parent.held(), 1000u);
        EXPECT_LE(child.held(), 900u);
        account.release(bytes);
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(parent.held(), 0u);
  EXPECT_EQ(child.held(), 0u);
  EXPECT_LE(parent.peak(), 1000u);
}

}  // namespace
}  // namespace brisk
