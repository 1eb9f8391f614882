// What is put is what comes back, byte for byte, however it is asked for.
#include <algorithm>
#include <cstring>
#include <map>

#include "interface.h"

namespace brisk_test {
namespace {

std::vector<std::string> odd_keys() {
  using namespace std::string_literals;
  std::vector<std::string> all = {""s, "\0"s, "\0\0"s, "a"s, "a\0"s, "a\0b"s, "\xff\xfe"s, "key"s};
  for (const size_t size : {255, 256, 1023, 1024, 1025, 4096, 65534, 65535}) {
    all.push_back(std::string(size, 'k'));
    all.push_back(std::string(size - 1, 'k') + '\0');
    all.push_back(noise(size));
  }
  return all;
}

class Values : public testing::Test {
 protected:
  Runtime runtime = new_runtime();
  Cache cache = new_cache(runtime);
};

TEST_F(Values, KeysAreAnyBytesUpTo65535) {
  const std::vector<std::string> keys = odd_keys();
  for (size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(put(cache, keys[i], "value " + std::to_string(i)), BRISK_OK) << i;
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(get(cache, keys[i]), "value " + std::to_string(i)) << i;
    EXPECT_EQ(read(cache, keys[i]), "value " + std::to_string(i)) << i;
    EXPECT_EQ(contains(cache, keys[i]), BRISK_OK) << i;
    EXPECT_EQ(touch(cache, keys[i], second), BRISK_OK) << i;
    EXPECT_EQ(get(cache, keys[i]), "value " + std::to_string(i)) << i;
  }
  std::vector<std::string> walked = brisk_test::keys(cache);
  std::vector<std::string> expected = keys;
  std::sort(walked.begin(), walked.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(walked, expected);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(erase(cache, keys[i]), BRISK_OK) << i;
    EXPECT_EQ(erase(cache, keys[i]), BRISK_MISS) << i;
    EXPECT_EQ(contains(cache, keys[i]), BRISK_MISS) << i;
    EXPECT_EQ(get(cache, keys[i]), std::nullopt) << i;
    EXPECT_EQ(read(cache, keys[i]), std::nullopt) << i;
  }
  EXPECT_EQ(stats(cache).entries, 0u);
}

std::vector<size_t> boundaries() {
  std::vector<size_t> sizes = {0, 1, 2, 7, 8, 9, 255, 256, 257, 511, 512, 513};
  for (const size_t around : {2040, 4096, 16384, 18724, 65536, 131072, 1 << 20}) {
    for (size_t size = around - 70; size <= around + 16; size += around > 60000 ? 17 : 1)
      sizes.push_back(size);
    sizes.push_back(around);
  }
  sizes.push_back(3 << 20);
  return sizes;
}

void expect_round_trips(brisk_cache *cache) {
  for (const size_t size : boundaries()) {
    for (const std::string &value : {noise(size), prose(size), std::string(size, 'a')}) {
      const std::string key = "key " + std::to_string(size);
      ASSERT_EQ(put(cache, key, value), BRISK_OK) << size;
      ASSERT_TRUE(read(cache, key) == value) << size;
      ASSERT_TRUE(get(cache, key) == value) << size;
      ASSERT_EQ(touch(cache, key, second), BRISK_OK) << size;
      ASSERT_TRUE(get(cache, key) == value) << size;
    }
  }
  const auto figures = stats(cache);
  EXPECT_EQ(parts(figures), figures.held_bytes);
  EXPECT_LE(figures.held_bytes, figures.capacity_bytes);
  EXPECT_EQ(figures.pinned_bytes, 0u);
}

TEST_F(Values, OfAllSizesComeBackCompressedOrNot) { expect_round_trips(cache); }

TEST_F(Values, OfAllSizesComeBackWithoutCompression) {
  Cache raw = new_cache(runtime, [](auto &o) { o.compression = BRISK_COMPRESSION_OFF; });
  expect_round_trips(raw);
  EXPECT_EQ(stats(raw).compressed_entries, 0u);
  EXPECT_EQ(stats(raw).codec_bytes, 0u);
}

TEST_F(Values, OfAllSizesComeBackWithLifetimesAndIdleLimits) {
  Cache idle = new_cache(runtime, [](auto &o) { o.idle_ns = second, o.ttl_ns = 2 * second; });
  expect_round_trips(idle);
}

TEST_F(Values, AreCompressedFromTheThresholdUpWhereThatSavesAnEighth) {
  cache = new_cache(runtime, [](auto &o) { o.compression_threshold = 512; });
  const auto compressed = [&](std::string_view value) {
    EXPECT_EQ(put(cache, "key", value), BRISK_OK);
    const auto figures = stats(cache);
    EXPECT_EQ(figures.raw_bytes, value.size());
    return figures.compressed_entries == 1 ? figures.stored_bytes : 0;
  };
  EXPECT_EQ(compressed(std::string(511, 'a')), 0u);
  EXPECT_GT(compressed(std::string(512, 'a')), 0u);
  EXPECT_LT(compressed(prose(4000)), 3500u);
  EXPECT_EQ(compressed(noise(4000)), 0u);
  // Half noise saves less than half, all but an eighth saves too little.
  EXPECT_GT(compressed(noise(2000) + std::string(2000, 'a')), 2000u);
  EXPECT_EQ(compressed(noise(3700) + std::string(300, 'a')), 0u);
  EXPECT_EQ(erase(cache, "key"), BRISK_OK);
  EXPECT_EQ(stats(cache).compressed_entries, 0u);
  EXPECT_EQ(stats(cache).raw_bytes, 0u);
  EXPECT_EQ(stats(cache).stored_bytes, 0u);

  Cache early = new_cache(runtime, [](auto &o) { o.compression_threshold = 64; });
  EXPECT_EQ(put(early, "key", std::string(64, 'a')), BRISK_OK);
  EXPECT_EQ(stats(early).compressed_entries, 1u);
  EXPECT_EQ(get(early, "key"), std::string(64, 'a'));
}

TEST_F(Values, ANewerValueTakesThePlaceOfAnOlderOneOfAnyShape) {
  const std::vector<std::string> shapes = {"",          "small",      noise(700),   prose(700),
                                           noise(5000), prose(50000), noise(300000)};
  for (const std::string &key : {std::string("key"), std::string(2000, 'k')}) {
    for (const std::string &before : shapes) {
      for (const std::string &after : shapes) {
        for (const uint64_t ttl : {uint64_t{0}, second}) {
          ASSERT_EQ(put(cache, key, before), BRISK_OK);
          ASSERT_EQ(put(cache, key, after, ttl), BRISK_OK);
          ASSERT_TRUE(get(cache, key) == after);
        }
      }
    }
  }
  EXPECT_EQ(stats(cache).entries, 2u);
}

TEST_F(Values, AShortBufferTellsTheSizeAndTakesNothing) {
  for (const std::string &value : {std::string("twelve bytes"), prose(3000), noise(3000)}) {
    ASSERT_EQ(put(cache, "key", value), BRISK_OK);
    std::string buffer(value.size() + 1, '!');
    for (const size_t capacity : {size_t{0}, size_t{1}, value.size() - 1}) {
      size_t size = 0;
      EXPECT_EQ(call(brisk_cache_read, cache, "key", 3u, buffer.data(), capacity, &size),
                BRISK_SHORT_BUFFER);
      EXPECT_EQ(size, value.size());
      EXPECT_EQ(buffer, std::string(buffer.size(), '!')) << "nothing was written";
    }
    size_t size = 0;
    EXPECT_EQ(call(brisk_cache_read, cache, "key", 3u, buffer.data(), value.size(), &size),
              BRISK_OK);
    EXPECT_TRUE(buffer.substr(0, size) == value);
    EXPECT_EQ(buffer.back(), '!');
  }
  EXPECT_EQ(stats(cache).hits, 3u) << "only those that got the value";
  ASSERT_EQ(put(cache, "empty", ""), BRISK_OK);
  size_t size = 9;
  EXPECT_EQ(call(brisk_cache_read, cache, "empty", 5u, nullptr, 0u, &size), BRISK_OK);
  EXPECT_EQ(size, 0u);
}

TEST_F(Values, OfZeroBytesAreNotMisses) {
  ASSERT_EQ(put(cache, "", ""), BRISK_OK);
  EXPECT_EQ(get(cache, ""), "");
  EXPECT_EQ(call(brisk_cache_put, cache, nullptr, 0u, nullptr, 0u, 0u), BRISK_OK);
  EXPECT_EQ(call(brisk_cache_contains, cache, nullptr, 0u), BRISK_OK);
  Value value;
  ASSERT_EQ(call(brisk_cache_get, cache, nullptr, 0u, value.out()), BRISK_OK);
  size_t size = 9;
  EXPECT_NE(brisk_value_data(value, &size), nullptr);
  EXPECT_EQ(size, 0u);
}

TEST_F(Values, APinnedValueOutlivesEverything) {
  for (const std::string &bytes :
       {std::string("small"), noise(1500), prose(1500), noise(100000), prose(100000)}) {
    Runtime own = new_runtime();
    Cache short_lived = new_cache(own);
    ASSERT_EQ(put(short_lived, "key", bytes), BRISK_OK);
    Value first;
    Value second_one;
    ASSERT_EQ(pin(short_lived, "key", first), BRISK_OK);
    ASSERT_EQ(pin(short_lived, "key", second_one), BRISK_OK);
    Value copy(brisk_value_ref(first));
    EXPECT_EQ(put(short_lived, "key", "newer"), BRISK_OK);
    EXPECT_TRUE(text(first) == bytes);
    EXPECT_EQ(get(short_lived, "key"), "newer");
    EXPECT_EQ(erase(short_lived, "key"), BRISK_OK);
    EXPECT_EQ(call(brisk_cache_clear, short_lived), BRISK_OK);
    EXPECT_GT(stats(short_lived).pinned_bytes, bytes.size());
    first.reset();
    EXPECT_EQ(call(brisk_cache_close, short_lived), BRISK_OK);
    EXPECT_TRUE(text(second_one) == bytes);
    short_lived.reset();
    own.reset();
    EXPECT_TRUE(text(second_one) == bytes);
    second_one.reset();
    EXPECT_TRUE(text(copy) == bytes);
  }
}

TEST_F(Values, GiveTheirMemoryBackWhenTheLastPinGoes) {
  ASSERT_EQ(put(cache, "key", prose(100000)), BRISK_OK);
  ASSERT_EQ(get(cache, "key"), prose(100000));
  ASSERT_EQ(erase(cache, "key"), BRISK_OK);
  const auto before = stats(cache);
  for (const std::string &bytes :
       {std::string("small"), prose(1500), noise(100000), prose(100000)}) {
    ASSERT_EQ(put(cache, "key", bytes), BRISK_OK);
    Value value;
    ASSERT_EQ(pin(cache, "key", value), BRISK_OK);
    ASSERT_EQ(erase(cache, "key"), BRISK_OK);
    EXPECT_GE(stats(cache).pinned_bytes, bytes.size());
    EXPECT_EQ(stats(cache).entry_bytes, 0u);
    value.reset();
    EXPECT_EQ(stats(cache).pinned_bytes, 0u);
    ASSERT_EQ(put(cache, "other", ""), BRISK_OK);
    ASSERT_EQ(erase(cache, "other"), BRISK_OK);
    const auto after = stats(cache);
    EXPECT_EQ(after.reclaim_bytes, 0u) << "the next write frees it";
    EXPECT_LE(after.held_bytes, before.held_bytes + 40000) << "but for a slab or two";
  }
}

TEST_F(Values, ManyPinsOfOneValueAreCounted) {
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  std::vector<Value> pins(40000);
  for (Value &one : pins) ASSERT_EQ(pin(cache, "key", one), BRISK_OK);
  ASSERT_EQ(put(cache, "key", "newer"), BRISK_OK);
  for (const Value &one : pins) ASSERT_EQ(text(one), "value");
  pins.clear();
  EXPECT_EQ(get(cache, "key"), "newer");
  EXPECT_EQ(stats(cache).pinned_bytes, 0u);
}

// Batches.

struct Packed {
  std::string bytes;
  std::vector<uint32_t> sizes;
  void add(std::string_view one) {
    bytes += one;
    sizes.push_back(static_cast<uint32_t>(one.size()));
  }
};

class Batches : public Values {
 protected:
  // 100 keys, of which every third has a value, from nothing to 3 KB.
  void SetUp() override {
    for (int i = 0; i < 100; ++i) {
      const std::string key =
          "key " + std::string(static_cast<size_t>(i % 7), '-') + std::to_string(i);
      all.add(key);
      if (i % 3 != 0) continue;
      const std::string value =
          i % 2 == 0 ? prose(static_cast<size_t>(i) * 30) : noise(static_cast<size_t>(i));
      present[static_cast<size_t>(i)] = value;
      keys.add(key);
      values.add(value);
    }
    size_t stored = 0;
    ASSERT_EQ(call(brisk_cache_put_many, cache, keys.sizes.size(), keys.bytes.data(),
                   keys.bytes.size(), keys.sizes.data(), values.bytes.data(), values.bytes.size(),
                   values.sizes.data(), 0u, &stored),
              BRISK_OK);
    ASSERT_EQ(stored, keys.sizes.size());
  }
  Packed all;
  Packed keys;
  Packed values;
  std::map<size_t, std::string> present;
};

TEST_F(Batches, GetManyPinsWhatIsThereAndCountsEachLookup) {
  std::vector<brisk_value *> out(100, nullptr);
  size_t found = 0;
  const auto before = stats(cache);
  ASSERT_EQ(call(brisk_cache_get_many, cache, 100u, all.bytes.data(), all.bytes.size(),
                 all.sizes.data(), out.data(), &found),
            BRISK_OK);
  EXPECT_EQ(found, present.size());
  for (size_t i = 0; i < 100; ++i) {
    const Value value(out[i]);
    ASSERT_EQ(value != nullptr, present.count(i) == 1) << i;
    if (value != nullptr) {
      EXPECT_TRUE(text(value) == present[i]) << i;
    }
  }
  const auto after = stats(cache);
  EXPECT_EQ(after.hits - before.hits, present.size());
  EXPECT_EQ(after.misses - before.misses, 100 - present.size());
}

TEST_F(Batches, ReadManyStopsAtAShortBufferAndGoesOnFromThere) {
  for (const size_t capacity : {size_t{0}, size_t{100}, size_t{3000}, size_t{1} << 20}) {
    const auto before = stats(cache);
    std::string buffer(capacity, '\0');
    size_t at = 0;
    size_t key_at = 0;
    std::vector<uint32_t> sizes(100, 7);
    int calls = 0;
    while (at < 100) {
      ASSERT_LT(++calls, 400);
      size_t done = 0;
      const Result result = call(brisk_cache_read_many, cache, 100 - at, all.bytes.data() + key_at,
                                 all.bytes.size() - key_at, all.sizes.data() + at, buffer.data(),
                                 buffer.size(), sizes.data() + at, &done);
      size_t value_at = 0;
      for (size_t i = at; i < at + done; ++i) {
        ASSERT_EQ(sizes[i] != UINT32_MAX, present.count(i) == 1) << i;
        key_at += all.sizes[i];
        if (sizes[i] == UINT32_MAX) continue;
        ASSERT_TRUE(buffer.substr(value_at, sizes[i]) == present[i]) << i;
        value_at += sizes[i];
      }
      at += done;
      if (result == BRISK_OK) {
        ASSERT_EQ(at, 100u);
        break;
      }
      ASSERT_EQ(result, BRISK_SHORT_BUFFER);
      ASSERT_EQ(sizes[at], present[at].size()) << "the size that is needed";
      ASSERT_GT(sizes[at], buffer.size() - value_at);
      if (sizes[at] > buffer.size()) buffer.resize(sizes[at]);
    }
    const auto after = stats(cache);
    EXPECT_EQ(after.hits - before.hits, present.size()) << "each key counts once";
    EXPECT_EQ(after.misses - before.misses, 100 - present.size());
  }
}

TEST_F(Batches, OfNothingDoNothing) {
  size_t count = 9;
  EXPECT_EQ(
      call(brisk_cache_put_many, cache, 0u, nullptr, 0u, nullptr, nullptr, 0u, nullptr, 0u, &count),
      BRISK_OK);
  EXPECT_EQ(count, 0u);
  count = 9;
  EXPECT_EQ(call(brisk_cache_get_many, cache, 0u, nullptr, 0u, nullptr, nullptr, &count), BRISK_OK);
  EXPECT_EQ(count, 0u);
  count = 9;
  EXPECT_EQ(
      call(brisk_cache_read_many, cache, 0u, nullptr, 0u, nullptr, nullptr, 0u, nullptr, &count),
      BRISK_OK);
  EXPECT_EQ(count, 0u);
}

TEST_F(Batches, PutManyStopsAtTheFirstThatIsNotStored) {
  const std::string huge = noise(40 << 20);
  Packed some_keys;
  Packed some_values;
  some_keys.add("a");
  some_values.add("1");
  some_keys.add("b");
  some_values.add(huge);
  some_keys.add("c");
  some_values.add("3");
  size_t stored = 9;
  EXPECT_EQ(call(brisk_cache_put_many, cache, 3u, some_keys.bytes.data(), some_keys.bytes.size(),
                 some_keys.sizes.data(), some_values.bytes.data(), some_values.bytes.size(),
                 some_values.sizes.data(), 0u, &stored),
            BRISK_TOO_LARGE);
  EXPECT_EQ(stored, 1u);
  EXPECT_EQ(get(cache, "a"), "1");
  EXPECT_EQ(get(cache, "b"), std::nullopt);
  EXPECT_EQ(get(cache, "c"), std::nullopt);
}

TEST_F(Values, HitsAndMissesAreCountedExactly) {
  ASSERT_EQ(put(cache, "small", "v"), BRISK_OK);
  ASSERT_EQ(put(cache, "packed", prose(5000)), BRISK_OK);
  for (int i = 0; i < 10; ++i) {
    for (const char *key : {"small", "packed"}) {
      EXPECT_NE(get(cache, key), std::nullopt);
      std::string buffer(5000, '\0');
      size_t size;
      EXPECT_EQ(
          call(brisk_cache_read, cache, key, std::strlen(key), buffer.data(), buffer.size(), &size),
          BRISK_OK);
    }
    EXPECT_EQ(get(cache, "absent"), std::nullopt);
    EXPECT_EQ(contains(cache, "small"), BRISK_OK);
    EXPECT_EQ(contains(cache, "absent"), BRISK_MISS);
  }
  const auto figures = stats(cache);
  EXPECT_EQ(figures.hits, 40u);
  EXPECT_EQ(figures.misses, 10u) << "contains does not count";
  EXPECT_DOUBLE_EQ(figures.hit_ratio, 0.8);
  EXPECT_EQ(figures.puts, 2u);
}

}  // namespace
}  // namespace brisk_test
