// Interning through the C interface: one id and one address for equal strings, bounded and charged.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "interface.h"

namespace brisk_test {
namespace {

using Intern = Handle<brisk_intern, brisk_intern_unref>;

constexpr uint32_t none = BRISK_INTERN_NONE;

Intern new_intern(brisk_runtime *runtime, uint64_t capacity = 0) {
  brisk_intern_options options = BRISK_INTERN_OPTIONS_INIT;
  options.capacity_bytes = capacity;
  Intern intern;
  EXPECT_EQ(call(brisk_intern_new, runtime, &options, intern.out()), BRISK_OK);
  return intern;
}

Result put(brisk_intern *intern, std::string_view string, uint32_t *id) {
  return call(brisk_intern_put, intern, string.data(), string.size(), id);
}

uint32_t put(brisk_intern *intern, std::string_view string) {
  uint32_t id = 77;
  const Result result = put(intern, string, &id);
  EXPECT_EQ(result == BRISK_OK, id != none);
  if (!(result == BRISK_OK)) {
    EXPECT_EQ(result, BRISK_REFUSED);
  }
  return id;
}

uint32_t find(brisk_intern *intern, std::string_view string) {
  uint32_t id = 77;
  const Result result = call(brisk_intern_find, intern, string.data(), string.size(), &id);
  EXPECT_EQ(result, id != none ? BRISK_OK : BRISK_MISS);
  return id;
}

std::string_view at(brisk_intern *intern, uint32_t id) {
  size_t size = 77;
  const auto *data = static_cast<const char *>(brisk_intern_at(intern, id, &size));
  if (data == nullptr) {
    EXPECT_EQ(size, 0u);
    return "nothing";
  }
  EXPECT_EQ(data[size], '\0');
  return {data, size};
}

brisk_intern_stats stats(brisk_intern *intern) {
  brisk_intern_stats figures = BRISK_INTERN_STATS_INIT;
  EXPECT_EQ(call(brisk_intern_read_stats, intern, &figures), BRISK_OK);
  return figures;
}

struct Strings {
  std::string bytes;
  std::vector<uint32_t> sizes;

  explicit Strings(const std::vector<std::string> &all) {
    for (const std::string &one : all) {
      bytes += one;
      sizes.push_back(static_cast<uint32_t>(one.size()));
    }
  }
};

class InternTest : public testing::Test {
 protected:
  Runtime runtime_ = new_runtime();
};

TEST_F(InternTest, EqualStringsAreOne) {
  const Intern intern = new_intern(runtime_);
  EXPECT_EQ(put(intern, "red"), 0u);
  EXPECT_EQ(put(intern, "green"), 1u);
  EXPECT_EQ(put(intern, std::string("red")), 0u);
  EXPECT_EQ(put(intern, ""), 2u);
  EXPECT_EQ(put(intern, std::string_view("re\0d", 4)), 3u);
  EXPECT_EQ(put(intern, ""), 2u);
  EXPECT_EQ(find(intern, "green"), 1u);
  EXPECT_EQ(find(intern, "gree"), none);
  EXPECT_EQ(find(intern, "greed"), none);
  EXPECT_EQ(at(intern, 0), "red");
  EXPECT_EQ(at(intern, 2), "");
  EXPECT_EQ(at(intern, 3), std::string_view("re\0d", 4));
  EXPECT_EQ(at(intern, 4), "nothing");
  EXPECT_EQ(at(intern, none), "nothing");
  EXPECT_EQ(at(nullptr, 0), "nothing");
  EXPECT_NE(brisk_intern_at(intern, 0, nullptr), nullptr);
  const brisk_intern_stats figures = stats(intern);
  EXPECT_EQ(figures.strings, 4u);
  EXPECT_EQ(figures.string_bytes, 12u);
  EXPECT_EQ(figures.hits, 3u);
  EXPECT_EQ(figures.refusals, 0u);
  EXPECT_EQ(figures.capacity_bytes, uint64_t{64} << 20);
}

// Strings of every size, in numbers that let the table grow many times, against a map.
TEST_F(InternTest, KeepsIdsAndAddressesWhileItGrows) {
  const Intern intern = new_intern(runtime_);
  std::unordered_map<std::string, uint32_t> map;
  std::vector<const void *> addresses;
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const uint64_t number = random() % 100'000;
    std::string string = std::to_string(number);
    string.append(number % 7 == 0 ? number % 300 : 0, 'x');
    const auto known = map.find(string);
    ASSERT_EQ(find(intern, string), known == map.end() ? none : known->second);
    const uint32_t id = put(intern, string);
    ASSERT_EQ(id, known == map.end() ? map.size() : known->second);
    if (known == map.end()) addresses.push_back(brisk_intern_at(intern, id, nullptr));
    map.emplace(std::move(string), id);
  }
  uint64_t bytes = 0;
  for (const auto &[string, id] : map) {
    ASSERT_EQ(at(intern, id), string);
    ASSERT_EQ(brisk_intern_at(intern, id, nullptr), addresses[id]);
    ASSERT_EQ(find(intern, string), id);
    bytes += string.size();
  }
  EXPECT_EQ(stats(intern).strings, map.size());
  EXPECT_EQ(stats(intern).string_bytes, bytes);
}

TEST_F(InternTest, Batches) {
  const Intern intern = new_intern(runtime_);
  std::vector<std::string> all;
  std::vector<uint32_t> expected;
  for (uint32_t i = 0; i < 1000; ++i) {
    all.push_back(std::to_string(i % 700));
    expected.push_back(i % 700);
  }
  const Strings strings(all);
  const size_t count = all.size();
  std::vector<uint32_t> ids(count, 77);
  size_t done = 77;
  EXPECT_EQ(put(intern, "0"), 0u);
  EXPECT_EQ(call(brisk_intern_find_many, intern, count, strings.bytes.data(), strings.bytes.size(),
                 strings.sizes.data(), ids.data(), &done),
            BRISK_OK);
  EXPECT_EQ(done, 2u);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), none), 998);
  EXPECT_EQ(ids[700], 0u);
  EXPECT_EQ(call(brisk_intern_put_many, intern, count, strings.bytes.data(), strings.bytes.size(),
                 strings.sizes.data(), ids.data(), &done),
            BRISK_OK);
  EXPECT_EQ(done, count);
  EXPECT_EQ(ids, expected);
  std::fill(ids.begin(), ids.end(), 77);
  EXPECT_EQ(call(brisk_intern_find_many, intern, count, strings.bytes.data(), strings.bytes.size(),
                 strings.sizes.data(), ids.data(), &done),
            BRISK_OK);
  EXPECT_EQ(done, count);
  EXPECT_EQ(ids, expected);
  EXPECT_EQ(stats(intern).strings, 700u);
  EXPECT_EQ(stats(intern).hits, 2u + 301u + 1000u);
}

TEST_F(InternTest, RefusesBeyondItsCapacity) {
  const Intern intern = new_intern(runtime_, 1 << 20);
  uint32_t count = 0;
  uint64_t peak = 0;
  const auto name = [](uint32_t number) { return "a string " + std::to_string(number); };
  while (put(intern, name(count)) == count) {
    ++count;
    peak = std::max(peak, stats(intern).held_bytes);
  }
  EXPECT_LE(peak, 1u << 20);
  // Even where a larger table does not fit any more: 14 bytes and 25 of overhead each.
  EXPECT_GT(count, (1u << 20) / 45);
  for (uint32_t id = 0; id < count; ++id) ASSERT_EQ(put(intern, name(id)), id);
  EXPECT_EQ(find(intern, name(count)), none);
  EXPECT_EQ(put(intern, name(count)), none);
  EXPECT_EQ(stats(intern).refusals, 2u);
  EXPECT_EQ(stats(intern).strings, count);

  // A batch stops there.
  const Strings strings({name(1), name(2), name(count), name(3)});
  std::array<uint32_t, 4> ids{};
  size_t done = 77;
  EXPECT_EQ(call(brisk_intern_put_many, intern, size_t{4}, strings.bytes.data(),
                 strings.bytes.size(), strings.sizes.data(), ids.data(), &done),
            BRISK_REFUSED);
  EXPECT_EQ(done, 2u);
  EXPECT_EQ(ids, (std::array<uint32_t, 4>{1, 2, none, none}));
}

TEST_F(InternTest, TellsOfStringsThatNeverFit) {
  const Intern intern = new_intern(runtime_, 65536);
  uint32_t id = 77;
  const std::string large(65536, 'x');
  const Result result = put(intern, large, &id);
  EXPECT_EQ(result, BRISK_TOO_LARGE);
  EXPECT_EQ(id, none);
  EXPECT_TRUE(result.says("65536 bytes") && result.says("capacity_bytes")) << result;
  EXPECT_EQ(find(intern, large), none);
  EXPECT_EQ(put(intern, large.substr(0, 40000)), 0u);
  EXPECT_EQ(at(intern, 0), large.substr(0, 40000));

  const uint32_t sizes[] = {1, 65536};
  uint32_t ids[] = {77, 77};
  size_t done = 77;
  EXPECT_EQ(call(brisk_intern_put_many, intern, size_t{2}, ("a" + large).data(), large.size() + 1,
                 sizes, ids, &done),
            BRISK_TOO_LARGE);
  EXPECT_EQ(done, 0u);
  EXPECT_EQ(ids[0], none);
  EXPECT_EQ(find(intern, "a"), none);
}

// The largest string that is not called too large has room.
TEST_F(InternTest, ItsLimitIsExact) {
  uint32_t id = 0;
  uint64_t largest = 65536;
  while (true) {
    const Intern intern = new_intern(runtime_, 65536);
    const Result result = put(intern, std::string(largest, 'x'), &id);
    if (!(result == BRISK_TOO_LARGE)) {
      EXPECT_EQ(result, BRISK_OK) << largest;
      EXPECT_LE(stats(intern).held_bytes, 65536u);
      break;
    }
    --largest;
  }
  EXPECT_GT(largest, 40000u);
}

TEST_F(InternTest, IsChargedToTheRuntime) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_MANUAL, 4 << 20);
  EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
  Intern intern = new_intern(runtime);
  EXPECT_EQ(runtime_stats(runtime).held_bytes, stats(intern).held_bytes);
  EXPECT_EQ(runtime_stats(runtime).caches, 0u);
  uint32_t count = 0;
  while (put(intern, std::to_string(count)) == count) ++count;
  EXPECT_EQ(runtime_stats(runtime).held_bytes, stats(intern).held_bytes);
  EXPECT_LE(runtime_stats(runtime).peak_bytes, uint64_t{4} << 20);
  EXPECT_GT(count, 90'000u);
  intern.reset();
  EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
}

TEST_F(InternTest, CachesMakeWay) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_MANUAL, 4 << 20);
  const Cache cache = new_cache(runtime, [](auto &o) { o.capacity_bytes = 64 << 20; });
  for (int i = 0; i < 10'000; ++i)
    ASSERT_EQ(brisk_test::put(cache, std::to_string(i), noise(1000)), BRISK_OK);
  EXPECT_GT(brisk_test::stats(cache).held_bytes, uint64_t{3} << 20);
  const Intern intern = new_intern(runtime, 2 << 20);
  uint32_t count = 0;
  while (put(intern, std::to_string(count)) == count) ++count;
  EXPECT_GT(stats(intern).held_bytes, uint64_t{3} << 19);
  EXPECT_LT(brisk_test::stats(cache).held_bytes, uint64_t{5} << 19);
}

TEST_F(InternTest, OutlivesItsRuntime) {
  Runtime runtime = new_runtime();
  const Intern intern = new_intern(runtime);
  EXPECT_EQ(put(intern, "before"), 0u);
  EXPECT_EQ(call(brisk_runtime_close, runtime), BRISK_OK);
  EXPECT_EQ(find(intern, "before"), 0u);
  EXPECT_EQ(put(intern, "after"), 1u);
  brisk_intern *refused = reinterpret_cast<brisk_intern *>(&runtime);
  EXPECT_EQ(call(brisk_intern_new, runtime, nullptr, &refused), BRISK_CLOSED);
  EXPECT_EQ(refused, nullptr);
  runtime.reset();
  EXPECT_EQ(at(intern, 1), "after");
  Intern second(brisk_intern_ref(intern));
  EXPECT_EQ(put(second, "after"), 1u);
  EXPECT_EQ(brisk_intern_ref(nullptr), nullptr);
}

TEST_F(InternTest, ChecksItsArguments) {
  brisk_intern_options options = BRISK_INTERN_OPTIONS_INIT;
  Intern intern;
  EXPECT_TRUE(call(brisk_intern_new, runtime_, &options, nullptr).says("intern is NULL"));
  options.capacity_bytes = 65535;
  EXPECT_TRUE(call(brisk_intern_new, runtime_, &options, intern.out()).says("65536"));
  options.capacity_bytes = 0;
  options.reserved = 1;
  EXPECT_TRUE(call(brisk_intern_new, runtime_, &options, intern.out()).says("reserved"));
  options.reserved = 0;
  options.struct_size = 4;
  EXPECT_TRUE(call(brisk_intern_new, runtime_, &options, intern.out()).says("struct_size"));
  const Runtime small = new_runtime(BRISK_CLOCK_MANUAL, 8000);
  const Result none_left = call(brisk_intern_new, small, nullptr, intern.out());
  EXPECT_EQ(none_left, BRISK_OUT_OF_MEMORY);
  EXPECT_EQ(runtime_stats(small).held_bytes, 0u);

  EXPECT_EQ(call(brisk_intern_new, nullptr, nullptr, intern.out()), BRISK_OK);
  uint32_t id = 77;
  size_t number = 77;
  const uint32_t sizes[] = {1, 1};
  EXPECT_TRUE(call(brisk_intern_put, nullptr, "a", size_t{1}, &id).says("intern is NULL"));
  EXPECT_EQ(id, none);
  EXPECT_TRUE(call(brisk_intern_put, intern, nullptr, size_t{1}, &id).says("string is NULL"));
  EXPECT_TRUE(call(brisk_intern_put, intern, "a", size_t{1}, nullptr).says("id is NULL"));
  EXPECT_TRUE(call(brisk_intern_find, nullptr, "a", size_t{1}, &id).says("intern is NULL"));
  EXPECT_TRUE(call(brisk_intern_find, intern, nullptr, size_t{1}, &id).says("string is NULL"));
  EXPECT_TRUE(call(brisk_intern_find, intern, "a", size_t{1}, nullptr).says("id is NULL"));
  EXPECT_EQ(call(brisk_intern_find, intern, nullptr, size_t{0}, &id), BRISK_MISS);
  for (auto *many : {brisk_intern_put_many, brisk_intern_find_many}) {
    EXPECT_EQ(call(many, intern, size_t{0}, nullptr, size_t{0}, nullptr, nullptr, &number),
              BRISK_OK);
    EXPECT_TRUE(call(many, intern, size_t{1}, "a", size_t{1}, sizes, &id, nullptr).says("NULL"));
    EXPECT_TRUE(call(many, nullptr, size_t{1}, "a", size_t{1}, sizes, &id, &number).says("NULL"));
    EXPECT_TRUE(call(many, intern, size_t{1}, "a", size_t{1}, nullptr, &id, &number).says("sizes"));
    EXPECT_TRUE(call(many, intern, size_t{1}, "a", size_t{1}, sizes, nullptr, &number).says("ids"));
    EXPECT_TRUE(call(many, intern, size_t{1}, nullptr, size_t{1}, sizes, &id, &number)
                    .says("strings is NULL"));
    EXPECT_TRUE(call(many, intern, size_t{2}, "a", size_t{1}, sizes, &id, &number)
                    .says("add up to 2 bytes"));
    EXPECT_TRUE(call(many, intern, size_t{0}, "a", size_t{1}, sizes, &id, &number)
                    .says("add up to 0 bytes"));
  }
  EXPECT_EQ(stats(intern).strings, 0u);
  EXPECT_TRUE(call(brisk_intern_read_stats, intern, nullptr).says("stats is NULL"));
  brisk_intern_stats figures = BRISK_INTERN_STATS_INIT;
  EXPECT_TRUE(call(brisk_intern_read_stats, nullptr, &figures).says("intern is NULL"));
}

}  // namespace
}  // namespace brisk_test
