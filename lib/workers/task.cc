#include "workers/task.h"

#include <new>

#include "base/memory.h"
#include "workers/task_block.h"
#include "workers/workers.h"

namespace brisk::workers {

Task *Task::make(const Call &call) noexcept {
  constexpr size_t two_lines = 128;  // allocators align blocks of such a size to it
  void *room = memory::allocator().allocate(two_lines);
  return room == nullptr ? nullptr : new (room) Task(call);
}

Task::~Task() {
  if (held()) home->unref();
}

void Task::last_unref() noexcept {
  release_user();
  if (place == part) return whole->unref();
  TaskBlock *const block = place != alone ? &TaskBlock::of(*this) : nullptr;
  if (has_more()) this->~Task();
  if (block != nullptr) return block->give_back(1);
  memory::allocator().release(this);
}

void Task::hold() noexcept {
  ref();
  // While a task has not ended its pool is alive; afterwards nobody asks for it.
  if (!held_.exchange(true, std::memory_order_acq_rel)) home->ref();
}

Task::Said &Task::say() {
  speaks_ = true;
  if (said_ == nullptr) said_ = std::make_unique<Said>();
  return *said_;
}

void Task::explain(const char *why) noexcept {
  try {
    say().reason = why;
  } catch (const std::bad_alloc &) {
    // Then it failed, and nobody knows why.
  }
}

bool Task::step(brisk_task_state from, brisk_task_state to) noexcept {
  auto word = static_cast<uint32_t>(from);
  if (word_.compare_exchange_strong(word, static_cast<uint32_t>(to), std::memory_order_acq_rel))
    return true;
  // Once more for a word that says that somebody waits.
  if ((word & ~waited) != static_cast<uint32_t>(from)) return false;
  return word_.compare_exchange_strong(word, static_cast<uint32_t>(to) | waited,
                                       std::memory_order_acq_rel);
}

bool Task::end(brisk_task_state from, brisk_task_state to) noexcept {
  auto word = static_cast<uint32_t>(from);
  while (!word_.compare_exchange_weak(word, static_cast<uint32_t>(to), std::memory_order_acq_rel)) {
    if ((word & ~waited) != static_cast<uint32_t>(from)) return false;
  }
  if ((word & waited) != 0) futex_wake(word_);
  return true;
}

bool Task::wait(uint64_t deadline) noexcept {
  uint32_t word = word_.load(std::memory_order_acquire);
  while (!is_end(static_cast<brisk_task_state>(word & ~waited))) {
    if ((word & waited) == 0 &&
        !word_.compare_exchange_weak(word, word | waited, std::memory_order_acquire))
      continue;
    if (!futex_wait(word_, word | waited, deadline)) return ended();
    word = word_.load(std::memory_order_acquire);
  }
  return true;
}

}  // namespace brisk::workers
