// Walks over all keys, erasing by pattern, and the queue of what left.
#include <algorithm>
#include <map>
#include <set>

#include "interface.h"

namespace brisk_test {
namespace {

class Walks : public testing::Test {
 protected:
  Runtime runtime = new_runtime();
  Cache cache = new_cache(runtime);

  uint64_t erase_matching(std::string_view pattern) {
    uint64_t erased = 99;
    EXPECT_EQ(call(brisk_cache_erase_matching, cache, pattern.data(), pattern.size(), &erased),
              BRISK_OK)
        << pattern;
    return erased;
  }
};

TEST_F(Walks, AnEmptyCacheHasNoKeys) {
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  char buffer[8];
  size_t size = 9;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(call(brisk_cursor_next, cursor, buffer, sizeof buffer, &size), BRISK_END);
    EXPECT_EQ(size, 0u);
  }
}

TEST_F(Walks, EachKeyComesExactlyOnce) {
  for (const int count : {1, 10, 448, 449, 5000, 50000}) {
    for (int i = 0; i < count; ++i) ASSERT_EQ(put(cache, std::to_string(i), ""), BRISK_OK);
    const std::vector<std::string> all = keys(cache);
    EXPECT_EQ(all.size(), static_cast<size_t>(count));
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), static_cast<size_t>(count));
  }
}

TEST_F(Walks, AShortBufferKeepsTheKey) {
  ASSERT_EQ(put(cache, "twelve bytes", ""), BRISK_OK);
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  std::string buffer(12, '!');
  size_t size = 0;
  for (const size_t capacity : {size_t{0}, size_t{1}, size_t{11}}) {
    EXPECT_EQ(call(brisk_cursor_next, cursor, buffer.data(), capacity, &size), BRISK_SHORT_BUFFER);
    EXPECT_EQ(size, 12u);
    EXPECT_EQ(buffer, std::string(12, '!'));
  }
  EXPECT_EQ(call(brisk_cursor_next, cursor, nullptr, 0u, &size), BRISK_SHORT_BUFFER);
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer.data(), buffer.size(), &size), BRISK_OK);
  EXPECT_EQ(buffer, "twelve bytes");
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer.data(), buffer.size(), &size), BRISK_END);
}

// What is there for the whole walk comes exactly once though the index grows, entries move and
// others come and go.
TEST_F(Walks, KeepTheirPromiseWhileTheCacheChanges) {
  for (const int before : {100, 3000}) {
    Cache changing = new_cache(runtime);
    for (int i = 0; i < before; ++i)
      ASSERT_EQ(put(changing, "stays " + std::to_string(i), ""), BRISK_OK);
    for (int i = 0; i < before; ++i)
      ASSERT_EQ(put(changing, "goes " + std::to_string(i), noise(40)), BRISK_OK);
    Cursor cursor;
    ASSERT_EQ(call(brisk_cache_keys, changing, cursor.out()), BRISK_OK);
    std::map<std::string, int> seen;
    char buffer[64];
    size_t size = 0;
    int step = 0;
    while (call(brisk_cursor_next, cursor, buffer, sizeof buffer, &size) == BRISK_OK) {
      ++seen[std::string(buffer, size)];
      ++step;
      for (int i = 0; i < 10 && step < 4000; ++i) {
        ASSERT_EQ(put(changing, "comes " + std::to_string(step * 10 + i), noise(100)), BRISK_OK);
      }
      ASSERT_EQ(put(changing, "stays " + std::to_string(step % before), "again"), BRISK_OK);
      if (step % 2 == 0) erase(changing, "goes " + std::to_string(step % before));
      if (step % 3 == 0) erase(changing, "comes " + std::to_string(step));
    }
    for (int i = 0; i < before; ++i) EXPECT_EQ(seen["stays " + std::to_string(i)], 1) << i;
    for (const auto &[key, times] : seen) EXPECT_EQ(times, 1) << key;
  }
}

TEST_F(Walks, ACursorKeepsItsCache) {
  ASSERT_EQ(put(cache, "key", ""), BRISK_OK);
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  cache.reset();
  runtime.reset();
  char buffer[8];
  size_t size = 0;
  EXPECT_EQ(call(brisk_cursor_next, cursor, buffer, sizeof buffer, &size), BRISK_OK);
  EXPECT_EQ(std::string(buffer, size), "key");
}

TEST_F(Walks, EraseMatchingRemovesWhatMatchesAndNothingElse) {
  for (int user = 0; user < 100; ++user) {
    for (const char *part : {"name", "mail", "cart"}) {
      ASSERT_EQ(put(cache, "user:" + std::to_string(user) + ":" + part, "v"), BRISK_OK);
    }
  }
  EXPECT_EQ(erase_matching("user:12:*"), 3u);
  EXPECT_EQ(erase_matching("user:12:*"), 0u);
  EXPECT_EQ(erase_matching("user:?:mail"), 10u);
  EXPECT_EQ(erase_matching("user:[1-2][!0-8]:name"), 2u);
  EXPECT_EQ(contains(cache, "user:19:name"), BRISK_MISS);
  EXPECT_EQ(contains(cache, "user:18:name"), BRISK_OK);
  EXPECT_EQ(erase_matching("*cart"), 99u);
  EXPECT_EQ(erase_matching("user"), 0u) << "the whole key";
  EXPECT_EQ(erase_matching(""), 0u);
  EXPECT_EQ(stats(cache).entries, 300u - 3 - 10 - 2 - 99);
  EXPECT_EQ(stats(cache).evicted_erased, 3u + 10 + 2 + 99);
  EXPECT_EQ(erase_matching("*"), 300u - 3 - 10 - 2 - 99);
  EXPECT_EQ(stats(cache).entries, 0u);
}

TEST_F(Walks, EraseMatchingMatchesBytes) {
  using namespace std::string_literals;
  ASSERT_EQ(put(cache, "a\0b"s, "v"), BRISK_OK);
  ASSERT_EQ(put(cache, "a\xff"s + "b", "v"), BRISK_OK);
  ASSERT_EQ(put(cache, std::string(65535, 'x'), "v"), BRISK_OK);
  ASSERT_EQ(put(cache, "", "v"), BRISK_OK);
  ASSERT_EQ(put(cache, "*", "v"), BRISK_OK);
  EXPECT_EQ(erase_matching("\\*"), 1u);
  EXPECT_EQ(erase_matching(""), 1u);
  EXPECT_EQ(erase_matching("x*x"), 1u);
  EXPECT_EQ(erase_matching("a\0b"s), 1u);
  EXPECT_EQ(erase_matching("a[\x80-\xff]b"), 1u);
  EXPECT_EQ(stats(cache).entries, 0u);
}

TEST_F(Walks, EraseMatchingDoesNotCountTheExpired) {
  Runtime system = new_runtime(BRISK_CLOCK_SYSTEM);
  ASSERT_EQ(put(cache, "a", "v"), BRISK_OK);
  ASSERT_EQ(put(cache, "b", "v", 10), BRISK_OK);
  advance(runtime, 10);
  EXPECT_EQ(erase_matching("*"), 1u);
}

TEST_F(Walks, ClearRemovesEverything) {
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(put(cache, std::to_string(i), prose(static_cast<size_t>(i)), i % 2 == 0 ? second : 0),
              BRISK_OK);
  }
  Value pinned;
  ASSERT_EQ(pin(cache, "7", pinned), BRISK_OK);
  ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  auto figures = stats(cache);
  EXPECT_EQ(figures.entries, 0u);
  EXPECT_EQ(figures.entry_bytes, 0u);
  EXPECT_EQ(figures.raw_bytes, 0u);
  EXPECT_EQ(figures.evicted_erased, 5000u);
  EXPECT_TRUE(keys(cache).empty());
  EXPECT_EQ(text(pinned), prose(7));
  ASSERT_EQ(put(cache, "7", "new"), BRISK_OK);
  EXPECT_EQ(get(cache, "7"), "new");
  ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  ASSERT_EQ(call(brisk_cache_clear, cache), BRISK_OK);
  advance(runtime, 10 * second);
  EXPECT_EQ(stats(cache).entries, 0u);
  EXPECT_EQ(stats(cache).evicted_expired, 0u);
}

// Events.

TEST_F(Walks, WithoutAQueueThereAreNoEvents) {
  ASSERT_EQ(put(cache, "key", ""), BRISK_OK);
  ASSERT_EQ(erase(cache, "key"), BRISK_OK);
  EXPECT_EQ(next_event(cache), std::nullopt);
  EXPECT_EQ(stats(cache).events_dropped, 0u);
}

TEST_F(Walks, EventsTellWhatLeftAndWhyInOrder) {
  Cache told = new_cache(runtime, [](auto &o) { o.event_capacity = 100, o.max_entries = 3; });
  const auto expect = [&](std::string_view key, brisk_cause cause) {
    EXPECT_EQ(next_event(told), std::make_pair(std::string(key), cause));
  };
  ASSERT_EQ(put(told, "a", "1"), BRISK_OK);
  ASSERT_EQ(put(told, "a", "2"), BRISK_OK);
  ASSERT_EQ(put(told, "", "1", second), BRISK_OK);
  advance(runtime, second);
  ASSERT_EQ(erase(told, "a"), BRISK_OK);
  ASSERT_EQ(erase(told, "a"), BRISK_MISS);
  for (const char *key : {"1", "2", "3", "4"}) ASSERT_EQ(put(told, key, "v"), BRISK_OK);
  expect("a", BRISK_CAUSE_REPLACED);
  expect("", BRISK_CAUSE_EXPIRED);
  expect("a", BRISK_CAUSE_ERASED);
  expect("1", BRISK_CAUSE_CAPACITY);
  EXPECT_EQ(next_event(told), std::nullopt);
  ASSERT_EQ(call(brisk_cache_clear, told), BRISK_OK);
  std::set<std::string> cleared;
  while (const auto event = next_event(told)) {
    EXPECT_EQ(event->second, BRISK_CAUSE_ERASED);
    cleared.insert(event->first);
  }
  EXPECT_EQ(cleared, (std::set<std::string>{"2", "3", "4"}));
  const auto figures = stats(told);
  EXPECT_EQ(figures.evicted_capacity, 1u);
  EXPECT_EQ(figures.evicted_expired, 1u);
  EXPECT_EQ(figures.evicted_replaced, 1u);
  EXPECT_EQ(figures.evicted_erased, 4u);
  EXPECT_GT(figures.evicted_capacity_bytes, 0u);
  EXPECT_GT(figures.evicted_expired_bytes, 0u);
  EXPECT_GT(figures.evicted_replaced_bytes, 0u);
  EXPECT_GT(figures.evicted_erased_bytes, 0u);
}

TEST_F(Walks, AFullQueueDropsTheOldestAndCountsThem) {
  Cache told = new_cache(runtime, [](auto &o) { o.event_capacity = 10; });
  for (int i = 0; i < 25; ++i) ASSERT_EQ(put(told, "key", std::to_string(i)), BRISK_OK);
  ASSERT_EQ(erase(told, "key"), BRISK_OK);
  EXPECT_EQ(stats(told).events_dropped, 15u);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(next_event(told)->second, BRISK_CAUSE_REPLACED) << i;
  EXPECT_EQ(next_event(told)->second, BRISK_CAUSE_ERASED);
  EXPECT_EQ(next_event(told), std::nullopt);
}

TEST_F(Walks, EventsOfAnySizeGoRoundTheQueue) {
  Cache told = new_cache(runtime, [](auto &o) { o.event_capacity = 8; });
  std::vector<std::string> left;
  for (size_t i = 0; i < 2000; ++i) {
    const std::string key = noise(i * 7 % 90, i);
    ASSERT_EQ(put(told, key, "v"), BRISK_OK);
    ASSERT_EQ(erase(told, key), BRISK_OK);
    left.push_back(key);
    if (i % 5 != 0) continue;
    // Whatever was dropped, what is there is the newest in order.
    std::vector<std::string> taken;
    while (const auto event = next_event(told)) taken.push_back(event->first);
    ASSERT_FALSE(taken.empty());
    ASSERT_TRUE(std::equal(taken.rbegin(), taken.rend(), left.rbegin())) << i;
    if (i > 0) {
      ASSERT_GE(taken.size(), 4u);
    }
  }
}

TEST_F(Walks, AnEventWaitsForALargerBuffer) {
  Cache told = new_cache(runtime, [](auto &o) { o.event_capacity = 8; });
  ASSERT_EQ(put(told, "twelve bytes", ""), BRISK_OK);
  ASSERT_EQ(erase(told, "twelve bytes"), BRISK_OK);
  char buffer[12];
  size_t size = 0;
  brisk_cause cause = 0;
  EXPECT_EQ(call(brisk_cache_next_event, told, nullptr, 0u, &size, &cause), BRISK_SHORT_BUFFER);
  EXPECT_EQ(size, 12u);
  EXPECT_EQ(call(brisk_cache_next_event, told, buffer, 11u, &size, &cause), BRISK_SHORT_BUFFER);
  EXPECT_EQ(call(brisk_cache_next_event, told, buffer, 12u, &size, &cause), BRISK_OK);
  EXPECT_EQ(std::string(buffer, size), "twelve bytes");
  EXPECT_EQ(cause, BRISK_CAUSE_ERASED);
  EXPECT_EQ(call(brisk_cache_next_event, told, buffer, 12u, &size, &cause), BRISK_END);
}

}  // namespace
}  // namespace brisk_test
