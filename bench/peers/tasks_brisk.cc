// The contestant brisk among pools of threads, through its C interface.
#include <brisk/brisk.h>

#include <thread>

#include "tasks.h"

namespace {

class Brisk {
 public:
  explicit Brisk(unsigned threads) {
    brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
    options.threads = threads;
    options.queue_tasks = 1 << 20;
    if (brisk_workers_new(nullptr, &options, &pool_, nullptr) != BRISK_OK) tasks::fail("no pool");
  }
  ~Brisk() { brisk_workers_unref(pool_); }
  Brisk(const Brisk &) = delete;
  Brisk &operator=(const Brisk &) = delete;

  template <class F>
  void many(size_t count, F) {
    left_ = count;
    const auto run = [](void *left, brisk_task *) -> brisk_status {
      F()();
      static_cast<std::atomic<size_t> *>(left)->fetch_sub(1, std::memory_order_acq_rel);
      return BRISK_OK;
    };
    for (size_t i = 1; i < count; i++) {
      if (brisk_workers_submit(pool_, nullptr, run, &left_, nullptr, 0, nullptr, nullptr, nullptr,
                               nullptr) != BRISK_OK)
        tasks::fail("a task was refused");
    }
    // The last one is waited for, and then those that other threads still run.
    brisk_task *last = nullptr;
    brisk_workers_submit(pool_, nullptr, run, &left_, nullptr, 0, nullptr, nullptr, &last, nullptr);
    wait(last);
    while (left_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  }

  template <class F>
  void batch(size_t count, F) {
    brisk_batch *batch = nullptr;
    uint64_t winner;
    // Each through a pointer, as oneTBB's.
    void (*volatile given)(size_t) = [](size_t index) { F()(index); };
    auto call = given;
    const auto run = [](void *user, size_t first, size_t last, size_t *at,
                        brisk_batch *) -> brisk_status {
      const auto call_item = *static_cast<void (**)(size_t)>(user);
      for (size_t i = first; i != last; i++) {
        __atomic_store_n(at, i, __ATOMIC_RELEASE);
        call_item(i);
      }
      return BRISK_OK;
    };
    if (brisk_workers_batch_ranges(pool_, count, 0, 0, run, &call, nullptr, nullptr, &batch,
                                   nullptr) != BRISK_OK ||
        brisk_batch_wait(batch, 0, &winner, nullptr) != BRISK_OK)
      tasks::fail("a batch failed");
    brisk_batch_unref(batch);
  }

  template <class F>
  void one(F task) {
    wait(submit(task));
  }

  void race() {
    brisk_batch *batch = nullptr;
    uint64_t winner = UINT64_MAX;
    const auto run = [](void *, size_t, brisk_batch *) -> brisk_status { return BRISK_OK; };
    if (brisk_workers_batch(pool_, 3, 0, 1, run, nullptr, nullptr, nullptr, &batch, nullptr) !=
            BRISK_OK ||
        brisk_batch_wait(batch, 0, &winner, nullptr) != BRISK_OK || winner > 2)
      tasks::fail("a race failed");
    brisk_batch_unref(batch);
  }

  tasks::Clock::duration late(tasks::Clock::duration timeout) {
    std::atomic<bool> over{false};
    auto linger = [&over] { over.wait(false); };
    brisk_task *task = submit(linger);
    brisk_task_state state;
    const auto begin = tasks::Clock::now();
    const auto ns = static_cast<uint64_t>(tasks::nanoseconds(timeout));
    if (brisk_task_wait(task, ns, &state, nullptr) != BRISK_TIMEOUT) tasks::fail("no timeout");
    const auto taken = tasks::Clock::now() - begin;
    over = true;
    over.notify_all();
    wait(task);
    return taken;
  }

 private:
  template <class F>
  brisk_task *submit(F &task) {
    brisk_task *made = nullptr;
    const auto run = [](void *user, brisk_task *) -> brisk_status {
      (*static_cast<F *>(user))();
      return BRISK_OK;
    };
    if (brisk_workers_submit(pool_, nullptr, run, &task, nullptr, 0, nullptr, nullptr, &made,
                             nullptr) != BRISK_OK)
      tasks::fail("a task was refused");
    return made;
  }

  static void wait(brisk_task *task) {
    brisk_task_state state;
    if (brisk_task_wait(task, 0, &state, nullptr) != BRISK_OK) tasks::fail("a wait failed");
    brisk_task_unref(task);
  }

  brisk_workers *pool_ = nullptr;
  std::atomic<size_t> left_{0};
};

}  // namespace

int main(int argc, char **argv) { return tasks::run<Brisk>(argc, argv, brisk_version()); }
