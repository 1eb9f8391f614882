// Handles, errors and the runtime of brisk.hpp: who owns what, and what a mistake says.
#include <gtest/gtest.h>

#include <brisk/brisk.hpp>
#include <memory>
#include <thread>
#include <type_traits>

namespace {

using namespace std::chrono_literals;
using brisk::Cache;
using brisk::CacheOptions;
using brisk::Runtime;
using brisk::RuntimeOptions;
using brisk::Value;

template <class Handle>
void expect_handle() {
  EXPECT_EQ(sizeof(Handle), sizeof(void *));
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<Handle>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Handle>);
  EXPECT_TRUE(std::is_nothrow_copy_assignable_v<Handle>);
  EXPECT_TRUE(std::is_nothrow_move_assignable_v<Handle>);
  EXPECT_TRUE(std::is_nothrow_destructible_v<Handle>);
}

// Calls and returns the message of the InvalidArgument that comes of it.
template <class Call>
std::string invalid(Call &&call) {
  try {
    call();
  } catch (const brisk::InvalidArgument &error) {
    EXPECT_EQ(error.status(), BRISK_INVALID);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(Handles, AreAsSmallAsAPointerAndNeverThrow) {
  expect_handle<Runtime>();
  expect_handle<Cache>();
  expect_handle<Value>();
  expect_handle<brisk::Lease>();
  EXPECT_FALSE(std::is_copy_constructible_v<brisk::Keys>);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<brisk::Keys>);
}

TEST(Handles, ACopyIsTheSameObject) {
  Cache one;
  Cache other = one;
  EXPECT_EQ(one.raw(), other.raw());
  one.put("key", "value");
  EXPECT_EQ(other.get("key"), "value");

  Cache third;
  third = other;
  EXPECT_EQ(third.raw(), one.raw());
  third = static_cast<const Cache &>(third);
  EXPECT_EQ(third.get("key"), "value");
}

TEST(Handles, AMoveTakesTheReferenceAlong) {
  Cache from;
  from.put("key", "value");
  brisk_cache *const raw = from.raw();
  Cache to = std::move(from);
  EXPECT_EQ(to.raw(), raw);
  EXPECT_FALSE(from);
  EXPECT_TRUE(to);
  from = std::move(to);
  EXPECT_FALSE(to);
  EXPECT_EQ(from.get("key"), "value");
}

TEST(Handles, AnEmptyCacheThrowsAtEveryCall) {
  Cache cache;
  const Cache other = std::move(cache);
  std::string buffer;
  char small[8];
  EXPECT_NE(invalid([&] { cache.put("k", "v"); }).find("cache"), std::string::npos);
  EXPECT_THROW(cache.put_many({{"k", "v"}}), brisk::InvalidArgument);
  EXPECT_THROW(cache.get("k"), brisk::InvalidArgument);
  EXPECT_THROW(cache.get_many({"k"}), brisk::InvalidArgument);
  EXPECT_THROW(cache.read("k", buffer), brisk::InvalidArgument);
  EXPECT_THROW(cache.read("k", small, sizeof small), brisk::InvalidArgument);
  EXPECT_THROW(cache.read_many({"k"}, buffer), brisk::InvalidArgument);
  EXPECT_THROW(cache.contains("k"), brisk::InvalidArgument);
  EXPECT_THROW(cache.touch("k"), brisk::InvalidArgument);
  EXPECT_THROW(cache.erase("k"), brisk::InvalidArgument);
  EXPECT_THROW(cache.erase_matching("*"), brisk::InvalidArgument);
  EXPECT_THROW(cache.clear(), brisk::InvalidArgument);
  EXPECT_THROW(cache.keys(), brisk::InvalidArgument);
  EXPECT_THROW(cache.next_event(), brisk::InvalidArgument);
  EXPECT_THROW(cache.stats(), brisk::InvalidArgument);
  EXPECT_THROW(cache.begin("k"), brisk::InvalidArgument);
  EXPECT_THROW(cache.get_or_load("k", [](std::string_view) { return "v"; }),
               brisk::InvalidArgument);
  EXPECT_THROW(cache.close(), brisk::InvalidArgument);
}

TEST(Handles, AnEmptyRuntimeIsNotTheDefaultOne) {
  Runtime runtime;
  const Runtime other = std::move(runtime);
  EXPECT_NE(invalid([&] { Cache cache(runtime); }).find("moved from"), std::string::npos);
  EXPECT_THROW(Cache::find(runtime, "x"), brisk::InvalidArgument);
  EXPECT_THROW(runtime.now(), brisk::InvalidArgument);
  EXPECT_THROW(runtime.stats(), brisk::InvalidArgument);
  EXPECT_THROW(runtime.advance(1s), brisk::InvalidArgument);
  EXPECT_THROW(runtime.close(), brisk::InvalidArgument);
}

TEST(Handles, AnEmptyLeaseThrowsAndAnEmptyValueHasNoBytes) {
  brisk::Lease lease;
  EXPECT_THROW(lease.complete("v"), brisk::InvalidArgument);
  EXPECT_THROW(lease.complete_pinned("v"), brisk::InvalidArgument);
  EXPECT_THROW(lease.fail("v"), brisk::InvalidArgument);
  EXPECT_THROW(lease.abandon(), brisk::InvalidArgument);
  EXPECT_THROW(lease.wait(), brisk::InvalidArgument);
  EXPECT_TRUE(Value().empty());
  EXPECT_EQ(Value(), "");
  EXPECT_FALSE(Value());
}

TEST(Handles, MayBeDestroyedInAnyOrder) {
  auto runtime = std::make_unique<Runtime>();
  auto cache = std::make_unique<Cache>(*runtime);
  cache->put("key", "value");
  cache->put("large", std::string(100'000, 'x'));
  const Value small = *cache->get("key");
  const Value large = *cache->get("large");
  auto keys = std::make_unique<brisk::Keys>(cache->keys());
  brisk::Lease lead = cache->begin("missing").lease;
  brisk::Lease waiting = cache->begin("missing").lease;

  runtime.reset();
  cache.reset();
  EXPECT_EQ(std::distance(keys->begin(), keys->end()), 2);
  keys.reset();
  lead.complete("found");
  lead = {};
  EXPECT_EQ(*waiting.wait(), "found");
  waiting = {};
  EXPECT_EQ(small, "value");
  EXPECT_EQ(large, std::string(100'000, 'x'));
}

TEST(Handles, TakeOverWhatCGivesOut) {
  brisk_cache *raw = nullptr;
  ASSERT_EQ(brisk_cache_new(nullptr, nullptr, &raw, nullptr), BRISK_OK);
  Cache cache(brisk::adopt, raw);
  cache.put("key", "value");
  brisk_value *value = nullptr;
  ASSERT_EQ(brisk_cache_get(cache.raw(), "key", 3, &value, nullptr), BRISK_OK);
  EXPECT_EQ(Value(brisk::adopt, value), "value");
}

TEST(Handles, MayBeCopiedAndDroppedByManyThreads) {
  const Cache cache;
  Cache(cache).put("key", "value");
  const Value value = *cache.get("key");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 1000; ++round) {
        const Cache mine = cache;
        const Value copy = value;
        EXPECT_EQ(*mine.get("key"), copy);
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

TEST(Values, CompareAndConvert) {
  Cache cache;
  cache.put("key", "value");
  const Value value = *cache.get("key");
  EXPECT_EQ(value, value);
  EXPECT_EQ(value, "value");
  EXPECT_EQ("value", value);
  EXPECT_EQ(value, std::string("value"));
  EXPECT_NE(value, Value());
  EXPECT_NE(value, "other");
  EXPECT_NE("other", value);
  const std::string_view view = value;
  EXPECT_EQ(view, *value);
  EXPECT_EQ(view.data(), value.data());
  EXPECT_EQ(value.size(), 5u);
  EXPECT_EQ(value.str(), "value");
}

TEST(Values, StayWhenTheirEntryGoes) {
  Cache cache;
  cache.put("key", "value");
  const Value erased = *cache.get("key");
  cache.erase("key");
  cache.put("key", "other");
  const Value replaced = *cache.get("key");
  cache.put("key", "third");
  const Value closed = *cache.get("key");
  cache.close();
  EXPECT_EQ(erased, "value");
  EXPECT_EQ(replaced, "other");
  EXPECT_EQ(closed, "third");
}

TEST(Errors, CarryStatusNameAndMessage) {
  try {
    brisk::bytes("64 bananas");
    FAIL();
  } catch (const brisk::Error &error) {
    EXPECT_EQ(error.status(), BRISK_INVALID);
    EXPECT_STREQ(error.status_name(), "BRISK_INVALID");
    EXPECT_NE(std::string(error.what()).find("bananas"), std::string::npos);
  }
}

TEST(Errors, AreStandardExceptions) {
  EXPECT_THROW(brisk::bytes(""), std::runtime_error);
  EXPECT_TRUE((std::is_base_of_v<brisk::Error, brisk::InvalidArgument>));
  EXPECT_TRUE((std::is_base_of_v<brisk::Error, brisk::Closed>));
  EXPECT_TRUE((std::is_base_of_v<brisk::Error, brisk::LoadFailed>));
  EXPECT_TRUE((std::is_base_of_v<brisk::Error, brisk::Deadlock>));
}

TEST(Errors, WithoutMemoryAreBadAlloc) {
  EXPECT_THROW(brisk::detail::Failure().check(BRISK_OUT_OF_MEMORY), std::bad_alloc);
}

TEST(Errors, WithoutAnErrorObjectNameTheStatus) {
  try {
    brisk::detail::Failure().check(BRISK_INTERNAL);
    FAIL();
  } catch (const brisk::Error &error) {
    EXPECT_STREQ(error.what(), "BRISK_INTERNAL");
  }
}

TEST(Errors, AreWhatOptionsOutOfRangeGive) {
  CacheOptions options;
  options.compression_level = 99;
  EXPECT_THROW(Cache{options}, brisk::InvalidArgument);
  options = {};
  options.capacity = 1;
  EXPECT_THROW(Cache{options}, brisk::InvalidArgument);
  options = {};
  options.name = std::string(256, 'n');
  EXPECT_THROW(Cache{options}, brisk::InvalidArgument);
  options = {};
  options.ttl = -1s;
  EXPECT_NE(invalid([&] { Cache{options}; }).find("-1000000000"), std::string::npos);
}

TEST(Errors, ALimitThatIsExceededIsNamed) {
  Cache cache;
  try {
    cache.put(std::string(BRISK_KEY_SIZE_MAX + 1, 'k'), "v");
    FAIL();
  } catch (const brisk::Error &error) {
    EXPECT_EQ(error.status(), BRISK_TOO_LARGE);
    EXPECT_NE(std::string(error.what()).find("65536"), std::string::npos) << error.what();
  }
}

TEST(Library, SaysWhatItIs) {
  EXPECT_EQ(brisk::version(), BRISK_VERSION);
  EXPECT_NE(brisk::build_info().find(BRISK_VERSION), std::string_view::npos);
  EXPECT_TRUE(brisk::matches_headers());
}

TEST(Library, ReadsSizes) {
  EXPECT_EQ(brisk::bytes("4096"), 4096u);
  EXPECT_EQ(brisk::bytes("64 MiB"), uint64_t{64} << 20);
  EXPECT_EQ(brisk::bytes("1.5GB"), 1'500'000'000u);
}

TEST(Runtimes, OfTheProcessIsOne) {
  EXPECT_EQ(Runtime::process().raw(), Runtime::process().raw());
  EXPECT_THROW(Runtime::process().close(), brisk::InvalidArgument);
  EXPECT_THROW(Runtime::process().advance(1s), brisk::InvalidArgument);
}

TEST(Runtimes, WithAManualClockMoveWhenTold) {
  RuntimeOptions options;
  options.clock = brisk::Clock::manual;
  Runtime runtime(options);
  EXPECT_EQ(runtime.now(), 0s);
  runtime.advance(90s);
  EXPECT_EQ(runtime.now(), 90s);
  EXPECT_THROW(runtime.advance(-1s), brisk::InvalidArgument);
}

TEST(Runtimes, HoldTheirCachesWithinABudget) {
  RuntimeOptions options;
  options.budget = brisk::bytes("1 MiB");
  Runtime runtime(options);
  Cache cache(runtime);
  for (int i = 0; i < 1000; ++i) cache.put(std::to_string(i), std::string(10'000, 'x') + "y");
  const brisk::RuntimeStats stats = runtime.stats();
  EXPECT_EQ(stats.caches, 1u);
  EXPECT_EQ(stats.budget_bytes, options.budget);
  EXPECT_GT(stats.held_bytes, 0u);
  EXPECT_LE(stats.peak_bytes, options.budget);

  options = {};
  options.budget_percent = 101;
  EXPECT_THROW(Runtime{options}, brisk::InvalidArgument);
}

TEST(Runtimes, ThatCloseCloseTheirCaches) {
  Runtime runtime;
  Cache cache(runtime);
  runtime.close();
  runtime.close();
  EXPECT_THROW(runtime.now(), brisk::Closed);
  EXPECT_THROW(cache.put("key", "value"), brisk::Closed);
  EXPECT_THROW(Cache{runtime}, brisk::Closed);
}

}  // namespace
