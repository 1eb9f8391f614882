// Workers through the C interface: tasks, batches, races, deadlines, cancellation, room, memory,
// and the end of a pool. stress/workers.cc has the races.
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <memory>

#include "interface.h"

namespace {

using namespace brisk_test;

using Workers = Handle<brisk_workers, brisk_workers_unref>;
using Task = Handle<brisk_task, brisk_task_unref>;
using Batch = Handle<brisk_batch, brisk_batch_unref>;
using Token = Handle<brisk_token, brisk_token_unref>;
using Completions = Handle<brisk_completions, brisk_completions_unref>;

// A door that threads wait at, for ten seconds at most.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, std::chrono::seconds(10), [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

using Work = std::function<brisk_status(brisk_task *)>;
using Item = std::function<brisk_status(size_t, brisk_batch *)>;

brisk_status run_item(void *user, size_t index, brisk_batch *batch) {
  return (*static_cast<Item *>(user))(index, batch);
}

class WorkersTest : public testing::Test {
 protected:
  Workers pool(const std::function<void(brisk_workers_options &)> &set = nullptr,
               brisk_runtime *runtime = nullptr) {
    brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
    options.threads = 2;
    if (set) set(options);
    Workers made;
    EXPECT_EQ(call(brisk_workers_new, runtime, &options, made.out()), BRISK_OK);
    return made;
  }

  // The work is destroyed by the pool, and counted.
  Result submit(brisk_workers *workers, Work work, brisk_task **task,
                const std::function<void(brisk_task_options &)> &set = nullptr,
                brisk_token *token = nullptr, uint64_t timeout = 0,
                brisk_completions *completions = nullptr) {
    brisk_task_options options = BRISK_TASK_OPTIONS_INIT;
    if (set) set(options);
    auto *data = new Data{std::move(work), this};
    ++made_;
    return call(
        brisk_workers_submit, workers, &options,
        [](void *user, brisk_task *task) { return static_cast<Data *>(user)->work(task); }, data,
        [](void *user) {
          ++static_cast<Data *>(user)->test->destroyed_;
          delete static_cast<Data *>(user);
        },
        timeout, token, completions, task);
  }
  Task submit(brisk_workers *workers, Work work,
              const std::function<void(brisk_task_options &)> &set = nullptr) {
    Task task;
    EXPECT_EQ(submit(workers, std::move(work), task.out(), set), BRISK_OK);
    return task;
  }

  Result begin(brisk_workers *workers, size_t count, Item item, Batch &batch, uint64_t timeout = 0,
               bool race = false, brisk_token *token = nullptr) {
    struct Items {
      Item item;
      WorkersTest *test;
    };
    auto *data = new Items{std::move(item), this};
    ++made_;
    return call(
        brisk_workers_batch, workers, count, timeout, race ? 1u : 0u,
        [](void *user, size_t index, brisk_batch *batch) {
          return static_cast<Items *>(user)->item(index, batch);
        },
        data,
        [](void *user) {
          ++static_cast<Items *>(user)->test->destroyed_;
          delete static_cast<Items *>(user);
        },
        token, batch.out());
  }

  static brisk_task_state wait(brisk_task *task, uint64_t timeout = 10 * second) {
    brisk_task_state state = -1;
    const Result result = call(brisk_task_wait, task, timeout, &state);
    EXPECT_GE(result.status, 0) << result;
    EXPECT_EQ(result == BRISK_OK, state >= BRISK_TASK_STATE_DONE);
    return state;
  }
  static uint64_t wait(brisk_batch *batch, brisk_status expected = BRISK_OK,
                       uint64_t timeout = 10 * second) {
    uint64_t winner = 0;
    EXPECT_EQ(call(brisk_batch_wait, batch, timeout, &winner), expected);
    return winner;
  }
  static std::vector<int32_t> states(brisk_batch *batch, size_t count) {
    std::vector<int32_t> states(count, -1);
    EXPECT_EQ(call(brisk_batch_states, batch, count, states.data()), BRISK_OK);
    return states;
  }
  static std::string result(brisk_task *task) {
    std::string buffer(100, '!');
    size_t size = 0;
    EXPECT_EQ(call(brisk_task_read, task, buffer.data(), buffer.size(), &size), BRISK_OK);
    return buffer.substr(0, size);
  }
  static brisk_workers_stats stats(brisk_workers *workers) {
    brisk_workers_stats figures = BRISK_WORKERS_STATS_INIT;
    EXPECT_EQ(call(brisk_workers_read_stats, workers, &figures), BRISK_OK);
    return figures;
  }
  static bool eventually(const std::function<bool()> &what) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!what()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  static uint64_t now() {
    return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() /
                                 std::chrono::nanoseconds(1));
  }

  void TearDown() override {
    EXPECT_TRUE(eventually([&] { return made_.load() == destroyed_.load(); }))
        << made_ << " made, " << destroyed_ << " destroyed";
  }

  struct Data {
    Work work;
    WorkersTest *test;
  };
  std::atomic<int> made_{0};
  std::atomic<int> destroyed_{0};
};

brisk_status done(brisk_task *) { return BRISK_OK; }

TEST_F(WorkersTest, ATaskRunsAndGivesAResult) {
  const Workers workers = pool();
  const Task task = submit(workers, [](brisk_task *self) {
    EXPECT_EQ(brisk_task_poll(self), BRISK_TASK_STATE_RUNNING);
    return call(brisk_task_succeed, self, "result", 6u).status;
  });
  EXPECT_EQ(wait(task), BRISK_TASK_STATE_DONE);
  EXPECT_EQ(destroyed_, 1) << "before the end is told";
  EXPECT_EQ(result(task), "result");
  EXPECT_EQ(wait(task, 1), BRISK_TASK_STATE_DONE) << "again, at once";
  char little[3];
  size_t size = 0;
  EXPECT_EQ(call(brisk_task_read, task, little, sizeof little, &size), BRISK_SHORT_BUFFER);
  EXPECT_EQ(size, 6u);
  EXPECT_EQ(call(brisk_task_cancel, task), BRISK_OK);
  EXPECT_EQ(brisk_task_poll(task), BRISK_TASK_STATE_DONE) << "an end stays";
}

TEST_F(WorkersTest, AFailureHasItsStatusAndItsReason) {
  const Workers workers = pool();
  const Task failed = submit(workers, [](brisk_task *self) {
    EXPECT_EQ(call(brisk_task_fail, self, "the disk is gone", 16u), BRISK_OK);
    return brisk_status{BRISK_TOO_LARGE};
  });
  EXPECT_EQ(wait(failed), BRISK_TASK_STATE_FAILED);
  size_t size = 9;
  const Result why = call(brisk_task_read, failed, nullptr, 0u, &size);
  EXPECT_EQ(why, BRISK_TOO_LARGE);
  EXPECT_EQ(why.message, "the disk is gone");
  EXPECT_EQ(size, 0u);

  const Task mute = submit(workers, [](brisk_task *) { return brisk_status{BRISK_MISS}; });
  EXPECT_EQ(wait(mute), BRISK_TASK_STATE_FAILED);
  EXPECT_EQ(call(brisk_task_read, mute, nullptr, 0u, &size), BRISK_INTERNAL);

  const Task threw =
      submit(workers, [](brisk_task *) -> brisk_status { throw std::runtime_error("it broke"); });
  EXPECT_EQ(wait(threw), BRISK_TASK_STATE_FAILED);
  EXPECT_TRUE(call(brisk_task_read, threw, nullptr, 0u, &size).says("it broke"));
  const Task odd = submit(workers, [](brisk_task *) -> brisk_status { throw 7; });
  EXPECT_EQ(wait(odd), BRISK_TASK_STATE_FAILED);
  EXPECT_EQ(stats(workers).failed, 4u);
}

TEST_F(WorkersTest, NobodyNeedsToWait) {
  std::atomic<int> ran{0};
  {
    const Workers workers = pool();
    for (int i = 0; i < 1000; ++i) {
      ASSERT_EQ(submit(
                    workers,
                    [&](brisk_task *) {
                      ++ran;
                      return BRISK_OK;
                    },
                    nullptr),
                BRISK_OK);
    }
    EXPECT_TRUE(eventually([&] { return ran == 1000; }));
    EXPECT_TRUE(eventually([&] { return stats(workers).done == 1000; }));
    EXPECT_EQ(stats(workers).queued, 0u);
  }
}

TEST_F(WorkersTest, HighComesBeforeNormalBeforeLow) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate gate;
  const Task first = submit(workers, [&](brisk_task *) {
    gate.wait();
    return BRISK_OK;
  });
  ASSERT_TRUE(eventually([&] { return brisk_task_poll(first) == BRISK_TASK_STATE_RUNNING; }));
  std::string order;
  std::vector<Task> tasks;
  const std::pair<brisk_task_priority, char> all[] = {{BRISK_TASK_PRIORITY_LOW, 'l'},
                                                      {BRISK_TASK_PRIORITY_NORMAL, 'n'},
                                                      {BRISK_TASK_PRIORITY_HIGH, 'h'},
                                                      {BRISK_TASK_PRIORITY_NORMAL, 'N'},
                                                      {BRISK_TASK_PRIORITY_HIGH, 'H'}};
  for (const auto &[priority, letter] : all) {
    tasks.push_back(submit(
        workers,
        [&order, letter = letter](brisk_task *) {
          order += letter;
          return BRISK_OK;
        },
        [priority = priority](auto &options) { options.priority = priority; }));
  }
  EXPECT_EQ(stats(workers).queued, 5u);
  gate.open();
  for (const Task &task : tasks) EXPECT_EQ(wait(task), BRISK_TASK_STATE_DONE);
  EXPECT_EQ(order, "hHnNl");
}

TEST_F(WorkersTest, CancellingEndsWhatHasNotBegunAndIsSeenByWhatHas) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate begun;
  const Task running = submit(workers, [&](brisk_task *self) {
    begun.open();
    return eventually([&] { return brisk_task_is_cancelled(self) != 0; })
               ? brisk_status{BRISK_TIMEOUT}
               : brisk_status{BRISK_OK};
  });
  const Task queued = submit(workers, done);
  ASSERT_TRUE(begun.wait());
  EXPECT_EQ(call(brisk_task_cancel, queued), BRISK_OK);
  EXPECT_EQ(brisk_task_poll(queued), BRISK_TASK_STATE_CANCELLED) << "at once";
  EXPECT_EQ(brisk_task_poll(running), BRISK_TASK_STATE_RUNNING);
  EXPECT_EQ(call(brisk_task_cancel, running), BRISK_OK);
  EXPECT_EQ(wait(running), BRISK_TASK_STATE_CANCELLED);
  size_t size = 0;
  EXPECT_EQ(call(brisk_task_read, running, nullptr, 0u, &size), BRISK_INVALID);
  EXPECT_EQ(stats(workers).cancelled, 2u);

  // Who succeeds all the same has succeeded.
  const Task stubborn =
      submit(workers, [](brisk_task *self) { return call(brisk_task_cancel, self).status; });
  EXPECT_EQ(wait(stubborn), BRISK_TASK_STATE_DONE);
}

TEST_F(WorkersTest, ATokenCancelsEverythingBelowIt) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Token parent;
  Token child;
  ASSERT_EQ(call(brisk_token_new, nullptr, parent.out()), BRISK_OK);
  ASSERT_EQ(call(brisk_token_new, parent, child.out()), BRISK_OK);
  Gate begun;
  Task running;
  ASSERT_EQ(submit(
                workers,
                [&](brisk_task *self) {
                  begun.open();
                  EXPECT_TRUE(eventually([&] { return brisk_task_is_cancelled(self) != 0; }));
                  return brisk_status{BRISK_CLOSED};
                },
                running.out(), nullptr, child),
            BRISK_OK);
  Task queued;
  ASSERT_EQ(submit(workers, done, queued.out(), nullptr, child), BRISK_OK);
  ASSERT_TRUE(begun.wait());
  EXPECT_EQ(brisk_token_is_cancelled(child), 0u);
  EXPECT_EQ(call(brisk_token_cancel, parent), BRISK_OK);
  EXPECT_EQ(call(brisk_token_cancel, parent), BRISK_OK);
  EXPECT_EQ(brisk_token_is_cancelled(child), 1u);
  EXPECT_EQ(wait(running), BRISK_TASK_STATE_CANCELLED);
  EXPECT_EQ(wait(queued), BRISK_TASK_STATE_CANCELLED);
}

TEST_F(WorkersTest, ADeadlineEndsWaitingAndLeavesTheTaskRunning) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate gate;
  const auto soon = [](auto &options) { options.deadline_ns = 200 * ms; };
  const Task running = submit(
      workers,
      [&](brisk_task *self) {
        EXPECT_TRUE(gate.wait());
        EXPECT_EQ(brisk_task_is_cancelled(self), 1u) << "its deadline has passed";
        return call(brisk_task_succeed, self, "late", 4u).status;
      },
      soon);
  const uint64_t begin = now();
  ASSERT_TRUE(eventually([&] { return brisk_task_poll(running) == BRISK_TASK_STATE_RUNNING; }));
  const Task queued = submit(workers, done, soon);
  EXPECT_EQ(wait(running), BRISK_TASK_STATE_TIMED_OUT);
  EXPECT_GE(now() - begin, 150 * ms);
  EXPECT_LT(now() - begin, second);
  EXPECT_EQ(wait(queued), BRISK_TASK_STATE_NEVER_STARTED);
  EXPECT_EQ(destroyed_, 1) << "that of the task which never started";
  gate.open();
  EXPECT_TRUE(eventually([&] { return stats(workers).running == 0; }));
  EXPECT_EQ(brisk_task_poll(running), BRISK_TASK_STATE_TIMED_OUT) << "what came late is dropped";
  EXPECT_EQ(stats(workers).timed_out, 1u);
  EXPECT_EQ(stats(workers).never_started, 1u);

  // Without anybody who waits as well.
  const Task alone = submit(
      workers,
      [&](brisk_task *) {
        const uint64_t end = now() + 5 * ms;
        return eventually([&] { return now() > end; }) ? BRISK_OK : brisk_status{BRISK_INTERNAL};
      },
      [](auto &options) { options.deadline_ns = 1 * ms; });
  EXPECT_TRUE(eventually([&] { return brisk_task_poll(alone) == BRISK_TASK_STATE_TIMED_OUT; }));
}

TEST_F(WorkersTest, AWaitGivesUpAndMayBeRepeated) {
  const Workers workers = pool();
  Gate gate;
  const Task task = submit(workers, [&](brisk_task *) {
    gate.wait();
    return BRISK_OK;
  });
  EXPECT_LT(wait(task, 1 * ms), BRISK_TASK_STATE_DONE);
  gate.open();
  EXPECT_EQ(wait(task), BRISK_TASK_STATE_DONE);
}

TEST_F(WorkersTest, AFullQueueRefusesOrIsWaitedFor) {
  const Workers workers = pool([](auto &options) {
    options.threads = 1;
    options.queue_tasks = 2;
  });
  Gate gate;
  const Task first = submit(workers, [&](brisk_task *) {
    gate.wait();
    return BRISK_OK;
  });
  EXPECT_TRUE(eventually([&] { return stats(workers).running == 1; }));
  const Task second_task = submit(workers, done);
  const Task third = submit(workers, done);
  Task fourth;
  EXPECT_EQ(submit(workers, done, fourth.out()), BRISK_REFUSED);
  EXPECT_EQ(fourth, nullptr);
  EXPECT_EQ(submit(workers, done, fourth.out(), nullptr, nullptr, 5 * ms), BRISK_REFUSED);
  EXPECT_EQ(stats(workers).refused, 2u);
  std::thread opener([&] { gate.open(); });
  EXPECT_EQ(submit(workers, done, fourth.out(), nullptr, nullptr, 10 * second), BRISK_OK);
  opener.join();
  EXPECT_EQ(wait(fourth), BRISK_TASK_STATE_DONE);
}

TEST_F(WorkersTest, ATaskStartsWhenTheBudgetHasItsBytes) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM, 1 << 20);
  const Workers workers = pool(nullptr, runtime);
  std::atomic<int> together{0};
  std::atomic<int> most{0};
  const auto large = [](auto &options) { options.bytes = 700 << 10; };
  std::vector<Task> tasks;
  for (int i = 0; i < 6; ++i) {
    tasks.push_back(submit(
        workers,
        [&](brisk_task *) {
          most = std::max(most.load(), ++together);
          EXPECT_GE(runtime_stats(runtime).held_bytes, uint64_t{700} << 10);
          std::this_thread::yield();
          --together;
          return BRISK_OK;
        },
        large));
  }
  for (const Task &task : tasks) EXPECT_EQ(wait(task), BRISK_TASK_STATE_DONE);
  EXPECT_EQ(most, 1);
  EXPECT_TRUE(eventually([&] { return runtime_stats(runtime).held_bytes == 0; }));

  // Smaller tasks pass one that waits.
  Gate gate;
  const Task holder = submit(
      workers,
      [&](brisk_task *) {
        gate.wait();
        return BRISK_OK;
      },
      large);
  EXPECT_TRUE(eventually([&] { return stats(workers).running == 1; }));
  const Task waits = submit(workers, done, large);
  EXPECT_EQ(wait(submit(workers, done)), BRISK_TASK_STATE_DONE);
  EXPECT_EQ(brisk_task_poll(waits), BRISK_TASK_STATE_QUEUED);
  EXPECT_EQ(stats(workers).queued_bytes, uint64_t{700} << 10);
  gate.open();
  EXPECT_EQ(wait(waits), BRISK_TASK_STATE_DONE);

  Task never;
  const Result refused =
      submit(workers, done, never.out(), [](auto &options) { options.bytes = (1 << 20) + 1; });
  EXPECT_EQ(refused, BRISK_TOO_LARGE);
  EXPECT_TRUE(refused.says("1048577") && refused.says("1048576")) << refused;
}

TEST_F(WorkersTest, TasksThatWaitForTasksNeedNoFurtherThreads) {
  for (const uint32_t threads : {1u, 2u}) {
    const Workers workers = pool([&](auto &options) { options.threads = threads; });
    std::function<brisk_status(int)> descend = [&](int depth) -> brisk_status {
      if (depth == 0) return BRISK_OK;
      const Task child = submit(workers, [&, depth](brisk_task *) { return descend(depth - 1); });
      return wait(child) == BRISK_TASK_STATE_DONE ? BRISK_OK : brisk_status{BRISK_INTERNAL};
    };
    EXPECT_EQ(wait(submit(workers, [&](brisk_task *) { return descend(64); })),
              BRISK_TASK_STATE_DONE);
    // And batches within batches.
    std::atomic<int> leaves{0};
    Batch outer;
    ASSERT_EQ(begin(
                  workers, 8,
                  [&](size_t, brisk_batch *) {
                    Batch inner;
                    EXPECT_EQ(begin(
                                  workers, 8,
                                  [&](size_t, brisk_batch *) {
                                    ++leaves;
                                    return BRISK_OK;
                                  },
                                  inner),
                              BRISK_OK);
                    wait(inner);
                    return BRISK_OK;
                  },
                  outer),
              BRISK_OK);
    wait(outer);
    EXPECT_EQ(leaves, 64);
  }
}

TEST_F(WorkersTest, WaitingForOneselfIsReported) {
  const Workers workers = pool();
  const Task task = submit(workers, [](brisk_task *self) {
    brisk_task_state state = 0;
    const Result result = call(brisk_task_wait, self, second, &state);
    EXPECT_EQ(state, BRISK_TASK_STATE_RUNNING);
    return result.status;
  });
  EXPECT_EQ(wait(task), BRISK_TASK_STATE_FAILED);
  size_t size = 0;
  EXPECT_EQ(call(brisk_task_read, task, nullptr, 0u, &size), BRISK_DEADLOCK);
  const Task closing = submit(workers, [&](brisk_task *) {
    size_t size = 0;
    return call(brisk_workers_close, workers, second, nullptr, 0u, &size).status;
  });
  EXPECT_EQ(wait(closing), BRISK_TASK_STATE_FAILED);
  EXPECT_EQ(call(brisk_task_read, closing, nullptr, 0u, &size), BRISK_DEADLOCK);
}

TEST_F(WorkersTest, ABatchHasAnOutcomeForEachItem) {
  const Workers workers = pool();
  Batch batch;
  ASSERT_EQ(begin(
                workers, 100,
                [&](size_t index, brisk_batch *self) -> brisk_status {
                  if (index == 7) {
                    EXPECT_EQ(call(brisk_batch_fail, self, index, "seven", 5u), BRISK_OK);
                    return BRISK_CLOSED;
                  }
                  if (index == 8) throw std::runtime_error("eight");
                  return BRISK_OK;
                },
                batch),
            BRISK_OK);
  EXPECT_LT(wait(batch), 100u);
  EXPECT_EQ(destroyed_, 1);
  const std::vector<int32_t> all = states(batch, 100);
  EXPECT_EQ(std::count(all.begin(), all.end(), BRISK_TASK_STATE_DONE), 98);
  EXPECT_EQ(all[7], BRISK_TASK_STATE_FAILED);
  EXPECT_EQ(call(brisk_batch_check, batch, 6u), BRISK_OK);
  const Result seven = call(brisk_batch_check, batch, 7u);
  EXPECT_EQ(seven, BRISK_CLOSED);
  EXPECT_EQ(seven.message, "seven");
  EXPECT_EQ(call(brisk_batch_check, batch, 8u).message, "eight");
  EXPECT_EQ(states(batch, 3).size(), 3u) << "the first ones only";
  EXPECT_EQ(stats(workers).failed, 2u);

  Batch none;
  ASSERT_EQ(begin(workers, 0, [](size_t, brisk_batch *) { return BRISK_OK; }, none), BRISK_OK);
  EXPECT_EQ(wait(none), BRISK_FOREVER);
}

TEST_F(WorkersTest, ABatchEndsAtItsDeadline) {
  const Workers workers = pool();
  Gate gate;
  Batch batch;
  ASSERT_EQ(begin(
                workers, 5,
                [&](size_t index, brisk_batch *self) {
                  if (index >= 1) gate.wait();
                  EXPECT_EQ(brisk_batch_is_cancelled(self), index >= 1 ? 1u : 0u);
                  return BRISK_OK;
                },
                batch, 50 * ms),
            BRISK_OK);
  const uint64_t begin = now();
  wait(batch);
  EXPECT_LT(now() - begin, second);
  const std::vector<int32_t> expected = {BRISK_TASK_STATE_DONE, BRISK_TASK_STATE_TIMED_OUT,
                                         BRISK_TASK_STATE_TIMED_OUT, BRISK_TASK_STATE_NEVER_STARTED,
                                         BRISK_TASK_STATE_NEVER_STARTED};
  EXPECT_EQ(states(batch, 5), expected);
  EXPECT_EQ(destroyed_, 0) << "two still run";
  gate.open();
  EXPECT_TRUE(eventually([&] { return destroyed_ == 1; }));
  EXPECT_EQ(states(batch, 5), expected) << "and what they give is dropped";
}

TEST_F(WorkersTest, ARaceEndsWithTheFirstSuccess) {
  const Workers workers = pool([](auto &options) { options.threads = 3; });
  Gate gate;
  Batch race;
  ASSERT_EQ(begin(
                workers, 3,
                [&](size_t index, brisk_batch *self) -> brisk_status {
                  if (index == 0) return BRISK_INTERNAL;
                  if (index == 1) return BRISK_OK;
                  EXPECT_TRUE(eventually([&] { return brisk_batch_is_cancelled(self) != 0; }));
                  gate.wait();
                  return BRISK_OK;
                },
                race, 0, true),
            BRISK_OK);
  EXPECT_EQ(wait(race), 1u);
  EXPECT_EQ(states(race, 3)[1], BRISK_TASK_STATE_DONE);
  EXPECT_EQ(states(race, 3)[2], BRISK_TASK_STATE_CANCELLED);
  gate.open();

  Batch lost;
  ASSERT_EQ(begin(
                workers, 3,
                [&](size_t index, brisk_batch *self) -> brisk_status {
                  const std::string why = "no " + std::to_string(index);
                  call(brisk_batch_fail, self, index, why.data(), why.size());
                  return BRISK_INVALID;
                },
                lost, 0, true),
            BRISK_OK);
  EXPECT_EQ(wait(lost), BRISK_FOREVER);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(call(brisk_batch_check, lost, i).message, "no " + std::to_string(i));
}

TEST_F(WorkersTest, ABatchIsCancelledByItselfAndByItsToken) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Token token;
  ASSERT_EQ(call(brisk_token_new, nullptr, token.out()), BRISK_OK);
  for (const bool by_token : {false, true}) {
    Batch batch;
    ASSERT_EQ(begin(
                  workers, 4,
                  [&](size_t index, brisk_batch *self) {
                    if (index == 1) {
                      EXPECT_EQ(by_token ? call(brisk_token_cancel, token)
                                         : call(brisk_batch_cancel, self),
                                BRISK_OK);
                    }
                    return BRISK_OK;
                  },
                  batch, 0, false, token),
              BRISK_OK);
    wait(batch);
    EXPECT_EQ(states(batch, 4)[0], BRISK_TASK_STATE_DONE);
    EXPECT_EQ(states(batch, 4)[3], BRISK_TASK_STATE_CANCELLED) << by_token;
  }
}

TEST_F(WorkersTest, CompletionsAreToldThroughADescriptor) {
  const Workers workers = pool();
  Completions completions;
  ASSERT_EQ(call(brisk_completions_new, completions.out()), BRISK_OK);
  pollfd descriptor{brisk_completions_fd(completions), POLLIN, 0};
  EXPECT_EQ(poll(&descriptor, 1, 0), 0);
  std::set<uint64_t> left;
  for (uint64_t tag = 1; tag <= 200; ++tag) {
    left.insert(tag);
    ASSERT_EQ(submit(
                  workers, done, nullptr, [&](auto &options) { options.tag = tag; }, nullptr, 0,
                  completions),
              BRISK_OK);
  }
  while (!left.empty()) {
    ASSERT_EQ(poll(&descriptor, 1, 10'000), 1);
    uint64_t tags[16];
    size_t taken = 0;
    ASSERT_EQ(call(brisk_completions_next, completions, 16u, tags, &taken), BRISK_OK);
    for (size_t i = 0; i < taken; ++i) EXPECT_EQ(left.erase(tags[i]), 1u) << tags[i];
  }
  EXPECT_EQ(poll(&descriptor, 1, 0), 0) << "readable only while there are some";
  size_t taken = 9;
  uint64_t tag = 0;
  EXPECT_EQ(call(brisk_completions_next, completions, 1u, &tag, &taken), BRISK_END);
  EXPECT_EQ(taken, 0u);
}

TEST_F(WorkersTest, ALimiterLetsThroughAtItsRate) {
  Handle<brisk_limiter, brisk_limiter_unref> limiter;
  ASSERT_EQ(call(brisk_limiter_new, 1000.0, 5.0, limiter.out()), BRISK_OK);
  const uint64_t begin = now();
  for (int i = 0; i < 25; ++i)
    ASSERT_EQ(call(brisk_limiter_acquire, limiter, 1.0, 10 * second), BRISK_OK);
  EXPECT_GE(now() - begin, 19 * ms) << "five at once, twenty at one each millisecond";
  EXPECT_EQ(call(brisk_limiter_acquire, limiter, 5.0, 1), BRISK_TIMEOUT) << "at once";
  brisk_limiter_stats figures = BRISK_LIMITER_STATS_INIT;
  ASSERT_EQ(call(brisk_limiter_read_stats, limiter, &figures), BRISK_OK);
  EXPECT_EQ(figures.acquired, 25u);
  EXPECT_EQ(figures.refused, 1u);
  EXPECT_GT(figures.waited_ns, 10 * ms);
  EXPECT_LT(figures.available, 5.0);
  EXPECT_EQ(call(brisk_limiter_acquire, limiter, 5.5, second), BRISK_INVALID);
  EXPECT_EQ(call(brisk_limiter_acquire, limiter, 0.0, second), BRISK_INVALID);
  Handle<brisk_limiter, brisk_limiter_unref> wrong;
  EXPECT_EQ(call(brisk_limiter_new, 0.0, 5.0, wrong.out()), BRISK_INVALID);
  EXPECT_EQ(call(brisk_limiter_new, 1.0, 0.5, wrong.out()), BRISK_INVALID);
  EXPECT_EQ(call(brisk_limiter_new, 1.0 / 0.0, 5.0, wrong.out()), BRISK_INVALID);
}

TEST_F(WorkersTest, ClosingNamesWhatStillRuns) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate begun;
  Gate gate;
  const Task running = submit(
      workers,
      [&](brisk_task *self) {
        begun.open();
        gate.wait();
        return brisk_task_is_cancelled(self) != 0 ? brisk_status{BRISK_CLOSED} : BRISK_OK;
      },
      [](auto &options) {
        options.name = "import of events.h5";
        options.name_size = 19;
      });
  const Task queued = submit(workers, done);
  ASSERT_TRUE(begun.wait());
  char names[100];
  size_t size = 0;
  EXPECT_EQ(call(brisk_workers_close, workers, 5 * ms, names, sizeof names, &size), BRISK_TIMEOUT);
  EXPECT_EQ(std::string_view(names, size).substr(0, 21), "import of events.h5 (");
  EXPECT_EQ(names[size - 1], '\n');
  EXPECT_EQ(brisk_task_poll(queued), BRISK_TASK_STATE_NEVER_STARTED);
  EXPECT_EQ(call(brisk_workers_close, workers, 1, names, 5u, &size), BRISK_TIMEOUT);
  EXPECT_GT(size, 21u) << "whole lines only, but all of the size";
  Task late;
  EXPECT_EQ(submit(workers, done, late.out()), BRISK_CLOSED);
  Batch batch;
  EXPECT_EQ(begin(workers, 3, [](size_t, brisk_batch *) { return BRISK_OK; }, batch), BRISK_CLOSED);
  brisk_workers_stats figures = BRISK_WORKERS_STATS_INIT;
  EXPECT_EQ(call(brisk_workers_read_stats, workers, &figures), BRISK_CLOSED);
  gate.open();
  EXPECT_EQ(call(brisk_workers_close, workers, 10 * second, names, sizeof names, &size), BRISK_OK);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(wait(running), BRISK_TASK_STATE_CANCELLED);
}

TEST_F(WorkersTest, ClosingCancelsTasksThatWaitForTasks) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate begun;
  const Task outer = submit(workers, [&](brisk_task *self) {
    const Task inner = submit(workers, [&](brisk_task *innermost) {
      begun.open();
      while (brisk_task_is_cancelled(innermost) == 0) std::this_thread::yield();
      return BRISK_OK;
    });
    EXPECT_EQ(wait(inner), BRISK_TASK_STATE_DONE);
    return brisk_task_is_cancelled(self) != 0 ? brisk_status{BRISK_CLOSED} : BRISK_OK;
  });
  ASSERT_TRUE(begun.wait());
  size_t size = 0;
  EXPECT_EQ(call(brisk_workers_close, workers, 10 * second, nullptr, 0u, &size), BRISK_OK);
  EXPECT_EQ(wait(outer), BRISK_TASK_STATE_CANCELLED);
}

TEST_F(WorkersTest, ClosingEndsABatch) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate begun;
  Batch batch;
  ASSERT_EQ(begin(
                workers, 400,
                [&](size_t, brisk_batch *self) -> brisk_status {
                  begun.open();
                  return eventually([&] { return brisk_batch_is_cancelled(self) != 0; })
                             ? BRISK_OK
                             : BRISK_INTERNAL;
                },
                batch),
            BRISK_OK);
  ASSERT_TRUE(begun.wait());
  size_t size = 0;
  EXPECT_EQ(call(brisk_workers_close, workers, 10 * second, nullptr, 0u, &size), BRISK_OK);
  wait(batch);
  const std::vector<int32_t> all = states(batch, 400);
  EXPECT_EQ(all.front(), BRISK_TASK_STATE_DONE) << "it sees that it is cancelled";
  EXPECT_EQ(all.back(), BRISK_TASK_STATE_NEVER_STARTED);
  EXPECT_EQ(destroyed_, 1);
}

TEST_F(WorkersTest, APoolThatNobodyHoldsEndsWithItsTasks) {
  Gate begun;
  Gate gate;
  Workers workers = pool([](auto &options) { options.threads = 1; });
  ASSERT_EQ(submit(
                workers,
                [&](brisk_task *) {
                  begun.open();
                  gate.wait();
                  return BRISK_OK;
                },
                nullptr),
            BRISK_OK);
  ASSERT_TRUE(begun.wait());
  for (int i = 0; i < 10; ++i) ASSERT_EQ(submit(workers, done, nullptr), BRISK_OK);
  workers.reset();
  EXPECT_EQ(destroyed_, 10) << "those that never start";
  gate.open();

  // A task keeps its pool, and outlives it.
  Task kept = submit(pool(), done);
  EXPECT_EQ(wait(kept), BRISK_TASK_STATE_DONE);
}

TEST_F(WorkersTest, ThreadsStartWhenNeededAreNamedAndTakeNoSignals) {
  const Workers workers = pool([](auto &options) {
    options.name = "adder";
    options.name_size = 5;
  });
  EXPECT_EQ(stats(workers).threads, 0u);
  const Task task = submit(workers, [](brisk_task *) {
    char name[16] = "";
    pthread_getname_np(pthread_self(), name, sizeof name);
    EXPECT_STREQ(name, "adder");
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    EXPECT_EQ(sigismember(&blocked, SIGINT), 1);
    EXPECT_EQ(sigismember(&blocked, SIGTERM), 1);
    return BRISK_OK;
  });
  EXPECT_EQ(wait(task), BRISK_TASK_STATE_DONE);
  EXPECT_GE(stats(workers).threads, 1u);
}

TEST_F(WorkersTest, StatisticsTellWaitsAndRuns) {
  const Workers workers = pool();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(wait(submit(workers,
                          [](brisk_task *) {
                            const uint64_t end = now() + 2 * ms;
                            while (now() < end) {
                            }
                            return BRISK_OK;
                          })),
              BRISK_TASK_STATE_DONE);
  }
  const brisk_workers_stats figures = stats(workers);
  EXPECT_EQ(figures.done, 20u);
  EXPECT_GE(figures.run_p50_ns, 2 * ms);
  EXPECT_LE(figures.run_p50_ns, figures.run_p99_ns);
  EXPECT_LE(figures.run_p99_ns, figures.run_max_ns);
  EXPECT_LT(figures.run_max_ns, 10 * second);
  EXPECT_LE(figures.wait_p50_ns, figures.wait_max_ns);
}

#ifndef __SANITIZE_THREAD__  // it does not know new threads in the child of a fork
TEST_F(WorkersTest, TheChildOfAForkGoesOn) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Gate begun;
  Gate gate;
  const Task running = submit(workers, [&](brisk_task *) {
    begun.open();
    gate.wait();
    return BRISK_OK;
  });
  const Task queued = submit(workers, done);
  ASSERT_TRUE(begun.wait());
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);
    if (brisk_task_poll(queued) != BRISK_TASK_STATE_NEVER_STARTED) _exit(1);
    if (wait(running) != BRISK_TASK_STATE_CANCELLED) _exit(2);
    if (wait(submit(workers, done)) != BRISK_TASK_STATE_DONE) _exit(3);
    size_t size = 0;
    _exit(brisk_workers_close(workers, second, nullptr, 0, &size, nullptr) == BRISK_OK ? 0 : 4);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  gate.open();
  EXPECT_EQ(wait(running), BRISK_TASK_STATE_DONE);
  EXPECT_EQ(wait(queued), BRISK_TASK_STATE_DONE);
}
#endif

TEST_F(WorkersTest, WrongArgumentsAreNamed) {
  const auto refused = [&](const char *name, auto set) {
    brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
    set(options);
    Workers made;
    const Result result = call(brisk_workers_new, nullptr, &options, made.out());
    EXPECT_EQ(result, BRISK_INVALID);
    EXPECT_TRUE(result.says(name)) << result;
    EXPECT_EQ(made, nullptr);
  };
  refused("threads is 1025", [](auto &options) { options.threads = 1025; });
  refused("queue_tasks", [](auto &options) { options.queue_tasks = (1 << 24) + 1; });
  refused("name_size is 13", [](auto &options) { options.name_size = 13, options.name = "a"; });
  refused("name is NULL", [](auto &options) { options.name_size = 1; });
  refused("reserved", [](auto &options) { options.reserved = 1; });

  const Workers workers = pool();
  Task task;
  EXPECT_EQ(submit(nullptr, done, task.out()), BRISK_INVALID);
  EXPECT_EQ(submit(workers, done, task.out(), [](auto &options) { options.priority = 3; }),
            BRISK_INVALID);
  EXPECT_EQ(submit(workers, done, task.out(), [](auto &options) { options.name_size = 256; }),
            BRISK_INVALID);
  EXPECT_EQ(call(brisk_workers_submit, workers, nullptr, nullptr, nullptr, nullptr, 0u, nullptr,
                 nullptr, task.out()),
            BRISK_INVALID);
  Batch batch;
  EXPECT_EQ(
      begin(
          workers, (size_t{1} << 24) + 1, [](size_t, brisk_batch *) { return BRISK_OK; }, batch),
      BRISK_TOO_LARGE);
  EXPECT_EQ(call(brisk_workers_batch, workers, 1u, 0u, 2u, run_item, nullptr, nullptr, nullptr,
                 batch.out()),
            BRISK_INVALID);
  EXPECT_EQ(call(brisk_workers_batch, workers, 1u, 0u, 0u, nullptr, nullptr, nullptr, nullptr,
                 batch.out()),
            BRISK_INVALID);
  brisk_task_state state = 0;
  uint64_t winner = 0;
  size_t size = 0;
  EXPECT_EQ(call(brisk_task_wait, nullptr, 0u, &state), BRISK_INVALID);
  EXPECT_EQ(call(brisk_task_cancel, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_task_read, nullptr, nullptr, 0u, &size), BRISK_INVALID);
  EXPECT_EQ(call(brisk_task_succeed, nullptr, "", 0u), BRISK_INVALID);
  EXPECT_EQ(call(brisk_task_fail, nullptr, "", 0u), BRISK_INVALID);
  EXPECT_EQ(call(brisk_batch_wait, nullptr, 0u, &winner), BRISK_INVALID);
  EXPECT_EQ(call(brisk_batch_states, nullptr, 0u, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_batch_check, nullptr, 0u), BRISK_INVALID);
  EXPECT_EQ(call(brisk_batch_cancel, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_batch_fail, nullptr, 0u, "", 0u), BRISK_INVALID);
  EXPECT_EQ(call(brisk_token_cancel, nullptr), BRISK_INVALID);
  EXPECT_EQ(call(brisk_completions_next, nullptr, 0u, nullptr, &size), BRISK_INVALID);
  EXPECT_EQ(call(brisk_limiter_acquire, nullptr, 1.0, 0u), BRISK_INVALID);
  EXPECT_EQ(call(brisk_workers_close, nullptr, 0u, nullptr, 0u, &size), BRISK_INVALID);
  EXPECT_EQ(call(brisk_workers_close, workers, 0u, nullptr, 1u, &size), BRISK_INVALID);
  EXPECT_EQ(brisk_task_poll(nullptr), BRISK_TASK_STATE_NEVER_STARTED);
  EXPECT_EQ(brisk_task_is_cancelled(nullptr) + brisk_batch_is_cancelled(nullptr) +
                brisk_token_is_cancelled(nullptr),
            0u);
  EXPECT_EQ(brisk_completions_fd(nullptr), -1);

  const Task waiting = submit(workers, done);
  EXPECT_EQ(wait(waiting), BRISK_TASK_STATE_DONE);
  Batch one;
  ASSERT_EQ(begin(workers, 1, [](size_t, brisk_batch *) { return BRISK_OK; }, one), BRISK_OK);
  wait(one);
  const Result beyond = call(brisk_batch_check, one, 1u);
  EXPECT_EQ(beyond, BRISK_INVALID);
  EXPECT_TRUE(beyond.says("index is 1")) << beyond;
  EXPECT_EQ(call(brisk_batch_fail, one, 1u, "", 0u), BRISK_INVALID);
}

}  // namespace
