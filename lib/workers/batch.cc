#include "workers/batch.h"

#include <algorithm>
#include <exception>

#include "base/clock.h"
#include "base/error.h"
#include "base/futex.h"
#include "base/memory.h"
#include "base/spin.h"

namespace brisk::workers {
namespace {

constexpr uint64_t portion_time = 20'000;  // nanoseconds
constexpr uint64_t wake_time = 5'000;      // what waking a thread takes, about
constexpr uint64_t nap = 100'000;          // of a worker that waits and finds nothing to help with

}  // namespace

Batch::Batch(Workers &pool, const Call &call, size_t count, bool race, uint64_t deadline,
             Ref<Token> token)
    : race_(race),
      pool_(Ref<Workers>::share(&pool)),
      count_(count),
      deadline_(deadline),
      token_(std::move(token)),
      call_(call),
      first_({run, this, [](void *user) { static_cast<Batch *>(user)->leave(); }}, Task::part),
      marks_(count) {
  first_.whole = this;
}

Batch::~Batch() = default;

void Batch::last_unref() noexcept {
  this->~Batch();
  memory::allocator().release(this);
}

Ref<Batch> Batch::begin(Workers &pool, const Call &call, size_t count, bool race, uint64_t deadline,
                        Ref<Token> token) {
  Ref<Batch> batch;
  void *const room = memory::allocator().allocate(sizeof(Batch));
  try {
    if (room == nullptr) throw std::bad_alloc();
    batch =
        Ref<Batch>::adopt(new (room) Batch(pool, call, count, race, deadline, std::move(token)));
  } catch (...) {
    memory::allocator().release(room);
    if (call.destroy != nullptr) call.destroy(call.user);
    throw;
  }
  if (count == 0) {
    batch->leave();
    return batch;
  }
  const size_t runners = std::min<size_t>(pool.threads_max(), count);
  // The first runner does alone, if need be, and may be done before the next one is queued.
  for (size_t i = 0; i < runners; ++i) {
    // Tiny items, a nanosecond each or more, may be done sooner than a further thread is awake.
    if (i == 1 && count <= wake_time && pool.hurried() &&
        (spin_until([&batch] { return batch->over(); }, wake_time) ||
         batch->next_.load(std::memory_order_relaxed) == count))
      break;
    if (i != 0 && !batch->join()) break;
    Submitted submitted = Submitted::refused;
    try {
      submitted = batch->add_runner(i == 0);
    } catch (const std::bad_alloc &) {
      if (i == 0) throw;
    }
    if (submitted == Submitted::queued) continue;
    if (i != 0) break;
    if (submitted == Submitted::closed) brisk::fail(BRISK_CLOSED, "the pool of workers is closed");
    return {};
  }
  return batch;
}

// Queues a task that calls items; who calls this has joined for it.
Submitted Batch::add_runner(bool first) {
  constexpr auto left = [](void *user) {
    auto *self = static_cast<Batch *>(user);
    self->leave();
    self->unref();
  };
  Task *const task = first ? &first_ : pool_->make_task({run, this, left});
  if (task == nullptr) {
    leave();
    return Submitted::refused;
  }
  ref();
  task->counted = false;  // its items are
  return pool_->submit(task);
}

brisk_status Batch::run(void *user, brisk_task *) {
  auto *self = static_cast<Batch *>(user);
  self->run_items(true);
  self->pool_->ending();
  return BRISK_OK;
}

bool Batch::join() noexcept {
  uint32_t runners = runners_.load(std::memory_order_relaxed);
  while (runners != 0 &&
         !runners_.compare_exchange_weak(runners, runners + 1, std::memory_order_acq_rel)) {
  }
  return runners != 0;
}

void Batch::leave() noexcept {
  if (runners_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (call_.destroy != nullptr) call_.destroy(call_.user);
  call_.destroy = nullptr;
  // Whoever was never called is accounted for by nobody.
  const bool all = accounted_.load(std::memory_order_relaxed) == count_;
  stop(all ? Why::finished : pool_->closed() ? Why::closed : Why::cancelled);
}

void Batch::run_items(bool as_task) noexcept {
  Runner runner;
  size_t ended = 0;
  size_t failed = 0;
  size_t most = 1;
  const bool timed = !race_ || deadline_ != BRISK_FOREVER;
  uint64_t now = timed ? monotonic_now() : 0;
  __builtin_prefetch(&word_);  // while the lock is on its way
  std::unique_lock lock(mutex_);
  runner.next = std::exchange(running_, &runner);
  while (take(runner, most)) {
    lock.unlock();
    if (now >= deadline_) stop(Why::deadline);
    if (token_ && token_->cancelled()) stop(Why::cancelled);
    if (pool_->closed()) stop(Why::closed);
    const bool begun = run_portion(runner, most, as_task, failed);
    const size_t count = runner.reached() - runner.first;
    ended += count;
    if (timed) {
      const uint64_t taken = monotonic_now() - now;
      if (!race_) most = std::clamp<uint64_t>(count * portion_time / (taken + 1), 1, 8 * most);
      now += taken;
    }
    lock.lock();
    runner.begun = begun;
    name_first_success(runner);
  }
  if (runner.reached() != runner.last) seal();
  Runner **at = &running_;
  while (*at != &runner) at = &(*at)->next;
  *at = runner.next;
  lock.unlock();
  accounted_.fetch_add(ended, std::memory_order_acq_rel);
  if (ended != failed) pool_->count(BRISK_TASK_STATE_DONE, ended - failed);
  if (failed != 0) pool_->count(BRISK_TASK_STATE_FAILED, failed);
}

bool Batch::take(Runner &runner, size_t most) noexcept {
  if (over()) return false;
  const size_t left = count_ - next_.load(std::memory_order_relaxed);
  // Few behind one that may take long.
  const size_t share = left / (8 * pool_->threads_max()) + 1;
  const size_t count = std::min({left, most, share});
  runner.first = count_ - left;
  runner.last = runner.first + count;
  runner.at.store(runner.first, std::memory_order_relaxed);
  runner.begun = true;
  next_.store(runner.last, std::memory_order_relaxed);
  return count != 0;
}

// The items from first to last, until one fails: where that is, stands in `at`.
brisk_status Batch::call(size_t first, size_t last, std::atomic<size_t> &at) {
  static_assert(sizeof at == sizeof(size_t) && std::atomic<size_t>::is_always_lock_free);
  const Call call = call_;
  auto *const raw = reinterpret_cast<brisk_batch *>(this);
  at.store(first, std::memory_order_release);
  if (call.range != nullptr)
    return call.range(call.user, first, last, reinterpret_cast<size_t *>(&at), raw);
  // Told before the call and not after it, how far this is costs no time.
  for (size_t i = first; i != last; ++i) {
    at.store(i, std::memory_order_release);
    const brisk_status status = call.item(call.user, i, raw);
    if (status != BRISK_OK) [[unlikely]]
      return status;
  }
  return BRISK_OK;
}

bool Batch::run_portion(Runner &runner, size_t most, bool as_task, size_t &failed) noexcept {
  const size_t last = runner.last;
  // Where items are tiny, the end of the batch is looked for every few microseconds; not after
  // more items than may well take longer than those before.
  const size_t stride = 1 + std::min<size_t>(most / 8, 64);
  size_t i = runner.first;
  while (i != last) {
    if (over()) return false;
    const size_t pause = std::min(last, i + stride);
    bool well = true;
    const auto note_failure = [&](brisk_status status, const char *why) {
      const size_t item = std::clamp(runner.reached(), i, pause - 1);
      i = item + 1;
      well = !fail(item, status < 0 ? status : BRISK_INTERNAL, why);
      if (!well) ++failed;
    };
    try {
      const brisk_status status = call(i, pause, runner.at);
      if (status == BRISK_OK) {
        i = pause;
        runner.at.store(i - 1, std::memory_order_release);  // whatever was told
      } else {
        note_failure(status, "");
      }
    } catch (const std::exception &exception) {
      note_failure(BRISK_INTERNAL, exception.what());
    } catch (...) {
      note_failure(BRISK_INTERNAL, "the item threw something that is not a std::exception");
    }
    // No race is won too late.
    if (race_ && deadline_ != BRISK_FOREVER && monotonic_now() >= deadline_) stop(Why::deadline);
    if (well && over()) return true;
    runner.at.store(i, std::memory_order_release);
    if (race_ && well) {
      if (as_task) pool_->ending();
      stop(Why::won, i - 1);
    }
  }
  return false;
}

uint64_t Batch::winner() const noexcept {
  if (!race_) return winner_.load(std::memory_order_acquire);
  const uint32_t word = word_.load(std::memory_order_acquire) & ~waited;
  return static_cast<Why>(word & reason) == Why::won ? word >> winner_shift : UINT64_MAX;
}

void Batch::name_first_success(const Runner &runner) noexcept {
  if (race_ || sealed_ || winner_.load(std::memory_order_relaxed) != UINT64_MAX) return;
  const size_t at = runner.reached();
  for (size_t i = runner.first; i != at; ++i) {
    if (marks_[i] == Mark::none) return winner_.store(i, std::memory_order_release);
  }
}

void Batch::seal() noexcept {
  if (sealed_) return;
  for (const Runner *runner = running_; runner != nullptr; runner = runner->next) {
    name_first_success(*runner);
    size_t i = runner->reached();
    // It did not return in time, unless it failed.
    if (i != runner->last && runner->begun && marks_[i] == Mark::none) marks_.set(i++, Mark::cut);
    for (; i != runner->last; ++i) {
      if (marks_[i] == Mark::none) marks_.set(i, Mark::skipped);
    }
  }
  sealed_ = true;
}

void Batch::stop(Why why, size_t winner) noexcept {
  const uint32_t end = static_cast<uint32_t>(why) | static_cast<uint32_t>(winner << winner_shift);
  uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & ~waited) == 0) {
    if (word_.compare_exchange_weak(word, end, std::memory_order_acq_rel)) {
      if ((word & waited) != 0) futex_wake(word_);
      return;
    }
  }
}

bool Batch::cancelled() const noexcept {
  const Why now = why();
  return (now != Why::nothing && now != Why::finished) || (token_ && token_->cancelled()) ||
         pool_->closed() || (deadline_ != BRISK_FOREVER && monotonic_now() >= deadline_);
}

bool Batch::wait(uint64_t timeout) {
  if (over()) return true;
  const uint64_t last = std::min(Clock::add(monotonic_now(), timeout), deadline_);
  const bool worker = pool_->is_worker();
  if (worker && join()) {
    run_items(false);
    leave();
  }
  uint32_t word = word_.load(std::memory_order_acquire);
  while ((word & ~waited) == 0) {
    if (worker && pool_->help()) {
      word = word_.load(std::memory_order_acquire);
      continue;
    }
    const uint64_t now = monotonic_now();
    if (now >= last) break;
    if (!worker && spin_until([this] { return over(); }, std::min(spin_time, last - now))) break;
    if ((word & waited) == 0 && !word_.compare_exchange_weak(word, waited)) continue;
    futex_wait(word_, waited, worker ? std::min(last, now + nap) : last);
    word = word_.load(std::memory_order_acquire);
    if (token_ && token_->cancelled()) stop(Why::cancelled);
  }
  if (!over() && monotonic_now() >= deadline_) stop(Why::deadline);
  return over();
}

brisk_task_state Batch::state(size_t index) noexcept {
  std::lock_guard lock(mutex_);
  return outcome(index);
}

void Batch::states(int32_t *states, size_t count) noexcept {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < std::min(count, count_); ++i) states[i] = outcome(i);
}

brisk_task_state Batch::outcome(size_t index) noexcept {
  const Why now = why();
  if (now != Why::nothing) seal();
  const Mark mark = marks_[index];
  if (mark == Mark::failed) return BRISK_TASK_STATE_FAILED;
  const bool taken = index < next_.load(std::memory_order_relaxed);
  if (now == Why::nothing) {
    if (!taken) return BRISK_TASK_STATE_QUEUED;
    for (const Runner *runner = running_; runner != nullptr; runner = runner->next) {
      if (index < runner->first || index >= runner->last) continue;
      const size_t at = runner->reached();
      return index < at    ? BRISK_TASK_STATE_DONE
             : index == at ? BRISK_TASK_STATE_RUNNING
                           : BRISK_TASK_STATE_QUEUED;
    }
    return BRISK_TASK_STATE_DONE;
  }
  if (taken && mark == Mark::none) return BRISK_TASK_STATE_DONE;
  const bool late = now == Why::deadline;
  if (mark == Mark::cut) return late ? BRISK_TASK_STATE_TIMED_OUT : BRISK_TASK_STATE_CANCELLED;
  return late || now == Why::closed ? BRISK_TASK_STATE_NEVER_STARTED : BRISK_TASK_STATE_CANCELLED;
}

void Batch::explain(size_t index, std::string why) noexcept {
  std::lock_guard lock(mutex_);
  note(index, BRISK_OK, std::move(why));
}

bool Batch::fail(size_t index, brisk_status status, std::string why) noexcept {
  std::lock_guard lock(mutex_);
  const bool in_time = !sealed_ && !over();
  if (in_time) marks_.set(index, Mark::failed);
  note(index, status, std::move(why));
  return in_time;
}

void Batch::note(size_t index, brisk_status status, std::string why) noexcept {
  try {
    if (reasons_ == nullptr) reasons_ = std::make_unique<std::map<size_t, Reason>>();
    Reason &reason = (*reasons_)[index];
    if (status != BRISK_OK) reason.status = status;
    if (!why.empty()) reason.text = std::move(why);
  } catch (const std::bad_alloc &) {
    // Then it failed, and nobody knows why.
  }
}

void Batch::check(size_t index) {
  if (state(index) != BRISK_TASK_STATE_FAILED) return;
  std::lock_guard lock(mutex_);
  if (reasons_ != nullptr) {
    if (const auto at = reasons_->find(index); at != reasons_->end()) {
      const Reason &reason = at->second;
      throw Failure(reason.status,
                    reason.text.empty() ? "the item failed and gave no reason" : reason.text);
    }
  }
  throw Failure(BRISK_INTERNAL, "the item failed");
}

}  // namespace brisk::workers
