// Loads: one at a time for each key, however many callers ask.
//
// A load lives in the table from the first caller that misses until its leader ends it. The leader
// and every waiter hold a Lease. The leader may complete (everyone gets the value, or learns that
// there is none), fail (everyone
// gets the error) or abandon (one waiter leads on). A write or an erase of the key while the load
// is in flight supersedes it: its value reaches the waiters and is not stored, and a later caller
// begins a load of its own.
//
// A key whose value is kept beyond its lifetime (expiry.cc) is loaded like a missing one, with that
// value at hand: while the load runs it is given to whoever asks, and to the leader along with the
// lead; when the load fails, to all who wait. Each as long after the lifetime as the options say.
// So is one whose turn comes early (expiry.cc), which everybody else finds meanwhile.
//
// A load that needs another names its lease as the parent. A part in a load which, through the
// loads that it needs, needs the parent's own, is refused as a deadlock. The two may belong to
// different caches.
//
// Lock order: the table's lock, then the cache's write lock (complete stores with both, so that no
// write comes in between); Runtime::links_mutex(), which guards what loads need, comes last.
// Conditions wait on the table's lock. The value that a finished load hands out is pinned by the
// load itself, which goes with its last lease.
#pragma once

#include <brisk/load.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ref.h"

namespace brisk::cache {

class Cache;
class Lease;
struct Entry;

// What is left of a key whose lifetime is over, or nearly.
struct Stale {
  Entry *entry = nullptr;  // pinned: the one that the load replaces
  brisk_value *value = nullptr;
  uint64_t end = 0;          // of its lifetime
  uint64_t until = 0;        // for all who ask while the load runs
  uint64_t until_error = 0;  // for all who waited for one that failed
};

// One load of one key. The table's lock guards everything but the key and, among all loads, what it
// needs.
struct Load {
  explicit Load(std::string_view key) : key(key) {}
  ~Load();

  enum class State { running, completed, absent, failed, closed };

  const std::string key;
  std::atomic<State> state = State::running;  // written with the table's lock
  bool kept = false;                          // the leader wants the value as well
  bool superseded =
      false;  // out of the table: nobody joins it any more, and its value is not to be stored
  Lease *leader = nullptr;
  uint32_t waiting = 0;
  uint64_t started = 0;
  std::optional<double> cost;  // as the leader gave it
  brisk_value *value = nullptr;
  Stale stale;
  bool serves_stale = false;  // it failed, and gives the stale value
  std::string message;
  std::condition_variable changed;
  std::vector<const Load *> needs;
};

// That one load needs another, as long as this lives: as long as the lease that was begun for it.
class Need {
 public:
  Need() = default;
  // Throws Failure (BRISK_DEADLOCK) where that would make a circle, bad_alloc.
  Need(std::shared_ptr<Load> by, std::shared_ptr<const Load> of);
  Need(Need &&other) noexcept = default;
  Need &operator=(Need &&other) = delete;
  ~Need();

 private:
  std::shared_ptr<Load> by_;
  std::shared_ptr<const Load> of_;
};

class Loads {
 public:
  explicit Loads(Cache &cache) noexcept : cache_(cache) {}

  // BRISK_OK with a value, BRISK_LEAD with a lease and maybe a stale value, BRISK_WAIT with a
  // lease, BRISK_REFUSED or BRISK_ABSENT. Throws Failure, bad_alloc.
  // `early` with a value: the caller found it, and would load it anew if nobody does.
  brisk_status begin(const void *key, size_t size, Lease *parent, bool early, brisk_value **value,
                     Lease **lease);

  // Before a write or erase of a key, or of all keys that a pattern matches.
  void supersede(const void *key, size_t size) noexcept;
  void supersede_matching(const char *pattern, size_t size) noexcept;
  bool any() const noexcept { return running_.load(std::memory_order_seq_cst) != 0; }

  // Answers everyone with BRISK_CLOSED.
  void close() noexcept;
  void fork_prepare() noexcept { mutex_.lock(); }
  void fork_release(bool in_child) noexcept;

  uint64_t completed() const noexcept { return completed_.load(std::memory_order_relaxed); }
  uint64_t failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  uint64_t time() const noexcept { return time_.load(std::memory_order_relaxed); }
  uint64_t stale_hits() const noexcept { return stale_hits_.load(std::memory_order_relaxed); }
  uint64_t absent_hits() const noexcept { return absent_hits_.load(std::memory_order_relaxed); }
  uint64_t stale_errors() const noexcept { return stale_errors_.load(std::memory_order_relaxed); }

 private:
  friend class Lease;

  using Map = std::unordered_map<std::string_view, std::shared_ptr<Load>>;

  // The value that a load is to replace, for one more caller; null when it may not be given any
  // more.
  brisk_value *give_stale(const Load &load) noexcept;
  void detach(Map::iterator at) noexcept;
  void finish(Load &load, Load::State state) noexcept;
  void finish_failed(Load &load, std::string message) noexcept;

  Cache &cache_;
  std::mutex mutex_;
  Map map_;
  std::vector<std::shared_ptr<Load>> detached_;  // superseded, still running
  std::atomic<uint64_t> running_{0};             // loads in either
  std::atomic<uint64_t> completed_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> time_{0};
  std::atomic<uint64_t> stale_hits_{0};
  std::atomic<uint64_t> stale_errors_{0};
  std::atomic<uint64_t> absent_hits_{0};
  bool closed_ = false;
};

// A part in a load: the lead, or a place among the waiting. Keeps its cache alive.
class Lease final : public Counted {
 public:
  Lease(Cache &cache, std::shared_ptr<Load> load, Need need);

  // `pinned` may be null. Throws Failure, bad_alloc.
  void complete(const void *value, size_t size, uint64_t ttl, brisk_value **pinned);
  void complete_absent(uint64_t ttl);
  // That the value carries, in place of what the load took. Throws Failure.
  void set_cost(double cost);
  // BRISK_OK, or BRISK_STALE when those who wait get the stale value. Throws Failure.
  brisk_status fail(std::string message);
  void abandon();
  // BRISK_OK with a value, BRISK_ABSENT, BRISK_TIMEOUT or BRISK_LEAD. Throws Failure.
  brisk_status wait(uint64_t timeout, brisk_value **value);

  // Has the load keep its value for this lease, which leads, as for those who wait; and what the
  // load gave once it has ended: BRISK_OK with the value, or BRISK_ABSENT. Throws Failure.
  void keep_value() noexcept;
  brisk_status outcome(brisk_value **value);

  // Ends the load with this message unless it has ended: for callbacks that returned without a
  // word.
  void fail_if_running(std::string message) noexcept;

 private:
  friend class Loads;
  ~Lease() override;
  // With the table's lock: throws unless this lease leads a running load.
  void check_leads(const char *verb) const;
  void give_up() noexcept;
  void end_if_deserted() noexcept;
  brisk_status answer(brisk_value **value);

  Ref<Cache> cache_;
  const std::shared_ptr<Load> load_;
  const Need need_;
  bool leads_ = false;
  bool counted_ = false;  // among those that got a stale value because the load failed
};

}  // namespace brisk::cache
