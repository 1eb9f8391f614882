#include "workers/batch.h"

#include <algorithm>
#include <exception>

#include "base/error.h"
#include "base/futex.h"
#include "workers/spin.h"

namespace brisk::workers {
namespace {

constexpr size_t chunk_max = 256;
constexpr uint64_t nap = 100'000;  // of a worker that waits and finds nothing to help with

}  // namespace

Batch::Batch(Workers &pool, const Call &call, size_t count, bool race, uint64_t deadline,
             Ref<Token> token)
    : pool_(Ref<Workers>::share(&pool)),
      count_(count),
      race_(race),
      deadline_(deadline),
      token_(std::move(token)),
      call_(call),
      states_(std::make_unique<std::atomic<uint8_t>[]>(count)) {}

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
    if (i == 1 && pool.hurried() && spin_until([&batch] { return batch->all_begun(); }, 0)) break;
    const Task::Call run{runner, batch.get(), [](void *user) {
                           auto *self = static_cast<Batch *>(user);
                           self->leave();
                           self->unref();
                         }};
    Task *const task = Task::make(run);
    if (task != nullptr) task->counted = false;  // its items are
    batch->ref();
    batch->runners_.fetch_add(1, std::memory_order_relaxed);
    if (task == nullptr) {
      run.destroy(run.user);
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

brisk_status Batch::runner(void *user, brisk_task *) {
  static_cast<Batch *>(user)->run_items();
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

bool Batch::run_items() noexcept {
  bool any = false;
  uint64_t done = 0;
  uint64_t failed = 0;
  size_t ended = 0;
  const size_t threads = pool_->threads_max();
  while (!over()) {
    const size_t left = count_ - std::min(count_, next_.load(std::memory_order_relaxed));
    const size_t chunk = std::clamp<size_t>(left / (threads * 32), 1, chunk_max);
    const size_t first = next_.fetch_add(chunk, std::memory_order_relaxed);
    if (first >= count_) break;
    any = true;
    if (deadline_ != UINT64_MAX && monotonic_now() >= deadline_) stop(Why::deadline);
    if (token_ && token_->cancelled()) stop(Why::cancelled);
    if (pool_->closed()) stop(Why::closed);
    const size_t last = std::min(first + chunk, count_);
    const size_t good = run_chunk(first, last, &ended);
    done += good;
    failed += ended - good;
    accounted_.fetch_add(ended, std::memory_order_acq_rel);
  }
  if (done != 0) pool_->count(BRISK_TASK_STATE_DONE, done);
  if (failed != 0) pool_->count(BRISK_TASK_STATE_FAILED, failed);
  return any;
}

// How many succeeded, of `ended` that were called.
size_t Batch::run_chunk(size_t first, size_t last, size_t *ended) noexcept {
  const Call call = call_;
  size_t good = 0;
  size_t i = first;
  for (; i < last && !over(); ++i) {
    std::atomic<uint8_t> &state = states_[i];
    state.store(BRISK_TASK_STATE_RUNNING, std::memory_order_relaxed);
    const brisk_status status = call_item(call, i);
    const auto end = status == BRISK_OK ? BRISK_TASK_STATE_DONE : BRISK_TASK_STATE_FAILED;
    // What comes after the end of the batch was told is dropped, and no race is won too late.
    if (race_ && deadline_ != UINT64_MAX && monotonic_now() >= deadline_) stop(Why::deadline);
    if (!over()) [[likely]]
      state.store(static_cast<uint8_t>(end), std::memory_order_release);
    if (status != BRISK_OK) continue;
    if (good++ == 0) name_winner(i);
  }
  *ended = i - first;
  return good;
}

brisk_status Batch::call_item(const Call &call, size_t index) noexcept {
  brisk_status status = BRISK_INTERNAL;
  try {
    status = call.run(call.user, index, reinterpret_cast<brisk_batch *>(this));
    if (status != BRISK_OK) [[unlikely]]
      note(index, status < 0 ? status : BRISK_INTERNAL, {});
  } catch (const std::exception &exception) {
    note(index, BRISK_INTERNAL, exception.what());
  } catch (...) {
    note(index, BRISK_INTERNAL, "the item threw something that is not a std::exception");
  }
  return status;
}

void Batch::name_winner(size_t index) noexcept {
  if (race_ && over()) return;
  uint64_t nobody = UINT64_MAX;
  if (winner() == nobody) winner_.compare_exchange_strong(nobody, index, std::memory_order_acq_rel);
  if (race_) stop(Why::won);
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
    run_items();
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

brisk_task_state Batch::state(size_t index) const noexcept {
  const Why now = why();
  const auto state = static_cast<brisk_task_state>(states_[index].load(std::memory_order_acquire));
  if (now == Why::nothing || Task::is_end(state)) return state;
  const bool late = now == Why::deadline;
  if (state == BRISK_TASK_STATE_RUNNING)
    return late ? BRISK_TASK_STATE_TIMED_OUT : BRISK_TASK_STATE_CANCELLED;
  return late || now == Why::closed ? BRISK_TASK_STATE_NEVER_STARTED : BRISK_TASK_STATE_CANCELLED;
}

void Batch::states(int32_t *states, size_t count) const noexcept {
  for (size_t i = 0; i < std::min(count, count_); ++i) states[i] = state(i);
}

void Batch::explain(size_t index, std::string why) noexcept {
  note(index, BRISK_OK, std::move(why));
}

void Batch::note(size_t index, brisk_status status, std::string why) noexcept {
  try {
    std::lock_guard lock(mutex_);
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
