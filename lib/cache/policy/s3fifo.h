// S3-FIFO: a small queue for newcomers, a main queue, and ghosts of what the small queue gave up
// (Yang, Zhang, Qiu, Yue, Rashmi: FIFO Queues are All You Need for Cache Eviction, SOSP 2023).
//
// A newcomer enters the small queue, or the main queue when its ghost is still there. From the
// small queue's tail an entry that was used twice moves on to main, another one leaves and becomes
// a ghost; from main's tail a used entry goes round again with one use less. The small queue holds
// a tenth of the weight; while the cache fills, what it has too much flows on into main, so that
// nothing moves in bulk when the cache is full. Ghosts: as many as main has entries. A hit costs
// the reader's heat count and nothing here.
#pragma once

#include "cache/policy/ghosts.h"
#include "cache/policy/policy.h"

namespace brisk::cache {

class S3Fifo final : public Policy {
 public:
  S3Fifo(Store &store, Account &account) noexcept
      : Policy(store), small_(store.arena), main_(store.arena), ghosts_(account) {}

  void admit(Entry &entry, uint64_t hash) noexcept override;
  void remove(Entry &entry) noexcept override;
  void replace(Entry &old, Entry &entry, bool used) noexcept override;
  Entry *victim() noexcept override;
  uint64_t charge() const noexcept override { return ghosts_.charge(); }
  uint64_t wanted_memory() const noexcept override {
    return full_ == UINT64_MAX ? 0 : ghosts_.missing(main_.entries());
  }
  void take_memory() noexcept override { ghosts_.resize(main_.entries()); }

 private:
  static constexpr uint64_t small_share = 10;  // one in ten
  static constexpr uint32_t uses_needed = 2;
  enum : uint8_t { in_small, in_main };

  Queue &queue_of(const Entry &entry) noexcept { return entry.queue == in_main ? main_ : small_; }
  uint64_t weight() const noexcept { return small_.weight() + main_.weight(); }
  void push(Entry &entry, uint8_t queue) noexcept;
  void move(Entry &entry, uint8_t queue) noexcept;
  void look_ahead(Entry &victim) const noexcept;

  Queue small_;
  Queue main_;
  Ghosts ghosts_;
  uint64_t full_ = UINT64_MAX;  // the weight of everything when an eviction was last needed
};

}  // namespace brisk::cache
