// Tasks through the C interface: results, failures, order, cancellation, deadlines, room, memory,
// and waits that help. stress/workers.cc has the races.
#include "workers.h"

namespace {

using namespace brisk_test;

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
  EXPECT_TRUE(unhurried([&](uint64_t deadline) {
    const Workers workers = pool([](auto &options) { options.threads = 1; });
    Gate gate;
    const auto soon = [deadline](auto &options) { options.deadline_ns = deadline; };
    const uint64_t begin = now();
    const Task running = submit(
        workers,
        [&](brisk_task *self) {
          EXPECT_TRUE(gate.wait());
          EXPECT_EQ(brisk_task_is_cancelled(self), 1u) << "its deadline has passed";
          return call(brisk_task_succeed, self, "late", 4u).status;
        },
        soon);
    EXPECT_TRUE(eventually([&] { return brisk_task_poll(running) != BRISK_TASK_STATE_QUEUED; }));
    const bool in_time = brisk_task_poll(running) != BRISK_TASK_STATE_NEVER_STARTED;
    if (in_time) {
      const int destroyed = destroyed_;
      const Task queued = submit(workers, done, soon);
      EXPECT_EQ(wait(running), BRISK_TASK_STATE_TIMED_OUT);
      EXPECT_GE(now() - begin, deadline);
      EXPECT_EQ(wait(queued), BRISK_TASK_STATE_NEVER_STARTED);
      EXPECT_EQ(destroyed_, destroyed + 1) << "that of the task which never started";
    }
    gate.open();
    EXPECT_TRUE(eventually([&] { return stats(workers).running == 0; }));
    if (in_time) {
      EXPECT_EQ(brisk_task_poll(running), BRISK_TASK_STATE_TIMED_OUT) << "what is late is dropped";
      EXPECT_EQ(stats(workers).timed_out, 1u);
      EXPECT_EQ(stats(workers).never_started, 1u);
    }
    return in_time;
  }));
}

TEST_F(WorkersTest, ADeadlineEndsATaskForWhichNobodyWaits) {
  const Workers workers = pool();
  EXPECT_TRUE(unhurried([&](uint64_t deadline) {
    const Task alone = submit(
        workers,
        [&](brisk_task *) {
          const uint64_t end = now() + deadline;
          return eventually([&] { return now() > end; }) ? BRISK_OK : brisk_status{BRISK_INTERNAL};
        },
        [deadline](auto &options) { options.deadline_ns = deadline; });
    EXPECT_TRUE(eventually([&] { return brisk_task_poll(alone) >= BRISK_TASK_STATE_DONE; }));
    const brisk_task_state state = brisk_task_poll(alone);
    EXPECT_TRUE(state == BRISK_TASK_STATE_TIMED_OUT || state == BRISK_TASK_STATE_NEVER_STARTED)
        << state;
    return state == BRISK_TASK_STATE_TIMED_OUT;
  }));
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

}  // namespace
