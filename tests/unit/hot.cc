// The summary of hot keys against exact counts, and its file against every kind of damage.
#include "cache/hot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

#include "base/error.h"
#include "base/hash.h"
#include "cache/hot_file.h"
#include "zipf.h"

namespace brisk::cache {
namespace {

constexpr uint64_t hour = uint64_t{3600} * 1'000'000'000;

class HotTest : public testing::Test {
 protected:
  void open(uint32_t keys) {
    ASSERT_TRUE(hot.open(keys, account, 0));
    EXPECT_EQ(account.held(), hot.charge());
  }
  void note(const std::string &key, uint64_t lookups = 1, uint64_t now = 0) {
    hot.note(key.data(), key.size(), hash_bytes(key.data(), key.size(), 1), lookups, now);
  }
  using Listed = std::vector<std::pair<std::string, uint64_t>>;
  Listed top(size_t count = SIZE_MAX, uint64_t now = 0) {
    const HotKeys found = hot.top(count, now);
    Listed listed;
    size_t at = 0;
    for (size_t i = 0; i < found.sizes.size(); ++i) {
      listed.emplace_back(found.keys.substr(at, found.sizes[i]), found.lookups[i]);
      at += found.sizes[i];
    }
    EXPECT_EQ(at, found.keys.size());
    return listed;
  }

  Account account{16 << 20};
  Hot hot;
};

TEST_F(HotTest, CountsExactlyWhileThereIsRoomAndListsByCountThenKey) {
  open(4);
  note("b");
  note("a");
  note("c", 3);
  note("");
  note("b", 4);
  EXPECT_EQ(top(), (Listed{{"b", 5}, {"c", 3}, {"", 1}, {"a", 1}}));
  EXPECT_EQ(top(2), (Listed{{"b", 5}, {"c", 3}}));
  EXPECT_EQ(top(0), Listed());
}

TEST_F(HotTest, FindsTheHottestOfManyKeys) {
  open(128);
  constexpr size_t keys = 100'000;
  constexpr size_t notes = 400'000;
  std::map<std::string, uint64_t> exact;
  for (const uint64_t number : brisk_test::zipf(notes, keys, 1)) {
    const std::string key = "key:" + std::to_string(number);
    note(key);
    ++exact[key];
  }
  Listed hottest(exact.begin(), exact.end());
  std::sort(hottest.begin(), hottest.end(), [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  const Listed found = top();
  ASSERT_EQ(found.size(), 128u);
  for (const size_t count : {size_t{20}, size_t{60}}) {
    size_t right = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto same = [&](const auto &one) { return one.first == hottest[i].first; };
      right += std::any_of(found.begin(), found.begin() + static_cast<ptrdiff_t>(count), same);
    }
    EXPECT_GE(right, count - count / 20) << "of the hottest " << count;
  }
  for (const auto &[key, lookups] : found) {
    EXPECT_GE(lookups, exact[key]) << key;
    EXPECT_LE(lookups, exact[key] + notes / 128) << key << ": what shares a cell, at most";
  }
}

TEST_F(HotTest, KeepsKeysOfAllSizesWhole) {
  open(64);
  std::mt19937_64 random(3);
  const auto key = [](uint64_t number) {
    std::string bytes(number * 7 % 400, static_cast<char>('a' + number % 26));
    return bytes + std::to_string(number);
  };
  std::map<std::string, uint64_t> noted;
  for (int i = 0; i < 20'000; ++i) {
    const std::string one = key(static_cast<uint64_t>(std::exp(random() % 1000 / 130.0)));
    note(one);
    ++noted[one];
    if (i % 100 != 0) continue;
    size_t bytes = 0;
    std::map<std::string, int> seen;
    for (const auto &[kept, lookups] : top()) {
      ASSERT_EQ(noted.count(kept), 1u) << "no such key: " << kept;
      ASSERT_EQ(++seen[kept], 1) << "twice";
      ASSERT_GE(lookups, noted[kept]);
      bytes += kept.size();
    }
    ASSERT_LE(bytes, 64u * 64u);
    ASSERT_GE(seen.size(), std::min<size_t>(noted.size(), 8));
  }
}

TEST_F(HotTest, AKeyThatIsTooLongLeavesTheOthersAlone) {
  open(4);
  note("a", 5);
  note("b", 1);
  note(std::string(300, 'x'), 9);
  EXPECT_EQ(top(), (Listed{{"a", 5}, {"b", 1}}));
  // Both would have to go for this one, and only one has less.
  note(std::string(256, 'y'), 3);
  EXPECT_EQ(top(), (Listed{{"a", 5}, {"b", 1}}));
  note(std::string(256, 'z'), 6);
  EXPECT_EQ(top(), (Listed{{std::string(256, 'z'), 6}}));
}

TEST_F(HotTest, HalvesAsTimePasses) {
  open(8);
  note("yesterday", 100);
  note("today", 60, 5 * hour);
  EXPECT_EQ(top(9, 6 * hour - 1).front(), std::make_pair(std::string("yesterday"), uint64_t{100}));
  EXPECT_EQ(top(9, 12 * hour), (Listed{{"yesterday", 25}, {"today", 15}}));
  note("today", 30, 12 * hour);
  EXPECT_EQ(top(9, 17 * hour), (Listed{{"today", 45}, {"yesterday", 25}}));
  EXPECT_EQ(top(9, 10'000 * hour), (Listed{{"today", 0}, {"yesterday", 0}}));
  note("tomorrow", 1, 10'000 * hour);
  EXPECT_EQ(top(1, 10'000 * hour), (Listed{{"tomorrow", 1}}));
}

TEST_F(HotTest, AKeyThatHasCaughtUpIsNoLongerTheFirstToGo) {
  open(2);
  note("a", 1);
  note("b", 2);
  note("a", 3);
  note("c", 3);
  EXPECT_EQ(top(), (Listed{{"a", 4}, {"c", 3}}));
}

TEST_F(HotTest, CountsDoNotRunOver) {
  open(2);
  note("a");
  note("a", UINT64_MAX);
  note("b", 6);
  EXPECT_EQ(top(), (Listed{{"a", INT32_MAX / 2}, {"b", 6}}));
  note("a", UINT64_MAX);
  EXPECT_EQ(top(), (Listed{{"a", INT32_MAX / 2}, {"b", 3}}));
  note("c", UINT64_MAX);
  note("c", 1);
  EXPECT_EQ(top().size(), 2u);
}

TEST(HotSampling, HearsEachKeyOfATurnAlike) {
  constexpr uint64_t keys = 16;
  std::map<uint64_t, uint64_t> heard;
  uint64_t total = 0;
  for (uint64_t at = 1; at < 20'000'000;) {
    const uint64_t key = at % keys;
    heard[key] += Hot::period(at);
    total += Hot::period(at);
    at += Hot::gap(at, key * 0x9e3779b97f4a7c15u);
  }
  EXPECT_NEAR(static_cast<double>(total), 20e6, 0.5e6);
  for (uint64_t key = 0; key < keys; ++key)
    EXPECT_NEAR(static_cast<double>(heard[key]), 20e6 / keys, 20e6 / keys / 10) << key;
}

// The file.

const HotKeys some_keys() {
  HotKeys keys;
  keys.keys = "user:1";
  keys.keys.append("\0\xff", 2);
  keys.sizes = {6, 0, 2};
  keys.lookups = {10, 7, 1};
  return keys;
}

std::string with_hash(std::string bytes) {
  const uint64_t hash = hash_bytes(bytes.data(), bytes.size(), 0);
  bytes.append(reinterpret_cast<const char *>(&hash), sizeof hash);
  return bytes;
}

std::string refusal(const std::string &bytes) {
  try {
    unpack_hot(bytes);
  } catch (const Failure &failure) {
    EXPECT_EQ(failure.status(), BRISK_INVALID);
    return failure.message();
  }
  return "";
}

TEST(HotFile, GivesBackWhatWasPacked) {
  for (const HotKeys &keys : {some_keys(), HotKeys()}) {
    const HotKeys back = unpack_hot(pack_hot(keys));
    EXPECT_EQ(back.keys, keys.keys);
    EXPECT_EQ(back.sizes, keys.sizes);
    EXPECT_EQ(back.lookups, keys.lookups);
  }
}

TEST(HotFile, RefusesEveryDamage) {
  const std::string bytes = pack_hot(some_keys());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(refusal(bytes.substr(0, size)), "") << size << " bytes of it";
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string wrong = bytes;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(refusal(wrong), "") << "bit " << bit;
  }
  EXPECT_NE(refusal(bytes + "x"), "");
}

TEST(HotFile, ChecksWhatTheHashCannot) {
  const std::string bytes = pack_hot(some_keys());
  const std::string body = bytes.substr(0, bytes.size() - 8);
  ASSERT_EQ(refusal(with_hash(body)), "");
  const auto changed = [&](size_t at, uint32_t value) {
    std::string wrong = body;
    std::memcpy(wrong.data() + at, &value, sizeof value);
    return with_hash(wrong);
  };
  EXPECT_EQ(refusal(changed(8, 2)), "its version is 2, and this library knows 1");
  for (const uint32_t count : {0u, 2u, 4u, UINT32_MAX})
    EXPECT_EQ(refusal(changed(12, count)), "it is damaged; remove it") << count;
  EXPECT_EQ(refusal(changed(24, 0xffff)), "it is damaged; remove it") << "the size of a key";
  EXPECT_EQ(refusal(with_hash(body + "x")), "it is damaged; remove it");
  EXPECT_EQ(refusal("#!/bin/sh\n"), "it is no file of hot keys");
}

}  // namespace
}  // namespace brisk::cache
