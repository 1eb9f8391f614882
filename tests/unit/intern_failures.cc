// Interning without memory: each allocation and each reservation fails in turn. The answer is a
// status, nothing leaks, and ids go on where they were.
#include "base/fault.h"
#include "failing_new.h"
#include "interface.h"

namespace brisk_test {
namespace {

using Intern = Handle<brisk_intern, brisk_intern_unref>;

struct Way {
  void (*arm)(uint64_t nth);
  bool (*disarm)(uint64_t nth);  // whether the nth came by
};

const Way by_new = {[](uint64_t nth) { fail_new(nth); },
                    [](uint64_t nth) {
                      const bool reached = news() >= nth;
                      fail_new(0);
                      return reached;
                    }};
const Way by_point = {[](uint64_t nth) { brisk::fault::arm("*", nth); },
                      [](uint64_t nth) {
                        const bool reached = brisk::fault::hits() >= nth;
                        brisk::fault::reset();
                        return reached;
                      }};

TEST(InternFailures, OfANewOneLeaveNothing) {
  const Runtime runtime = new_runtime();
  for (const Way &way : {by_new, by_point}) {
    uint64_t failures = 0;
    for (uint64_t nth = 1;; ++nth) {
      Intern intern;
      way.arm(nth);
      const brisk_status status = brisk_intern_new(runtime, nullptr, intern.out(), nullptr);
      if (!way.disarm(nth)) {
        EXPECT_EQ(status, BRISK_OK);
        break;
      }
      ++failures;
      EXPECT_EQ(status, BRISK_OUT_OF_MEMORY) << nth;
      EXPECT_EQ(intern, nullptr);
      EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
    }
    EXPECT_GE(failures, 1u);
  }
  EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
}

// Each put of a growing table fails once, at its first fault point, and then succeeds.
TEST(InternFailures, OfAPutLeaveItAsItWas) {
  const Runtime runtime = new_runtime();
  Intern intern;
  ASSERT_EQ(call(brisk_intern_new, runtime, nullptr, intern.out()), BRISK_OK);
  uint64_t refused = 0;
  uint64_t without_memory = 0;
  uint64_t in_spite = 0;
  for (uint32_t i = 0; i < 5000; ++i) {
    const std::string string = "string " + std::to_string(i);
    for (uint64_t nth = 1;; ++nth) {
      uint32_t id = 77;
      brisk::fault::arm("*", nth);
      const brisk_status status =
          brisk_intern_put(intern, string.data(), string.size(), &id, nullptr);
      const bool reached = brisk::fault::hits() >= nth;
      brisk::fault::reset();
      if (status == BRISK_OK) {
        ASSERT_EQ(id, i);
        in_spite += reached;
        break;
      }
      ASSERT_TRUE(reached);
      ASSERT_TRUE(status == BRISK_REFUSED || status == BRISK_OUT_OF_MEMORY) << status;
      ASSERT_EQ(id, BRISK_INTERN_NONE);
      (status == BRISK_REFUSED ? refused : without_memory)++;
    }
  }
  // A larger table is not needed at once, and a whole step of pages neither.
  EXPECT_GT(in_spite, 10u);
  for (uint32_t i = 0; i < 5000; ++i) {
    const std::string string = "string " + std::to_string(i);
    uint32_t id = 77;
    ASSERT_EQ(call(brisk_intern_find, intern, string.data(), string.size(), &id), BRISK_OK);
    ASSERT_EQ(id, i);
  }
  brisk_intern_stats stats = BRISK_INTERN_STATS_INIT;
  EXPECT_EQ(call(brisk_intern_read_stats, intern, &stats), BRISK_OK);
  EXPECT_EQ(stats.refusals, refused);
  EXPECT_EQ(stats.held_bytes, runtime_stats(runtime).held_bytes);
  intern.reset();
  EXPECT_EQ(runtime_stats(runtime).held_bytes, 0u);
}

// A table that can never grow is filled to seven eighths; then puts fail, and lookups go on.
TEST(InternFailures, OfEveryLargerTableEndInARefusal) {
  const Runtime runtime = new_runtime();
  Intern intern;
  ASSERT_EQ(call(brisk_intern_new, runtime, nullptr, intern.out()), BRISK_OK);
  uint32_t count = 0;
  brisk_status status = BRISK_OK;
  while (true) {
    const std::string string = std::to_string(count);
    uint32_t id = 77;
    brisk::fault::arm("region", 1);
    status = brisk_intern_put(intern, string.data(), string.size(), &id, nullptr);
    brisk::fault::reset();
    if (status != BRISK_OK) break;
    ASSERT_EQ(id, count++);
  }
  EXPECT_EQ(status, BRISK_OUT_OF_MEMORY);
  EXPECT_EQ(count, 512u / 8 * 7);
  for (uint32_t i = 0; i < count; ++i) {
    const std::string string = std::to_string(i);
    uint32_t id = 77;
    ASSERT_EQ(call(brisk_intern_find, intern, string.data(), string.size(), &id), BRISK_OK);
    ASSERT_EQ(id, i);
  }
}

}  // namespace
}  // namespace brisk_test
