// Loads: once, after what is needed, waited for with a deadline, and failures that stay.
#include <condition_variable>
#include <mutex>

#include "modules.h"

namespace brisk_test {
namespace {

// Holds a load until it is let go.
class Gate {
 public:
  std::string pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    return "";
  }
  void wait_for(int inside) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= inside; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

TEST(Loading, RunsACallbackOnceAtItsFirstUse) {
  Part part;
  {
    const Modules modules = new_modules();
    EXPECT_EQ(part.add(modules, "part", "", true), BRISK_OK);
    EXPECT_EQ(part.loads(), 0);
    EXPECT_EQ(state(modules, "part"), BRISK_MODULE_STATE_UNLOADED);
    EXPECT_EQ(load(modules, "part"), BRISK_OK);
    EXPECT_EQ(load(modules, "part"), BRISK_OK);
    EXPECT_EQ(part.loads(), 1);
    EXPECT_EQ(part.warmed(), 1);
    EXPECT_EQ(state(modules, "part"), BRISK_MODULE_STATE_LOADED);
    EXPECT_EQ(told(modules, "part", BRISK_MODULE_TEXT_KINDS), "host");
    EXPECT_EQ(part.destroyed(), 0);
  }
  EXPECT_EQ(part.destroyed(), 1);
}

TEST(Loading, DestroysTheUserDataOfWhatIsRefused) {
  const Modules modules = new_modules();
  Part first;
  Part second;
  Part bad;
  EXPECT_EQ(first.add(modules, "part"), BRISK_OK);
  EXPECT_EQ(second.add(modules, "part"), BRISK_EXISTS);
  EXPECT_EQ(second.destroyed(), 1);
  EXPECT_EQ(bad.add(modules, "a/b"), BRISK_INVALID);
  EXPECT_EQ(bad.add(modules, ""), BRISK_INVALID);
  EXPECT_EQ(bad.add(modules, "a", "b c/d"), BRISK_INVALID);
  EXPECT_EQ(bad.add(nullptr, "a"), BRISK_INVALID);
  EXPECT_EQ(bad.destroyed(), 4);
}

TEST(Loading, LoadsWhatIsNeededFirst) {
  const Modules modules = new_modules();
  std::string order;
  const auto named = [&](const char *name) {
    return std::make_unique<Part>([&order, name] {
      order += name;
      return "";
    });
  };
  const auto d = named("d");
  const auto b = named("b");
  const auto c = named("c");
  const auto a = named("a");
  a->add(modules, "a", "b, c");
  b->add(modules, "b", "d");
  c->add(modules, "c", "d");
  d->add(modules, "d");
  EXPECT_EQ(load(modules, "a"), BRISK_OK);
  EXPECT_EQ(order, "dbca");
  EXPECT_EQ(told(modules, "d", BRISK_MODULE_TEXT_DEPENDENTS), "b c");
}

TEST(Loading, LoadsOnceForManyThreads) {
  const Modules modules = new_modules();
  Gate gate;
  Part part([&] { return gate.pass(); });
  part.add(modules, "part");
  std::vector<std::thread> threads;
  std::atomic<int> ready{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      EXPECT_EQ(load(modules, "part"), BRISK_OK);
      ++ready;
    });
  }
  gate.wait_for(1);
  EXPECT_EQ(state(modules, "part"), BRISK_MODULE_STATE_LOADING);
  EXPECT_EQ(load(modules, "part", ms), BRISK_TIMEOUT);
  EXPECT_EQ(ready, 0);
  gate.open();
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(part.loads(), 1);
}

TEST(Loading, KeepsAFailureWithItsWholeReason) {
  const Modules modules = new_modules();
  std::string why = "the disk is gone";
  Part c([&] { return why; });
  Part b;
  Part a;
  a.add(modules, "a", "b");
  b.add(modules, "b", "c");
  c.add(modules, "c");
  for (int i = 0; i < 2; ++i) {
    const Result failed = load(modules, "a");
    EXPECT_EQ(failed, BRISK_LOAD_FAILED);
    EXPECT_TRUE(
        failed.says("module a needs b: module b needs c: module c: its callback returned "
                    "BRISK_INTERNAL: the disk is gone"))
        << failed;
  }
  EXPECT_EQ(c.loads(), 1) << "a failure is not tried again by itself";
  EXPECT_EQ(a.loads() + b.loads(), 0);
  EXPECT_EQ(told(modules, "c", BRISK_MODULE_TEXT_REASON),
            "module c: its callback returned BRISK_INTERNAL: the disk is gone");
  why = "";
  EXPECT_EQ(load(modules, "c"), BRISK_LOAD_FAILED);
  EXPECT_EQ(retry(modules, "a"), BRISK_OK);
  EXPECT_EQ(load(modules, "a"), BRISK_OK);
  EXPECT_EQ(c.loads(), 2);
  EXPECT_EQ(figures(modules, "c").attempts, 2u);
  EXPECT_EQ(retry(modules, "nobody"), BRISK_MISS);
}

TEST(Loading, KeepsBothEndsOfALongReason) {
  const Modules modules = new_modules();
  constexpr int length = 3000;
  Part bottom([] { return "the disk is gone"; });
  Part part;
  for (int i = 0; i + 1 < length; ++i)
    part.add(modules, "part" + std::to_string(i), "part" + std::to_string(i + 1));
  bottom.add(modules, "part" + std::to_string(length - 1));
  const Result failed = load(modules, "part0");
  EXPECT_EQ(failed.message.find("module part0 needs part1: module part1 needs part2: "), 0u);
  EXPECT_TRUE(failed.says(" ... "));
  EXPECT_TRUE(failed.says("BRISK_INTERNAL: the disk is gone"));
  EXPECT_LT(failed.message.size(), 5000u);
  EXPECT_LT(load_all(modules).message.size(), 80000u);
  EXPECT_EQ(part.loads(), 0);
}

TEST(Loading, TellsWhatACallbackThrows) {
  const Modules modules = new_modules();
  Part part([]() -> std::string { throw std::runtime_error("out of paper"); });
  Part odd([]() -> std::string { throw 7; });
  part.add(modules, "part");
  odd.add(modules, "odd");
  EXPECT_TRUE(load(modules, "part").says("it threw: out of paper"));
  EXPECT_TRUE(load(modules, "odd").says("an exception of unknown type"));
}

TEST(Loading, NamesAMissingDependency) {
  const Modules modules = new_modules();
  Part part;
  part.add(modules, "part", "nobody");
  const Result failed = load(modules, "part");
  EXPECT_EQ(failed, BRISK_LOAD_FAILED);
  EXPECT_TRUE(failed.says("module part needs nobody, and there is no module of this name"));
  EXPECT_EQ(part.loads(), 0);
}

TEST(Loading, NamesACircle) {
  const Modules modules = new_modules();
  Part parts[4];
  parts[0].add(modules, "start", "a");
  parts[1].add(modules, "a", "b");
  parts[2].add(modules, "b", "c");
  parts[3].add(modules, "c", "a");
  const Result failed = load(modules, "start");
  EXPECT_EQ(failed, BRISK_DEADLOCK);
  EXPECT_TRUE(failed.says("a -> b -> c -> a")) << failed;
  for (const Part &part : parts) EXPECT_EQ(part.loads(), 0);
  EXPECT_EQ(load_all(modules), BRISK_LOAD_FAILED);
  EXPECT_EQ(load(modules, "b"), BRISK_DEADLOCK);
}

TEST(Loading, FindsACallbackThatAsksForItself) {
  const Modules modules = new_modules();
  Result inner;
  Part part([&] {
    inner = load(modules, "part");
    return "";
  });
  part.add(modules, "part");
  EXPECT_EQ(load(modules, "part"), BRISK_OK);
  EXPECT_EQ(inner, BRISK_DEADLOCK);
  EXPECT_TRUE(inner.says("part -> part")) << inner;
}

TEST(Loading, FindsACircleOfCallbacks) {
  const Modules modules = new_modules();
  Gate gate;
  std::atomic<int> refused{0};
  const auto asks = [&](const char *other) {
    return [&, other]() -> std::string {
      gate.pass();
      const Result result = load(modules, other);
      if (result == BRISK_DEADLOCK) ++refused;
      return result == BRISK_OK ? "" : result.message;
    };
  };
  Part a(asks("b"));
  Part b(asks("a"));
  a.add(modules, "a");
  b.add(modules, "b");
  std::thread first([&] { load(modules, "a"); });
  std::thread second([&] { load(modules, "b"); });
  gate.wait_for(2);
  gate.open();
  first.join();
  second.join();
  EXPECT_EQ(refused, 1) << "one is told, the other gets its failure";
}

TEST(Loading, MayAskForOtherModules) {
  const Modules modules = new_modules();
  Part inner;
  Part outer([&] { return load(modules, "inner") == BRISK_OK ? "" : "no"; });
  inner.add(modules, "inner");
  outer.add(modules, "outer");
  EXPECT_EQ(load(modules, "outer"), BRISK_OK);
  EXPECT_EQ(inner.loads(), 1);
}

TEST(Loading, EndsWaitingWhenTheSetCloses) {
  Modules modules = new_modules();
  Gate gate;
  Part part([&] { return gate.pass(); });
  part.add(modules, "part");
  std::thread leader([&] { load(modules, "part"); });
  gate.wait_for(1);
  std::thread waiter([&] { EXPECT_EQ(load(modules, "part"), BRISK_CLOSED); });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(call(brisk_modules_close, modules), BRISK_OK);
  EXPECT_EQ(call(brisk_modules_close, modules), BRISK_OK);
  waiter.join();
  gate.open();
  leader.join();
  EXPECT_EQ(load(modules, "part"), BRISK_CLOSED);
  EXPECT_EQ(load_all(modules), BRISK_CLOSED);
  brisk_module_state any;
  EXPECT_EQ(call(brisk_modules_state, modules, "part", size_t{4}, &any), BRISK_CLOSED);
  EXPECT_EQ(call(brisk_modules_preload, modules), BRISK_CLOSED);
  EXPECT_EQ(retry(modules, "part"), BRISK_CLOSED);
}

TEST(Loading, ClosesWithItsRuntime) {
  const Runtime runtime = new_runtime();
  const Modules modules = new_modules(false, runtime);
  EXPECT_EQ(runtime_stats(runtime).caches, 0u);
  EXPECT_EQ(call(brisk_runtime_close, runtime), BRISK_OK);
  EXPECT_EQ(load(modules, "part"), BRISK_CLOSED);
}

TEST(Loading, ShowsWhatIsBrokenAtOnceWhereItIsEager) {
  const Modules modules = new_modules(true);
  Part needed;
  Part first;
  Part broken([] { return "broken"; });
  EXPECT_EQ(first.add(modules, "first", "needed"), BRISK_OK) << "what it needs is not known yet";
  EXPECT_EQ(first.loads(), 0);
  EXPECT_EQ(needed.add(modules, "needed"), BRISK_OK);
  EXPECT_EQ(first.loads(), 1);
  EXPECT_EQ(needed.loads(), 1);
  EXPECT_EQ(broken.add(modules, "broken"), BRISK_LOAD_FAILED);

  const Folder folder;
  folder.manifest("gone", "library = gone.so");
  uint64_t found = 0;
  const Modules eager = new_modules(true);
  EXPECT_EQ(scan(eager, folder.path(), &found), BRISK_LOAD_FAILED);
  ASSERT_EQ(setenv("BRISK_EAGER", "1", 1), 0);
  EXPECT_EQ(scan(new_modules(), folder.path(), &found), BRISK_LOAD_FAILED);
  unsetenv("BRISK_EAGER");
}

TEST(Loading, ChecksItsArguments) {
  const Modules modules = new_modules();
  brisk_modules *none = nullptr;
  brisk_modules_options options = BRISK_MODULES_OPTIONS_INIT;
  options.eager = 2;
  EXPECT_EQ(call(brisk_modules_new, nullptr, &options, &none), BRISK_INVALID);
  EXPECT_EQ(call(brisk_modules_new, nullptr, nullptr, nullptr), BRISK_INVALID);
  EXPECT_EQ(load(nullptr, "a"), BRISK_INVALID);
  EXPECT_EQ(call(brisk_modules_load, modules, nullptr, size_t{3}, uint64_t{0}), BRISK_INVALID);
  EXPECT_EQ(call(brisk_modules_scan, modules, "", size_t{0}, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_modules_state, modules, "a", size_t{1}, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_modules_report, modules, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_modules_symbol, modules, "a", size_t{1}, "b", uint64_t{0}, nullptr),
            BRISK_INVALID);
  brisk_modules_unref(nullptr);
  EXPECT_EQ(brisk_modules_ref(nullptr), nullptr);
}

}  // namespace
}  // namespace brisk_test
