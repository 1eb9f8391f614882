// The pool seen from outside: what is queued, who is called for it, how it ends. What its threads
// do is in run.cc.
#include "workers/workers.h"

#include <sched.h>
#include <signal.h>

#include <algorithm>

#include "base/error.h"
#include "base/futex.h"
#include "workers/forks.h"

namespace brisk::workers {
namespace {

constexpr unsigned timed_one_in = 8;  // of tiny tasks
// Tasks that nobody has taken, for each thread that searches, so that those are not enough.
constexpr uint64_t many_queued = 32;

uint32_t processors() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return static_cast<uint32_t>(std::clamp(count, 1, 1024));
}

}  // namespace

void Workers::List::push(Task *task) noexcept {
  task->next = nullptr;
  (first == nullptr ? first : last->next) = task;
  last = task;
}

void Workers::List::push_first(Task *task) noexcept {
  if (first == nullptr) last = task;
  task->next = std::exchange(first, task);
}

void Workers::List::append(const List &more) noexcept {
  if (more.first == nullptr) return;
  (first == nullptr ? first : last->next) = more.first;
  last = more.last;
}

Task *Workers::List::pop() noexcept {
  Task *const task = first;
  if (task != nullptr) first = task->next;
  return task;
}

Workers::Workers(Ref<Runtime> runtime, const Options &options)
    : runtime_(std::move(runtime)),
      options_(options),
      workers_(options.threads != 0 ? options.threads : processors()),
      threads_(workers_.size()) {
  for (Worker &worker : workers_) worker.pool = this;
  Forks::add(*this);
}

Workers::~Workers() { Forks::remove(*this); }

void Workers::last_unref() noexcept {
  Task *tasks = nullptr;
  {
    std::lock_guard lock(mutex_);
    closed_.store(true, std::memory_order_release);
    tasks = take_all();
  }
  drop(tasks);
  {
    std::lock_guard lock(mutex_);
    orphaned_ = true;
    if (started_ != 0) {
      // None of them can leave, and the last one delete the pool, before the lock is free.
      signal_.fetch_add(1, std::memory_order_relaxed);
      futex_wake(signal_);
      return;
    }
  }
  delete this;
}

Submitted Workers::submit(Task *task, uint64_t room_deadline) {
  Ref<Task> mine = Ref<Task>::adopt(task);
  task->home = this;
  if (closed()) return Submitted::closed;
  if (started_.load(std::memory_order_relaxed) != 0 && post(task)) {
    mine.release();
    return Submitted::queued;
  }
  task->submitted = monotonic_now();
  bool wake = false;
  {
    std::unique_lock lock(mutex_);
    while (!closed() && (queued() >= options_.queue_tasks ||
                         task->bytes > options_.queue_bytes - queued_bytes_)) {
      const uint32_t room = room_.load(std::memory_order_relaxed);
      const bool late = room_deadline == 0 || monotonic_now() >= room_deadline;
      if (late) {
        ++refused_;
        return Submitted::refused;
      }
      ++room_waiters_;
      lock.unlock();
      futex_wait(room_, room, room_deadline);
      lock.lock();
      --room_waiters_;
    }
    if (closed()) return Submitted::closed;
    if (started_ == 0 && !start_thread()) throw std::bad_alloc();
    empty_inbox();
    lists_[static_cast<size_t>(task->priority)].push(task);
    mine.release();
    declared_ += task->bytes != 0;
    queued_bytes_ += task->bytes;
    submitted_.fetch_add(1);
    ready_.store(ready_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    wake = call_worker();
  }
  if (wake) futex_wake(signal_, 1);
  return Submitted::queued;
}

// Into the inbox, unless the queue may be full or the task declares bytes.
//
// Who sleeps or stops searching says so before it looks here for the last time, and this looks for
// them after the task is there; all of that in one order (seq_cst), so that one sees the other.
bool Workers::post(Task *task) noexcept {
  if (task->bytes != 0) return false;
  const uint64_t number = submitted_.fetch_add(1);
  if (number >= room_until_.load(std::memory_order_relaxed)) {
    const uint64_t until = taken_.load() + options_.queue_tasks;
    if (number >= until) {
      submitted_.fetch_sub(1);
      return false;
    }
    room_until_.store(until, std::memory_order_relaxed);
  }
  if (!hurried() || number % timed_one_in == 0) task->submitted = monotonic_now();
  task->next = inbox_.load(std::memory_order_relaxed);
  while (!inbox_.compare_exchange_weak(task->next, task)) {
  }
  if (closed_.load()) {
    // Closing may have looked before.
    Task *tasks = nullptr;
    {
      std::lock_guard lock(mutex_);
      tasks = take_all();
    }
    drop(tasks);
  } else if (sleepers_.load() != 0 || started_.load() < threads_max()) {
    // Who searches may have lost its processor, to this thread even.
    const uint32_t searching = searching_.load();
    const bool piled_up = searching != 0 && number % many_queued == 0 &&
                          number >= taken_.load() + many_queued * searching;
    if (searching != 0 && !piled_up) return true;
    bool wake = false;
    {
      std::lock_guard lock(mutex_);
      wake = call_worker(piled_up);
    }
    if (wake) futex_wake(signal_, 1);
  }
  return true;
}

void Workers::empty_inbox() noexcept {
  if (inbox_.load(std::memory_order_relaxed) == nullptr) return;
  std::array<List, 3> came;
  uint64_t count = 0;
  for (Task *task = inbox_.exchange(nullptr); task != nullptr; ++count) {
    Task *const before = task->next;  // in time: the newest comes first
    came[static_cast<size_t>(task->priority)].push_first(task);
    task = before;
  }
  for (size_t i = 0; i < came.size(); ++i) lists_[i].append(came[i]);
  ready_.store(ready_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

bool Workers::call_worker(bool another) noexcept {
  if (!another && searching_.load(std::memory_order_relaxed) != 0) return false;
  if (sleepers_ == 0) {
    if (started_ < threads_max()) start_thread();
    return false;
  }
  --sleepers_;
  ++wakes_;
  searching_.fetch_add(1, std::memory_order_relaxed);
  signal_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Workers::start_thread() noexcept {
  size_t free = 0;
  while (threads_[free].load(std::memory_order_relaxed) != 0) ++free;
  auto body = [](void *given) -> void * {
    auto *worker = static_cast<Worker *>(given);
    worker->pool->work(*worker);
    return nullptr;
  };
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pthread_t thread;
  const bool started = pthread_create(&thread, nullptr, body, &workers_[free]) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!started) return false;
  pthread_setname_np(thread, options_.name.c_str());
  pthread_detach(thread);
  threads_[free].store(thread, std::memory_order_relaxed);
  ++started_;
  searches(workers_[free], true);
  return true;
}

Workers::Worker *Workers::self() noexcept {
  const pthread_t thread = pthread_self();
  for (size_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].load(std::memory_order_relaxed) == thread) return &workers_[i];
  }
  return nullptr;
}

bool Workers::admit(Task &task) noexcept {
  if (task.bytes == 0 || task.admitted || task.ended()) return true;
  return task.admitted = runtime_->account().reserve(task.bytes);
}

Task *Workers::pop() noexcept {
  empty_inbox();
  return pop_listed();
}

Task *Workers::pop_listed() noexcept {
  Task *found = nullptr;
  if (parked_.first != nullptr && admit(*parked_.first)) found = parked_.pop();
  constexpr int32_t order[] = {BRISK_TASK_PRIORITY_HIGH, BRISK_TASK_PRIORITY_NORMAL,
                               BRISK_TASK_PRIORITY_LOW};
  for (const int32_t priority : order) {
    while (found == nullptr) {
      Task *const task = lists_[static_cast<size_t>(priority)].pop();
      if (task == nullptr) break;
      ready_.store(ready_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
      if (declared_ == 0 || admit(*task)) {
        found = task;
      } else {
        parked_.push(task);
      }
    }
  }
  if (found == nullptr) return nullptr;
  if (declared_ != 0 && found->bytes != 0) {
    queued_bytes_ -= found->bytes;
    --declared_;
  }
  taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  if (room_waiters_ != 0) {
    room_.fetch_add(1, std::memory_order_relaxed);
    futex_wake(room_, 1);
  }
  return found;
}

Task *Workers::take_all() noexcept {
  Task *all = nullptr;
  uint64_t count = 0;
  const auto add = [&](Task *task) {
    task->next = all;
    all = task;
    ++count;
  };
  empty_inbox();
  for (List &list : lists_) {
    while (Task *task = list.pop()) add(task);
  }
  while (Task *task = parked_.pop()) add(task);
  taken_.fetch_add(count);
  while (Task *task = take_from_others()) add(task);
  queued_bytes_ = 0;
  declared_ = 0;
  ready_.store(0, std::memory_order_relaxed);
  room_.fetch_add(1, std::memory_order_relaxed);
  futex_wake(room_);
  return all;
}

void Workers::drop(Task *tasks) noexcept {
  while (tasks != nullptr) {
    Task *const task = tasks;
    tasks = task->next;
    give_back(*task);
    retire(*task, BRISK_TASK_STATE_NEVER_STARTED);
    task->unref();
  }
}

void Workers::cancel(Task &task) noexcept {
  task.cancel();
  retire(task, BRISK_TASK_STATE_CANCELLED);
}

bool Workers::close(uint64_t deadline) {
  if (self() != nullptr) {
    brisk::fail(BRISK_DEADLOCK,
                "a task closes the pool that runs it, and would wait for itself; close it from "
                "elsewhere");
  }
  Task *tasks = nullptr;
  {
    std::lock_guard lock(mutex_);
    closed_.store(true, std::memory_order_release);
    tasks = take_all();
    for (Worker &worker : workers_) {
      if (Task *task = worker.current.load(std::memory_order_acquire)) task->cancel();
    }
    signal_.fetch_add(1, std::memory_order_relaxed);
    futex_wake(signal_);
  }
  drop(tasks);
  std::unique_lock lock(mutex_);
  while (running_ != 0) {
    const uint32_t quiet = quiet_.load(std::memory_order_relaxed);
    lock.unlock();
    const bool in_time = futex_wait(quiet_, quiet, deadline);
    lock.lock();
    if (!in_time) return running_ == 0;
  }
  return true;
}

std::string Workers::stragglers() {
  std::string lines;
  const uint64_t now = monotonic_now();
  std::lock_guard lock(mutex_);
  for (const Worker &worker : workers_) {
    const Task *task = worker.current.load(std::memory_order_acquire);
    if (task == nullptr) continue;
    const uint64_t since = worker.since.load(std::memory_order_relaxed);
    const bool named = task->extra && !task->extra->name.empty();
    lines += named ? task->extra->name : "a task without a name";
    lines += " (" + std::to_string((now - std::min(now, since)) / 1'000'000) + " ms)\n";
  }
  return lines;
}

brisk_workers_stats Workers::stats() {
  brisk_workers_stats figures{};
  {
    std::lock_guard lock(mutex_);
    figures.threads = started_;
    figures.queued = queued();
    figures.queued_bytes = queued_bytes_;
    figures.running = running_;
    figures.refused = refused_;
  }
  const auto ends = [this](brisk_task_state end) {
    uint64_t sum = 0;
    ends_.each([&](const Ends &ends) { sum += ends[static_cast<size_t>(end)].read(); });
    return sum;
  };
  figures.done = ends(BRISK_TASK_STATE_DONE);
  figures.failed = ends(BRISK_TASK_STATE_FAILED);
  figures.timed_out = ends(BRISK_TASK_STATE_TIMED_OUT);
  figures.cancelled = ends(BRISK_TASK_STATE_CANCELLED);
  figures.never_started = ends(BRISK_TASK_STATE_NEVER_STARTED);
  Histogram waits;
  Histogram runs;
  for (const Worker &worker : workers_) {
    waits.merge(worker.waits);
    runs.merge(worker.runs);
  }
  figures.wait_p50_ns = waits.quantile(0.5);
  figures.wait_p99_ns = waits.quantile(0.99);
  figures.wait_max_ns = waits.quantile(1);
  figures.run_p50_ns = runs.quantile(0.5);
  figures.run_p99_ns = runs.quantile(0.99);
  figures.run_max_ns = runs.quantile(1);
  return figures;
}

void Workers::forget_threads() noexcept {
  const pthread_t thread = pthread_self();
  wakes_ = running_ = room_waiters_ = 0;
  started_ = 0;
  sleepers_ = 0;
  searching_.store(0, std::memory_order_relaxed);
  for (size_t i = 0; i < workers_.size(); ++i) {
    Worker &worker = workers_[i];
    worker.searches = false;
    if (threads_[i].load(std::memory_order_relaxed) == 0) continue;
    const bool stays = threads_[i].load(std::memory_order_relaxed) == thread;
    for (Frame *at = worker.frame.load(std::memory_order_relaxed); at != nullptr; at = at->outer) {
      if (stays) {
        ++running_;
      } else {
        at->task->end(BRISK_TASK_STATE_RUNNING, BRISK_TASK_STATE_CANCELLED);
      }
    }
    if (stays) {
      started_ = 1;
    } else {
      worker.frame.store(nullptr, std::memory_order_relaxed);
      worker.current.store(nullptr, std::memory_order_relaxed);
      threads_[i].store(0, std::memory_order_relaxed);
    }
  }
  for (Task *task = take_all(); task != nullptr; task = task->next)
    task->end(BRISK_TASK_STATE_QUEUED, BRISK_TASK_STATE_NEVER_STARTED);
  // Who was about to queue a task is the parent's.
  submitted_ = 0;
  taken_ = 0;
  room_until_ = 0;
}

}  // namespace brisk::workers
