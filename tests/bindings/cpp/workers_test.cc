// Workers through the C++ interface: results, failures, outcomes, and who owns what.
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <brisk/brisk.hpp>
#include <memory>
#include <stdexcept>
#include <thread>

namespace {

using namespace std::chrono_literals;
using brisk::TaskState;
using brisk::Workers;

brisk::WorkersOptions two() {
  brisk::WorkersOptions options;
  options.threads = 2;
  options.name = "cpp";
  return options;
}

TEST(Workers, ATaskGivesWhatItReturns) {
  Workers workers(two());
  brisk::Task task = workers.submit([] { return std::string(5000, 'r'); });
  EXPECT_EQ(task.wait(), TaskState::done);
  EXPECT_EQ(task.result(), std::string(5000, 'r'));
  brisk::Task knows = workers.submit([](brisk::Task &self) {
    EXPECT_EQ(self.state(), TaskState::running);
    self.succeed("by itself");
  });
  EXPECT_EQ(knows.wait(10s), TaskState::done);
  EXPECT_EQ(knows.result(), "by itself");
  EXPECT_EQ(workers.stats().done, 2u);
}

TEST(Workers, ATaskFailsWithWhatItThrows) {
  Workers workers(two());
  const brisk::Task odd = workers.submit([] { throw std::runtime_error("it broke"); });
  EXPECT_EQ(odd.wait(), TaskState::failed);
  try {
    odd.result();
    ADD_FAILURE() << "a result";
  } catch (const brisk::Error &error) {
    EXPECT_STREQ(error.what(), "it broke");
  }
  const brisk::Task ours = workers.submit([] { throw brisk::Closed(BRISK_CLOSED, "the shop"); });
  EXPECT_EQ(ours.wait(), TaskState::failed);
  EXPECT_THROW(ours.result(), brisk::Closed);
}

TEST(Workers, OptionsReachTheTask) {
  Workers workers(two());
  brisk::Completions completions;
  brisk::Token token;
  brisk::TaskOptions options;
  options.priority = brisk::Priority::high;
  options.tag = 7;
  options.completions = &completions;
  options.token = &token;
  options.bytes = 1000;
  options.name = "seven";
  EXPECT_EQ(workers.submit([] {}, options).wait(), TaskState::done);
  pollfd descriptor{completions.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&descriptor, 1, 10'000), 1);
  EXPECT_EQ(completions.take(), std::vector<uint64_t>{7});
  EXPECT_TRUE(completions.take().empty());

  token.cancel();
  EXPECT_TRUE(brisk::Token(&token).cancelled());
  EXPECT_EQ(workers.submit([] {}, options).wait(), TaskState::cancelled);

  // A task that has no time to begin never starts: then with a later deadline.
  for (const auto deadline : {20ms, 1000ms, 10'000ms}) {
    std::atomic<bool> stop{false};
    brisk::TaskOptions soon;
    soon.deadline = deadline;
    Workers own(two());
    brisk::Task slow = own.submit(
        [&](brisk::Task &self) {
          while (!stop) std::this_thread::yield();
          EXPECT_TRUE(self.cancelled());
        },
        soon);
    const auto state = slow.wait(30s);
    stop = true;
    own.close(30s);  // which waits for the function: it looks at this frame
    if (state == TaskState::never_started && deadline < 10s) continue;
    EXPECT_EQ(state, TaskState::timed_out);
    EXPECT_THROW(slow.result(), brisk::InvalidArgument);
    break;
  }
}

TEST(Workers, ABatchAndARace) {
  Workers workers(two());
  std::atomic<size_t> sum{0};
  auto batch = workers.batch(100, [&](size_t index, brisk::Batch &self) {
    if (index == 50) {
      self.fail(index, "fifty");
      throw brisk::InvalidArgument(BRISK_INVALID, "fifty");
    }
    sum += index;
  });
  ASSERT_TRUE(batch);
  EXPECT_TRUE(batch->wait());
  EXPECT_EQ(sum, 4950u - 50u);
  EXPECT_EQ(batch->states()[50], TaskState::failed);
  EXPECT_EQ(batch->states()[51], TaskState::done);
  EXPECT_THROW(batch->check(50), brisk::Error);
  EXPECT_NO_THROW(batch->check(51));
  EXPECT_TRUE(batch->winner());

  auto race = workers.race(3, [](size_t index) {
    if (index != 2) throw std::runtime_error("lost");
  });
  ASSERT_TRUE(race);
  EXPECT_TRUE(race->wait());
  EXPECT_EQ(race->winner(), 2u);
  auto lost = workers.race(2, [](size_t) { throw std::runtime_error("lost"); });
  EXPECT_TRUE(lost->wait());
  EXPECT_FALSE(lost->winner());
}

TEST(Workers, WhatATaskHoldsIsReleasedBeforeItsEnd) {
  Workers workers(two());
  const auto held = std::make_shared<int>(1);
  EXPECT_EQ(workers.submit([held] {}).wait(), TaskState::done);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_TRUE(workers.batch(3, [held](size_t) {})->wait());
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(workers.close(), "");
  EXPECT_THROW(workers.submit([held] {}), brisk::Closed);
  EXPECT_THROW(workers.batch(3, [held](size_t) {}), brisk::Closed);
  EXPECT_THROW(workers.stats(), brisk::Closed);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Workers, ClosingNamesWhatStillRuns) {
  Workers workers(two());
  std::atomic<bool> begun{false};
  std::atomic<bool> stop{false};
  brisk::TaskOptions options;
  options.name = "slow one";
  const brisk::Task task = workers.submit(
      [&] {
        begun = true;
        while (!stop) std::this_thread::yield();
      },
      options);
  while (!begun) std::this_thread::yield();
  EXPECT_EQ(workers.close(1ms).rfind("slow one (", 0), 0u);
  stop = true;
  EXPECT_EQ(workers.close(10s), "");
}

TEST(Workers, AFullQueueGivesAnEmptyTask) {
  brisk::WorkersOptions options;
  options.threads = 1;
  options.queue_tasks = 1;
  Workers workers(brisk::Runtime::process(), options);
  std::atomic<bool> stop{false};
  brisk::Task first = workers.submit([&] {
    while (!stop) std::this_thread::yield();
  });
  while (first.state() != TaskState::running) std::this_thread::yield();
  EXPECT_TRUE(workers.submit([] {}));
  EXPECT_FALSE(workers.submit([] {}));
  EXPECT_FALSE(workers.batch(3, [](size_t) {}));
  brisk::TaskOptions patient;
  patient.room_timeout = 10s;
  stop = true;
  EXPECT_EQ(workers.submit([] {}, patient).wait(), TaskState::done);
}

TEST(Limiter, LetsThroughAtItsRate) {
  brisk::Limiter fast(1000, 2);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(fast.acquire(1, 10s));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 4ms);
  EXPECT_EQ(fast.stats().acquired, 6u);
  // So slow that no pause of this thread lets a token come.
  brisk::Limiter slow(0.001, 2);
  EXPECT_TRUE(slow.acquire());
  EXPECT_TRUE(slow.acquire());
  EXPECT_FALSE(slow.acquire(1, 1us));
  EXPECT_EQ(slow.stats().acquired, 2u);
  EXPECT_THROW(slow.acquire(3), brisk::InvalidArgument);
  EXPECT_THROW(brisk::Limiter(0, 1), brisk::InvalidArgument);
}

}  // namespace
