// A queue whose end is known ahead.
//
// Who looks at the tail of a queue waits for memory three times, one after the other: for the
// entry, its key and its neighbour; for the bucket that the key's hash names, and the heat in it;
// for what is remembered of the hash. So the last few entries are known ahead: each step hashes one
// more, fetches its bucket and what else the owner asks by its hash, and the entry behind it. The
// owner takes a step for each entry that leaves the tail.
#pragma once

#include <array>
#include <cstdint>

#include "cache/queue.h"
#include "cache/store.h"

namespace brisk::cache {

class AheadQueue : private Queue {
 public:
  explicit AheadQueue(const Store &store) noexcept : Queue(store.arena), store_(store) {}

  using Queue::empty;
  using Queue::entries;
  using Queue::push;
  using Queue::tail;
  using Queue::weight;

  void remove(Entry *entry, uint64_t weight) noexcept {
    forget(entry);
    Queue::remove(entry, weight);
  }
  void replace(Entry *old, uint64_t old_weight, Entry *entry, uint64_t weight) noexcept {
    // Of the same key, so of the same hash.
    for (unsigned nth = 0; nth < count_; ++nth)
      if (at(nth).entry == old) at(nth).entry = entry;
    Queue::replace(old, old_weight, entry, weight);
  }

  // Of the entry at the tail.
  uint64_t tail_hash() const noexcept {
    return count_ != 0 ? known_[first_].hash : store_.hash_of(*tail());
  }

  // One entry further: its hash, by which the owner fetches what will be looked at besides the
  // index, or null. (Not a callback that fetches: gcc takes one that does nothing else for idle.)
  const uint64_t *step() noexcept {
    if (count_ == most || empty()) return nullptr;
    const EntryRef next = count_ == 0 ? store_.arena.ref(tail()) : at(count_ - 1).entry->prev;
    if (next == 0) return nullptr;
    Entry &entry = *store_.arena.at(next);
    Known &known = at(count_++);
    known = {&entry, store_.hash_of(entry)};
    store_.index.prefetch(known.hash);
    // Both lines of a small one: where it is evicted, a newcomer will lie.
    const auto *const behind = reinterpret_cast<const char *>(store_.arena.at(entry.prev));
    __builtin_prefetch(behind);
    __builtin_prefetch(behind + 64);
    return &known.hash;
  }

 private:
  static constexpr unsigned most = 4;

  struct Known {
    const Entry *entry;
    uint64_t hash;
  };
  Known &at(unsigned nth) noexcept { return known_[(first_ + nth) % most]; }

  // It leaves its place. What comes behind it is then not next to what is known.
  void forget(const Entry *entry) noexcept {
    for (unsigned nth = 0; nth < count_; ++nth) {
      if (at(nth).entry != entry) continue;
      if (nth != 0) {
        count_ = nth;
      } else {
        first_ = (first_ + 1) % most;
        --count_;
      }
      return;
    }
  }

  const Store &store_;
  std::array<Known, most> known_{};  // from the tail on, count_ of them
  unsigned first_ = 0;
  unsigned count_ = 0;
};

}  // namespace brisk::cache
