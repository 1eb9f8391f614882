#include "workers/batch.h"

#include <algorithm>
#include <cstring>
#include <exception>

#include "base/error.h"
#include "base/futex.h"
#include "base/memory.h"
#include "workers/spin.h"

namespace brisk::workers {
namespace {

constexpr uint64_t portion_time = 20'000;  // nanoseconds
constexpr uint64_t wake_time = 5'000;      // what waking a thread takes, about
constexpr uint64_t nap = 100'000;          // of a worker that waits and finds nothing to help with

}  // namespace

Batch::Batch(Workers &pool, const Call &call, size_t count, bool race, uint64_t deadline,
             Ref<Token> token)
    : pool_(Ref<Workers>::share(&pool)),
      count_(count),
      race_(race),
      deadline_(deadline),
      token_(std::move(token)),
      call_(call),
      states_(static_cast<uint8_t *>(memory::allocator().allocate(std::max<size_t>(count, 1))),
              memory::allocator().release) {
  if (states_ == nullptr) throw std::bad_alloc();
  std::fill_n(states_.get(), count, uint8_t{BRISK_TASK_STATE_QUEUED});
}

Batch::~Batch() = default;

Ref<Batch> Batch::begin(Workers &pool, const Call &call, size_t count, bool race, uint64_t deadline,
                        Ref<Token> token) {
  Ref<Batch> batch;
  try {
    batch = Ref<Batch>::adopt(new Batch(pool, call, count, race, deadline, std::move(token)));
  } catch (...) {
    if (call.destroy != nullptr) call.destroy(call.user);
    throw;
  }
  if (count == 0) batch->stop(Why::finished);
  const size_t runners = std::min<size_t>(pool.threads_max(), count);
  Submitted submitted = Submitted::queued;
  // The first runner does alone, if need be, and may be done before the next one is refused.
  bool begun = count == 0;
  for (size_t i = 0; i < runners && submitted == Submitted::queued; ++i) {
    // Tiny items may be done sooner than a further thread is awake.
    if (i == 1 && pool.hurried() && spin_until([&batch] { return batch->all_begun(); }, wake_time))
      break;
    const Task::Call call_items{run, batch.get(), [](void *user) {
                                  auto *self = static_cast<Batch *>(user);
                                  self->leave();
                                  self->unref();
                                }};
    Task *const task = Task::make(call_items);
    if (task != nullptr) task->counted = false;  // its items are
    batch->ref();
    batch->runners_.fetch_add(1, std::memory_order_relaxed);
    if (task == nullptr) {
      call_items.destroy(call_items.user);
      submitted = Submitted::refused;
    } else {
      try {
        submitted = pool.submit(task);
      } catch (const std::bad_alloc &) {
        submitted = Submitted::refused;
        if (begun) break;
        batch->leave();
        throw;
      }
    }
    begun = begun || submitted == Submitted::queued;
  }
  if (!begun) batch->stop(Why::cancelled);
  batch->leave();
  if (begun) return batch;
  if (submitted == Submitted::closed) brisk::fail(BRISK_CLOSED, "the pool of workers is closed");
  return {};
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
  {
    std::lock_guard lock(mutex_);
    runner.next = std::exchange(running_, &runner);
  }
  size_t ended = 0;
  size_t failed = 0;
  size_t most = 1;
  while (take(runner, most)) {
    const uint64_t now = monotonic_now();
    if (now >= deadline_) stop(Why::deadline);
    if (token_ && token_->cancelled()) stop(Why::cancelled);
    if (pool_->closed()) stop(Why::closed);
    failed += run_portion(runner, as_task);
    const size_t count = runner.at.load(std::memory_order_relaxed) - runner.first;
    ended += count;
    const uint64_t taken = monotonic_now() - now + 1;
    if (!race_) most = std::clamp<uint64_t>(count * portion_time / taken, 1, 8 * most);
  }
  {
    std::lock_guard lock(mutex_);
    write_down(runner);
    if (runner.cut) cut(runner);
    Runner **at = &running_;
    while (*at != &runner) at = &(*at)->next;
    *at = runner.next;
  }
  accounted_.fetch_add(ended, std::memory_order_acq_rel);
  if (ended != failed) pool_->count(BRISK_TASK_STATE_DONE, ended - failed);
  if (failed != 0) pool_->count(BRISK_TASK_STATE_FAILED, failed);
}

bool Batch::take(Runner &runner, size_t most) noexcept {
  std::lock_guard lock(mutex_);
  write_down(runner);
  runner.first = runner.last = 0;
  if (over()) return false;
  const size_t left = count_ - next_.load(std::memory_order_relaxed);
  // Few behind one that may take long.
  const size_t share = left / (32 * pool_->threads_max()) + 1;
  const size_t count = std::min({left, most, share});
  runner.first = count_ - left;
  runner.last = runner.first + count;
  runner.at.store(runner.first, std::memory_order_relaxed);
  next_.store(runner.last, std::memory_order_relaxed);
  return count != 0;
}

size_t Batch::run_portion(Runner &runner, bool as_task) noexcept {
  const Call call = call_;
  const size_t last = runner.last;
  // Where items are tiny, the end of the batch is looked for every third of a microsecond.
  const size_t stride = 1 + (last - runner.first) / 64;
  size_t failed = 0;
  size_t i = runner.first;
  const auto call_item = [&] {
    const brisk_status status = call.run(call.user, i, reinterpret_cast<brisk_batch *>(this));
    if (status == BRISK_OK) [[likely]]
      return;
    ++failed;
    fail(i, status < 0 ? status : BRISK_INTERNAL, {});
  };
  const auto go_on = [&] { runner.at.store(++i, std::memory_order_release); };
  while (i != last && !over()) {
    const size_t pause = std::min(last, i + stride) - 1;
    const size_t failed_before = failed;
    try {
      while (i != pause) {
        call_item();
        go_on();
      }
      call_item();
    } catch (const std::exception &exception) {
      ++failed;
      fail(i, BRISK_INTERNAL, exception.what());
    } catch (...) {
      ++failed;
      fail(i, BRISK_INTERNAL, "the item threw something that is not a std::exception");
    }
    // No race is won too late.
    if (race_ && monotonic_now() >= deadline_) stop(Why::deadline);
    if (over()) {
      runner.cut = true;
      break;
    }
    go_on();
    if (race_ && failed == failed_before) {
      if (as_task) pool_->ending();
      name_winner(i - 1);
      stop(Why::won);
    }
  }
  return failed;
}

// A race is told who won it only when that ended it.
void Batch::name_winner(size_t index) noexcept {
  uint64_t nobody = UINT64_MAX;
  if (winner_.load(std::memory_order_relaxed) == nobody)
    winner_.compare_exchange_strong(nobody, index, std::memory_order_acq_rel);
}

uint64_t Batch::winner() const noexcept {
  return race_ && why() != Why::won ? UINT64_MAX : winner_.load(std::memory_order_acquire);
}

void Batch::write_down(const Runner &runner) noexcept {
  const size_t at = runner.at.load(std::memory_order_acquire);
  if (sealed_ || runner.first == at) return;
  uint8_t *const begin = &states_[runner.first];
  const size_t count = at - runner.first;
  constexpr uint8_t done = BRISK_TASK_STATE_DONE;
  // Those that failed were written down when they did.
  if (std::memchr(begin, BRISK_TASK_STATE_FAILED, count) == nullptr) {
    std::memset(begin, done, count);
  } else {
    std::replace(begin, begin + count, uint8_t{BRISK_TASK_STATE_QUEUED}, done);
  }
  const void *const good = std::memchr(begin, done, count);
  if (!race_ && good != nullptr)
    name_winner(static_cast<size_t>(static_cast<const uint8_t *>(good) - states_.get()));
}

void Batch::seal() noexcept {
  if (sealed_) return;
  for (const Runner *runner = running_; runner != nullptr; runner = runner->next) {
    write_down(*runner);
    if (runner->at.load(std::memory_order_relaxed) != runner->last) cut(*runner);
  }
  sealed_ = true;
}

// The item that this runner has come to did not return in time.
void Batch::cut(const Runner &runner) noexcept {
  uint8_t &state = states_[runner.at.load(std::memory_order_relaxed)];
  if (!sealed_ && state == BRISK_TASK_STATE_QUEUED) state = BRISK_TASK_STATE_RUNNING;
}

void Batch::stop(Why why) noexcept {
  uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & ~waited) == 0) {
    if (word_.compare_exchange_weak(word, static_cast<uint32_t>(why), std::memory_order_acq_rel)) {
      if ((word & waited) != 0) futex_wake(word_);
      return;
    }
  }
}

bool Batch::cancelled() const noexcept {
  const Why now = why();
  return (now != Why::nothing && now != Why::finished) || (token_ && token_->cancelled()) ||
         pool_->closed() || monotonic_now() >= deadline_;
}

bool Batch::wait(uint64_t deadline) {
  const uint64_t last = std::min(deadline, deadline_);
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
  const auto state = static_cast<brisk_task_state>(states_[index]);
  if (Task::is_end(state)) return state;
  if (now == Why::nothing) {
    for (const Runner *runner = running_; runner != nullptr; runner = runner->next) {
      if (index < runner->first || index >= runner->last) continue;
      const size_t at = runner->at.load(std::memory_order_acquire);
      return index < at    ? BRISK_TASK_STATE_DONE
             : index == at ? BRISK_TASK_STATE_RUNNING
                           : BRISK_TASK_STATE_QUEUED;
    }
    return BRISK_TASK_STATE_QUEUED;
  }
  const bool late = now == Why::deadline;
  if (state == BRISK_TASK_STATE_RUNNING)
    return late ? BRISK_TASK_STATE_TIMED_OUT : BRISK_TASK_STATE_CANCELLED;
  return late || now == Why::closed ? BRISK_TASK_STATE_NEVER_STARTED : BRISK_TASK_STATE_CANCELLED;
}

void Batch::explain(size_t index, std::string why) noexcept {
  std::lock_guard lock(mutex_);
  note(index, BRISK_OK, std::move(why));
}

void Batch::fail(size_t index, brisk_status status, std::string why) noexcept {
  std::lock_guard lock(mutex_);
  if (!sealed_ && !over()) states_[index] = BRISK_TASK_STATE_FAILED;
  note(index, status, std::move(why));
}

void Batch::note(size_t index, brisk_status status, std::string why) noexcept {
  try {
    Reason &reason = reasons_[index];
    if (status != BRISK_OK) reason.status = status;
    if (!why.empty()) reason.text = std::move(why);
  } catch (const std::bad_alloc &) {
    // Then it failed, and nobody knows why.
  }
}

void Batch::check(size_t index) {
  if (state(index) != BRISK_TASK_STATE_FAILED) return;
  std::lock_guard lock(mutex_);
  const auto at = reasons_.find(index);
  if (at == reasons_.end()) throw Failure(BRISK_INTERNAL, "the item failed");
  const Reason &reason = at->second;
  throw Failure(reason.status,
                reason.text.empty() ? "the item failed and gave no reason" : reason.text);
}

}  // namespace brisk::workers
