// What decides which entry a full cache gives up. One policy a file; the cache knows only this
// interface.
//
// A policy orders the entries of one cache in queues (queue.h) and may use Entry::queue for its own
// marks. It is called with the write lock held. It never frees an entry: victim() names one, the
// cache takes it out. Use reaches it in one of two ways: as heat, a small count that readers leave
// in the index (Index::Position), or, when wants_hits() says so, as calls of hit(), in order and
// before the next victim is asked for, but for what concurrent readers lost.
#pragma once

#include <cstdint>
#include <memory>

#include "cache/policy/aim.h"
#include "cache/queue.h"
#include "cache/store.h"

namespace brisk::cache {

class Judge;
class Settled;

// What an entry that takes the place of another is: a newer value, which is a use, the same one
// elsewhere or packed, or the same one unpacked because it is read much.
enum class Change : uint8_t { written, moved, promoted };

// An entry of the index, and where it is found there.
struct Placed {
  Entry *entry = nullptr;
  uint64_t hash = 0;
  Index::Position position;
};

class Policy {
 public:
  explicit Policy(Store &store) noexcept : store_(store) {}
  Policy(const Policy &) = delete;
  Policy &operator=(const Policy &) = delete;
  virtual ~Policy() = default;

  // A new key that is about to come in: what its admission will look at may be fetched.
  virtual void expect(uint64_t) const noexcept {}
  // A new entry, already in the index.
  virtual void admit(Entry &entry, uint64_t hash) noexcept = 0;
  // An entry goes; it is still in the index.
  virtual void remove(Entry &entry) noexcept = 0;
  // An entry of the same key takes the place of `old`.
  virtual void replace(Entry &old, Entry &entry, Change change) noexcept = 0;
  // The entry to evict next, still in its queue: remove() follows. Passes over pinned entries; no
  // entry when there is no other.
  virtual Placed victim() noexcept = 0;

  // The next of those that wait to be packed (settled.h), which waits no more; no entry when none
  // do.
  virtual Placed next_to_pack() noexcept { return {}; }
  // Whether an entry has come to stay, and neither waits nor stays as it is.
  virtual bool settled(const Entry &) const noexcept { return false; }

  virtual bool wants_hits() const noexcept { return false; }
  virtual void hit(Entry &) noexcept {}
  // A key that is not there was asked for, a short while ago; before, what that takes is fetched.
  virtual void expect_miss(uint64_t) const noexcept {}
  virtual void miss(uint64_t) noexcept {}

  // What the policy remembers, ghosts for example: the bytes it has reserved, and those it would
  // like to have. The cache makes room for them and calls take_memory(), whether there was room or
  // not. A wish that is refused ends after some times.
  virtual uint64_t charge() const noexcept { return 0; }
  virtual uint64_t wanted_memory() const noexcept { return 0; }
  virtual void take_memory() noexcept {}

 protected:
  Placed placed(Entry &entry) const noexcept { return placed(entry, store_.hash_of(entry)); }
  Placed placed(Entry &entry, uint64_t hash) const noexcept {
    return {&entry, hash, store_.index.locate(hash, store_.arena.ref(&entry))};
  }

  Store &store_;
};

// The policies, by the numbers of the interface. Null for an unknown one.
// Only AUTO has use for a judge; LRU notes nothing that settled, since all that comes stays.
std::unique_ptr<Policy> make_policy(int32_t kind, Store &store, Account &account, Settled &settled,
                                    Judge *judge, Aim aim);

}  // namespace brisk::cache
