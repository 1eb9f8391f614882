// The runtime: what the objects of one program share. A byte account, a clock, a hash seed, the
// names under which objects are found again, one thread that frees what expired, and the care for
// fork.
//
// Lock order: runtime registry, then whatever a member locks. A member is never called with the
// registry locked, but for fork, which locks everything in that order. Members are listed, not
// owned: each leaves the list in its last unref.
//
// The sweeper starts when a member first asks for it, blocks every signal, and waits without a
// timeout while nothing is due. A runtime with a manual clock has none: advance() sweeps on the
// calling thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/account.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/ref.h"

namespace brisk {

class Runtime;

// What lives in a runtime and takes part in its budget, its clock and fork.
class Member : public Counted {
 public:
  // Empty for a member without a name, or closed.
  virtual std::string_view name() const noexcept = 0;
  virtual void close() noexcept = 0;
  // Whether the figures of the runtime count it among its caches.
  virtual bool is_cache() const noexcept { return false; }
  // Keeps the memory and nothing else: whoever only holds a member does not delay the end of it.
  virtual void hold() noexcept = 0;
  virtual void let_go() noexcept = 0;
  // Frees what expired by `now`; returns when to come again, UINT64_MAX for never.
  virtual uint64_t sweep(uint64_t now) noexcept = 0;
  // Gives at least `bytes` back to the budget where it can. Never blocks on other members.
  virtual void shed(uint64_t bytes) noexcept = 0;
  // Before fork: take every lock. After: release them; in the child, first mend what other threads
  // left half done.
  virtual void fork_prepare() noexcept = 0;
  virtual void fork_release(bool in_child) noexcept = 0;

 private:
  friend class Runtime;
  uint64_t number_ = 0;  // in the order of joining
};

class Runtime final : public Counted {
 public:
  Runtime(bool manual_clock, uint64_t budget);

  // The one of the process; made at the first use, never destroyed.
  static Ref<Runtime> process_default();

  Account &account() noexcept { return account_; }
  Clock &clock() noexcept { return clock_; }
  uint64_t seed() const noexcept { return seed_; }
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  bool is_default() const noexcept { return is_default_; }

  // Lists a member. Throws Failure: BRISK_EXISTS for a name that a live member has, BRISK_CLOSED.
  void join(Member &member);
  void leave(Member &member) noexcept;
  Ref<Member> find(std::string_view name);
  size_t caches();

  // Closes every member and ends the sweeper.
  void close() noexcept;
  // Moves a manual clock and sweeps.
  void advance(uint64_t step) noexcept;
  // Asks the sweeper to look at `due` at the latest, starting it if need be.
  void wake_sweeper(uint64_t due) noexcept;
  // The lock for what reaches from one member to another. Process-wide, and a leaf: fork takes it
  // last.
  static std::mutex &links_mutex() noexcept;
  // Makes other members give memory back for `bytes` that `asking` wants. False, and nobody loses
  // anything, when the budget has them: then it is a bound of its own that `asking` has met.
  bool shed(uint64_t bytes, const Member &asking) noexcept;

 private:
  ~Runtime() override;
  void last_unref() noexcept override;
  // Calls use(member) for each member there is, none of them locked. Needs no memory, so that
  // closing and sweeping never fail.
  template <class Use>
  void each_member(Use &&use) noexcept;
  uint64_t sweep_members() noexcept;
  void start_sweeper();
  void sweeper();
  void stop_sweeper() noexcept;

  static void fork_prepare();
  static void fork_parent();
  static void fork_child();
  void fork_release(bool in_child) noexcept;

  Account account_;
  Clock clock_;
  const uint64_t seed_ = random_seed();
  std::atomic<bool> closed_{false};
  bool is_default_ = false;

  std::mutex mutex_;
  std::vector<Member *> members_;  // by number
  uint64_t joined_ = 0;

  // The sweeper has a lock of its own, because members wake it while they hold theirs: the
  // innermost of all.
  std::mutex sweep_mutex_;
  std::condition_variable sweep_wake_;
  std::condition_variable sweep_ended_;
  uint64_t sweep_due_ = UINT64_MAX;
  bool sweeper_runs_ = false;
  bool sweeper_stops_ = false;
  bool orphaned_ =
      false;  // the last reference is gone: the sweeper deletes the runtime on its way out
};

}  // namespace brisk
