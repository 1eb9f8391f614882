// The runtime, errors, versions and sizes; and that every status of the interface was seen by some
// test.
#include <cstring>

#include "failing_new.h"
#include "interface.h"

namespace brisk_test {
namespace {

TEST(RuntimeInterface, AManualClockStartsAtZeroAndMovesWhenTold) {
  Runtime runtime = new_runtime();
  uint64_t now = 9;
  ASSERT_EQ(call(brisk_runtime_now, runtime, &now), BRISK_OK);
  EXPECT_EQ(now, 0u);
  advance(runtime, 1);
  advance(runtime, 41);
  ASSERT_EQ(call(brisk_runtime_now, runtime, &now), BRISK_OK);
  EXPECT_EQ(now, 42u);
  advance(runtime, BRISK_FOREVER);
  ASSERT_EQ(call(brisk_runtime_now, runtime, &now), BRISK_OK);
  EXPECT_EQ(now, BRISK_FOREVER - 1) << "forever is never reached";
}

TEST(RuntimeInterface, ASystemClockCannotBeAdvanced) {
  Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM);
  uint64_t first = 0;
  ASSERT_EQ(call(brisk_runtime_now, runtime, &first), BRISK_OK);
  EXPECT_TRUE(eventually([&] {
    uint64_t now = 0;
    EXPECT_EQ(call(brisk_runtime_now, runtime, &now), BRISK_OK);
    EXPECT_GE(now, first);
    return now > first;
  }));
  const Result result = call(brisk_runtime_advance, runtime, 1u);
  EXPECT_EQ(result, BRISK_INVALID);
  EXPECT_TRUE(result.says("BRISK_CLOCK_MANUAL")) << result;
}

TEST(RuntimeInterface, TheDefaultRuntimeIsOneAndCannotBeClosed) {
  Runtime first;
  Runtime other;
  ASSERT_EQ(call(brisk_runtime_default, first.out()), BRISK_OK);
  ASSERT_EQ(call(brisk_runtime_default, other.out()), BRISK_OK);
  EXPECT_EQ(static_cast<brisk_runtime *>(first), static_cast<brisk_runtime *>(other));
  EXPECT_EQ(call(brisk_runtime_close, first), BRISK_INVALID);
  EXPECT_EQ(runtime_stats(first).budget_bytes, BRISK_FOREVER);
  const uint32_t before = runtime_stats(nullptr).caches;
  Cache cache = new_cache(nullptr);
  EXPECT_EQ(runtime_stats(nullptr).caches, before + 1) << "NULL is the default one";
  EXPECT_EQ(runtime_stats(first).caches, before + 1);
  uint64_t now = 0;
  EXPECT_EQ(call(brisk_runtime_now, nullptr, &now), BRISK_OK);
  EXPECT_GT(now, 0u);
}

TEST(RuntimeInterface, ACacheIsFoundByItsName) {
  Runtime runtime = new_runtime();
  Runtime other = new_runtime();
  using namespace std::string_literals;
  for (const std::string &name : {"name"s, "with\0zero"s, std::string(255, 'n')}) {
    const auto named = [&](auto &o) {
      o.name = name.data(), o.name_size = static_cast<uint32_t>(name.size());
    };
    Cache cache = new_cache(runtime, named);
    Cache found;
    ASSERT_EQ(call(brisk_cache_find, runtime, name.data(), name.size(), found.out()), BRISK_OK);
    EXPECT_EQ(static_cast<brisk_cache *>(found), static_cast<brisk_cache *>(cache));
    found.reset();
    EXPECT_EQ(call(brisk_cache_find, runtime, name.data(), name.size() - 1, found.out()),
              BRISK_MISS);
    EXPECT_EQ(found, nullptr);
    EXPECT_EQ(call(brisk_cache_find, other, name.data(), name.size(), found.out()), BRISK_MISS);

    brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
    named(options);
    const Result taken = call(brisk_cache_new, runtime, &options, found.out());
    EXPECT_EQ(taken, BRISK_EXISTS);
    EXPECT_TRUE(taken.says(name.substr(0, 4))) << taken;
    EXPECT_EQ(found, nullptr);
    Cache elsewhere = new_cache(other, named);
    EXPECT_NE(elsewhere, nullptr) << "a name is taken in its runtime only";

    // Released or closed, the name is free.
    cache.reset();
    EXPECT_EQ(call(brisk_cache_find, runtime, name.data(), name.size(), found.out()), BRISK_MISS);
    Cache again = new_cache(runtime, named);
    ASSERT_NE(again, nullptr);
    ASSERT_EQ(call(brisk_cache_close, again), BRISK_OK);
    EXPECT_EQ(call(brisk_cache_find, runtime, name.data(), name.size(), found.out()), BRISK_MISS);
    Cache third = new_cache(runtime, named);
    ASSERT_NE(third, nullptr);
    ASSERT_EQ(call(brisk_cache_find, runtime, name.data(), name.size(), found.out()), BRISK_OK);
    EXPECT_EQ(static_cast<brisk_cache *>(found), static_cast<brisk_cache *>(third));
    again.reset();
    ASSERT_EQ(call(brisk_cache_find, runtime, name.data(), name.size(), found.out()), BRISK_OK);
  }
  Cache nameless;
  EXPECT_EQ(call(brisk_cache_find, runtime, "", 0u, nameless.out()), BRISK_INVALID);
}

TEST(RuntimeInterface, CloseEndsItsCaches) {
  Runtime runtime = new_runtime();
  Cache first = new_cache(runtime);
  Cache other = new_cache(runtime);
  ASSERT_EQ(put(first, "key", "value"), BRISK_OK);
  Value value;
  ASSERT_EQ(pin(first, "key", value), BRISK_OK);
  EXPECT_EQ(runtime_stats(runtime).caches, 2u);
  ASSERT_EQ(call(brisk_runtime_close, runtime), BRISK_OK);
  EXPECT_EQ(put(first, "key", "value"), BRISK_CLOSED);
  EXPECT_EQ(put(other, "key", "value"), BRISK_CLOSED);
  EXPECT_EQ(text(value), "value") << "pinned values stay valid";
}

TEST(RuntimeInterface, ARuntimeLivesAsLongAsItsCaches) {
  for (const brisk_clock clock : {BRISK_CLOCK_MANUAL, BRISK_CLOCK_SYSTEM}) {
    Runtime runtime = new_runtime(clock);
    Cache cache = new_cache(runtime);
    runtime.reset();
    EXPECT_EQ(put(cache, "key", "value", 10 * second), BRISK_OK);
    EXPECT_EQ(get(cache, "key"), "value");
    Cache same(brisk_cache_ref(cache));
    cache.reset();
    EXPECT_EQ(get(same, "key"), "value");
  }
}

TEST(RuntimeInterface, HeldBytesAreThoseOfItsCaches) {
  Runtime runtime = new_runtime();
  EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
  Cache cache = new_cache(runtime);
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  const auto figures = runtime_stats(runtime);
  EXPECT_EQ(figures.held_bytes, stats(cache).held_bytes);
  EXPECT_GE(figures.peak_bytes, figures.held_bytes);
  EXPECT_EQ(figures.budget_bytes, BRISK_FOREVER);
  cache.reset();
  EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
  EXPECT_EQ(runtime_stats(runtime).peak_bytes, figures.peak_bytes);
  EXPECT_EQ(runtime_stats(runtime).caches, 0u);
}

// Errors and versions.

TEST(ErrorInterface, AnErrorIsCountedAndReadable) {
  brisk_error *error = nullptr;
  ASSERT_EQ(brisk_cache_clear(nullptr, &error), BRISK_INVALID);
  ASSERT_NE(error, nullptr);
  brisk_error *const same = brisk_error_ref(error);
  EXPECT_EQ(same, error);
  brisk_error_unref(error);
  EXPECT_EQ(brisk_error_status(same), BRISK_INVALID);
  EXPECT_STREQ(brisk_error_message(same), "cache is NULL");
  brisk_error_unref(same);
}

TEST(ErrorInterface, MessagesShowAKeyInFullOrInPartAndEscaped) {
  Cache cache = new_cache(nullptr, [](auto &o) { o.capacity_bytes = 262144; });
  const std::string big = noise(200000);
  using namespace std::string_literals;
  EXPECT_TRUE(put(cache, "a\"\\\n\0\xff"s, big).says(R"("a\x22\x5c\x0a\x00\xff")"))
      << put(cache, "a\"\\\n\0\xff"s, big);
  EXPECT_TRUE(put(cache, std::string(64, 'k'), big).says("\"" + std::string(64, 'k') + "\""));
  EXPECT_TRUE(put(cache, std::string(65, 'k'), big).says("\"" + std::string(64, 'k') + "...\""));
}

TEST(ErrorInterface, EveryStatusHasItsName) {
  EXPECT_STREQ(brisk_status_name(BRISK_OK), "BRISK_OK");
  EXPECT_STREQ(brisk_status_name(BRISK_WAIT), "BRISK_WAIT");
  EXPECT_STREQ(brisk_status_name(BRISK_INTERNAL), "BRISK_INTERNAL");
  EXPECT_STREQ(brisk_status_name(10), "BRISK_UNKNOWN");
  EXPECT_STREQ(brisk_status_name(-99), "BRISK_UNKNOWN");
  EXPECT_STREQ(brisk_status_name(INT32_MIN), "BRISK_UNKNOWN");
}

TEST(ErrorInterface, TheLibraryIsThatOfTheHeaders) {
  EXPECT_STREQ(brisk_version(), BRISK_VERSION);
  EXPECT_EQ(brisk_abi_version(), BRISK_ABI_VERSION);
  EXPECT_EQ(brisk_abi_digest(), BRISK_ABI_DIGEST);
  Cache cache = new_cache(nullptr);
  const std::string info = brisk_build_info();
  EXPECT_EQ(brisk_build_info(), brisk_build_info()) << "static";
  for (const char *says : {"brisk " BRISK_VERSION, "interface 0.1", "allocator ", "libbrisk.so"}) {
    EXPECT_NE(info.find(says), std::string::npos) << info;
  }
  EXPECT_EQ(info.find("allocator none yet"), std::string::npos) << info;
}

// An exception that nobody expects inside the library becomes a status, not the end of the program.
TEST(ErrorInterface, AnUnexpectedExceptionIsInternal) {
  for (const auto &[what, says] : {std::make_pair(Throws::runtime_error, "the test threw this"),
                                   std::make_pair(Throws::number, "unknown type")}) {
    Runtime runtime;
    brisk_runtime **const place = runtime.out();
    brisk_error *error = nullptr;
    fail_new(1, what);
    const brisk_status status = brisk_runtime_new(nullptr, place, &error);
    fail_new(0);
    Seen::add(status);
    EXPECT_EQ(status, BRISK_INTERNAL);
    EXPECT_NE(std::string(brisk_error_message(error)).find(says), std::string::npos)
        << brisk_error_message(error);
    EXPECT_EQ(runtime, nullptr);
    brisk_error_unref(error);
  }
}

TEST(ErrorInterface, NoMemoryIsSaidWithoutMemory) {
  Runtime runtime;
  brisk_runtime **const place = runtime.out();
  brisk_error *error = nullptr;
  fail_new(1);
  const brisk_status status = brisk_runtime_new(nullptr, place, &error);
  fail_new(0);
  EXPECT_EQ(status, BRISK_OUT_OF_MEMORY);
  EXPECT_EQ(brisk_error_status(error), BRISK_OUT_OF_MEMORY);
  EXPECT_STRNE(brisk_error_message(error), "");
  brisk_error_unref(error);
}

TEST(ErrorInterface, SizesAreReadAsPeopleWriteThem) {
  uint64_t size = 0;
  EXPECT_EQ(call(brisk_parse_size, "64 MiB", 6u, &size), BRISK_OK);
  EXPECT_EQ(size, uint64_t{64} << 20);
  const Result result = call(brisk_parse_size, "64 Mib/s", 8u, &size);
  EXPECT_EQ(result, BRISK_INVALID);
  EXPECT_TRUE(result.says("\"64 Mib/s\"") && result.says("64 MiB")) << result;
  EXPECT_EQ(size, 0u);
}

// After all tests, when all were run: no status of the interface is left that no test has seen.
class EveryStatus : public testing::Environment {
 public:
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*" ||
        testing::UnitTest::GetInstance()->failed_test_count() != 0)
      return;
    for (brisk_status status = -100; status <= 100; ++status) {
      if (std::strcmp(brisk_status_name(status), "BRISK_UNKNOWN") == 0) continue;
      if (status == BRISK_UNSUPPORTED) continue;  // of drivers alone: tests/modules/drivers.cc
      EXPECT_TRUE(Seen::has(status)) << "no test has seen " << brisk_status_name(status);
    }
  }
};
[[maybe_unused]] testing::Environment *const every_status =
    testing::AddGlobalTestEnvironment(new EveryStatus);

}  // namespace
}  // namespace brisk_test
