// One task: a function with its data, how far it is, and who waits for it.
//
// Its word goes from queued to running to one of the ends, and each step is one compare-and-swap:
// whoever makes it owns what follows. A worker takes a task out of queued, and so may a thread that
// waits for it; a cancellation ends it there. Out of running it is ended by who ran it, or, when
// its deadline passes, by who waits: the function then goes on, and what it gives is dropped. Error
// and result are written before the end is told, and read after.
//
// A task without a handle is nobody's but its runner's, which spares it those steps.
//
// References: the queue's, which the thread that takes it out drops, and those of handles. The
// first handle takes a reference to the pool as well, so that waiting for a task never outlives it.
// Two cache lines. Whoever runs a task that uses nothing of what few tasks have reads and writes
// the first one alone, and the other stays with the thread that queues them.
#pragma once

#include <brisk/workers.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/futex.h"
#include "base/ref.h"
#include "workers/completions.h"
#include "workers/token.h"

namespace brisk::workers {

class Workers;

class Task final : public Counted {
 public:
  struct Call {
    brisk_task_fn run = nullptr;
    void *user = nullptr;
    brisk_destroy_fn destroy = nullptr;
  };

  // Where it lies: in memory of its own, in another object, its `whole`, or in a place of a block
  // (task_block.h), which its number tells.
  static constexpr uint8_t alone = 0;
  static constexpr uint8_t part = UINT8_MAX;

  explicit Task(const Call &given, uint8_t in_place = alone) noexcept
      : call(given), place(in_place) {}
  ~Task() override;

  // Null when the system has no memory.
  static Task *make(const Call &call) noexcept;

  // A reference for a handle.
  void hold() noexcept;
  bool held() const noexcept { return held_.load(std::memory_order_acquire); }
  // The last one needs no locked instruction: nobody finds a task but by a reference.
  void unref() noexcept { only_one() ? last_unref() : Counted::unref(); }
  // Instead of unref(), for the last one to a task that lies in a block and has nothing to destroy:
  // all but giving back its place. False for others.
  bool leave_place() noexcept {
    if (place == alone || place == part || !only_one() || has_more()) return false;
    release_user();
    return true;
  }

  brisk_task_state state() const noexcept {
    return static_cast<brisk_task_state>(word_.load(std::memory_order_acquire) & ~waited);
  }
  bool ended() const noexcept { return is_end(state()); }
  static bool is_end(brisk_task_state state) noexcept { return state >= BRISK_TASK_STATE_DONE; }

  // Of a task that is not held: by its runner alone.
  void set(brisk_task_state to) noexcept {
    word_.store(static_cast<uint32_t>(to), std::memory_order_release);
  }
  // Makes the step, or finds that somebody else has made another.
  bool step(brisk_task_state from, brisk_task_state to) noexcept;
  // The same into an end, which everybody who waits is told.
  bool end(brisk_task_state from, brisk_task_state to) noexcept;

  // Sleeps until the end; false when the deadline comes first.
  bool wait(uint64_t deadline) noexcept;

  void cancel() noexcept { cancelled_.store(true, std::memory_order_release); }
  bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_acquire) ||
           (uses_more && extra && extra->token && extra->token->cancelled());
  }
  bool overdue(uint64_t now) const noexcept { return uses_more && now >= deadline; }
  // The same now; who has no deadline needs no look at the clock.
  bool overdue() const noexcept {
    return uses_more && deadline != UINT64_MAX && overdue(monotonic_now());
  }

  // Keeps the reason of a failure; without memory for it there is none.
  void explain(const char *why) noexcept;
  // What it says itself: for its runner, and after its end for everybody.
  struct Said {
    std::string result;
    std::string reason;  // why it failed
  };
  Said &say();  // throws bad_alloc
  const Said *said() const noexcept { return said_.get(); }

  void release_user() noexcept {
    if (call.destroy != nullptr) call.destroy(call.user);
    call.destroy = nullptr;
  }

  // What few tasks have; made before the task is queued.
  struct Extra {
    Ref<Token> token;
    Ref<Completions> completions;
    uint64_t tag = 0;
    std::string name;
  };

 private:
  static constexpr uint32_t waited = 1u << 31;

  void last_unref() noexcept override;
  // Whether there is something to destroy.
  bool has_more() const noexcept { return uses_more || speaks_ || held(); }

  std::atomic<uint32_t> word_{BRISK_TASK_STATE_QUEUED};

 public:
  Call call;
  Task *next = nullptr;    // in a queue
  uint64_t submitted = 0;  // 0: nobody looked at the clock
  int8_t priority = BRISK_TASK_PRIORITY_NORMAL;
  bool uses_more = false;  // of what lies in the second line; known before it is queued
  bool admitted = false;   // the budget has given its bytes
  bool counted = true;     // in the statistics

 private:
  std::atomic<bool> held_{false};
  std::atomic<bool> cancelled_{false};
  bool speaks_ = false;  // has said something; its runner's until it has ended

 public:
  const uint8_t place;
  Workers *home = nullptr;
  Counted *whole = nullptr;  // the last reference to a part of it is one to this
  uint64_t deadline = UINT64_MAX;
  uint64_t bytes = 0;
  std::unique_ptr<Extra> extra;
  brisk_status status = BRISK_OK;

 private:
  std::unique_ptr<Said> said_;
};
static_assert(sizeof(Task) <= 128);

}  // namespace brisk::workers
