// The threads of a pool: they take tasks, run them, search and sleep, and help while they wait.
#include <algorithm>
#include <exception>

#include "base/error.h"
#include "workers/spin.h"
#include "workers/workers.h"

namespace brisk::workers {
namespace {

constexpr uint64_t short_task = 5'000;  // nanoseconds; such tasks are taken along
constexpr uint64_t nap_min = 50'000;    // of a worker that waits and finds nothing to help with
constexpr uint64_t nap_max = 5'000'000;
constexpr uint64_t memory_nap = 10'000'000;  // between two looks for memory that a task waits for

// Nanoseconds until then.
uint64_t left(uint64_t deadline) noexcept {
  const uint64_t now = monotonic_now();
  return deadline - std::min(now, deadline);
}

}  // namespace

void Workers::begin(Worker &worker, Task *task, uint64_t now) noexcept {
  worker.current.store(task, std::memory_order_relaxed);
  worker.since.store(now, std::memory_order_relaxed);
  ++running_;
}

void Workers::ended(Worker &worker, Task *outer, uint64_t since) noexcept {
  worker.current.store(outer, std::memory_order_relaxed);
  worker.since.store(since, std::memory_order_relaxed);
  // Closing has cancelled the task above, and this one ends with the pool as well.
  if (outer != nullptr && closed()) outer->cancel();
  if (--running_ == 0 && closed()) {
    quiet_.fetch_add(1, std::memory_order_relaxed);
    futex_wake(quiet_);
  }
}

void Workers::give_back(Task &task) noexcept {
  if (std::exchange(task.admitted, false)) runtime_->account().release(task.bytes);
}

// Leaves enough for the other threads to be awake, so that what lies here is found when this
// thread is held up after all.
void Workers::take_along(Worker &worker) noexcept {
  if (worker.pace > short_task) return;
  for (std::atomic<Task *> &place : worker.ahead) {
    if (ready_.load(std::memory_order_relaxed) < 2 * worker.ahead.size()) return;
    if (place.load(std::memory_order_relaxed) != nullptr) continue;
    Task *const task = pop();
    __builtin_prefetch(task);
    place.store(task, std::memory_order_release);
  }
}

Task *Workers::take_from_others() noexcept {
  for (Worker &worker : workers_) {
    for (std::atomic<Task *> &place : worker.ahead) {
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (Task *task = place.exchange(nullptr, std::memory_order_acq_rel)) return task;
    }
  }
  return nullptr;
}

void Workers::work(Worker &worker) noexcept {
  bool searches = true;
  uint64_t now = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    Task *spent = std::exchange(worker.spent, nullptr);
    Task *task = pop();
    if (task == nullptr) task = take_from_others();
    if (task == nullptr && spent == nullptr) {
      if (closed()) break;
      idle(lock, searches);
      continue;
    }
    if (task != nullptr) {
      begin(worker, task, spent != nullptr ? now : monotonic_now());
      if (searches) --searching_;
      searches = false;
      take_along(worker);
    }
    const bool wake = ready_.load(std::memory_order_relaxed) != 0 && call_worker();
    lock.unlock();
    if (wake) futex_wake(signal_, 1);
    while (spent != nullptr) std::exchange(spent, spent->next)->unref();
    if (task != nullptr) now = run_along(worker, task);
    lock.lock();
    if (task != nullptr) ended(worker, nullptr, 0);
  }
  if (searches) --searching_;
  worker.live.store(false, std::memory_order_release);
  const bool last = --started_ == 0 && orphaned_;
  lock.unlock();
  if (last) delete this;
}

// Runs a task, and then those that were taken along with it. Tiny tasks share a look at the clock.
uint64_t Workers::run_along(Worker &worker, Task *task) noexcept {
  uint64_t from = worker.since.load(std::memory_order_relaxed);
  unsigned untimed = 0;
  auto place = worker.ahead.begin();
  while (true) {
    untimed += run(worker, *task);
    give_back(*task);
    task->next = worker.spent;
    worker.spent = task;
    task = nullptr;
    for (; place != worker.ahead.end() && task == nullptr; ++place) {
      if (place->load(std::memory_order_relaxed) != nullptr)
        task = place->exchange(nullptr, std::memory_order_acq_rel);
    }
    if (untimed != 0 && (task == nullptr || worker.pace >= tiny_task)) {
      from = note_runs(worker, from, std::exchange(untimed, 0));
      worker.since.store(from, std::memory_order_relaxed);
    }
    if (task == nullptr) return from;
    worker.current.store(task, std::memory_order_release);
  }
}

// That so many tasks ran since then. Gives the time.
uint64_t Workers::note_runs(Worker &worker, uint64_t from, unsigned times) noexcept {
  const uint64_t now = monotonic_now();
  const uint64_t each = (now - std::min(now, from)) / times;
  worker.runs.add(each, times);
  worker.pace = (7 * worker.pace + each) / 8;
  pace_.store(worker.pace, std::memory_order_relaxed);
  return now;
}

void Workers::idle(std::unique_lock<AdaptiveMutex> &lock, bool &searches) noexcept {
  if (!searches && searching_ == 0) {
    searches = true;
    ++searching_;
  }
  if (searches) {
    lock.unlock();
    spin_until([this] { return ready_.load(std::memory_order_relaxed) != 0 || closed(); });
    lock.lock();
    searches = false;
    --searching_;
    // Whoever queued a task since then has relied on this search.
    if (ready_.load(std::memory_order_relaxed) != 0) return;
  }
  if (closed()) return;
  const uint32_t signal = signal_.load(std::memory_order_relaxed);
  const uint64_t deadline = parked_.first == nullptr ? UINT64_MAX : monotonic_now() + memory_nap;
  ++sleepers_;
  lock.unlock();
  futex_wait(signal_, signal, deadline);
  lock.lock();
  if (wakes_ != 0) {
    --wakes_;
    searches = true;
  } else {
    --sleepers_;
  }
}

bool Workers::run(Worker &worker, Task &task) noexcept {
  if (task.overdue()) {
    retire(task, BRISK_TASK_STATE_NEVER_STARTED);
  } else if (task.cancelled()) {
    retire(task, BRISK_TASK_STATE_CANCELLED);
  } else if (!task.held()) {
    task.set(BRISK_TASK_STATE_RUNNING);
    call(worker, task);
    return true;
  } else if (task.step(BRISK_TASK_STATE_QUEUED, BRISK_TASK_STATE_RUNNING)) {
    call(worker, task);
    return true;
  }
  return false;
}

// Ends a task that has not begun.
void Workers::retire(Task &task, brisk_task_state end) noexcept {
  if (!task.step(BRISK_TASK_STATE_QUEUED, BRISK_TASK_STATE_RUNNING)) return;
  task.release_user();
  finish(task, BRISK_TASK_STATE_RUNNING, end);
}

void Workers::call(Worker &worker, Task &task) noexcept {
  if (task.submitted != 0) {
    const uint64_t begun = worker.since.load(std::memory_order_relaxed);
    worker.waits.add(begun - std::min(begun, task.submitted));
  }
  Frame frame{&task, worker.frame.load(std::memory_order_relaxed)};
  worker.frame.store(&frame, std::memory_order_relaxed);
  brisk_status status = BRISK_INTERNAL;
  try {
    status = task.call.run(task.call.user, reinterpret_cast<brisk_task *>(&task));
  } catch (const std::exception &exception) {
    task.explain(exception.what());
  } catch (...) {
    task.explain("the task threw something that is not a std::exception");
  }
  worker.frame.store(frame.outer, std::memory_order_relaxed);
  task.status = status;
  task.release_user();
  brisk_task_state end = BRISK_TASK_STATE_DONE;
  if (status != BRISK_OK)
    end = task.cancelled() ? BRISK_TASK_STATE_CANCELLED : BRISK_TASK_STATE_FAILED;
  if (task.overdue()) end = BRISK_TASK_STATE_TIMED_OUT;
  finish(task, BRISK_TASK_STATE_RUNNING, end);
}

void Workers::finish(Task &task, brisk_task_state from, brisk_task_state end) noexcept {
  // Counted first, so that whoever has seen the end finds it counted.
  if (task.counted) count(end, 1);
  if (!task.held()) {
    task.set(end);
  } else if (!task.end(from, end)) {
    if (task.counted) count(end, UINT64_MAX);
    return;
  }
  if (task.extra && task.extra->completions) task.extra->completions->add(task.extra->tag);
}

bool Workers::help() noexcept {
  Worker *const worker = self();
  return worker != nullptr && run_within(*worker, nullptr);
}

// Runs another task inside the one that this worker runs: this one, or whatever is queued.
bool Workers::run_within(Worker &worker, Task *wanted) noexcept {
  const uint64_t now = monotonic_now();
  if (wanted != nullptr && (wanted->bytes != 0 || wanted->cancelled() || wanted->overdue(now) ||
                            !wanted->step(BRISK_TASK_STATE_QUEUED, BRISK_TASK_STATE_RUNNING)))
    return false;
  Task *const outer = worker.current.load(std::memory_order_relaxed);
  const uint64_t since = worker.since.load(std::memory_order_relaxed);
  Task *task = wanted;
  {
    std::lock_guard lock(mutex_);
    if (task == nullptr) task = pop();
    if (task == nullptr) task = take_from_others();
    if (task == nullptr) return false;
    begin(worker, task, now);
  }
  bool ran = true;
  if (wanted != nullptr) {
    call(worker, *wanted);
  } else {
    ran = run(worker, *task);
    give_back(*task);
  }
  if (ran) note_runs(worker, now, 1);
  {
    std::lock_guard lock(mutex_);
    ended(worker, outer, since);
  }
  // What was wanted is its waiter's, and the queue finds it ended.
  if (wanted == nullptr) task->unref();
  return true;
}

bool Workers::wait(Task &task, uint64_t deadline) {
  if (task.ended()) return true;
  const uint64_t last = std::min(deadline, task.deadline);
  if (Worker *const worker = self()) {
    for (const Frame *at = worker->frame.load(std::memory_order_relaxed); at != nullptr;
         at = at->outer) {
      if (at->task == &task) {
        brisk::fail(BRISK_DEADLOCK,
                    "a task waits for itself, directly or through a task that it helps with; it "
                    "would never end");
      }
    }
    uint64_t nap = nap_min;
    while (!task.ended() && monotonic_now() < last) {
      if (run_within(*worker, &task) || run_within(*worker, nullptr)) {
        nap = nap_min;
      } else if (!task.wait(std::min(last, monotonic_now() + nap))) {
        nap = std::min(2 * nap, nap_max);
      }
    }
  } else {
    if (!spin_until([&task] { return task.ended(); }, std::min(spin_time, left(last))))
      task.wait(last);
  }
  if (task.ended()) return true;
  if (task.deadline > deadline) return false;
  // Its own deadline has passed: the wait ends it.
  retire(task, BRISK_TASK_STATE_NEVER_STARTED);
  finish(task, BRISK_TASK_STATE_RUNNING, BRISK_TASK_STATE_TIMED_OUT);
  return task.ended();
}

}  // namespace brisk::workers
