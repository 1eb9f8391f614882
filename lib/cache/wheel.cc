#include "cache/wheel.h"

#include <algorithm>
#include <bit>

namespace brisk::cache {

unsigned Wheel::slot_for(uint64_t tick) const noexcept {
  constexpr uint64_t span = (uint64_t{1} << (levels * digit_bits)) - 1;
  tick = std::clamp(tick, now_, std::max(now_, now_ | span));
  const unsigned level =
      static_cast<unsigned>(std::bit_width((tick ^ now_) | (slots - 1)) - 1) / digit_bits;
  return level * slots + static_cast<unsigned>(tick >> (level * digit_bits) & (slots - 1));
}

void Wheel::add(Entry &entry) noexcept {
  push(entry, slot_for(tick(entry.lifetime().deadline)));
  ++count_;
}

void Wheel::push(Entry &entry, unsigned slot) noexcept {
  Lifetime &link = entry.lifetime();
  const EntryRef ref = arena_.ref(&entry);
  link.prev = head_mark | slot;
  link.next = heads_[slot];
  if (link.next != 0) arena_.at(link.next)->lifetime().prev = ref;
  heads_[slot] = ref;
  used_[slot / slots] |= uint64_t{1} << (slot % slots);
}

void Wheel::remove(Entry &entry) noexcept {
  Lifetime &link = entry.lifetime();
  if (link.next != 0) arena_.at(link.next)->lifetime().prev = link.prev;
  if ((link.prev & head_mark) != 0) {
    const unsigned slot = link.prev & ~head_mark;
    heads_[slot] = link.next;
    if (link.next == 0) used_[slot / slots] &= ~(uint64_t{1} << (slot % slots));
  } else {
    arena_.at(link.prev)->lifetime().next = link.next;
  }
  --count_;
}

void Wheel::replace(Entry &old, Entry &entry) noexcept {
  Lifetime &link = old.lifetime();
  const EntryRef ref = arena_.ref(&entry);
  entry.lifetime().next = link.next;
  entry.lifetime().prev = link.prev;
  if (link.next != 0) arena_.at(link.next)->lifetime().prev = ref;
  if ((link.prev & head_mark) != 0) {
    heads_[link.prev & ~head_mark] = ref;
  } else {
    arena_.at(link.prev)->lifetime().next = ref;
  }
}

bool Wheel::earliest(uint64_t *tick, unsigned *slot) const noexcept {
  for (unsigned level = 0; level < levels; ++level) {
    if (used_[level] == 0) continue;
    const unsigned shift = level * digit_bits;
    const auto digit = static_cast<unsigned>(now_ >> shift & (slots - 1));
    // Slots before the current digit would lie in the past: they are never in use.
    const auto next = static_cast<unsigned>(std::countr_zero(used_[level] >> digit)) + digit;
    *slot = level * slots + next;
    *tick = std::max(now_, ((now_ >> shift & ~uint64_t{slots - 1}) | next) << shift);
    return true;
  }
  return false;
}

void Wheel::cascade(unsigned slot) noexcept {
  EntryRef ref = heads_[slot];
  heads_[slot] = 0;
  used_[slot / slots] &= ~(uint64_t{1} << (slot % slots));
  while (ref != 0) {
    Entry &entry = *arena_.at(ref);
    ref = entry.lifetime().next;
    push(entry, slot_for(tick(entry.lifetime().deadline)));
  }
}

Entry *Wheel::next_over(uint64_t target) noexcept {
  uint64_t at;
  unsigned slot;
  while (earliest(&at, &slot) && at <= target) {
    now_ = at;
    if (slot >= slots) {
      cascade(slot);
    } else if (at == target) {
      return nullptr;
    } else {
      return arena_.at(heads_[slot]);
    }
  }
  now_ = std::max(now_, target);
  return nullptr;
}

uint64_t Wheel::next_due() const noexcept {
  uint64_t at;
  unsigned slot;
  return earliest(&at, &slot) && at != tick(UINT64_MAX) ? (at + 1) << tick_bits : UINT64_MAX;
}

}  // namespace brisk::cache
