// Workers under pressure: many threads that queue, wait, cancel and give up, pools that come and
// go, batches within tasks. Every task ends exactly once, and all user data is released.
#include <atomic>
#include <memory>
#include <vector>

#include "stress.h"

namespace {

using namespace stress;

using Pool = std::unique_ptr<brisk_workers, Release<brisk_workers_unref>>;
using Task = std::unique_ptr<brisk_task, Release<brisk_task_unref>>;
using Batch = std::unique_ptr<brisk_batch, Release<brisk_batch_unref>>;
using Token = std::unique_ptr<brisk_token, Release<brisk_token_unref>>;

Pool new_pool(uint32_t threads, uint64_t queue_tasks = 0, brisk_runtime *runtime = nullptr) {
  brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
  options.threads = threads;
  options.queue_tasks = queue_tasks;
  brisk_workers *pool = nullptr;
  EXPECT_EQ(brisk_workers_new(runtime, &options, &pool, nullptr), BRISK_OK);
  return Pool(pool);
}

struct Counts {
  std::atomic<uint64_t> made{0};
  std::atomic<uint64_t> ran{0};
  std::atomic<uint64_t> released{0};
};

brisk_status count(void *user, brisk_task *) {
  static_cast<Counts *>(user)->ran.fetch_add(1);
  return BRISK_OK;
}
void release(void *user) { static_cast<Counts *>(user)->released.fetch_add(1); }

Task submit(brisk_workers *pool, Counts &counts, const brisk_task_options &options,
            brisk_token *token = nullptr) {
  brisk_task *task = nullptr;
  counts.made.fetch_add(1);
  const brisk_status status = brisk_workers_submit(pool, &options, count, &counts, release, 0,
                                                   token, nullptr, &task, nullptr);
  EXPECT_TRUE(status == BRISK_OK || status == BRISK_REFUSED || status == BRISK_CLOSED) << status;
  return Task(task);
}

brisk_task_state wait(brisk_task *task, uint64_t timeout = 60 * second) {
  brisk_task_state state = -1;
  EXPECT_GE(brisk_task_wait(task, timeout, &state, nullptr), 0);
  return state;
}

// Tasks without a handle, some of which get one from within for a while: when all have ended no
// reference to the pool is left.
TEST(WorkersStress, APoolEndsAfterTasksThatWereHeldFromWithin) {
  brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
  options.threads = 2;
  options.name = "held-within";
  options.name_size = 11;
  brisk_workers *made = nullptr;
  ASSERT_EQ(brisk_workers_new(nullptr, &options, &made, nullptr), BRISK_OK);
  Pool pool(made);
  std::atomic<unsigned> ran{0};
  const auto run = [](void *user, brisk_task *task) -> brisk_status {
    const unsigned number = static_cast<std::atomic<unsigned> *>(user)->fetch_add(1);
    if (number % 3 == 0) brisk_task_unref(brisk_task_ref(task));
    return BRISK_OK;
  };
  for (unsigned i = 0; i < 1000; ++i) {
    ASSERT_EQ(brisk_workers_submit(pool.get(), nullptr, run, &ran, nullptr, 0, nullptr, nullptr,
                                   nullptr, nullptr),
              BRISK_OK);
  }
  EXPECT_TRUE(eventually([&] { return ran.load() == 1000; }));
  EXPECT_FALSE(thread_named("held-within").empty());
  pool.reset();
  EXPECT_TRUE(eventually([] { return thread_named("held-within").empty(); }));
}

TEST(WorkersStress, EveryTaskEndsOnce) {
  const Runtime runtime = new_runtime(BRISK_CLOCK_SYSTEM, 1 << 20);
  const Pool pool = new_pool(3, 64, runtime.get());
  Counts counts;
  Threads threads;
  const Deadline deadline(0.3);
  const uint64_t start = seed();
  threads.start(4, [&](size_t number) {
    Random random(start + number);
    brisk_token *raw = nullptr;
    EXPECT_EQ(brisk_token_new(nullptr, &raw, nullptr), BRISK_OK);
    Token token(raw);
    while (!deadline.passed()) {
      brisk_task_options options = BRISK_TASK_OPTIONS_INIT;
      options.priority = static_cast<brisk_task_priority>(random.below(3));
      if (random.below(4) == 0) options.deadline_ns = 1 + random.below(200'000);
      if (random.below(8) == 0) options.bytes = 1 + random.below(1 << 20);
      std::vector<Task> tasks;
      for (uint64_t i = random.below(20); i != 0; --i) {
        if (Task task = submit(pool.get(), counts, options, token.get()))
          tasks.push_back(std::move(task));
      }
      if (random.below(3) == 0 && !tasks.empty()) {
        EXPECT_EQ(brisk_task_cancel(tasks[random.below(tasks.size())].get(), nullptr), BRISK_OK);
      }
      if (random.below(50) == 0) {
        EXPECT_EQ(brisk_token_cancel(token.get(), nullptr), BRISK_OK);
        EXPECT_EQ(brisk_token_new(nullptr, &raw, nullptr), BRISK_OK);
        token.reset(raw);
      }
      for (const Task &task : tasks) {
        if (random.below(4) == 0) continue;  // nobody waits for this one
        const brisk_task_state state = wait(task.get());
        EXPECT_GE(state, BRISK_TASK_STATE_DONE);
        EXPECT_EQ(brisk_task_poll(task.get()), state) << "an end stays";
      }
    }
  });
  threads.join();
  size_t size = 0;
  EXPECT_EQ(brisk_workers_close(pool.get(), 20 * second, nullptr, 0, &size, nullptr), BRISK_OK);
  EXPECT_TRUE(eventually([&] { return counts.made == counts.released; }))
      << counts.made << " made, " << counts.released << " released";
  EXPECT_LE(counts.ran, counts.made);
  EXPECT_TRUE(eventually([&] {
    brisk_runtime_stats figures = BRISK_RUNTIME_STATS_INIT;
    brisk_runtime_read_stats(runtime.get(), &figures, nullptr);
    return figures.held_bytes == 0;
  })) << "what tasks had declared was given back";
}

TEST(WorkersStress, PoolsComeAndGoWithWorkInFlight) {
  Counts counts;
  const Deadline deadline(0.2);
  Random random(seed());
  const brisk_task_options options = BRISK_TASK_OPTIONS_INIT;
  while (!deadline.passed()) {
    Pool pool = new_pool(1 + static_cast<uint32_t>(random.below(3)));
    std::vector<Task> kept;
    for (uint64_t i = random.below(30); i != 0; --i) {
      Task task = submit(pool.get(), counts, options);
      if (random.below(2) == 0) kept.push_back(std::move(task));
    }
    size_t size = 0;
    switch (random.below(3)) {
      case 0:
        EXPECT_EQ(brisk_workers_close(pool.get(), 20 * second, nullptr, 0, &size, nullptr),
                  BRISK_OK);
        for (const Task &task : kept) EXPECT_GE(brisk_task_poll(task.get()), BRISK_TASK_STATE_DONE);
        break;
      case 1:
        pool.reset();
        for (const Task &task : kept) EXPECT_GE(wait(task.get()), BRISK_TASK_STATE_DONE);
        break;
      default:
        break;
    }
  }
  EXPECT_TRUE(eventually([&] { return counts.made == counts.released; }))
      << counts.made << " made, " << counts.released << " released";
}

struct Tree {
  brisk_workers *pool;
  unsigned depth;
  std::atomic<uint64_t> *leaves;
};

brisk_status grow(void *user, size_t, brisk_batch *) {
  const Tree &tree = *static_cast<Tree *>(user);
  if (tree.depth == 0) {
    tree.leaves->fetch_add(1);
    return BRISK_OK;
  }
  Tree below{tree.pool, tree.depth - 1, tree.leaves};
  brisk_batch *raw = nullptr;
  if (brisk_workers_batch(tree.pool, 3, 0, 0, grow, &below, nullptr, nullptr, &raw, nullptr) !=
      BRISK_OK)
    return BRISK_INTERNAL;
  const Batch batch(raw);
  uint64_t winner = 0;
  return brisk_batch_wait(raw, 20 * second, &winner, nullptr) == BRISK_OK ? BRISK_OK
                                                                          : BRISK_INTERNAL;
}

TEST(WorkersStress, BatchesWithinBatchesWithinTasks) {
  const Deadline deadline(0.2);
  for (uint32_t threads = 1; !deadline.passed(); threads = threads % 4 + 1) {
    const Pool pool = new_pool(threads);
    std::atomic<uint64_t> leaves{0};
    Tree tree{pool.get(), 4, &leaves};
    EXPECT_EQ(grow(&tree, 0, nullptr), BRISK_OK);
    EXPECT_EQ(leaves, 81u);
  }
}

TEST(WorkersStress, RacesHaveOneWinner) {
  const Pool pool = new_pool(3);
  const Deadline deadline(0.1);
  while (!deadline.passed()) {
    std::atomic<uint64_t> released{0};
    brisk_batch *raw = nullptr;
    auto run = [](void *, size_t index, brisk_batch *) -> brisk_status {
      return index == 0 ? BRISK_INTERNAL : BRISK_OK;
    };
    auto gone = [](void *user) { static_cast<std::atomic<uint64_t> *>(user)->fetch_add(1); };
    ASSERT_EQ(
        brisk_workers_batch(pool.get(), 3, 0, 1, run, &released, gone, nullptr, &raw, nullptr),
        BRISK_OK);
    const Batch race(raw);
    uint64_t winner = 0;
    ASSERT_EQ(brisk_batch_wait(raw, 20 * second, &winner, nullptr), BRISK_OK);
    EXPECT_TRUE(winner == 1 || winner == 2) << winner;
    int32_t states[3];
    EXPECT_EQ(brisk_batch_states(raw, 3, states, nullptr), BRISK_OK);
    EXPECT_EQ(states[winner], BRISK_TASK_STATE_DONE);
    EXPECT_TRUE(eventually([&] { return released == 1; }));
  }
}

// Two tasks that need a thread each. Whoever takes the first one while the second is on its way has
// to see that one, or to be seen as busy.
TEST(WorkersStress, TasksThatMeetBothRun) {
  struct Meeting {
    std::atomic<int> here{0};
    std::atomic<bool> missed{false};
  };
  const Pool pool = new_pool(2);
  const Deadline deadline(0.3);
  while (!deadline.passed()) {
    Meeting meeting;
    const auto meet = [](void *user, brisk_task *) -> brisk_status {
      auto &meeting = *static_cast<Meeting *>(user);
      meeting.here.fetch_add(1);
      if (!eventually([&] { return meeting.here == 2 || meeting.missed; })) meeting.missed = true;
      return BRISK_OK;
    };
    std::vector<Task> tasks;
    for (int i = 0; i < 2; ++i) {
      brisk_task *task = nullptr;
      ASSERT_EQ(brisk_workers_submit(pool.get(), nullptr, meet, &meeting, nullptr, 0, nullptr,
                                     nullptr, &task, nullptr),
                BRISK_OK);
      tasks.emplace_back(task);
    }
    for (const Task &task : tasks) EXPECT_EQ(wait(task.get()), BRISK_TASK_STATE_DONE);
    ASSERT_FALSE(meeting.missed);
  }
}

}  // namespace
