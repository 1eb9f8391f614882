// What the tests of workers share: pools, tasks and batches whose user data is counted, and a gate.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "interface.h"

namespace brisk_test {

using Workers = Handle<brisk_workers, brisk_workers_unref>;
using Task = Handle<brisk_task, brisk_task_unref>;
using Batch = Handle<brisk_batch, brisk_batch_unref>;
using Token = Handle<brisk_token, brisk_token_unref>;
using Completions = Handle<brisk_completions, brisk_completions_unref>;

// A door that threads wait at, for half a minute at most.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, std::chrono::seconds(30), [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

using Work = std::function<brisk_status(brisk_task *)>;
using Item = std::function<brisk_status(size_t, brisk_batch *)>;

inline brisk_status run_item(void *user, size_t index, brisk_batch *batch) {
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
    const auto destroy = [](void *user) {
      ++static_cast<Items *>(user)->test->destroyed_;
      delete static_cast<Items *>(user);
    };
    const uint32_t first = race ? 1 : 0;
    if (!by_ranges_) {
      return call(
          brisk_workers_batch, workers, count, timeout, first,
          [](void *user, size_t index, brisk_batch *batch) {
            return static_cast<Items *>(user)->item(index, batch);
          },
          data, destroy, token, batch.out());
    }
    return call(
        brisk_workers_batch_ranges, workers, count, timeout, first,
        [](void *user, size_t first, size_t last, size_t *at, brisk_batch *batch) -> brisk_status {
          for (size_t i = first; i != last; ++i) {
            std::atomic_ref(*at).store(i, std::memory_order_release);
            const brisk_status status = static_cast<Items *>(user)->item(i, batch);
            if (status != BRISK_OK) return status;
          }
          return BRISK_OK;
        },
        data, destroy, token, batch.out());
  }

  static brisk_task_state wait(brisk_task *task, uint64_t timeout = 30 * second) {
    brisk_task_state state = -1;
    const Result result = call(brisk_task_wait, task, timeout, &state);
    EXPECT_GE(result.status, 0) << result;
    EXPECT_EQ(result == BRISK_OK, state >= BRISK_TASK_STATE_DONE);
    return state;
  }
  static uint64_t wait(brisk_batch *batch, brisk_status expected = BRISK_OK,
                       uint64_t timeout = 30 * second) {
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
  bool by_ranges_ = false;  // items of batches
  std::atomic<int> made_{0};
  std::atomic<int> destroyed_{0};
};

inline brisk_status done(brisk_task *) { return BRISK_OK; }

}  // namespace brisk_test
