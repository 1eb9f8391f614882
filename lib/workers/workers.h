// A pool of threads, and the queue before it.
//
// A task goes into the inbox, a stack that costs one compare-and-swap and no lock. Everything else
// that threads share is under one lock, a leaf, held for some dozen instructions: a list of tasks
// for each priority, which takes in what the inbox has whenever a thread looks, and how many
// threads sleep or search. A thread that finds nothing searches for some microseconds before it
// sleeps. Whoever queues a task wakes a sleeper only when no thread searches or tasks pile up; a
// thread that finds a task while more are queued wakes the next one: so a burst of tasks costs one
// system call, not one each (Vyukov's scheduler for Go). While many are queued and the last ones
// were short, a thread takes some along; others find them there when the queue is empty.
//
// A library would have to keep five promises together: a wait inside a task that helps, deadlines,
// fork, an end of the process with work in flight, and memory admitted by the budget. oneTBB hangs
// at the first fork and waits for its threads at exit; Taskflow and BS::thread_pool deadlock when
// tasks wait for tasks.
//
// A thread knows which worker it is by comparing itself with all of them: no thread-local storage.
// Its frames are the tasks that it runs, one inside the other while it helps.
//
// Threads are detached and the pool outlives them: the last one that leaves a pool without
// references deletes it. In the child of a fork no thread is left; what the parent had queued is
// the parent's, and ends there as never started.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/ref.h"
#include "base/runtime.h"
#include "base/stripes.h"
#include "workers/histogram.h"
#include "workers/task.h"
#include "workers/task_block.h"

namespace brisk::workers {

struct Options {
  uint32_t threads = 0;  // 0: one for each processor that this process may use
  uint64_t queue_tasks = 65536;
  uint64_t queue_bytes = UINT64_MAX;
  std::string name = "brisk";
};

// Nanoseconds. Such a task takes less than waking a thread for it, and is not timed by itself.
inline constexpr uint64_t tiny_task = 3'000;

enum class Submitted { queued, refused, closed };

class Workers final : public Counted {
 public:
  Workers(Ref<Runtime> runtime, const Options &options);

  // Queues a task and takes over one reference to it, also when it is not queued. A full queue is
  // waited for until `room_deadline`.
  Submitted submit(Task *task, uint64_t room_deadline = 0);
  // A task to submit that nobody will hold. Null when the system has no memory.
  Task *make_task(const Task::Call &call) noexcept { return blocks_.make(call); }

  // Waits for a task, helping where a worker waits. False when the deadline came first. Throws
  // Failure(BRISK_DEADLOCK) when this thread is inside that task.
  bool wait(Task &task, uint64_t deadline);
  // Runs another task, where this thread is a worker of this pool and one is queued.
  bool help() noexcept;
  // The task that this thread runs is about to tell that it is done: whoever is told may queue the
  // next one at once, and need wake nobody for it.
  void ending() noexcept;

  void cancel(Task &task) noexcept;

  // Ends the pool; true when no task runs any more by the deadline.
  bool close(uint64_t deadline);
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  // The tasks that run, a line each.
  std::string stragglers();
  bool is_worker() noexcept { return self() != nullptr; }

  // The most that a task may declare.
  uint64_t bytes_max() const noexcept {
    return std::min(options_.queue_bytes, runtime_->account().limit());
  }
  uint32_t threads_max() const noexcept { return static_cast<uint32_t>(workers_.size()); }
  Runtime &runtime() noexcept { return *runtime_; }
  void count(brisk_task_state end, uint64_t times) noexcept {
    ends_.with(
        [=](Ends &ends, bool exclusive) { ends[static_cast<size_t>(end)].add(times, exclusive); });
  }
  // Whether its tasks, lately, took less than it takes to wake a thread for them.
  bool hurried() const noexcept { return hurried_.load(std::memory_order_relaxed); }
  brisk_workers_stats stats();

 private:
  friend class Forks;

  using Ends = std::array<Tally, 7>;  // tasks that ended in each state
  struct Frame {
    Task *task;
    Frame *outer;
  };
  struct alignas(64) Worker {
    Workers *pool = nullptr;
    std::atomic<Frame *> frame{nullptr};  // the innermost task; of this thread alone
    // The same for others, who look under the lock: until the next time that this thread has it,
    // no task that it ran is freed.
    std::atomic<Task *> current{nullptr};
    std::atomic<uint64_t> since{0};  // when that began
    Task *spent = nullptr;           // what it ran, of this thread alone
    uint64_t pace = UINT64_MAX / 8;  // how long its tasks take, lately; of this thread alone
    bool searches = false;           // whether searching_ counts it; of this thread alone
    // Short tasks that it took along, in the first `taken` places; it has come to place `at`.
    // Whoever exchanges one for null has it.
    uint32_t at = 0;
    std::atomic<uint32_t> taken{0};
    std::array<std::atomic<Task *>, 64> ahead{};
    Histogram waits;
    Histogram runs;
  };

  struct List {
    Task *first = nullptr;
    Task *last = nullptr;
    void push(Task *task) noexcept;
    void push_first(Task *task) noexcept;
    void append(const List &more) noexcept;
    Task *pop() noexcept;
  };

  ~Workers() override;
  void last_unref() noexcept override;

  Worker *self() noexcept;
  void work(Worker &worker) noexcept;
  // Runs a task that was taken out of the queue, if it is still to be run: then true. Its reference
  // stays with the caller.
  bool run(Worker &worker, Task &task) noexcept;
  uint64_t run_along(Worker &worker, Task *task) noexcept;
  void give_back(Task &task) noexcept;  // what the budget gave it
  void call(Worker &worker, Task &task) noexcept;
  uint64_t note_runs(Worker &worker, uint64_t from, unsigned times) noexcept;
  bool run_within(Worker &worker, Task *wanted) noexcept;
  static void free(Task *spent) noexcept;
  void retire(Task &task, brisk_task_state end) noexcept;
  void finish(Task &task, brisk_task_state from, brisk_task_state end) noexcept;
  void drop(Task *tasks) noexcept;

  bool has_tasks() const noexcept {
    return ready_.load(std::memory_order_relaxed) != 0 || inbox_.load() != nullptr;
  }
  uint64_t queued() const noexcept { return submitted_.load() - taken_.load(); }
  bool post(Task *task) noexcept;

  // All of these with the lock. Starting and waking tell whether signal_ has sleepers to wake.
  void empty_inbox() noexcept;
  Task *pop() noexcept;         // of what is queued
  Task *pop_listed() noexcept;  // of what was in the inbox when somebody looked last
  bool admit(Task &task) noexcept;
  bool call_worker(bool another = false) noexcept;
  bool start_thread() noexcept;
  void begin(Worker &worker, Task *task, uint64_t now) noexcept;
  void ended(Worker &worker, Task *outer, uint64_t since) noexcept;
  void take_along(Worker &worker) noexcept;
  Task *take_from_others() noexcept;
  Task *take_all() noexcept;
  // Lets go of the lock meanwhile: searches, or sleeps until it is called or a task that waits for
  // memory may have it.
  void idle(std::unique_lock<AdaptiveMutex> &lock, Worker &worker) noexcept;
  void searches(Worker &worker, bool now) noexcept;
  void ending(Worker &worker) noexcept;

  void forget_threads() noexcept;  // in the child of a fork

  const Ref<Runtime> runtime_;
  const Options options_;

  // What whoever queues reads, and what seldom changes.
  std::atomic<bool> closed_{false};
  std::atomic<bool> hurried_{false};
  std::atomic<uint32_t> started_{0};   // threads that live; written under the lock
  std::atomic<uint32_t> sleepers_{0};  // the same
  // Threads that look for work or are about to, and sleepers that were woken: the one word here
  // that also counts up without the lock.
  std::atomic<uint32_t> searching_{0};
  std::atomic<uint32_t> signal_{0};  // what sleepers sleep on
  std::atomic<uint32_t> room_{0};    // what those sleep on who want to queue
  std::atomic<uint32_t> quiet_{0};   // what close sleeps on

  // What whoever queues writes. Up to here the queue has room, as far as somebody has looked.
  alignas(64) std::atomic<Task *> inbox_{nullptr};
  std::atomic<uint64_t> submitted_{0};
  std::atomic<uint64_t> room_until_{0};

  alignas(64) AdaptiveMutex mutex_;
  std::array<List, 3> lists_;
  List parked_;          // they wait for memory
  size_t declared_ = 0;  // tasks in all of these that declared bytes
  uint64_t queued_bytes_ = 0;
  uint64_t refused_ = 0;
  uint32_t wakes_ = 0;  // sleepers that were woken and have not noticed yet
  uint32_t running_ = 0;
  uint32_t room_waiters_ = 0;
  bool orphaned_ = false;
  std::atomic<uint64_t> ready_{0};  // in the lists; written under the lock
  std::atomic<uint64_t> taken_{0};  // of those submitted; the same
  Stripes<Ends> ends_;
  TaskBlocks blocks_;
  std::vector<Worker> workers_;
  // The thread of each, 0 while it has none. Apart from what workers write: every wait reads it.
  std::vector<std::atomic<pthread_t>> threads_;
};

}  // namespace brisk::workers
