// What a queue gives up next, known before it is asked for.
//
// Who looks at the tail of a queue waits for memory three times, one after the other: for the
// entry, its key and its neighbour; for the bucket that the key's hash names, and the heat in it;
// for what is remembered of the hash. So the last few entries are known ahead: each step hashes one
// more, fetches what its hash names, and the entry behind it. The owner takes a step for each entry
// that leaves the tail, and tells of each that leaves the queue, from wherever it was.
#pragma once

#include <array>
#include <cstdint>

#include "cache/queue.h"
#include "cache/store.h"

namespace brisk::cache {

class Ahead {
 public:
  Ahead(const Queue &queue, const Store &store) noexcept : queue_(queue), store_(store) {}

  // Of an entry of this queue; known when it is at the tail.
  uint64_t hash_of(Entry &entry) const noexcept {
    const Known &first = known_[first_];
    return count_ != 0 && first.entry == &entry ? first.hash : store_.hash_of(entry);
  }

  // One entry further. fetch(hash) fetches what will be looked at then.
  template <class Fetch>
  void step(Fetch &&fetch) noexcept {
    if (count_ == most || queue_.empty()) return;
    const EntryRef next =
        count_ == 0 ? store_.arena.ref(queue_.tail()) : at(count_ - 1).entry->prev;
    if (next == 0) return;
    Entry &entry = *store_.arena.at(next);
    const uint64_t hash = store_.hash_of(entry);
    fetch(hash);
    at(count_++) = {&entry, hash};
    // Both lines of a small one: where it is evicted, a newcomer will lie.
    const auto *const behind = reinterpret_cast<const char *>(store_.arena.at(entry.prev));
    __builtin_prefetch(behind);
    __builtin_prefetch(behind + 64);
  }

  void forget(const Entry &entry) noexcept {
    for (unsigned nth = 0; nth < count_; ++nth) {
      if (at(nth).entry != &entry) continue;
      if (nth != 0) {
        count_ = nth;
      } else {
        first_ = (first_ + 1) % most;
        --count_;
      }
      return;
    }
  }

 private:
  static constexpr unsigned most = 4;

  struct Known {
    Entry *entry;
    uint64_t hash;
  };
  Known &at(unsigned nth) noexcept { return known_[(first_ + nth) % most]; }

  const Queue &queue_;
  const Store &store_;
  std::array<Known, most> known_{};  // from the tail on, count_ of them
  unsigned first_ = 0;
  unsigned count_ = 0;
};

}  // namespace brisk::cache
