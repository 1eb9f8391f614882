// The adaptive mutex: one at a time, nobody sleeps for ever, in the child of a fork neither.
#include "base/mutex.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace brisk {
namespace {

using namespace std::chrono_literals;

// Threads that add under the mutex, and now and then hold it for long enough that others sleep.
struct Crowd {
  static constexpr unsigned threads = 4;

  Crowd(AdaptiveMutex &mutex, unsigned rounds) {
    for (unsigned thread = 0; thread < threads; ++thread) {
      members.emplace_back([this, &mutex, rounds](const std::stop_token &stop) {
        begun.count_down();
        for (unsigned round = 0; round < rounds && !stop.stop_requested(); ++round) {
          if (round % 4 == 0) std::this_thread::sleep_for(50us);
          std::lock_guard lock(mutex);
          ++count;
          if (round % 16 == 0) std::this_thread::sleep_for(50us);
        }
      });
    }
  }
  void join() {
    for (std::jthread &member : members) member.join();
  }

  uint64_t count = 0;
  std::latch begun{threads};
  std::vector<std::jthread> members;
};

TEST(AdaptiveMutex, LetsOneInAtATime) {
  AdaptiveMutex mutex;
  constexpr unsigned rounds = 20'000;
  Crowd crowd(mutex, rounds);
  crowd.join();
  EXPECT_EQ(crowd.count, uint64_t{rounds} * Crowd::threads);
}

TEST(AdaptiveMutex, IsTriedWithoutWaiting) {
  AdaptiveMutex mutex;
  EXPECT_TRUE(mutex.try_lock());
  std::thread([&] { EXPECT_FALSE(mutex.try_lock()); }).join();
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// Who lets it go may be overtaken by who gets it next, and it is gone then.
TEST(AdaptiveMutex, MayBeDestroyedByWhoGetsItNext) {
  for (int round = 0; round < 200; ++round) {
    auto owner = std::make_unique<AdaptiveMutex>();
    AdaptiveMutex *const mutex = owner.get();
    bool last = false;
    std::jthread next([&] {
      for (bool ends = false; !ends;) {
        std::lock_guard lock(*mutex);
        ends = last;
      }
      owner.reset();
    });
    for (int hold = 0; hold < 20; ++hold) {
      std::lock_guard lock(*mutex);
      std::this_thread::sleep_for(std::chrono::microseconds(hold * 4));
      last = hold == 19;
    }
  }
}

TEST(AdaptiveMutex, OutlivesAForkWithThreadsThatSleepOrWereJustCalled) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer knows no new threads in the child of a fork";
#endif
  AdaptiveMutex mutex;
  Crowd crowd(mutex, UINT_MAX);
  // A thread that starts takes locks of the C library and of sanitizers.
  crowd.begun.wait();
  for (int fork_number = 0; fork_number < 100; ++fork_number) {
    mutex.lock();
    const pid_t child = fork();
    mutex.fork_release(child == 0);
    if (child == 0) {
      alarm(30);
      Crowd own(mutex, 100);
      own.join();
      _exit(own.count == 100 * Crowd::threads ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace brisk
