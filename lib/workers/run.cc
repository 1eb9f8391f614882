// The threads of a pool: they take tasks, run them, search and sleep, and help while they wait.
#include <algorithm>
#include <exception>

#include "base/error.h"
#include "base/fault.h"
#include "base/spin.h"
#include "workers/workers.h"

namespace brisk::workers {
namespace {

constexpr uint64_t along_time = 20'000;  // nanoseconds that tasks taken along may take together
constexpr uint64_t nap_min = 50'000;     // of a worker that waits and finds nothing to help with
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

// Leaves as many to the other threads, so that what lies here is found when this thread is held up
// after all.
void Workers::take_along(Worker &worker) noexcept {
  const uint64_t most = std::min<uint64_t>(along_time / (worker.pace + 1), worker.ahead.size());
  const uint64_t count = std::min(most, ready_.load(std::memory_order_relaxed) / 2);
  uint32_t taken = 0;
  for (; taken < count; ++taken) {
    Task *const task = pop_listed();
    if (task == nullptr) break;
    __builtin_prefetch(task->call.user);
    worker.ahead[taken].store(task, std::memory_order_release);
  }
  worker.at = 0;
  worker.taken.store(taken, std::memory_order_relaxed);
}

Task *Workers::take_from_others() noexcept {
  for (Worker &worker : workers_) {
    for (uint32_t i = worker.taken.load(std::memory_order_relaxed); i-- != 0;) {
      std::atomic<Task *> &place = worker.ahead[i];
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (Task *task = place.exchange(nullptr, std::memory_order_acq_rel)) return task;
    }
  }
  return nullptr;
}

void Workers::searches(Worker &worker, bool now) noexcept {
  if (worker.searches == now) return;
  worker.searches = now;
  searching_.fetch_add(now ? 1 : UINT32_MAX);
}

// Only where this thread looks into the queue next.
void Workers::ending(Worker &worker) noexcept {
  const Frame *const frame = worker.frame.load(std::memory_order_relaxed);
  if ((frame == nullptr || frame->outer == nullptr) &&
      worker.at == worker.taken.load(std::memory_order_relaxed))
    searches(worker, true);
}

void Workers::ending() noexcept {
  if (Worker *const worker = self()) ending(*worker);
}

void Workers::work(Worker &worker) noexcept {
  uint64_t now = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    Task *spent = std::exchange(worker.spent, nullptr);
    Task *task = pop();
    if (task == nullptr) task = take_from_others();
    if (task != nullptr) __builtin_prefetch(task->call.user);
    if (task == nullptr && spent == nullptr) {
      if (closed()) break;
      idle(lock, worker);
      continue;
    }
    if (task != nullptr) {
      begin(worker, task, spent != nullptr ? now : monotonic_now());
      searches(worker, false);
      take_along(worker);
    }
    // Whoever queued a task while this thread counted as one that searches has woken nobody.
    const bool wake = has_tasks() && call_worker();
    lock.unlock();
    if (wake) futex_wake(signal_, 1);
    free(spent);
    if (task != nullptr) now = run_along(worker, task);
    lock.lock();
    if (task != nullptr) ended(worker, nullptr, 0);
  }
  searches(worker, false);
  threads_[static_cast<size_t>(&worker - workers_.data())].store(0, std::memory_order_relaxed);
  const bool last = --started_ == 0 && orphaned_;
  lock.unlock();
  if (last) delete this;
}

// Tasks that this thread ran, those of a block in a row at once.
void Workers::free(Task *spent) noexcept {
  TaskBlock *block = nullptr;
  uint32_t places = 0;
  while (spent != nullptr) {
    Task &task = *std::exchange(spent, spent->next);
    if (!task.leave_place()) {
      task.unref();
      continue;
    }
    TaskBlock *const its = &TaskBlock::of(task);
    if (its != block && block != nullptr) block->give_back(std::exchange(places, 0));
    block = its;
    ++places;
  }
  if (block != nullptr) block->give_back(places);
}

// Runs a task, and then those that were taken along with it. Tiny tasks share a look at the clock.
uint64_t Workers::run_along(Worker &worker, Task *task) noexcept {
  uint64_t from = worker.since.load(std::memory_order_relaxed);
  const uint32_t taken = worker.taken.load(std::memory_order_relaxed);
  unsigned untimed = 0;
  while (true) {
    untimed += run(worker, *task);
    give_back(*task);
    task->next = worker.spent;
    worker.spent = task;
    task = nullptr;
    while (worker.at != taken && task == nullptr) {
      std::atomic<Task *> &place = worker.ahead[worker.at++];
      if (place.load(std::memory_order_relaxed) != nullptr)
        task = place.exchange(nullptr, std::memory_order_acq_rel);
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
  if (hurried() != (worker.pace < tiny_task))
    hurried_.store(worker.pace < tiny_task, std::memory_order_relaxed);
  return now;
}

void Workers::idle(std::unique_lock<AdaptiveMutex> &lock, Worker &worker) noexcept {
  // One thread that searches is enough.
  const uint32_t others = searching_.load(std::memory_order_relaxed) - worker.searches;
  if (others == 0) {
    searches(worker, true);
    lock.unlock();
    BRISK_PAUSE("workers.searching");
    spin_until([this] { return has_tasks() || closed(); });
    __builtin_prefetch(inbox_.load(std::memory_order_relaxed), 1);
    lock.lock();
  }
  if (worker.searches) {
    searches(worker, false);
    // Whoever queued a task since then has relied on this search.
    if (has_tasks()) return;
  }
  if (closed()) return;
  const uint32_t signal = signal_.load(std::memory_order_relaxed);
  const uint64_t deadline = parked_.first == nullptr ? UINT64_MAX : monotonic_now() + memory_nap;
  ++sleepers_;
  if (has_tasks()) {
    --sleepers_;
    return;
  }
  lock.unlock();
  futex_wait(signal_, signal, deadline);
  lock.lock();
  if (wakes_ != 0) {
    --wakes_;
    worker.searches = true;
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
  if (status != BRISK_OK) task.status = status;
  task.release_user();
  brisk_task_state end = BRISK_TASK_STATE_DONE;
  if (status != BRISK_OK)
    end = task.cancelled() ? BRISK_TASK_STATE_CANCELLED : BRISK_TASK_STATE_FAILED;
  if (task.overdue()) end = BRISK_TASK_STATE_TIMED_OUT;
  if (task.held()) ending(worker);
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
  if (task.uses_more && task.extra && task.extra->completions)
    task.extra->completions->add(task.extra->tag);
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
