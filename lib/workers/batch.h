// Many calls of one function, with an outcome for each; and races, whose first success ends them.
//
// As many tasks of the pool as can run at once take items by a counter, many at a time where they
// are short (guided self-scheduling: Polychronopoulos and Kuck, IEEE Transactions on Computers
// C-36, 1987; here no more than take 20 us either), under the lock, a leaf. An item costs its call
// and one store, of how far its runner has come; only what did not go well is written down. A call
// into another library is far, and takes twice as long as one nearby: so callers may loop over a
// range of items themselves, and tell where they are; what they tell is believed within their
// portion only.
//
// What ends a batch early (deadline, first success, cancellation) is one word. Whoever asks for
// outcomes then, or leaves a portion before its end, seals them first: what has not returned by
// then counts as not returned for good.
//
// That word is all that a waiting thread looks at, and it lies apart from what runners write.
#pragma once

#include <brisk/workers.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/ref.h"
#include "workers/marks.h"
#include "workers/token.h"
#include "workers/workers.h"

namespace brisk::workers {

class Batch final : public Counted {
 public:
  // Of items one by one, or of ranges of them.
  struct Call {
    brisk_item_fn item = nullptr;
    brisk_range_fn range = nullptr;
    void *user = nullptr;
    brisk_destroy_fn destroy = nullptr;
  };

  static constexpr size_t count_max = size_t{1} << 24;

  // Takes over the call, also when this throws Failure or bad_alloc. Empty when the queue of the
  // pool has no room. At most count_max items.
  static Ref<Batch> begin(Workers &pool, const Call &call, size_t count, bool race,
                          uint64_t deadline, Ref<Token> token);

  // False when the timeout of this wait came first. One that is over costs no look at the clock.
  bool wait(uint64_t timeout);
  // UINT64_MAX when nothing has succeeded.
  uint64_t winner() const noexcept;
  size_t count() const noexcept { return count_; }
  brisk_task_state state(size_t index) noexcept;
  void states(int32_t *states, size_t count) noexcept;
  // Throws Failure with what the item said, when it failed.
  void check(size_t index);
  void cancel() noexcept { stop(Why::cancelled); }
  bool cancelled() const noexcept;
  // Keeps the reason of an item that is about to fail.
  void explain(size_t index, std::string why) noexcept;

 private:
  enum class Why : uint32_t { nothing, finished, deadline, won, cancelled, closed };
  struct Reason {
    brisk_status status = BRISK_OK;
    std::string text;
  };
  // The portion of a thread that calls items, and the item that it has come to: those before it
  // have returned.
  struct Runner {
    size_t first = 0;
    size_t last = 0;
    std::atomic<size_t> at{0};  // as a range told it
    size_t reached() const noexcept {
      return std::clamp(at.load(std::memory_order_acquire), first, last);
    }
    bool begun = true;  // whether it has begun with that item; read with the lock
    Runner *next = nullptr;
  };

  Batch(Workers &pool, const Call &call, size_t count, bool race, uint64_t deadline,
        Ref<Token> token);
  ~Batch() override;
  void last_unref() noexcept override;

  static brisk_status run(void *user, brisk_task *task);
  brisk_status call(size_t first, size_t last, std::atomic<size_t> &at);
  Submitted add_runner(bool first);
  // Runs items until none is left.
  void run_items(bool as_task) noexcept;
  // One portion of those, where `most` is what it may be. Adds how many failed. Whether it ended
  // with an item that returned too late.
  bool run_portion(Runner &runner, size_t most, bool as_task, size_t &failed) noexcept;
  // Whether that was in time.
  bool fail(size_t index, brisk_status status, std::string why) noexcept;
  // Ends the batch for this reason, unless it has ended for another one.
  void stop(Why why, size_t winner = 0) noexcept;
  Why why() const noexcept {
    return static_cast<Why>(word_.load(std::memory_order_acquire) & reason);
  }
  bool over() const noexcept { return why() != Why::nothing; }
  // Who calls items counts as a runner; false when the last one has left.
  bool join() noexcept;
  void leave() noexcept;
  // With the lock.
  // Takes the next portion of so many at most; false when there is none.
  bool take(Runner &runner, size_t most) noexcept;
  void name_first_success(const Runner &runner) noexcept;
  void seal() noexcept;
  brisk_task_state outcome(size_t index) noexcept;
  void note(size_t index, brisk_status status, std::string why) noexcept;

  // The word: why it ended, whether anybody sleeps, and in between who won the race.
  static constexpr uint32_t reason = 7;
  static constexpr unsigned winner_shift = 3;
  static constexpr uint32_t waited = 1u << 31;
  static_assert(count_max <= waited >> winner_shift);

  // In cache lines that are written at different times: what stays as it is, what waiting threads
  // look at, what queues and runs the first runner, and what runners write.
  const bool race_;
  const Ref<Workers> pool_;
  const size_t count_;
  const uint64_t deadline_;
  const Ref<Token> token_;
  Call call_;
  std::atomic<uint32_t> word_{0};
  [[maybe_unused]] char apart_[44];
  Task first_;  // of the runners
  AdaptiveMutex mutex_;
  std::atomic<uint32_t> runners_{1};  // who may still call
  bool sealed_ = false;
  std::atomic<size_t> next_{0};  // written under the lock
  Runner *running_ = nullptr;
  Marks marks_;
  std::atomic<size_t> accounted_{0};          // items that ended
  std::atomic<uint64_t> winner_{UINT64_MAX};  // the first success found, where it is no race
  std::unique_ptr<std::map<size_t, Reason>> reasons_;
};

}  // namespace brisk::workers
