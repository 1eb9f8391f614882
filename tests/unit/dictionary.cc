// Dictionaries: trained where they pay, used at once, kept for the values that need them.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cache/codec.h"
#include "records.h"

namespace brisk::cache {
namespace {

using brisk_test::record;
using brisk_test::records;

constexpr uint64_t capacity = uint64_t{64} << 20;

std::string noise(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char &byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

struct Packed {
  std::string bytes;
  size_t size = 0;
  uint8_t dictionary = 0;
};

std::optional<Packed> pack(Codec &codec, const std::string &value) {
  Packed packed{std::string(Codec::packed_limit(value.size()), '\0'), value.size(), 0};
  size_t refused = 0;
  packed.bytes.resize(
      codec.pack(value.data(), value.size(), packed.bytes.data(), &packed.dictionary, &refused));
  if (packed.bytes.empty()) return std::nullopt;
  return packed;
}

bool gives(Codec &codec, const Packed &packed, const std::string &value) {
  std::string back(packed.size, '\0');
  return codec.unpack(packed.bytes.data(), packed.bytes.size(), back.data(), back.size(),
                      packed.dictionary) &&
         back == value;
}

// With what memory a training is said to take, and no more.
bool train(Codec &codec, const std::string &bytes, const std::vector<size_t> &sizes) {
  const size_t room = codec.training_size();
  Account account(room);
  CodecMemory memory(account, room);
  void *const content = CodecMemory::allocate(&memory, codec.dictionary_size());
  const Trained trained = codec.train({bytes.data(), sizes.data(), sizes.size()}, content, memory);
  const bool adopted = codec.adopt(trained, content);
  CodecMemory::release(&memory, content);
  EXPECT_EQ(account.held(), 0u);
  codec.end_training(adopted ? trained : Trained{});
  return adopted;
}

bool train(Codec &codec, unsigned kind, unsigned fields = 18) {
  const auto [bytes, sizes] = records(600, kind, fields);
  return train(codec, bytes, sizes);
}

class DictionaryTest : public testing::Test {
 protected:
  Account account_{capacity};
};

TEST_F(DictionaryTest, OfRecordsShrinksThemMoreThanPackingAlone) {
  Codec codec(account_, capacity, {});
  const std::string value = record(7);
  const auto alone = pack(codec, value);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->dictionary, 0u);
  ASSERT_TRUE(train(codec, 0));
  const auto with = pack(codec, value);
  ASSERT_TRUE(with);
  EXPECT_NE(with->dictionary, 0u);
  EXPECT_LT(with->bytes.size() * 3, alone->bytes.size() * 2);
  EXPECT_TRUE(gives(codec, *alone, value)) << "packed before there was a dictionary";
  EXPECT_TRUE(gives(codec, *with, value));
}

// Measuring takes more the higher the level, and the training says how much; so does the result.
TEST_F(DictionaryTest, OfAnyLevelFitsIntoTheMemoryThatItSays) {
  for (const uint64_t of : {8, 16, 64}) {
    for (const int level : {-5, 1, 3, 6, 9, 12, 15, 19}) {
      Codec codec(account_, of << 20, {.level = level, .threshold = 0});
      const uint64_t before = codec.charge();
      ASSERT_TRUE(train(codec, 0)) << of << " MiB, level " << level;
      const uint64_t taken = codec.charge() - before;
      EXPECT_LE(taken, Dictionaries::memory(codec.dictionary_size(), level)) << level;
    }
  }
}

TEST_F(DictionaryTest, MakesSmallValuesWorthPacking) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "that follows the time that unpacking takes, which a sanitizer multiplies";
#endif
  Codec codec(account_, capacity, {});
  EXPECT_FALSE(codec.wants(160));
  EXPECT_TRUE(codec.wants(512));
  ASSERT_TRUE(train(codec, 0, 3));
  EXPECT_TRUE(codec.wants(160));
  EXPECT_FALSE(codec.wants(training::value_min - 1));
  const std::string value = record(7, 0, 3);
  const auto packed = pack(codec, value);
  ASSERT_TRUE(packed);
  EXPECT_LT(packed->bytes.size() * 2, value.size());

  Codec told(account_, capacity, {.level = 1, .threshold = 1000});
  ASSERT_TRUE(train(told, 0, 3));
  EXPECT_FALSE(told.wants(999)) << "whoever names a threshold gets it";
  EXPECT_TRUE(told.wants(1000));
}

TEST_F(DictionaryTest, AFewLargerValuesDoNotKeepTheSmallFromBeingPacked) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "that follows the time that unpacking takes, which a sanitizer multiplies";
#endif
  auto [bytes, sizes] = records(600, 0, 3);
  for (uint64_t i = 0; i < 3; ++i) {  // among those that judge
    const std::string larger = record(1000 + i, 0, 8);
    ASSERT_GE(larger.size(), 256u);
    ASSERT_LT(larger.size(), 512u);
    bytes += larger;
    sizes.push_back(larger.size());
  }
  Codec codec(account_, capacity, {});
  ASSERT_TRUE(train(codec, bytes, sizes));
  EXPECT_TRUE(codec.wants(160));
}

TEST_F(DictionaryTest, IsNotMadeOfWhatDoesNotShrink) {
  Codec codec(account_, capacity, {});
  std::string bytes = noise(600 * 1000, 1);
  const std::vector<size_t> sizes(600, 1000);
  const uint64_t before = codec.charge();
  while (!codec.due()) codec.see(1000);
  EXPECT_FALSE(train(codec, bytes, sizes));
  EXPECT_EQ(codec.dictionaries(), 0u);
  EXPECT_EQ(codec.charge(), before);
  // Each time in vain, the next comes later.
  uint64_t last = 0;
  for (int round = 0; round < 4; ++round) {
    uint64_t seen = 0;
    for (; !codec.due(); seen += 1 << 16) codec.see(1 << 16);
    EXPECT_GT(seen, last);
    last = seen;
    codec.end_training({});
  }
  EXPECT_GE(last, capacity);
}

TEST_F(DictionaryTest, IsNotMadeOfTooLittle) {
  Codec codec(account_, capacity, {});
  for (const size_t count : {0, 1, 7, 40, 63}) {
    const auto [bytes, sizes] = records(count, 0, 3);
    train(codec, bytes, sizes);
    EXPECT_EQ(codec.dictionaries(), 0u) << count;
  }
}

TEST_F(DictionaryTest, StaysUntilTheLastValueThatNeedsItIsGone) {
  {
    Codec codec(account_, capacity, {.level = 1, .threshold = 0});
    ASSERT_TRUE(train(codec, 0));
    const std::string values[] = {record(1), record(2)};
    const Packed first = *pack(codec, values[0]);
    const Packed second = *pack(codec, values[1]);
    const uint64_t with_one = codec.charge();
    ASSERT_TRUE(train(codec, 1));
    EXPECT_EQ(codec.dictionaries(), 2u);
    EXPECT_NE(pack(codec, record(1, 1))->dictionary, first.dictionary);
    EXPECT_TRUE(gives(codec, first, values[0]));
    codec.drop(first.dictionary);
    EXPECT_EQ(codec.dictionaries(), 2u);
    EXPECT_TRUE(gives(codec, second, values[1]));
    const uint64_t with_two = codec.charge();
    EXPECT_GT(with_two, with_one);
    codec.drop(second.dictionary);
    EXPECT_EQ(codec.dictionaries(), 1u);
    EXPECT_LT(codec.charge() + (40 << 10), with_two);
    EXPECT_EQ(codec.charge(), account_.held());
  }
  EXPECT_EQ(account_.held(), 0u);
}

TEST_F(DictionaryTest, OneTooManyIsRefusedAndTheOthersStay) {
  Codec codec(account_, capacity, {});
  std::vector<Packed> all;
  for (unsigned kind = 0; kind < Dictionaries::live_max; ++kind) {
    ASSERT_TRUE(train(codec, kind)) << kind;
    all.push_back(*pack(codec, record(kind, kind)));
  }
  const uint64_t charge = codec.charge();
  EXPECT_FALSE(train(codec, 77));
  EXPECT_EQ(codec.charge(), charge);
  for (unsigned kind = 0; kind < all.size(); ++kind)
    EXPECT_TRUE(gives(codec, all[kind], record(kind, kind)));
  codec.drop(all[3].dictionary);
  EXPECT_TRUE(train(codec, 77)) << "there is a place again";
  EXPECT_TRUE(gives(codec, all[4], record(4, 4)));
}

TEST_F(DictionaryTest, IsTrainedAnewWhenValuesPackWorseThanTheyDid) {
  constexpr uint64_t small = uint64_t{8} << 20;
  Codec codec(account_, small, {});
  ASSERT_TRUE(train(codec, 0));
  train(codec, 0);  // the first one is looked over once
  const auto write = [&](unsigned kind, uint64_t bytes) {
    for (uint64_t i = 0, seen = 0; seen < bytes; ++i) {
      const std::string value = record(i, kind);
      seen += value.size();
      codec.see(value.size());
      if (codec.wants(value.size())) {
        if (const auto packed = pack(codec, value)) codec.drop(packed->dictionary);
      }
    }
  };
  write(0, 2 * small);
  EXPECT_FALSE(codec.due()) << "nothing has changed";
  write(5, 2 * small);
  EXPECT_TRUE(codec.due());
}

TEST_F(DictionaryTest, WithoutRoomThereIsNone) {
  for (const uint64_t limit : {0, 1000, 20000, 60000, 100000, 300000, 600000}) {
    Account small(limit);
    {
      Codec codec(small, capacity, {});
      train(codec, 0);
      EXPECT_LE(small.held(), limit);
      const std::string value = record(1);
      if (const auto packed = pack(codec, value)) {
        EXPECT_TRUE(gives(codec, *packed, value));
      }
    }
    EXPECT_EQ(small.held(), 0u);
  }
}

TEST_F(DictionaryTest, ValuesOutliveManyTrainingsWhileOthersReadAndPack) {
  Codec codec(account_, capacity, {});
  ASSERT_TRUE(train(codec, 0));
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::pair<Packed, std::string>> held(50);
      for (uint64_t i = 0; !stop.load(); ++i) {
        auto &[packed, value] = held[i % held.size()];
        if (!value.empty()) {
          wrong += !gives(codec, packed, value);
          codec.drop(packed.dictionary);
        }
        value = record(i, (i >> 6) % 5, 3 + i % 20);
        if (auto made = pack(codec, value)) {
          packed = *made;
        } else {
          value.clear();
        }
        const auto &[other, its_value] = held[(i * 7 + t) % held.size()];
        if (!its_value.empty()) wrong += !gives(codec, other, its_value);
      }
      for (auto &[packed, value] : held) {
        if (!value.empty()) codec.drop(packed.dictionary);
      }
    });
  }
  unsigned adopted = 0;
  for (unsigned round = 1; round <= 12; ++round) adopted += train(codec, round % 5);
  stop = true;
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_GE(adopted, 2u);
  EXPECT_EQ(codec.dictionaries(), 1u) << "the last values of the others are gone";
}

TEST_F(DictionaryTest, BadFramesAreRefusedOrGiveTheSizeTheyMust) {
  Codec codec(account_, capacity, {});
  ASSERT_TRUE(train(codec, 0));
  const std::string value = record(1);
  const Packed packed = *pack(codec, value);
  std::mt19937_64 random(1);
  uint64_t refused = 0;
  for (int i = 0; i < 3000; ++i) {
    Packed bad = packed;
    switch (random() % 3) {
      case 0:
        bad.bytes[random() % bad.bytes.size()] ^= static_cast<char>(1 << random() % 8);
        break;
      case 1:
        bad.bytes.resize(random() % bad.bytes.size());
        break;
      default:
        bad.bytes = noise(random() % 500, random());
    }
    std::string back(value.size() + 16, '!');
    refused += !codec.unpack(bad.bytes.data(), bad.bytes.size(), back.data(), value.size(),
                             bad.dictionary);
    ASSERT_EQ(back.substr(value.size()), std::string(16, '!')) << "wrote beyond the value";
  }
  EXPECT_GT(refused, 2000u);
  EXPECT_TRUE(gives(codec, packed, value));
  for (const unsigned number : {2u, 15u, 16u, 255u}) {
    Packed other = packed;
    other.dictionary = static_cast<uint8_t>(number);
    EXPECT_FALSE(gives(codec, other, value)) << "there is no dictionary " << number;
  }
  Packed without = packed;
  without.dictionary = 0;
  EXPECT_FALSE(gives(codec, without, value));
}

TEST_F(DictionaryTest, WhatNeverShrinksIsTriedRarely) {
  Codec codec(account_, capacity, {});
  const std::string value = noise(1000, 1);
  int tried = 0;
  for (int i = 0; i < 10'000; ++i) {
    codec.see(value.size());
    if (!codec.wants(value.size())) continue;
    ++tried;
    EXPECT_FALSE(pack(codec, value));
  }
  EXPECT_LT(tried, 60);
  EXPECT_GT(tried, 30);
  EXPECT_TRUE(codec.wants(200'000)) << "values of another size";
  while (!codec.wants(1000)) {
  }
  EXPECT_TRUE(pack(codec, std::string(1000, 'a')));
  EXPECT_TRUE(codec.wants(1000)) << "one that shrank brings all of its size back";
}

}  // namespace
}  // namespace brisk::cache
