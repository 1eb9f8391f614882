// The smaller parts of a cache: ghosts, codec, events, stripes, error objects.
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/stripes.h"
#include "cache/codec.h"
#include "cache/events.h"
#include "cache/hash_log.h"

namespace brisk::cache {
namespace {

std::string noise(size_t size, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char &byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(Codec, PacksWhatShrinksAndGivesItBack) {
  Account account(64 << 20);
  {
    Codec codec(account, 64 << 20, {});
    for (const size_t size :
         {size_t{1}, size_t{100}, size_t{5000}, size_t{300000}, size_t{3} << 20}) {
      for (const bool shrinks : {false, true}) {
        const std::string value = shrinks ? std::string(size, 'a') : noise(size);
        std::string packed(Codec::packed_limit(size) + 1, '!');
        size_t refused = 0;
        uint8_t dictionary = 0;
        const size_t got = codec.pack(value.data(), size, packed.data(), &dictionary, &refused);
        EXPECT_EQ(refused, 0u);
        EXPECT_EQ(packed.back(), '!') << "wrote beyond the limit";
        EXPECT_LE(got, Codec::packed_limit(size));
        EXPECT_EQ(got != 0, shrinks && size >= 100) << size;
        if (got == 0) continue;
        std::string back(size, '\0');
        EXPECT_TRUE(codec.unpack(packed.data(), got, back.data(), size, dictionary));
        EXPECT_TRUE(back == value);
        EXPECT_FALSE(codec.unpack(packed.data(), got, back.data(), size - 1, dictionary))
            << "a wrong size";
        EXPECT_FALSE(codec.unpack(packed.data(), got - 1, back.data(), size, dictionary))
            << "cut off";
        packed[0] = static_cast<char>(packed[0] ^ 1);
        EXPECT_FALSE(codec.unpack(packed.data(), got, back.data(), size, dictionary)) << "broken";
      }
    }
    EXPECT_EQ(codec.charge(), account.held());
    EXPECT_LE(codec.charge(), uint64_t{16} << 20);
  }
  EXPECT_EQ(account.held(), 0u);
}

TEST(Codec, WithoutRoomValuesStayRaw) {
  for (const uint64_t limit : {0, 1000, 100000, 150000, 250000, 350000}) {
    Account account(limit);
    Codec codec(account, 64 << 20, {});
    const std::string value(50000, 'a');
    std::string packed(50000, '\0');
    size_t refused = 0;
    uint8_t dictionary = 0;
    const size_t got = codec.pack(value.data(), value.size(), packed.data(), &dictionary, &refused);
    EXPECT_LE(account.held(), limit);
    if (got == 0) {
      EXPECT_GT(refused, 0u);
      continue;
    }
    std::string back(value.size(), '\0');
    EXPECT_TRUE(codec.unpack(packed.data(), got, back.data(), back.size(), dictionary));
  }
}

TEST(Codec, ServesManyThreadsWithFewContexts) {
  Account account(64 << 20);
  Codec codec(account, 64 << 20, {});
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 12; ++t) {
    threads.emplace_back([&codec, t] {
      for (uint64_t i = 0; i < 100; ++i) {
        std::string value = noise(300, t * 1000 + i);
        value += value + value + value;
        std::string packed(value.size(), '\0');
        size_t refused = 0;
        uint8_t dictionary = 0;
        const size_t got =
            codec.pack(value.data(), value.size(), packed.data(), &dictionary, &refused);
        ASSERT_GT(got, 0u);
        std::string back(value.size(), '\0');
        ASSERT_TRUE(codec.unpack(packed.data(), got, back.data(), back.size(), dictionary));
        ASSERT_TRUE(back == value);
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

TEST(Events, AreAQueueThatForgetsTheOldest) {
  for (const uint32_t capacity : {1, 2, 7, 100}) {
    Account account(1 << 20);
    Events events;
    ASSERT_TRUE(events.open(capacity, account));
    EXPECT_EQ(events.charge(), account.held());
    std::deque<std::pair<std::string, uint8_t>> model;
    uint64_t dropped = 0;
    std::mt19937 random(capacity);
    for (int i = 0; i < 20000; ++i) {
      if (random() % 3 != 0) {
        const std::string key = noise(random() % 50, random());
        const auto cause = static_cast<uint8_t>(1 + random() % 4);
        events.push(key.data(), key.size(), cause);
        model.emplace_back(key, cause);
        if (model.size() > capacity) {
          model.pop_front();
          ++dropped;
        }
      }
      if (random() % 3 == 0) {
        size_t size = 0;
        uint8_t cause = 0;
        ASSERT_EQ(events.peek(&size, &cause), !model.empty());
        if (model.empty()) continue;
        ASSERT_EQ(size, model.front().first.size());
        ASSERT_EQ(cause, model.front().second);
        std::string key(size, '\0');
        events.pop(key.data());
        ASSERT_EQ(key, model.front().first);
        model.pop_front();
      }
      ASSERT_EQ(events.dropped(), dropped);
    }
  }
}

TEST(Events, AKeyLargerThanTheQueueIsDroppedAlone) {
  Account account(1 << 20);
  Events events;
  ASSERT_TRUE(events.open(2, account));
  events.push("a", 1, 1);
  const std::string large(200, 'k');
  events.push(large.data(), large.size(), 1);
  EXPECT_EQ(events.dropped(), 1u);
  size_t size = 0;
  uint8_t cause = 0;
  EXPECT_TRUE(events.peek(&size, &cause));
  EXPECT_EQ(size, 1u);
}

TEST(Stripes, CountExactlyWithMoreThreadsThanSlots) {
  struct Both {
    Tally tally;
  };
  Stripes<Both> stripes;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 80; ++t) {
      threads.emplace_back([&stripes] {
        for (int i = 0; i < 2000; ++i) {
          stripes.with([](Both &both, bool exclusive) { both.tally.add(3, exclusive); });
        }
      });
    }
    for (std::thread &thread : threads) thread.join();
  }
  uint64_t total = 0;
  stripes.each([&](const Both &both) { total += both.tally.read(); });
  EXPECT_EQ(total, 3u * 80 * 2000 * 3);
}

TEST(HitLog, OneThreadLosesNoneAndKeepsTheOrder) {
  HitLog log;
  uint64_t next = 0;
  uint64_t played = 0;
  for (int round = 0; round < 100; ++round) {
    while (log.add(next)) ++next;
    uint64_t expected = played;
    log.drain([&](uint64_t hash) { ASSERT_EQ(hash, expected++); },
              [&](uint64_t hash) { ASSERT_EQ(hash, played++); });
    EXPECT_EQ(played, next);
  }
  EXPECT_GE(next, 100u);
}

TEST(Quoted, ShowsWhatPrintsAndEscapesTheRest) {
  EXPECT_EQ(quoted("", 0), "\"\"");
  EXPECT_EQ(quoted("abc", 3), "\"abc\"");
  EXPECT_EQ(quoted("a\0\"\\\x7f", 5), "\"a\\x00\\x22\\x5c\\x7f\"");
  EXPECT_EQ(quoted("abcdef", 6, 3), "\"abc...\"");
  EXPECT_EQ(quoted("abc", 3, 3), "\"abc\"");
}

}  // namespace
}  // namespace brisk::cache
