// Least recently used: one queue; a use moves an entry to its head, the tail goes first.
//
// Exact on one thread: readers log their hits (hash_log.h), and the log is played before every
// eviction.
#pragma once

#include "cache/policy/policy.h"

namespace brisk::cache {

class Lru final : public Policy {
 public:
  explicit Lru(Store &store) noexcept : Policy(store), queue_(store.arena) {}

  void admit(Entry &entry, uint64_t) noexcept override {
    queue_.push(&entry, store_.weight(entry));
  }
  void remove(Entry &entry) noexcept override { queue_.remove(&entry, store_.weight(entry)); }
  void replace(Entry &old, Entry &entry, Change change) noexcept override {
    queue_.replace(&old, store_.weight(old), &entry, store_.weight(entry));
    if (change == Change::written) hit(entry);
  }
  void hit(Entry &entry) noexcept override {
    const uint64_t weight = store_.weight(entry);
    queue_.remove(&entry, weight);
    queue_.push(&entry, weight);
  }
  bool wants_hits() const noexcept override { return true; }

  Placed victim() noexcept override {
    // A pin is a use that lasts.
    for (uint64_t passed = 0; passed < queue_.entries(); ++passed) {
      if (!Store::pinned(*queue_.tail())) return placed(*queue_.tail());
      hit(*queue_.tail());
    }
    return {};
  }

 private:
  Queue queue_;
};

}  // namespace brisk::cache
