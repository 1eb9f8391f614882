// The pool of workers through the C interface: completions, limiters, statistics, the end, forks,
// and arguments that are wrong.
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workers.h"

namespace {

using namespace brisk_test;

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

  brisk_limiter_stats figures = BRISK_LIMITER_STATS_INIT;
  ASSERT_EQ(call(brisk_limiter_read_stats, limiter, &figures), BRISK_OK);
  EXPECT_EQ(figures.acquired, 25u);
  EXPECT_GT(figures.waited_ns, ms) << "a pause of this thread saves it five waits at most";

  // So slow that no pause of this thread lets a token come unasked.
  ASSERT_EQ(call(brisk_limiter_new, 0.001, 5.0, limiter.out()), BRISK_OK);
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(call(brisk_limiter_acquire, limiter, 1.0, 10 * second), BRISK_OK);
  EXPECT_EQ(call(brisk_limiter_acquire, limiter, 1.0, 1), BRISK_TIMEOUT) << "at once";
  ASSERT_EQ(call(brisk_limiter_read_stats, limiter, &figures), BRISK_OK);
  EXPECT_EQ(figures.acquired, 5u);
  EXPECT_EQ(figures.refused, 1u);
  EXPECT_LT(figures.available, 1.0);
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
    _exit(brisk_workers_close(workers, 10 * second, nullptr, 0, &size, nullptr) == BRISK_OK ? 0
                                                                                            : 4);
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
  EXPECT_EQ(call(brisk_workers_batch_ranges, workers, 1u, 0u, 0u, nullptr, nullptr, nullptr,
                 nullptr, batch.out()),
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

// Those that nobody holds are ended without a locked step, and timed a few at a time.
TEST_F(WorkersTest, TinyTasksAreAllCounted) {
  const Workers workers = pool();
  constexpr int count = 20'000;
  std::atomic<int> ran{0};
  for (int i = 0; i < count; ++i) {
    const auto run = [](void *ran, brisk_task *) -> brisk_status {
      static_cast<std::atomic<int> *>(ran)->fetch_add(1);
      return BRISK_OK;
    };
    ASSERT_EQ(call(brisk_workers_submit, workers, nullptr, run, &ran, nullptr, 10 * second, nullptr,
                   nullptr, nullptr),
              BRISK_OK);
  }
  EXPECT_TRUE(eventually([&] { return stats(workers).running == 0 && ran == count; }));
  EXPECT_EQ(stats(workers).done, static_cast<uint64_t>(count));
  EXPECT_EQ(stats(workers).queued, 0u);
}

}  // namespace
