// Every method of brisk::Cache but loads and warming.
#include <gtest/gtest.h>

#include <algorithm>
#include <brisk/brisk.hpp>
#include <list>
#include <map>
#include <random>
#include <set>
#include <thread>
#if __cplusplus >= 202002L
#include <ranges>
#endif

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using brisk::Cache;
using brisk::CacheOptions;
using brisk::Runtime;

Runtime manual() {
  brisk::RuntimeOptions options;
  options.clock = brisk::Clock::manual;
  return Runtime(options);
}

std::set<std::string> keys_of(const Cache &cache) {
  brisk::Keys keys = cache.keys();
  return std::set<std::string>(keys.begin(), keys.end());
}

// Bytes that do not compress.
std::string noise(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
  return bytes;
}

TEST(Cache, PutsAndGets) {
  Cache cache;
  EXPECT_EQ(cache.get("key"), std::nullopt);
  EXPECT_TRUE(cache.put("key", "value"));
  EXPECT_EQ(cache.get("key"), "value");
  EXPECT_EQ(**cache.get("key"), "value");
  EXPECT_EQ(cache.get("key")->view(), "value");
  EXPECT_TRUE(cache.put("key", "other"));
  EXPECT_EQ(cache.get("key"), "other");
}

TEST(Cache, TakesAnyBytes) {
  Cache cache;
  const std::string key = "a\0b\xff"s;
  const std::string value = "\0\0c"s;
  cache.put(key, value);
  cache.put("a", "not this one");
  cache.put("", "empty key");
  cache.put("empty value", "");
  EXPECT_EQ(cache.get(key), value);
  EXPECT_EQ(cache.get(""), "empty key");
  EXPECT_EQ(cache.get({}), "empty key");
  EXPECT_EQ(cache.get("empty value"), "");
  EXPECT_EQ(keys_of(cache), (std::set<std::string>{key, "a", "", "empty value"}));
  std::string buffer;
  EXPECT_TRUE(cache.read(key, buffer));
  EXPECT_EQ(buffer, value);
}

TEST(Cache, CompressesAndGivesBackTheSame) {
  Cache cache;
  const std::string text(100'000, 'x');
  const std::string bytes = noise(100'000, 1);
  cache.put("text", text);
  cache.put("noise", bytes);
  EXPECT_EQ(cache.get("text"), text);
  EXPECT_EQ(cache.get("noise"), bytes);
  EXPECT_EQ(cache.stats().compressed_entries, 1u);

  CacheOptions options;
  options.compression = brisk::Compression::off;
  Cache raw(options);
  raw.put("text", text);
  EXPECT_EQ(raw.stats().compressed_entries, 0u);
}

TEST(Cache, ReadsIntoABuffer) {
  Cache cache;
  cache.put("key", "value");
  char buffer[8] = "-------";
  EXPECT_EQ(cache.read("missing", buffer, sizeof buffer), std::nullopt);
  EXPECT_EQ(cache.read("key", buffer, 4), size_t{5});
  EXPECT_EQ(buffer[0], '-');
  EXPECT_EQ(cache.read("key", buffer, sizeof buffer), size_t{5});
  EXPECT_EQ(std::string_view(buffer, 7), "value--");
  EXPECT_EQ(cache.read("key", nullptr, 0), size_t{5});
}

TEST(Cache, ReadsIntoAString) {
  Cache cache;
  std::string buffer = "before";
  EXPECT_FALSE(cache.read("missing", buffer));
  EXPECT_EQ(buffer, "");
  for (const size_t size : {0, 5, 512, 513, 70'000, 3}) {
    const std::string value = noise(size, 2);
    cache.put("key", value);
    EXPECT_TRUE(cache.read("key", buffer));
    EXPECT_EQ(buffer, value);
  }
}

TEST(Cache, ReadsThousandsThroughOneString) {
  Cache cache;
  std::string buffer;
  for (int i = 0; i < 2000; ++i) {
    const std::string value = noise(static_cast<size_t>(i % 50) * 40, static_cast<unsigned>(i));
    cache.put("key", value);
    ASSERT_TRUE(cache.read("key", buffer));
    ASSERT_EQ(buffer, value);
  }
}

TEST(Batches, TakeAnyRange) {
  Cache cache;
  EXPECT_EQ(cache.put_many({{"a", "1"}, {"b", "2"}}), 2u);
  EXPECT_EQ(cache.put_many(std::map<std::string, std::string>{{"c", "3"}, {"d", "4"}}), 2u);
  const std::vector<std::pair<const char *, std::string_view>> pairs = {{"e", "5"}};
  EXPECT_EQ(cache.put_many(pairs), 1u);

  const auto braces = cache.get_many({"a", "x", "c"});
  ASSERT_EQ(braces.size(), 3u);
  EXPECT_EQ(braces[0], "1");
  EXPECT_EQ(braces[1], std::nullopt);
  EXPECT_EQ(braces[2], "3");

  const std::list<std::string> list = {"b", "e"};
  const auto listed = cache.get_many(list);
  EXPECT_EQ(listed[0], "2");
  EXPECT_EQ(listed[1], "5");
  EXPECT_EQ(cache.get_many(std::vector<const char *>{"d"})[0], "4");
}

TEST(Batches, MayBeEmptyAndHoldAnyBytes) {
  Cache cache;
  std::string buffer = "before";
  const std::vector<std::string> none;
  EXPECT_EQ(cache.put_many(std::map<std::string, std::string>()), 0u);
  EXPECT_TRUE(cache.get_many(none).empty());
  EXPECT_TRUE(cache.read_many(none, buffer).empty());
  EXPECT_EQ(buffer, "");

  const std::map<std::string, std::string> entries = {
      {"", "empty key"}, {"a\0b"s, "\0"s}, {"empty", ""}};
  EXPECT_EQ(cache.put_many(entries), 3u);
  std::vector<std::string> keys;
  for (const auto &[key, value] : entries) keys.push_back(key);
  const auto pinned = cache.get_many(keys);
  const auto copied = cache.read_many(keys, buffer);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(pinned[i], entries.at(keys[i]));
    EXPECT_EQ(copied[i], entries.at(keys[i]));
  }
}

TEST(Batches, ReadIntoABufferThatGrows) {
  Cache cache;
  std::vector<std::string> keys;
  std::vector<std::string> values;
  for (unsigned i = 0; i < 300; ++i) {
    keys.push_back("key " + std::to_string(i));
    values.push_back(noise(i % 7 == 0 ? 40'000 : i, i));
    if (i % 5 != 0) cache.put(keys[i], values[i]);
  }
  std::string buffer;
  for (int round = 0; round < 2; ++round) {
    const auto found = cache.read_many(keys, buffer);
    ASSERT_EQ(found.size(), keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(found[i].has_value(), i % 5 != 0);
      if (found[i]) {
        EXPECT_EQ(*found[i], values[i]);
      }
    }
  }
}

TEST(Batches, StoreNothingWhenAKeyIsTooLarge) {
  Cache cache;
  const std::string long_key(BRISK_KEY_SIZE_MAX + 1, 'k');
  try {
    cache.put_many({{"a", "1"}, {long_key, "2"}, {"c", "3"}});
    FAIL();
  } catch (const brisk::Error &error) {
    EXPECT_EQ(error.status(), BRISK_TOO_LARGE);
  }
  EXPECT_FALSE(cache.contains("a"));
  EXPECT_FALSE(cache.contains("c"));
  EXPECT_THROW(cache.get_many({long_key}), brisk::Error);
}

TEST(Cache, RefusesWhatHasNoRoomBesideThePins) {
  CacheOptions options;
  options.capacity = brisk::bytes("1 MiB");
  Cache cache(options);
  std::vector<brisk::Value> pins;
  bool refused = false;
  for (unsigned i = 0; i < 1000 && !refused; ++i) {
    const std::string key = std::to_string(i);
    refused = !cache.put(key, noise(20'000, i));
    if (refused) {
      EXPECT_FALSE(cache.contains(key));
    } else {
      pins.push_back(*cache.get(key));
    }
  }
  ASSERT_TRUE(refused);
  EXPECT_EQ(cache.put_many({{"large", noise(20'000, 1)}, {"small", "1"}}), 0u);
  EXPECT_GT(cache.stats().refusals, 0u);
  EXPECT_LE(cache.stats().peak_bytes, options.capacity);
  pins.clear();
  EXPECT_TRUE(cache.put("large", noise(20'000, 1)));
}

TEST(Cache, ContainsTouchesAndErases) {
  Cache cache;
  EXPECT_FALSE(cache.contains("key"));
  EXPECT_FALSE(cache.touch("key"));
  EXPECT_FALSE(cache.erase("key"));
  cache.put("key", "value");
  EXPECT_TRUE(cache.contains("key"));
  EXPECT_TRUE(cache.touch("key"));
  EXPECT_TRUE(cache.erase("key"));
  EXPECT_FALSE(cache.contains("key"));
}

TEST(Cache, ErasesWhatMatches) {
  Cache cache;
  cache.put_many({{"user:1", ""}, {"user:2", ""}, {"user:10", ""}, {"page:1", ""}});
  EXPECT_EQ(cache.erase_matching("user:?"), 2u);
  EXPECT_EQ(cache.erase_matching("user:?"), 0u);
  EXPECT_EQ(keys_of(cache), (std::set<std::string>{"user:10", "page:1"}));
  cache.clear();
  EXPECT_TRUE(keys_of(cache).empty());
}

TEST(Lifetimes, EndAfterTheLastWrite) {
  Runtime runtime = manual();
  CacheOptions options;
  options.ttl = 10s;
  Cache cache(runtime, options);
  cache.put("inherits", "value");
  cache.put("short", "value", 1s);
  cache.put("forever", "value", brisk::forever);
  cache.put_many({{"many", "value"}}, 20s);
  runtime.advance(5s);
  EXPECT_EQ(keys_of(cache), (std::set<std::string>{"inherits", "forever", "many"}));
  runtime.advance(6s);
  EXPECT_EQ(keys_of(cache), (std::set<std::string>{"forever", "many"}));
  EXPECT_TRUE(cache.touch("many", 30s));
  runtime.advance(20s);
  EXPECT_EQ(keys_of(cache), (std::set<std::string>{"forever", "many"}));
  runtime.advance(11s);
  EXPECT_EQ(keys_of(cache), (std::set<std::string>{"forever"}));
  EXPECT_EQ(cache.stats().evicted_expired, 3u);
  EXPECT_THROW(cache.put("key", "value", -1s), brisk::InvalidArgument);
}

TEST(Lifetimes, EndAfterTheLastUse) {
  Runtime runtime = manual();
  CacheOptions options;
  options.idle = 10s;
  Cache cache(runtime, options);
  cache.put("used", "value");
  cache.put("idle", "value");
  for (int i = 0; i < 3; ++i) {
    runtime.advance(6s);
    EXPECT_TRUE(cache.get("used"));
  }
  EXPECT_FALSE(cache.get("idle"));
}

TEST(Cache, BoundsItsEntries) {
  for (const brisk::Policy policy :
       {brisk::Policy::automatic, brisk::Policy::lru, brisk::Policy::s3fifo}) {
    CacheOptions options;
    options.max_entries = 10;
    options.policy = policy;
    Cache cache(options);
    for (int i = 0; i < 100; ++i) cache.put(std::to_string(i), "value");
    EXPECT_LE(cache.stats().entries, 10u);
    EXPECT_GT(cache.stats().entries, 0u);
  }
}

TEST(Keys, AreARange) {
  Cache cache;
  std::set<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    // Of sizes that the walk's buffer must grow for, time and again.
    expected.insert(std::string(static_cast<size_t>(i), 'k') + std::to_string(i));
  }
  for (const std::string &key : expected) cache.put(key, "value");
  std::multiset<std::string> seen;
  for (const std::string_view key : cache.keys()) seen.emplace(key);
  EXPECT_EQ(seen, std::multiset<std::string>(expected.begin(), expected.end()));
  EXPECT_EQ(keys_of(cache), expected);
#if __cplusplus >= 202002L
  static_assert(std::ranges::input_range<brisk::Keys>);
  brisk::Keys keys = cache.keys();
  EXPECT_EQ(std::ranges::count_if(keys, [](std::string_view key) { return key.size() >= 10; }),
            std::count_if(expected.begin(), expected.end(),
                          [](const std::string &key) { return key.size() >= 10; }));
#endif
}

TEST(Keys, GoOnWhereAWalkStopped) {
  Cache cache;
  for (int i = 0; i < 10; ++i) cache.put(std::to_string(i), "value");
  std::set<std::string> seen;
  brisk::Keys keys = cache.keys();
  for (const std::string_view key : keys) {
    seen.emplace(key);
    if (seen.size() == 4) break;
  }
  brisk::Keys moved = std::move(keys);
  for (const std::string_view key : moved) seen.emplace(key);
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(moved.begin(), moved.end());
}

TEST(Events, TellWhyAnEntryLeft) {
  Runtime runtime = manual();
  CacheOptions options;
  options.event_capacity = 100;
  options.max_entries = 4;
  Cache cache(runtime, options);
  const std::string long_key = std::string(1000, 'k') + '\0';
  EXPECT_FALSE(cache.next_event());
  cache.put(long_key, "value");
  cache.put(long_key, "other");
  cache.erase(long_key);
  cache.put("expires", "value", 1s);
  runtime.advance(2s);
  for (int i = 0; i < 5; ++i) cache.put(std::to_string(i), "value");

  auto event = cache.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->key, long_key);
  EXPECT_EQ(event->cause, brisk::Cause::replaced);
  event = cache.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->key, long_key);
  EXPECT_EQ(event->cause, brisk::Cause::erased);
  event = cache.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->key, "expires");
  EXPECT_EQ(event->cause, brisk::Cause::expired);
  event = cache.next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->cause, brisk::Cause::capacity);
  EXPECT_FALSE(cache.next_event());
}

TEST(Cache, CountsWhatItDoes) {
  CacheOptions options;
  options.capacity = brisk::bytes("1 MiB");
  Cache cache(options);
  cache.put("key", "value");
  cache.get("key");
  cache.get("missing");
  const brisk::CacheStats stats = cache.stats();
  EXPECT_EQ(stats.entries, 1u);
  EXPECT_EQ(stats.puts, 1u);
  EXPECT_EQ(stats.hits, 1u);
  EXPECT_EQ(stats.misses, 1u);
  EXPECT_DOUBLE_EQ(stats.hit_ratio, 0.5);
  EXPECT_EQ(stats.capacity_bytes, options.capacity);
}

TEST(Cache, IsFoundByItsName) {
  CacheOptions options;
  options.name = "handles\0test"s;
  {
    Cache cache(options);
    cache.put("key", "value");
    std::optional<Cache> found = Cache::find("handles\0test"s);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->get("key"), "value");
    EXPECT_FALSE(Cache::find("handles"));
    EXPECT_FALSE(Cache::find(Runtime(), options.name));
    try {
      Cache second(options);
      FAIL();
    } catch (const brisk::Error &error) {
      EXPECT_EQ(error.status(), BRISK_EXISTS);
    }
  }
  EXPECT_FALSE(Cache::find(options.name));

  Runtime runtime;
  Cache apart(runtime, options);
  EXPECT_EQ(Cache::find(runtime, options.name)->raw(), apart.raw());
}

TEST(Cache, ThrowsClosedAfterClose) {
  CacheOptions options;
  options.event_capacity = 4;
  Cache cache(options);
  cache.put("key", "value");
  brisk::Keys keys = cache.keys();
  cache.close();
  cache.close();
  std::string buffer;
  EXPECT_THROW(cache.put("k", "v"), brisk::Closed);
  EXPECT_THROW(cache.put_many({{"k", "v"}}), brisk::Closed);
  EXPECT_THROW(cache.get("k"), brisk::Closed);
  EXPECT_THROW(cache.get_many({"k"}), brisk::Closed);
  EXPECT_THROW(cache.read("k", buffer), brisk::Closed);
  EXPECT_THROW(cache.read_many({"k"}, buffer), brisk::Closed);
  EXPECT_THROW(cache.contains("k"), brisk::Closed);
  EXPECT_THROW(cache.touch("k"), brisk::Closed);
  EXPECT_THROW(cache.erase("k"), brisk::Closed);
  EXPECT_THROW(cache.erase_matching("*"), brisk::Closed);
  EXPECT_THROW(cache.clear(), brisk::Closed);
  EXPECT_THROW(cache.keys(), brisk::Closed);
  EXPECT_THROW(keys.begin(), brisk::Closed);
  EXPECT_THROW(cache.next_event(), brisk::Closed);
  EXPECT_THROW(cache.stats(), brisk::Closed);
  EXPECT_THROW(cache.begin("k"), brisk::Closed);
  EXPECT_THROW(cache.get_or_load("k", [](std::string_view) { return "v"; }), brisk::Closed);
}

TEST(Cache, MayBeUsedByManyThreads) {
  CacheOptions options;
  options.capacity = brisk::bytes("1 MiB");
  Cache cache(options);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&cache, thread] {
      std::mt19937 random(thread);
      std::string buffer;
      for (int i = 0; i < 3000; ++i) {
        const std::string key = std::to_string(random() % 200);
        // A value that can be told to be whole and of this key.
        const std::string value = key + std::string(random() % 2000, key.back());
        switch (random() % 4) {
          case 0:
            cache.put(key, value);
            break;
          case 1:
            cache.erase(key);
            break;
          case 2:
            if (cache.read(key, buffer)) {
              ASSERT_EQ(buffer.substr(0, key.size()), key);
            }
            break;
          default:
            if (auto found = cache.get(key)) {
              ASSERT_EQ(found->view().substr(0, key.size()), key);
              ASSERT_EQ(found->view().find_first_not_of(key.back(), key.size()),
                        std::string_view::npos);
            }
        }
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

#ifdef __cpp_lib_span
TEST(Spans, AreBytesInAndOut) {
  Cache cache;
  const std::byte bytes[] = {std::byte{0}, std::byte{1}, std::byte{255}};
  cache.put(brisk::view(bytes), brisk::view(bytes));
  const auto found = cache.get(brisk::view(bytes));
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::ranges::equal(found->bytes(), bytes));
}
#endif

}  // namespace
