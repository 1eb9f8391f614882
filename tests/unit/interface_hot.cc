// The keys that are asked for most: which lookups count, how they fade, and that they outlive the
// process in a file.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "interface.h"

namespace brisk_test {
namespace {

using Listed = std::vector<std::pair<std::string, uint64_t>>;

Listed hot_keys(brisk_cache *cache, size_t count = SIZE_MAX) {
  Listed all;
  Cursor cursor;
  EXPECT_EQ(call(brisk_cache_hot_keys, cache, count, cursor.out()), BRISK_OK);
  EXPECT_EQ(brisk_cursor_lookups(cursor), 0u) << "no key was given yet";
  std::string buffer;
  size_t size = 0;
  brisk_status status;
  while ((status = call(brisk_cursor_next, cursor, buffer.data(), buffer.size(), &size).status) !=
         BRISK_END) {
    if (status == BRISK_SHORT_BUFFER) {
      buffer.resize(size);
      continue;
    }
    EXPECT_EQ(status, BRISK_OK);
    all.emplace_back(buffer.substr(0, size), brisk_cursor_lookups(cursor));
  }
  return all;
}

Result save(brisk_cache *cache, const std::string &path) {
  return call(brisk_cache_save_hot, cache, path.data(), path.size());
}
Result restore(brisk_cache *cache, const std::string &path, uint64_t *restored) {
  *restored = 77;
  return call(brisk_cache_restore_hot, cache, path.data(), path.size(), restored);
}

std::string content(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class HotKeys : public testing::Test {
 protected:
  ~HotKeys() override { std::filesystem::remove_all(folder); }
  Cache small(uint64_t keys = 0) {
    return new_cache(runtime, [=](auto &o) { o.hot_keys = keys; });
  }
  void ask(brisk_cache *of, const std::string &key, int times) {
    for (int i = 0; i < times; ++i) read(of, key);
  }

  Runtime runtime = new_runtime();
  Cache cache = new_cache(runtime);
  const std::string folder = [] {
    std::string name = std::filesystem::temp_directory_path() / "brisk-hot-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    return name;
  }();
  const std::string path = folder + "/hot";
  uint64_t restored = 0;
};

TEST_F(HotKeys, CountEveryLookupOfKeysThatAreThereAndOfThoseThatAreNot) {
  EXPECT_EQ(hot_keys(cache), Listed());
  const std::string long_key(2000, 'l');
  put(cache, "there", "value");
  put(cache, "packed", prose(5000));
  put(cache, long_key, "value");
  ask(cache, "there", 5);
  ask(cache, "missing", 4);
  ask(cache, long_key, 1);
  Value value;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(call(brisk_cache_get, cache, "packed", 6u, value.out()), BRISK_OK);
  }
  EXPECT_EQ(call(brisk_cache_get, cache, "", 0u, value.out()), BRISK_MISS);
  Lease lead;
  EXPECT_EQ(call(brisk_cache_begin, cache, "load", 4u, nullptr, value.out(), lead.out()),
            BRISK_LEAD);
  // What is no lookup does not count.
  EXPECT_EQ(contains(cache, "there"), BRISK_OK);
  EXPECT_EQ(touch(cache, "there"), BRISK_OK);
  const Listed all = {{"there", 5}, {"missing", 4}, {"packed", 3},
                      {"", 1},      {long_key, 1},  {"load", 1}};
  EXPECT_EQ(hot_keys(cache), all);
  EXPECT_EQ(hot_keys(cache, 2), Listed(all.begin(), all.begin() + 2));
  EXPECT_EQ(hot_keys(cache, 0), Listed());
}

TEST_F(HotKeys, CountTheKeysOfBatches) {
  put(cache, "aa", "1");
  put(cache, "cc", std::string(600, 'x'));
  const uint32_t sizes[] = {2, 2, 2, 2};
  char buffer[64];
  uint32_t value_sizes[4];
  size_t done = 0;
  // Stops at cc, whose value does not fit: it is counted when it comes again.
  EXPECT_EQ(call(brisk_cache_read_many, cache, 4u, "aabbccaa", 8u, sizes, buffer, sizeof buffer,
                 value_sizes, &done),
            BRISK_SHORT_BUFFER);
  EXPECT_EQ(hot_keys(cache), (Listed{{"aa", 1}, {"bb", 1}}));
  brisk_value *values[4] = {};
  EXPECT_EQ(call(brisk_cache_get_many, cache, 4u, "aabbccaa", 8u, sizes, values, &done), BRISK_OK);
  for (brisk_value *value : values) brisk_value_unref(value);
  EXPECT_EQ(hot_keys(cache), (Listed{{"aa", 3}, {"bb", 2}, {"cc", 1}}));
  const brisk_cache_stats figures = stats(cache);
  EXPECT_EQ(figures.hits, 4u);
  EXPECT_EQ(figures.misses, 2u);
}

TEST_F(HotKeys, AreSampledEvenlyInLargeNumbers) {
  put(cache, "hot", "1");
  std::string keys;
  std::vector<uint32_t> sizes;
  for (int i = 0; i < 100; ++i) {
    const std::string key = i % 4 == 0 ? "hot" : "cold" + std::to_string(i);
    keys += key;
    sizes.push_back(static_cast<uint32_t>(key.size()));
  }
  std::vector<char> buffer(1000);
  std::vector<uint32_t> value_sizes(sizes.size());
  size_t done = 0;
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(
        brisk_cache_read_many(cache, sizes.size(), keys.data(), keys.size(), sizes.data(),
                              buffer.data(), buffer.size(), value_sizes.data(), &done, nullptr),
        BRISK_OK);
  }
  const Listed found = hot_keys(cache);
  ASSERT_EQ(found.size(), 76u);
  EXPECT_EQ(found[0].first, "hot");
  EXPECT_NEAR(static_cast<double>(found[0].second), 250e3, 25e3);
  EXPECT_LT(found[1].second, 20e3) << "one in a hundred is 10,000";
  EXPECT_GT(found.back().second, 4e3);
}

TEST_F(HotKeys, FadeWithTheClockOfTheRuntime) {
  ask(cache, "old", 100);
  advance(runtime, 6 * 3600 * second);
  ask(cache, "new", 60);
  EXPECT_EQ(hot_keys(cache), (Listed{{"new", 60}, {"old", 50}}));
}

TEST_F(HotKeys, AreAsManyAsWereAskedFor) {
  const Cache few = small(2);
  for (const char *key : {"a", "a", "b", "b", "c", "c", "c"}) ask(few, key, 1);
  EXPECT_EQ(hot_keys(few).size(), 2u);
  EXPECT_EQ(hot_keys(few).front(), (std::pair<std::string, uint64_t>("c", 3)));

  const Cache none = small(UINT64_MAX);
  ask(none, "a", 10);
  EXPECT_EQ(hot_keys(none), Listed());
  EXPECT_EQ(stats(none).misses, 10u);
  const uint64_t without = stats(none).other_bytes;
  EXPECT_GE(stats(few).other_bytes, without + 2 * 116);
  EXPECT_GE(stats(cache).other_bytes, without + 128 * 116);
  EXPECT_EQ(parts(stats(cache)), stats(cache).held_bytes);
  const Cache least = new_cache(runtime, [](auto &o) { o.capacity_bytes = 262144; });
  EXPECT_LE(stats(least).other_bytes, without + 2 * 2048);
}

TEST_F(HotKeys, OutliveTheProcessInAFile) {
  EXPECT_EQ(restore(cache, path, &restored), BRISK_MISS);
  EXPECT_EQ(restored, 0u);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // The handles go on in the child, the summary with them.
    alarm(20);
    ask(cache, "hot", 9);
    ask(cache, std::string(500, 'k'), 3);
    ask(cache, "warm", 2);
    _exit(save(cache, path) == BRISK_OK ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(hot_keys(cache), Listed()) << "the child's are its own";

  struct stat about{};
  ASSERT_EQ(stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600u);
  const auto all = std::filesystem::directory_iterator(folder);
  EXPECT_EQ(std::distance(begin(all), end(all)), 1) << "nothing is left beside it";

  ask(cache, "warm", 5);
  EXPECT_EQ(restore(cache, path, &restored), BRISK_OK);
  EXPECT_EQ(restored, 3u);
  const Listed expected = {{"hot", 9}, {"warm", 7}, {std::string(500, 'k'), 3}};
  EXPECT_EQ(hot_keys(cache), expected);
  EXPECT_EQ(save(cache, path), BRISK_OK) << "in place of the older one";
  const Cache few = small(1);
  EXPECT_EQ(restore(few, path, &restored), BRISK_OK);
  EXPECT_EQ(hot_keys(few), (Listed{{"hot", 9}})) << "the hottest stay";
}

TEST_F(HotKeys, AFileThatIsWrongIsRefusedByName) {
  ask(cache, "key", 3);
  ASSERT_EQ(save(cache, path), BRISK_OK);
  const std::string good = content(path);
  std::string bent = good;
  bent[20] ^= 1;
  const std::string wrong[] = {"",         "not hot keys", good.substr(0, good.size() - 1),
                               good + "x", bent,           std::string(2 << 20, 'x')};
  const Cache other = new_cache(runtime);
  for (const std::string &bytes : wrong) {
    std::ofstream(path, std::ios::binary) << bytes;
    const Result result = restore(other, path, &restored);
    EXPECT_EQ(result, BRISK_INVALID) << bytes.size();
    EXPECT_TRUE(result.says(path)) << result;
    EXPECT_EQ(restored, 0u);
  }
  EXPECT_EQ(hot_keys(other), Listed());

  const std::string missing = folder + "/no/hot";
  EXPECT_TRUE(save(cache, missing).says(missing));
  EXPECT_EQ(save(cache, missing), BRISK_INVALID);
  EXPECT_EQ(save(cache, folder), BRISK_INVALID) << "a folder is no file";
  EXPECT_EQ(restore(cache, folder, &restored), BRISK_INVALID);
  const std::string pipe = folder + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_TRUE(restore(cache, pipe, &restored).says("regular")) << "and nobody waits for its writer";
  const auto all = std::filesystem::directory_iterator(folder);
  EXPECT_EQ(std::distance(begin(all), end(all)), 2) << "nothing is left of what failed";
}

TEST_F(HotKeys, MayBeAskedForWhileThreadsRead) {
  const Cache few = small(8);
  std::vector<std::thread> readers;
  for (int thread = 0; thread < 3; ++thread) {
    readers.emplace_back([&, thread] {
      char buffer[8];
      size_t size = 0;
      for (int i = 0; i < 4000; ++i) {
        const std::string key = std::to_string(i % 3 == 0 ? 0 : thread * 10'000 + i);
        brisk_cache_read(few, key.data(), key.size(), buffer, sizeof buffer, &size, nullptr);
      }
    });
  }
  for (int i = 0; i < 30; ++i) {
    EXPECT_LE(hot_keys(few).size(), 8u);
    EXPECT_EQ(save(few, path), BRISK_OK);
    EXPECT_EQ(restore(cache, path, &restored), BRISK_OK);
  }
  for (std::thread &reader : readers) reader.join();
  EXPECT_EQ(stats(few).misses, 12'000u);
  EXPECT_EQ(hot_keys(few).front().first, "0");
}

TEST_F(HotKeys, StayAsTheyWereForACursor) {
  ask(cache, "a", 2);
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_hot_keys, cache, 9u, cursor.out()), BRISK_OK);
  ask(cache, "b", 9);
  char buffer[8];
  size_t size = 0;
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer, 0u, &size), BRISK_SHORT_BUFFER);
  EXPECT_EQ(brisk_cursor_lookups(cursor), 0u);
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer, sizeof buffer, &size), BRISK_OK);
  EXPECT_EQ(std::string(buffer, size), "a");
  EXPECT_EQ(brisk_cursor_lookups(cursor), 2u);
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer, sizeof buffer, &size), BRISK_END);
  EXPECT_EQ(brisk_cursor_lookups(cursor), 0u);
  put(cache, "a", "1");
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer, sizeof buffer, &size), BRISK_OK);
  EXPECT_EQ(brisk_cursor_lookups(cursor), 0u) << "of a walk over the entries";
}

}  // namespace
}  // namespace brisk_test
