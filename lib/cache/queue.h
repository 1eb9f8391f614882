// A list of entries, linked through their headers by references of 4 bytes, that knows its entries
// and their weight. For the holder of the write lock. Every operation is O(1).
#pragma once

#include <cstdint>

#include "cache/arena.h"

namespace brisk::cache {

class Queue {
 public:
  explicit Queue(const Arena &arena) noexcept : arena_(arena) {}

  bool empty() const noexcept { return tail_ == 0; }
  uint64_t entries() const noexcept { return entries_; }
  uint64_t weight() const noexcept { return weight_; }
  Entry *tail() const noexcept { return arena_.at(tail_); }

  void push(Entry *entry, uint64_t weight) noexcept {
    const EntryRef ref = arena_.ref(entry);
    entry->prev = 0;
    entry->next = head_;
    set_prev(head_, ref);
    head_ = ref;
    ++entries_;
    weight_ += weight;
  }

  void remove(Entry *entry, uint64_t weight) noexcept {
    set_next(entry->prev, entry->next);
    set_prev(entry->next, entry->prev);
    --entries_;
    weight_ -= weight;
  }

  // Puts `entry` where `old` was; the list keeps no link to `old`.
  void replace(Entry *old, uint64_t old_weight, Entry *entry, uint64_t weight) noexcept {
    const EntryRef ref = arena_.ref(entry);
    entry->next = old->next;
    entry->prev = old->prev;
    set_next(old->prev, ref);
    set_prev(old->next, ref);
    weight_ += weight - old_weight;
  }

 private:
  // The links of a neighbour, or of the list where there is none.
  void set_next(EntryRef neighbour, EntryRef ref) noexcept {
    if (neighbour != 0) {
      arena_.at(neighbour)->next = ref;
    } else {
      head_ = ref;
    }
  }
  void set_prev(EntryRef neighbour, EntryRef ref) noexcept {
    if (neighbour != 0) {
      arena_.at(neighbour)->prev = ref;
    } else {
      tail_ = ref;
    }
  }

  const Arena &arena_;
  EntryRef head_ = 0;
  EntryRef tail_ = 0;
  uint64_t entries_ = 0;
  uint64_t weight_ = 0;
};

}  // namespace brisk::cache
