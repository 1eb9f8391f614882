// When entries expire: a hierarchical timing wheel (Varghese and Lauck, SOSP 1987), seven wheels of
// 64 slots.
//
// A tick is 2^22 ns (4.2 ms), that of the coarse clock. An entry hangs, through its Lifetime, in
// the slot of the highest digit (base 64) in which its tick differs from now; when time reaches
// that slot it moves to a finer wheel, at most six times. Adding and removing are O(1); advancing
// costs the slots in use, found through a bitmap a wheel, so a long sleep costs no more than a
// short one. Deadlines beyond the last wheel (584 years) are clamped to it. For the holder of the
// write lock.
#pragma once

#include <array>
#include <cstdint>

#include "cache/arena.h"

namespace brisk::cache {

class Wheel {
 public:
  Wheel(const Arena &arena, uint64_t now) noexcept : arena_(arena), now_(tick(now)) {}

  void add(Entry &entry) noexcept;
  void remove(Entry &entry) noexcept;
  // Puts `entry` where `old` hung.
  void replace(Entry &old, Entry &entry) noexcept;
  bool empty() const noexcept { return count_ == 0; }

  // Takes out up to `most` entries that are due at `now` and hands each to expire, which may add it
  // again with a later deadline. A tick that is not over yet is looked at only when `thorough`.
  // Returns when to come again: now when there was more, UINT64_MAX when nothing is left.
  template <class Expire>
  uint64_t advance(uint64_t now, size_t most, bool thorough, Expire &&expire) {
    size_t taken = 0;
    while (Entry *entry = next_over(tick(now))) {
      if (taken++ == most) return now;
      remove(*entry);
      expire(*entry);
    }
    if (thorough) {
      for (EntryRef ref = heads_[now_ % slots]; ref != 0;) {
        Entry &entry = *arena_.at(ref);
        ref = entry.lifetime().next;
        if (entry.lifetime().deadline > now) continue;
        remove(entry);
        expire(entry);
      }
    }
    return next_due();
  }

 private:
  static constexpr unsigned tick_bits = 22;
  static constexpr unsigned digit_bits = 6;
  static constexpr unsigned slots = 1 << digit_bits;
  static constexpr unsigned levels = 7;
  static constexpr EntryRef head_mark =
      entry_ref_limit;  // prev of the first in a slot: this and the slot's number

  static uint64_t tick(uint64_t time) noexcept { return time >> tick_bits; }
  unsigned slot_for(uint64_t tick) const noexcept;
  // An entry whose tick lies before the target, after moving what time has come near to finer
  // wheels.
  Entry *next_over(uint64_t target) noexcept;
  uint64_t next_due() const noexcept;
  // The start of the earliest slot in use, as a tick, and the slot.
  bool earliest(uint64_t *tick, unsigned *slot) const noexcept;
  void cascade(unsigned slot) noexcept;
  void push(Entry &entry, unsigned slot) noexcept;

  const Arena &arena_;
  uint64_t now_;
  uint64_t count_ = 0;
  std::array<uint64_t, levels> used_{};
  std::array<EntryRef, levels * slots> heads_{};
};

}  // namespace brisk::cache
