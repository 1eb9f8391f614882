// One interner, many threads: a string has one id and one address, whoever comes first, and what
// was put is found at once by everybody, also while the table grows and across a fork.
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>

#include "base/fault.h"
#include "stress.h"

namespace {

using namespace stress;

using Intern = std::unique_ptr<brisk_intern, Release<brisk_intern_unref>>;
constexpr uint32_t none = BRISK_INTERN_NONE;

Intern new_intern(const Runtime &runtime, uint64_t capacity) {
  brisk_intern_options options = BRISK_INTERN_OPTIONS_INIT;
  options.capacity_bytes = capacity;
  brisk_intern *intern = nullptr;
  EXPECT_EQ(brisk_intern_new(runtime.get(), &options, &intern, nullptr), BRISK_OK);
  return Intern(intern);
}

uint32_t put(const Intern &intern, std::string_view string) {
  uint32_t id = 0;
  brisk_intern_put(intern.get(), string.data(), string.size(), &id, nullptr);
  return id;
}

uint32_t find(const Intern &intern, std::string_view string) {
  uint32_t id = 0;
  brisk_intern_find(intern.get(), string.data(), string.size(), &id, nullptr);
  return id;
}

std::string_view at(const Intern &intern, uint32_t id) {
  size_t size = 0;
  const void *data = brisk_intern_at(intern.get(), id, &size);
  return data == nullptr ? "nothing" : std::string_view(static_cast<const char *>(data), size);
}

std::string name(size_t number) {
  std::string text = "string " + std::to_string(number);
  return number % 16 == 0 ? text + std::string(number % 200, '.') : text;
}

class InterningTest : public testing::Test {
 protected:
  Runtime runtime_ = new_runtime(BRISK_CLOCK_MANUAL);
};

// Threads intern the same strings in orders of their own and find what others have interned.
TEST_F(InterningTest, ThreadsAgree) {
  const uint64_t first = seed();
  const size_t count = STRESS_TSAN ? 3000 : 20000;
  const Deadline deadline(0.5);
  do {
    const Intern intern = new_intern(runtime_, 64 << 20);
    std::vector<std::atomic<uint32_t>> ids(count);
    for (auto &id : ids) id.store(none, std::memory_order_relaxed);
    std::atomic<uint64_t> wrong{0};
    Threads threads;
    threads.start(4, [&](size_t thread) {
      Random random(first + thread);
      for (size_t i = 0; i < 2 * count; ++i) {
        const size_t number = random.below(std::min(count, 1 + i));
        // Relaxed, so that only the interner orders what it holds.
        const uint32_t known = ids[number].load(std::memory_order_relaxed);
        const std::string string = name(number);
        const uint32_t found = find(intern, string);
        const uint32_t id = thread % 2 == 0 || found == none ? put(intern, string) : found;
        wrong += id == none || (known != none && (found != known || id != known)) ||
                 (found != none && found != id) || at(intern, id) != string;
        uint32_t before = none;
        wrong += !ids[number].compare_exchange_strong(before, id, std::memory_order_relaxed) &&
                 before != id;
      }
    });
    threads.join();
    ASSERT_EQ(wrong, 0u);
    brisk_intern_stats stats = BRISK_INTERN_STATS_INIT;
    ASSERT_EQ(brisk_intern_read_stats(intern.get(), &stats, nullptr), BRISK_OK);
    std::vector<bool> seen(stats.strings);
    for (size_t number = 0; number < count; ++number) {
      const uint32_t id = ids[number];
      ASSERT_EQ(find(intern, name(number)), id);
      if (id == none) continue;
      ASSERT_LT(id, seen.size());
      ASSERT_FALSE(seen[id]);
      seen[id] = true;
    }
    ASSERT_EQ(std::count(seen.begin(), seen.end(), true), static_cast<long>(stats.strings));
  } while (!deadline.passed());
}

// Threads fill one to the brim, in batches, while others read.
TEST_F(InterningTest, ThreadsAreRefusedTogether) {
  constexpr size_t batch = 64;
  const Intern intern = new_intern(runtime_, 1 << 20);
  std::atomic<uint64_t> wrong{0};
  Threads threads;
  threads.start(3, [&](size_t thread) {
    for (size_t round = 0;; ++round) {
      std::string bytes;
      uint32_t sizes[batch];
      uint32_t ids[batch];
      size_t done = 0;
      for (size_t i = 0; i < batch; ++i) {
        const std::string one = name(round * batch + i * (thread + 1));
        bytes += one;
        sizes[i] = static_cast<uint32_t>(one.size());
      }
      const brisk_status status = brisk_intern_put_many(intern.get(), batch, bytes.data(),
                                                        bytes.size(), sizes, ids, &done, nullptr);
      const char *next = bytes.data();
      for (size_t i = 0; i < done; next += sizes[i++])
        wrong += at(intern, ids[i]) != std::string_view(next, sizes[i]);
      if (status == BRISK_REFUSED) break;
      wrong += status != BRISK_OK || done != batch;
    }
  });
  threads.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_LE(held_by(runtime_), 1u << 20);
}

#ifdef BRISK_FAULTS
// A reader that was stopped with the old table in its hand finds a string that came before it, and
// one whose table is gone altogether.
TEST_F(InterningTest, AReaderInAnOldTableFindsWhatIsThere) {
  const Intern intern = new_intern(runtime_, 64 << 20);
  ASSERT_EQ(put(intern, "first"), 0u);
  auto once = std::make_shared<std::atomic<bool>>(true);
  brisk::fault::on_pause("intern.table_read", [&, once] {
    if (!once->exchange(false)) return;
    for (uint32_t i = 1; i < 5000; ++i) ASSERT_EQ(put(intern, name(i)), i);
  });
  EXPECT_EQ(find(intern, "first"), 0u);
  once->store(true);
  EXPECT_EQ(find(intern, name(4999)), 4999u);
  EXPECT_EQ(find(intern, name(5000)), none);
  brisk::fault::reset();
}

// A larger table is published whole.
TEST_F(InterningTest, ALargerTableHasEverything) {
  const Intern intern = new_intern(runtime_, 64 << 20);
  size_t grown = 0;
  uint32_t count = 0;
  brisk::fault::on_pause("intern.published", [&] {
    ++grown;
    for (uint32_t i = 0; i < count; ++i) ASSERT_EQ(find(intern, name(i)), i);
  });
  for (; count < 5000; ++count) ASSERT_EQ(put(intern, name(count)), count);
  brisk::fault::reset();
  EXPECT_GE(grown, 5u);
}
#endif

// The mutex may be held by a thread that the child does not have.
TEST_F(InterningTest, AForkInTheMiddleIsSurvived) {
  const Intern intern = new_intern(runtime_, 64 << 20);
  std::atomic<bool> stop{false};
  std::atomic<uint32_t> count{0};
  Threads threads;
  threads.start(2, [&](size_t thread) {
    for (uint32_t i = 0; !stop && i < 100'000; ++i) {
      put(intern, name(2 * i + thread));
      count.store(i, std::memory_order_release);
    }
  });
  for (int round = 0; round < (STRESS_TSAN || STRESS_ASAN ? 5 : 50); ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(20);
      const std::string own = "of child " + std::to_string(round);
      const uint32_t id = put(intern, own);
      const bool right = id != none && put(intern, own) == id && at(intern, id) == own &&
                         at(intern, id + 1) == "nothing" && find(intern, own) == id;
      for (uint32_t i = 0; i < id; ++i) {
        if (find(intern, at(intern, i)) != i) _exit(2);
      }
      _exit(right ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_FALSE(WIFSIGNALED(status)) << "signal " << WTERMSIG(status);
    ASSERT_EQ(WEXITSTATUS(status), 0);
  }
  stop = true;
  threads.join();
  EXPECT_EQ(find(intern, "of child 0"), none);
}

}  // namespace
