// fork while other threads read, write, load and sweep: the child's inherited cache goes on
// working, the parent does not notice. A child has a watchdog, and says by its exit status what
// went wrong.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "../unit/records.h"
#include "stress.h"

namespace {

using namespace stress;

// The thread sanitizer ends a child of several threads that starts one of its own, as the sweeper
// is. Told to let it live (die_after_fork=0) it ends it a little later: the new thread has the
// address of one that only the parent has, which the sanitizer takes for a thread with two lives.
#define SKIP_WHERE_THREADS_DO_NOT_SURVIVE_FORK() \
  if (STRESS_TSAN)                               \
  GTEST_SKIP() << "the thread sanitizer knows no new threads in the child of a fork"

// The allocator of gcc 12's address sanitizer keeps its locks as they were: a child of a process
// whose other threads allocate waits for one that nobody will release.
#define SKIP_WHERE_THE_ALLOCATOR_DOES_NOT_SURVIVE_FORK() \
  if (STRESS_ASAN)                                       \
  GTEST_SKIP() << "the address sanitizer's allocator is locked in the child of a busy process"

// How the sweeper is, as ps says it ('S' sleeps); 0 where there is none.
char sweeper() {
  std::string line;
  std::getline(std::ifstream(thread_named("brisk-sweep") / "stat"), line);
  const size_t at = line.find(") ");
  return at == std::string::npos ? char{0} : line[at + 2];
}

// Under the sanitizer a thread that starts allocates too, so the parent's sweeper has to have swept
// and sleep before a fork.
bool sweeper_rests(const Cache &cache) {
  uint64_t expired = 0;
  EXPECT_TRUE(eventually([&] {
    expired = stats_of(cache).evicted_expired;
    return expired != 0 && sweeper() == 'S';
  }));
  return expired == 1;
}

brisk_status complete(void *user, brisk_lease *lease, const void *, size_t) {
  const auto *value = static_cast<const std::string *>(user);
  return brisk_lease_complete(lease, value->data(), value->size(), 0, nullptr, nullptr);
}

std::string load(const Cache &cache, std::string_view key, std::string value) {
  brisk_value *loaded = nullptr;
  const brisk_status status =
      brisk_cache_get_or_load(cache.get(), key.data(), key.size(), nullptr, complete, &value,
                              nullptr, 5 * second, &loaded, nullptr);
  const Value pin(loaded);
  return status == BRISK_OK ? std::string(bytes_of(loaded)) : brisk_status_name(status);
}

class ForkTest : public testing::Test {
 protected:
  // Runs body in a child, which must return 0 in time.
  template <class Body>
  void in_child(Body &&body) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(20);
      _exit(body());
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_FALSE(WIFSIGNALED(status)) << "signal " << WTERMSIG(status);
    ASSERT_EQ(WEXITSTATUS(status), 0) << "the step of the child that failed";
  }

  Runtime runtime_ = new_runtime(BRISK_CLOCK_SYSTEM);
};

// What a child does with the cache that it inherited: 0, or the step that failed.
int use(const Cache &cache, const brisk_value *pinned, const std::string &packed) {
  if (bytes_of(pinned) != "pinned") return 1;
  if (read(cache, "kept") != "kept") return 2;
  if (read(cache, "packed") != packed) return 3;
  if (put(cache, "new", "value") != BRISK_OK || read(cache, "new") != "value") return 4;
  if (put(cache, "packed", packed + packed) != BRISK_OK || read(cache, "packed") != packed + packed)
    return 5;
  // Its loader is a thread that the child does not have.
  if (load(cache, "loading", "by the child") != "by the child") return 6;
  if (read(cache, "loading") != "by the child") return 7;
  if (erase(cache, "pinned") != BRISK_OK || bytes_of(pinned) != "pinned") return 8;
  if (brisk_cache_clear(cache.get(), nullptr) != BRISK_OK || read(cache, "new") != "BRISK_MISS")
    return 9;
  return 0;
}

TEST_F(ForkTest, TheChildOfABusyProcessGoesOn) {
  SKIP_WHERE_THREADS_DO_NOT_SURVIVE_FORK();
  SKIP_WHERE_THE_ALLOCATOR_DOES_NOT_SURVIVE_FORK();
  const Cache cache = new_cache(runtime_.get(), options_of(64 << 20));
  brisk_cache_options options = options_of(1 << 20);
  options.ttl_ns = 10 * millisecond;
  options.policy = BRISK_POLICY_LRU;
  const Cache busy =
      new_cache(runtime_.get(), options);  // evicts, grows, expires and loads all the time
  const std::string packed(20000, 'p');
  ASSERT_EQ(put(cache, "kept", "kept"), BRISK_OK);
  ASSERT_EQ(put(cache, "packed", packed), BRISK_OK);
  ASSERT_EQ(put(cache, "pinned", "pinned"), BRISK_OK);
  Value pinned;
  ASSERT_EQ(get(cache, "pinned", &pinned), BRISK_OK);

  std::atomic<bool> stop{false};
  std::atomic<uint64_t> steps{0};
  std::atomic<uint64_t> wrong{0};
  Gate loading;
  Gate forked;
  Threads threads;
  threads.start(1, [&](size_t) {
    struct Gates {
      Gate *loading;
      Gate *forked;
    } gates{&loading, &forked};
    auto slow = [](void *user, brisk_lease *lease, const void *, size_t) -> brisk_status {
      auto *gates = static_cast<Gates *>(user);
      gates->loading->open();
      gates->forked->wait();
      return brisk_lease_complete(lease, "by the parent", 13, 0, nullptr, nullptr);
    };
    brisk_value *loaded = nullptr;
    EXPECT_EQ(brisk_cache_get_or_load(cache.get(), "loading", 7, nullptr, slow, &gates, nullptr, 0,
                                      &loaded, nullptr),
              BRISK_OK);
    const Value value(loaded);
    EXPECT_EQ(bytes_of(loaded), "by the parent");
  });
  ASSERT_TRUE(loading.wait());
  const uint64_t start = seed();
  threads.start(4, [&](size_t number) {
    Random random(start + number);
    while (!stop.load()) {
      const uint64_t id = random.below(3000);
      const std::string key = std::to_string(id);
      const Cache &target = random.below(8) == 0 ? cache : busy;
      const std::string value = make_value(id, 1, random.below(3000), random.below(2) == 0);
      uint64_t version = 0;
      Value got;
      switch (random.below(4)) {
        case 0:
          put(target, key, value);
          break;
        case 1:
          if (get(target, key, &got) == BRISK_OK) {
            wrong.fetch_add(check_value(bytes_of(got.get()), id, &version) != nullptr);
          }
          break;
        case 2:
          erase(target, key);
          break;
        default:
          load(target, key, value);
      }
      steps.fetch_add(1);
    }
  });

  const Deadline deadline(0.6);
  for (int round = 0; round < 5 || !deadline.passed(); ++round) {
    const uint64_t before = steps.load();
    in_child([&] {
      const int step = use(cache, pinned.get(), packed);
      if (step != 0) return step;
      // The other cache as well, in whatever state the fork has found it.
      for (uint64_t id = 0; id < 3000; ++id) {
        Value got;
        uint64_t version = 0;
        const std::string key = std::to_string(id);
        if (get(busy, key, &got) == BRISK_OK &&
            check_value(bytes_of(got.get()), id, &version) != nullptr)
          return 21;
        if (put(busy, key, make_value(id, 2, 100, false)) != BRISK_OK) return 22;
        if (load(busy, key, "loaded") == "BRISK_TIMEOUT") return 23;
      }
      // Its sweeper starts with the first write, and frees what expires without any further call.
      return eventually([&] { return stats_of(busy).entries == 0; }) ? 0 : 24;
    });
    if (HasFatalFailure()) break;
    EXPECT_TRUE(eventually([&] { return steps.load() > before; })) << "the parent has stopped";
  }
  stop = true;
  forked.open();
  threads.join();
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_EQ(read(cache, "kept"), "kept");
  EXPECT_EQ(bytes_of(pinned.get()), "pinned");
}

// At any moment of a training: the child has what is packed already, and may train for itself.
TEST_F(ForkTest, TheChildReadsWhatDictionariesPackedAndGoesOnPacking) {
  SKIP_WHERE_THREADS_DO_NOT_SURVIVE_FORK();
  SKIP_WHERE_THE_ALLOCATOR_DOES_NOT_SURVIVE_FORK();
  const auto name = [](uint64_t id) { return "record " + std::to_string(id); };
  for (int round = 0; round < 12; ++round) {
    const Cache cache = new_cache(runtime_.get(), options_of(16 << 20));
    const auto fill = [&](uint64_t from, uint64_t to) {
      for (uint64_t id = from; id < to; ++id) {
        if (put(cache, name(id), brisk_test::record(id)) != BRISK_OK) return false;
      }
      return true;
    };
    ASSERT_TRUE(fill(0, 300 + 50 * static_cast<uint64_t>(round)));
    std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
    ASSERT_TRUE(fill(2000, 2100));
    in_child([&] {
      for (uint64_t id = 2000; id < 2100; ++id) {
        if (read(cache, name(id)) != brisk_test::record(id)) return 31;
      }
      if (!fill(3000, 6000)) return 32;
      uint64_t next = 6000;
      const bool trained = eventually([&] {
        const auto before = stats_of(cache);
        const uint64_t first = next;
        if (!fill(first, next = first + 200)) return false;
        const auto after = stats_of(cache);
        return read(cache, name(first + 9)) == brisk_test::record(first + 9) &&
               after.held_bytes <= after.capacity_bytes &&
               after.raw_bytes - before.raw_bytes > 2 * (after.stored_bytes - before.stored_bytes);
      });
      return trained ? 0 : 33;
    });
    EXPECT_EQ(read(cache, name(2050)), brisk_test::record(2050));
  }
}

TEST_F(ForkTest, AChildThatOnlyReadsStartsNoThread) {
  const Cache cache = new_cache(runtime_.get(), options_of(1 << 20));
  ASSERT_EQ(put(cache, "short", "value", 20 * millisecond), BRISK_OK);
  ASSERT_EQ(put(cache, "long", "value", BRISK_FOREVER), BRISK_OK);
  ASSERT_TRUE(sweeper_rests(cache));
  in_child([&] {
    if (read(cache, "long") != "value") return 1;
    return sweeper() != 0 ? 2 : 0;
  });
}

TEST_F(ForkTest, TheSweeperStartsAgainWithAWrite) {
  SKIP_WHERE_THREADS_DO_NOT_SURVIVE_FORK();
  Cache cache;
  // What the child inherits must not expire before it: where it did, the machine paused.
  for (const uint64_t lifetime : {300 * millisecond, 3 * second, 10 * second}) {
    cache = new_cache(runtime_.get(), options_of(1 << 20));
    ASSERT_EQ(put(cache, "swept", "value", 10 * millisecond), BRISK_OK);
    ASSERT_EQ(put(cache, "inherited", "value", lifetime), BRISK_OK);
    if (sweeper_rests(cache)) break;
  }
  ASSERT_EQ(stats_of(cache).evicted_expired, 1u);
  const auto expired = [&](uint64_t count) {
    return eventually([&] { return stats_of(cache).evicted_expired == count; });
  };
  in_child([&] {
    if (put(cache, "other", "value") != BRISK_OK) return 1;
    if (!expired(2)) return 2;
    if (sweeper() == 0) return 3;
    if (put(cache, "own", "value", 50 * millisecond) != BRISK_OK) return 4;
    return expired(3) ? 0 : 5;
  });
  EXPECT_TRUE(expired(2));
}

TEST_F(ForkTest, ChildrenOfChildrenGoOn) {
  const Cache cache = new_cache(runtime_.get(), options_of(1 << 20));
  ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
  in_child([&] {
    const pid_t grandchild = fork();
    if (grandchild < 0) return 1;
    if (grandchild == 0)
      _exit(read(cache, "key") == "value" && put(cache, "key", "new") == BRISK_OK ? 0 : 1);
    int status = 0;
    if (waitpid(grandchild, &status, 0) != grandchild || status != 0) return 2;
    return read(cache, "key") == "value" ? 0 : 3;
  });
}

}  // namespace
