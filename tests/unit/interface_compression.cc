// Values are packed with what the cache learns from them, and come back as they were.
#include "interface.h"
#include "loads.h"
#include "records.h"

namespace brisk_test {
namespace {

class Compression : public testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "what is packed follows the time that unpacking takes, which it multiplies";
#endif
  }

  // Puts records until values are packed with a dictionary of this kind of record; the ratio then.
  // However long that takes, nothing else has to go for them.
  static double learn(brisk_cache *cache, unsigned kind, unsigned fields) {
    double ratio = 0;
    uint64_t number = 0;
    constexpr uint64_t most = 20'000;
    const auto key = [kind](uint64_t i) {
      return "probe " + std::to_string(kind) + ' ' + std::to_string(i);
    };
    const auto probe = [&] {
      const auto before = stats(cache);
      for (int i = 0; i < 200; ++i, ++number)
        EXPECT_EQ(put(cache, key(number), record(number, kind, fields)), BRISK_OK);
      const auto after = stats(cache);
      for (uint64_t i = number - 200; number > most && i < number; ++i)
        EXPECT_EQ(erase(cache, key(i - most)), BRISK_OK);
      ratio = static_cast<double>(after.raw_bytes - before.raw_bytes) /
              static_cast<double>(after.stored_bytes - before.stored_bytes);
      return ratio > 2.5;
    };
    EXPECT_TRUE(eventually(probe)) << ratio;
    return ratio;
  }

  static Cache small(brisk_runtime *runtime) {
    return new_cache(runtime, [](auto &o) { o.capacity_bytes = 32 << 20; });
  }

  Runtime runtime_ = new_runtime();
};

void expect_consistent(brisk_cache *cache) {
  const auto figures = stats(cache);
  EXPECT_EQ(parts(figures), figures.held_bytes);
  EXPECT_LE(figures.peak_bytes, figures.capacity_bytes);
}

TEST_F(Compression, LearnsFromTheValuesThereAre) {
#ifdef __SANITIZE_ADDRESS__
  const auto sizes = {18u};  // unpacking takes too long there to be worth it for small ones
#else
  const auto sizes = {3u, 18u};
#endif
  for (const unsigned fields : sizes) {
    Cache cache = small(runtime_);
    std::vector<std::string> before;
    for (uint64_t i = 0; i < 100; ++i) {
      before.push_back(record(i, 0, fields));
      ASSERT_EQ(put(cache, "before " + std::to_string(i), before.back()), BRISK_OK);
    }
    learn(cache, 0, fields);
    for (uint64_t i = 0; i < 100; ++i) {
      const std::string key = "after " + std::to_string(i);
      const std::string value = record(i + 5'000'000, 0, fields);
      ASSERT_EQ(put(cache, key, value), BRISK_OK);
      EXPECT_EQ(get(cache, key), value);
      EXPECT_EQ(read(cache, key), value);
      EXPECT_EQ(touch(cache, key, second), BRISK_OK);
      EXPECT_EQ(read(cache, key), value);
      EXPECT_EQ(read(cache, "before " + std::to_string(i)), before[i]);
    }
    expect_consistent(cache);
  }
}

TEST_F(Compression, LearnsInAFullCacheAsWell) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "unpacking takes too long there to be worth it for small values";
#endif
  Cache cache = new_cache(runtime_, [](auto &o) {
    o.capacity_bytes = 16 << 20;
    o.policy = BRISK_POLICY_LRU;  // under which no noise stays
  });
  for (uint64_t i = 0; i < 20'000; ++i)
    ASSERT_EQ(put(cache, "noise " + std::to_string(i), noise(1000, i)), BRISK_OK);
  ASSERT_EQ(stats(cache).compressed_entries, 0u);
  uint64_t number = 0;
  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 1000; ++i, ++number)
      EXPECT_EQ(put(cache, std::to_string(number), record(number, 0, 3)), BRISK_OK);
    return stats(cache).compressed_entries > 1000 || number > 1'000'000;
  }));
  EXPECT_GT(stats(cache).compressed_entries, 1000u);
  expect_consistent(cache);
}

TEST_F(Compression, OfWhatCameBeforeTheDictionaryWaitsForNobody) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "unpacking takes too long there to be worth it for small values";
#endif
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  // A quarter of it may stay as it is, or be too new.
  constexpr uint64_t count = 20'000;
  for (uint64_t i = 0; i < count; ++i)
    ASSERT_EQ(put(cache, std::to_string(i), record(i, 0, 3)), BRISK_OK);
  EXPECT_TRUE(eventually([&] { return stats(cache).compressed_entries > count / 2; }))
      << stats(cache).compressed_entries;
  for (uint64_t i = 0; i < count; ++i) EXPECT_EQ(read(cache, std::to_string(i)), record(i, 0, 3));
  expect_consistent(cache);
}

TEST_F(Compression, OfRecordsKeepsMoreOfThemInTheSameBytes) {
  const auto entries = [this](brisk_compression compression) {
    Cache cache = new_cache(runtime_, [=](auto &o) {
      o.capacity_bytes = 16 << 20;
      o.compression = compression;
    });
    if (compression == BRISK_COMPRESSION_AUTO) learn(cache, 0, 18);
    for (uint64_t i = 0; i < 50'000; ++i)
      EXPECT_EQ(put(cache, std::to_string(i), record(i)), BRISK_OK);
    expect_consistent(cache);
    return stats(cache).entries;
  };
  EXPECT_GT(entries(BRISK_COMPRESSION_AUTO), 2 * entries(BRISK_COMPRESSION_OFF));
}

TEST_F(Compression, LeavesSomeRoomToValuesAsTheyAre) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  Cache told = new_cache(runtime_, [](auto &o) {
    o.capacity_bytes = 16 << 20;
    o.compression_threshold = 512;
  });
  for (uint64_t i = 0; i < 4000; ++i) {
    ASSERT_EQ(put(cache, std::to_string(i), record(i)), BRISK_OK);
    ASSERT_EQ(put(told, std::to_string(i), record(i)), BRISK_OK);
  }
  const auto figures = stats(cache);
  const uint64_t raw =
      (figures.entries - figures.compressed_entries) * (figures.raw_bytes / figures.entries);
  EXPECT_GT(raw, uint64_t{15} << 16);
  EXPECT_LT(raw, uint64_t{17} << 16);
  EXPECT_EQ(stats(told).compressed_entries, 4000u);
  EXPECT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  ASSERT_EQ(put(cache, "key", record(1)), BRISK_OK);
  EXPECT_EQ(stats(cache).compressed_entries, 0u) << "there is room again";
}

TEST_F(Compression, UnpacksForGoodWhatIsReadMuch) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  for (uint64_t i = 0; i < 8000; ++i) ASSERT_EQ(put(cache, std::to_string(i), record(i)), BRISK_OK);
  // Two pins of a value that is not packed are of the same bytes.
  const auto packed = [&](const std::string &key) {
    Value one;
    Value other;
    EXPECT_EQ(call(brisk_cache_get, cache, key.data(), key.size(), one.out()), BRISK_OK);
    EXPECT_EQ(call(brisk_cache_get, cache, key.data(), key.size(), other.out()), BRISK_OK);
    size_t size;
    return brisk_value_data(one, &size) != brisk_value_data(other, &size);
  };
  unsigned hot = 0;
  for (uint64_t i = 4000; i < 4100; ++i) {
    const std::string key = std::to_string(i);
    if (!packed(key)) continue;
    for (int reads = 0; reads < 200; ++reads) ASSERT_EQ(read(cache, key), record(i));
    EXPECT_FALSE(packed(key)) << key;
    ++hot;
  }
  EXPECT_GT(hot, 50u);
  const auto figures = stats(cache);
  const uint64_t raw =
      (figures.entries - figures.compressed_entries) * (figures.raw_bytes / figures.entries);
  EXPECT_LT(raw, uint64_t{18} << 16) << "others made room";
}

TEST_F(Compression, ReadersAloneTakeNoRoomFromValues) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 8 << 20; });
  uint64_t number = 0;
  for (; stats(cache).evicted_capacity < 1000; ++number)
    ASSERT_EQ(put(cache, std::to_string(number), record(number)), BRISK_OK);
  const uint64_t entries = stats(cache).entries;
  for (int rounds = 0; rounds < 4; ++rounds) {
    for (uint64_t i = 0; i < number; ++i) (void)read(cache, std::to_string(i));
  }
  EXPECT_GT(stats(cache).entries, entries - entries / 16);
}

TEST_F(Compression, LeavesMoreRoomToValuesAsTheyAreWhereLoadsAreQuick) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  learn(cache, 1, 18);
  EXPECT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  uint64_t number = 0;
  const auto load = [&](int keys, uint64_t time) {
    Loader loader{[&](brisk_lease *lease, std::string_view) {
                    advance(runtime_, time);
                    return complete(lease, record(number, 1, 18)).status;
                  },
                  {}};
    for (int i = 0; i < keys; ++i)
      EXPECT_FALSE(get_or_load(cache, "load " + std::to_string(number++), loader).value.empty());
  };
  const auto raw_after_puts = [&] {
    for (int i = 0; i < 5000; ++i, ++number)
      EXPECT_EQ(put(cache, std::to_string(number), record(number, 1, 18)), BRISK_OK);
    const auto figures = stats(cache);
    return (figures.entries - figures.compressed_entries) * (figures.raw_bytes / figures.entries);
  };
  constexpr uint64_t mebibyte = 1 << 20;
  EXPECT_TRUE(eventually([&] {
    load(100, 1000);
    return raw_after_puts() > 2 * mebibyte;
  }));
  EXPECT_TRUE(eventually([&] {
    load(100, 20 * ms);
    return raw_after_puts() < mebibyte;
  }));
  expect_consistent(cache);
}

TEST_F(Compression, OfASizeThatDidNotShrinkIsTriedAgain) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  learn(cache, 1, 18);
  uint64_t number = 0;
  const auto put_to_stay = [&](const auto &value) {
    const std::string key = std::to_string(number);
    EXPECT_EQ(put(cache, key, value(number++)), BRISK_OK);
    for (int i = 0; i < 3; ++i) (void)read(cache, key);
  };
  const auto of_records = [](uint64_t i) { return record(i, 1, 18); };
  const size_t size = record(0, 1, 18).size();
  const auto of_noise = [size](uint64_t i) { return noise(size, i); };
  // Long after the last training that the cache calls for itself.
  for (int i = 0; i < 40'000; ++i) put_to_stay(of_records);
  for (int i = 0; i < 40'000; ++i) put_to_stay(of_noise);
  ASSERT_LT(stats(cache).compressed_entries, 1000u);
  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 5000; ++i) put_to_stay(of_records);
    return stats(cache).compressed_entries > 20'000;
  })) << stats(cache).compressed_entries;
}

TEST_F(Compression, OfWhatIsTouchedIsDoneAnew) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  learn(cache, 1, 18);
  EXPECT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  for (uint64_t i = 0; i < 20'000; ++i)
    ASSERT_EQ(put(cache, std::to_string(i), record(i, 1, 18)), BRISK_OK);
  const auto before = stats(cache);
  for (uint64_t i = 0; i < 20'000; ++i)
    EXPECT_EQ(touch(cache, std::to_string(i), 1000 * ms), BRISK_OK) << i;
  const auto after = stats(cache);
  EXPECT_EQ(after.entries, before.entries);
  EXPECT_GT(after.compressed_entries, before.compressed_entries * 9 / 10);
}

TEST_F(Compression, OrNotWhatIsNotPinnedCanGo) {
  Cache cache = new_cache(runtime_, [](auto &o) { o.capacity_bytes = 16 << 20; });
  for (uint64_t i = 0; i < 40'000; ++i)
    ASSERT_EQ(put(cache, std::to_string(i), record(i, 1, 18)), BRISK_OK);
  std::vector<Value> pinned;
  for (uint64_t i = 0;; ++i) {
    const std::string key = "pinned " + std::to_string(i);
    const Result result = put(cache, key, noise(1000, i));
    if (result == BRISK_REFUSED) break;
    ASSERT_EQ(result, BRISK_OK);
    ASSERT_EQ(pin(cache, key, pinned.emplace_back()), BRISK_OK);
  }
  EXPECT_EQ(stats(cache).entries, pinned.size());
}

TEST_F(Compression, OfNoiseCostsNoRoom) {
  const auto entries = [this](brisk_compression compression) {
    Cache cache = new_cache(runtime_, [=](auto &o) {
      o.capacity_bytes = 16 << 20;
      o.compression = compression;
    });
    for (uint64_t i = 0; i < 40'000; ++i)
      EXPECT_EQ(put(cache, std::to_string(i), noise(1000, i)), BRISK_OK);
    EXPECT_EQ(stats(cache).compressed_entries, 0u);
    EXPECT_TRUE(eventually([&] { return stats(cache).codec_bytes < (uint64_t{400} << 10); }));
    expect_consistent(cache);
    return static_cast<double>(stats(cache).entries);
  };
  EXPECT_GT(entries(BRISK_COMPRESSION_AUTO), 0.93 * entries(BRISK_COMPRESSION_OFF));
}

TEST_F(Compression, ValuesSurviveChangesOfWhatIsCached) {
  Cache cache = small(runtime_);
  std::vector<std::pair<std::string, Value>> pinned;
  for (unsigned kind = 0; kind < 3; ++kind) {
    uint64_t erased;
    EXPECT_EQ(call(brisk_cache_erase_matching, cache, "probe *", size_t{7}, &erased), BRISK_OK);
    learn(cache, kind, 18);
    const std::string key = "kept " + std::to_string(kind);
    ASSERT_EQ(put(cache, key, record(9, kind)), BRISK_OK);
    pinned.emplace_back(record(9, kind), Value());
    ASSERT_EQ(pin(cache, key, pinned.back().second), BRISK_OK);
  }
  for (const auto &[value, held] : pinned) EXPECT_EQ(text(held), value);
  EXPECT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  for (const auto &[value, held] : pinned) EXPECT_EQ(text(held), value);
  expect_consistent(cache);
}

TEST_F(Compression, EndsWithTheCacheWhateverTheTrainingDoes) {
  for (int round = 0; round < 20; ++round) {
    Runtime own = new_runtime();
    Cache cache = small(own);
    // As many bytes as start a training, and none or a little time for it.
    for (uint64_t i = 0; i < 560; ++i)
      ASSERT_EQ(put(cache, std::to_string(i), record(i)), BRISK_OK);
    std::this_thread::sleep_for(std::chrono::microseconds(round * 500));
    if (round % 2 == 0) {
      EXPECT_EQ(call(brisk_cache_close, cache), BRISK_OK);
    }
    cache.reset();
    EXPECT_TRUE(eventually([&] { return runtime_stats(own).held_bytes == 0; }));
  }
}

}  // namespace
}  // namespace brisk_test
