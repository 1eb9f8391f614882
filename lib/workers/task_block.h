// Memory for tasks that nobody holds: blocks of 63 places.
//
// Such a task is made by one thread and freed by another. Allocated by itself it costs as much as
// queueing it does, since the allocator of its maker has to collect it, a cache miss each. So a
// thread that queues cuts places from a block of its own, one after the other; whoever ran tasks
// gives back the places of those that follow each other in one step, and the last frees the block.
//
// A block counts the places that were not given back, those that are not cut yet among them. A task
// that stays keeps all of its block: 8 KiB at most for each that is queued, runs or was held from
// within. The pool keeps one more for each thread that ever queued, 32 at most.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "base/memory.h"
#include "base/stripes.h"
#include "workers/task.h"

namespace brisk::workers {

class TaskBlock {
 public:
  static constexpr size_t place_size = 128;
  static constexpr uint8_t places = 63;  // from 1 on; the block itself has the first
  static_assert(sizeof(Task) <= place_size && places < Task::part);

  static TaskBlock *make() noexcept {
    void *const room = memory::allocator().allocate((places + 1) * place_size);
    return room == nullptr ? nullptr : new (room) TaskBlock;
  }
  static TaskBlock &of(Task &task) noexcept {
    return *reinterpret_cast<TaskBlock *>(reinterpret_cast<char *>(&task) -
                                          task.place * place_size);
  }
  void *at(uint8_t place) noexcept { return reinterpret_cast<char *>(this) + place * place_size; }

  void give_back(uint32_t count) noexcept {
    if (left_.fetch_sub(count, std::memory_order_acq_rel) == count)
      memory::allocator().release(this);
  }

 private:
  std::atomic<uint32_t> left_{places};
};

// The blocks that threads cut from.
class TaskBlocks {
 public:
  ~TaskBlocks() {
    cuts_.each([](Cut &cut) {
      TaskBlock *const block = cut.block.load(std::memory_order_relaxed);
      if (block != nullptr)
        block->give_back(TaskBlock::places + 1u - cut.next.load(std::memory_order_relaxed));
    });
  }

  // Null when the system has no memory.
  Task *make(const Task::Call &call) noexcept {
    return cuts_.with([&call](Cut &cut, bool exclusive) noexcept {
      return exclusive ? cut.make(call) : Task::make(call);
    });
  }

 private:
  // Of one thread alone; another that has its place later finds it as that left it.
  struct Cut {
    std::atomic<TaskBlock *> block{nullptr};
    std::atomic<uint8_t> next{1};  // place

    // The next place matters while there is a block, and each is changed by itself, so that the
    // child of a fork in between finds what holds together.
    Task *make(const Task::Call &call) noexcept {
      TaskBlock *from = block.load(std::memory_order_relaxed);
      uint8_t place = 1;
      if (from == nullptr) {
        from = TaskBlock::make();
        if (from == nullptr) return nullptr;
        next.store(2, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        block.store(from, std::memory_order_relaxed);
      } else {
        place = next.load(std::memory_order_relaxed);
        if (place == TaskBlock::places) {
          block.store(nullptr, std::memory_order_relaxed);
        } else {
          next.store(static_cast<uint8_t>(place + 1), std::memory_order_relaxed);
        }
      }
      // Those who ran what was there before have its lines.
      const auto *const soon = static_cast<char *>(from->at(place)) + 2 * TaskBlock::place_size;
      __builtin_prefetch(soon, 1);
      __builtin_prefetch(soon + 64, 1);
      return new (from->at(place)) Task(call, place);
    }
  };

  Stripes<Cut> cuts_;
};

}  // namespace brisk::workers
