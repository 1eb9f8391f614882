// Loading many: along the edges, on as many threads as help, and in idle time.
#include <sys/wait.h>

#include "modules.h"

#if defined(__SANITIZE_THREAD__)
#define SANITIZED_THREADS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZED_THREADS 1
#endif
#endif
#ifndef SANITIZED_THREADS
#define SANITIZED_THREADS 0
#endif

namespace brisk_test {
namespace {

std::string nap(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  return "";
}

// Many modules with one body.
struct Many {
  Many(brisk_modules *modules, int count, const Part::Body &body) {
    for (int i = 0; i < count; ++i) {
      parts.push_back(std::make_unique<Part>(body));
      parts.back()->add(modules, "part" + std::to_string(i));
    }
  }
  std::vector<std::unique_ptr<Part>> parts;
};

TEST(Parallel, LoadsEverythingOnce) {
  const Modules modules = new_modules();
  const Many many(modules, 50, [] { return ""; });
  EXPECT_EQ(load_all(modules, 4), BRISK_OK);
  EXPECT_EQ(load_all(modules, 4), BRISK_OK);
  for (const auto &part : many.parts) EXPECT_EQ(part->loads(), 1);
  EXPECT_EQ(load_all(new_modules()), BRISK_OK) << "nothing to load";
}

TEST(Parallel, KeepsTheOrder) {
  const Modules modules = new_modules();
  std::vector<std::unique_ptr<Part>> parts;
  std::atomic<int> early{0};
  for (int i = 0; i < 60; ++i) {
    std::string needs;
    if (i % 3 != 0) needs = "part" + std::to_string(i - 1) + " part" + std::to_string(i / 3 * 3);
    parts.push_back(std::make_unique<Part>([&modules, &early, i]() -> std::string {
      nap(i % 7 == 0 ? 2 : 0);
      if (i % 3 != 0 && state(modules, "part" + std::to_string(i - 1)) != BRISK_MODULE_STATE_LOADED)
        ++early;
      return "";
    }));
    parts.back()->add(modules, "part" + std::to_string(i), needs);
  }
  EXPECT_EQ(load_all(modules, 8), BRISK_OK);
  EXPECT_EQ(early, 0);
  for (const auto &part : parts) EXPECT_EQ(part->loads(), 1);
}

TEST(Parallel, UsesMoreThreadsForLoadsThatWait) {
  const Modules modules = new_modules();
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<bool> alone{false};
  const Many many(modules, 24, [&] {
    const int now = ++inside;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    if (!eventually([&] { return most >= 8 || alone; })) alone = true;
    --inside;
    return "";
  });
  EXPECT_EQ(load_all(modules, 8, 60 * second), BRISK_OK);
  EXPECT_EQ(most, 8);
}

TEST(Parallel, UsesOneThreadForLoadsThatDoNot) {
  // A load that the machine interrupts looks as if it waited: not in ten sets of ten.
  size_t fewest = 8;
  for (int round = 0; round < 10 && fewest > 2; ++round) {
    const Modules modules = new_modules();
    const Many many(modules, 50, [] { return ""; });
    EXPECT_EQ(load_all(modules, 8), BRISK_OK);
    std::set<uint64_t> threads;
    for (int i = 0; i < 50; ++i)
      threads.insert(figures(modules, "part" + std::to_string(i)).thread);
    EXPECT_EQ(threads.count(static_cast<uint64_t>(gettid())), 0u);
    fewest = std::min(fewest, threads.size());
  }
  EXPECT_LE(fewest, 2u);
}

TEST(Parallel, NamesAllThatFailed) {
  const Modules modules = new_modules();
  Part good;
  Part bad([] { return "bad luck"; });
  Part worse([] { return "worse luck"; });
  Part above;
  good.add(modules, "good");
  bad.add(modules, "bad");
  worse.add(modules, "worse");
  above.add(modules, "above", "worse");
  const Result failed = load_all(modules, 3);
  EXPECT_EQ(failed, BRISK_LOAD_FAILED);
  EXPECT_TRUE(failed.says("3 modules failed; ")) << failed;
  EXPECT_TRUE(failed.says("bad luck")) << failed;
  EXPECT_TRUE(failed.says("module above needs worse: module worse: ")) << failed;
  EXPECT_EQ(good.loads(), 1);
  EXPECT_EQ(above.loads(), 0);
}

TEST(Parallel, FindsALoadThatLoadsAll) {
  const Modules modules = new_modules();
  Result inner;
  Part part([&] {
    inner = load_all(modules);
    return "";
  });
  part.add(modules, "part");
  EXPECT_EQ(load_all(modules), BRISK_OK);
  EXPECT_EQ(inner, BRISK_DEADLOCK);
  EXPECT_TRUE(inner.says("module part")) << inner;
}

TEST(Parallel, GoesOnAfterATimeout) {
  const Modules modules = new_modules();
  std::atomic<bool> go{false};
  const Many many(modules, 4, [&] {
    while (!go) nap(1);
    return "";
  });
  EXPECT_EQ(load_all(modules, 1, 5 * ms), BRISK_TIMEOUT);
  go = true;
  EXPECT_EQ(load_all(modules, 2), BRISK_OK);
  for (const auto &part : many.parts) EXPECT_EQ(part->loads(), 1);
}

TEST(Parallel, EndsWithItsSet) {
  struct Shared {
    std::atomic<int> loads{0};
    std::atomic<bool> go{false};
  };
  const auto shared = std::make_shared<Shared>();  // which the load in hand may outlive
  {
    const Modules modules = new_modules();
    const Many many(modules, 100, [shared] {
      ++shared->loads;
      while (!shared->go) nap(1);
      return "";
    });
    EXPECT_EQ(load_all(modules, 1, 12 * ms), BRISK_TIMEOUT);
    EXPECT_EQ(call(brisk_modules_close, modules), BRISK_OK);
  }
  shared->go = true;
  nap(30);  // in which others would follow
  EXPECT_LE(shared->loads, 1) << "that in hand";
}

TEST(Parallel, SharesWithOtherCallers) {
  const Modules modules = new_modules();
  const Many many(modules, 40, [] { return nap(1); });
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] { EXPECT_EQ(load_all(modules, 2), BRISK_OK); });
  for (int i = 0; i < 40; i += 4) EXPECT_EQ(load(modules, "part" + std::to_string(i)), BRISK_OK);
  for (std::thread &thread : threads) thread.join();
  for (const auto &part : many.parts) EXPECT_EQ(part->loads(), 1);
}

TEST(Idle, LoadsWhatNobodyAskedFor) {
  const Modules modules = new_modules();
  const Many many(modules, 5, [] { return nap(1); });
  Part broken([] { return "broken"; });
  Part circle;
  broken.add(modules, "broken");
  circle.add(modules, "circle", "circle");
  Part late;
  late.add(modules, "late", "part1");
  EXPECT_EQ(call(brisk_modules_preload, modules), BRISK_OK);
  EXPECT_EQ(call(brisk_modules_preload, modules), BRISK_OK);
  EXPECT_TRUE(eventually([&] { return state(modules, "late") == BRISK_MODULE_STATE_LOADED; }));
  for (const auto &part : many.parts) EXPECT_EQ(part->loads(), 1);
  EXPECT_TRUE(load(modules, "broken").says("broken"));
  EXPECT_EQ(load(modules, "circle"), BRISK_DEADLOCK);
  EXPECT_EQ(broken.loads(), 1) << "kept for who uses it";
}

TEST(Idle, StandsBackWhileOthersLoad) {
  const Modules modules = new_modules();
  std::atomic<bool> inside{false};
  std::atomic<bool> go{false};
  Part wanted([&] {
    inside = true;
    while (!go) nap(1);
    return "";
  });
  const Many many(modules, 3, [] { return ""; });
  wanted.add(modules, "wanted");
  std::thread caller([&] { EXPECT_EQ(load(modules, "wanted"), BRISK_OK); });
  while (!inside) nap(1);
  EXPECT_EQ(call(brisk_modules_preload, modules), BRISK_OK);
  nap(20);
  for (const auto &part : many.parts) EXPECT_EQ(part->loads(), 0);
  go = true;
  caller.join();
  EXPECT_TRUE(eventually([&] { return state(modules, "part2") == BRISK_MODULE_STATE_LOADED; }));
}

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

TEST(Fork, StartsAnewWhatTheParentLoads) {
  if (SANITIZED_THREADS)
    GTEST_SKIP() << "the thread sanitizer knows no new threads in the child of a fork";
  const Modules modules = new_modules();
  std::atomic<bool> begun{false};
  std::atomic<bool> go{false};
  const pid_t parent = getpid();
  Part slow([&] {
    begun = true;
    while (getpid() == parent && !go) nap(1);
    return "";
  });
  Part other;
  slow.add(modules, "slow");
  other.add(modules, "other", "slow");
  std::thread leader([&] { EXPECT_EQ(load(modules, "slow"), BRISK_OK); });
  while (!begun) nap(1);
  in_child([&] {
    const auto loads = [&](const char *name) {
      return brisk_modules_load(modules, name, strlen(name), 5 * second, nullptr) == BRISK_OK;
    };
    if (!loads("slow") || slow.loads() != 2) return 1;
    if (!loads("other")) return 2;
    if (brisk_modules_load_all(modules, 2, 5 * second, nullptr) != BRISK_OK) return 3;
    return 0;
  });
  EXPECT_EQ(state(modules, "slow"), BRISK_MODULE_STATE_LOADING);
  go = true;
  leader.join();
  EXPECT_EQ(slow.loads(), 1);
}

TEST(Fork, LetsALoaderForkAndGoOn) {
  const Modules modules = new_modules();
  Part part([&] {
    in_child([] { return 0; });
    return "";
  });
  part.add(modules, "part");
  EXPECT_EQ(load(modules, "part"), BRISK_OK);
}

TEST(Fork, LeavesAHalfDoneCrewToTheParent) {
  if (SANITIZED_THREADS)
    GTEST_SKIP() << "the thread sanitizer knows no new threads in the child of a fork";
  const Modules modules = new_modules();
  std::atomic<bool> go{false};
  const pid_t parent = getpid();
  const Many many(modules, 6, [&] {
    while (getpid() == parent && !go) nap(1);
    return "";
  });
  EXPECT_EQ(load_all(modules, 2, 5 * ms), BRISK_TIMEOUT);
  in_child(
      [&] { return brisk_modules_load_all(modules, 2, 5 * second, nullptr) == BRISK_OK ? 0 : 1; });
  go = true;
  EXPECT_EQ(load_all(modules, 2), BRISK_OK);
  for (const auto &part : many.parts) EXPECT_EQ(part->loads(), 1);
}

}  // namespace
}  // namespace brisk_test
