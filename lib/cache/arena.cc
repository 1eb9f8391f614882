#include "cache/arena.h"

#include <algorithm>

#include "base/fault.h"

namespace brisk::cache {

Arena::~Arena() { account_.release(charge()); }

bool Arena::open(uint64_t capacity) noexcept {
  open_.fill(none);
  if (capacity >= slots::fine_from) sizes_ = &slots::fine;
  constexpr uint64_t addressable = uint64_t{entry_ref_limit} * unit;
  slabs_max_ = static_cast<uint32_t>(std::min(capacity, addressable) / slab_size);
  // A reader may be led by torn sizes a little past the last slot.
  constexpr size_t overrun = size_t{256} << 10;
  region_ = memory::Region::take(size_t{slabs_max_} * slab_size + overrun, slab_size);
  table_ = memory::Region::take(size_t{slabs_max_} * sizeof(Slab), memory::page_size);
  if (!region_ || !table_) return false;
  constexpr uint64_t worth_huge_pages = uint64_t{16} << 20;
  if (capacity >= worth_huge_pages) region_.prefer_huge_pages();
  base_ = region_.data() - unit;
  slabs_ = reinterpret_cast<Slab *>(table_.data());
  return true;
}

Entry *Arena::allocate(SizeClass size_class) noexcept {
  if (open_[size_class] == none) {
    Slab *slab = take_slab();
    if (slab == nullptr) return allocate_larger(size_class);
    slab->free = 0;
    slab->live = 0;
    slab->used = 0;
    slab->size_class = size_class;
    slab->listed = false;
    racy_write_fence();
    racy_write(start(number(*slab) + 1) - sizeof(void *), &owner_, sizeof owner_);
    free_slots_[size_class] += slots_in(size_class);
    scattered_ += slots_in(size_class) * class_size(size_class);
    offer(*slab);
  }
  Slab &slab = slabs_[open_[size_class]];
  Entry *entry;
  if (slab.free != 0) {
    entry = at(slab.free);
    slab.free = entry->next;
  } else {
    entry = reinterpret_cast<Entry *>(start(number(slab)) + slab.used * class_size(size_class));
    ++slab.used;
  }
  ++slab.live;
  --free_slots_[size_class];
  scattered_ -= class_size(size_class);
  if (slab.live == slots_in(size_class)) withdraw(slab);
  return entry;
}

Entry *Arena::allocate_larger(SizeClass size_class) noexcept {
  const size_t most = class_size(size_class) * 9 / 8;
  for (size_t larger = size_class + 1u; larger < sizes_->classes; ++larger) {
    if (sizes_->size[larger] > most) break;
    if (open_[larger] != none) return allocate(static_cast<SizeClass>(larger));
  }
  return nullptr;
}

void Arena::free(Entry *entry) noexcept {
  Slab &slab = slab_of(entry);
  racy_write_fence();
  entry->flags = slot_is_free;
  entry->next = slab.free;
  slab.free = ref(entry);
  --slab.live;
  ++free_slots_[slab.size_class];
  scattered_ += class_size(slab.size_class);
  if (slab.live == 0) {
    retire(slab);
  } else if (number(slab) != vacating_) {
    offer(slab);
  }
}

size_t Arena::give_back(size_t bytes) noexcept {
  size_t given = 0;
  while (given < bytes && empty_ != none) {
    Slab &slab = slabs_[empty_];
    empty_ = slab.next;
    region_.drop(size_t{number(slab)} * slab_size, slab_size);
    slab.next = dropped_;
    dropped_ = number(slab);
    --charged_;
    account_.release(slab_charge);
    given += slab_charge;
  }
  return given;
}

Arena::Slab *Arena::take_slab() noexcept {
  if (empty_ != none) {
    Slab &slab = slabs_[empty_];
    empty_ = slab.next;
    return &slab;
  }
  if ((dropped_ == none && fresh_ == slabs_max_) || !account_.reserve(slab_charge)) return nullptr;
  ++charged_;
  if (dropped_ == none) return &slabs_[fresh_++];
  Slab &slab = slabs_[dropped_];
  dropped_ = slab.next;
  return &slab;
}

void Arena::offer(Slab &slab) noexcept {
  if (slab.listed) return;
  uint32_t &head = open_[slab.size_class];
  slab.next = head;
  slab.prev = none;
  if (head != none) slabs_[head].prev = number(slab);
  head = number(slab);
  slab.listed = true;
}

void Arena::withdraw(Slab &slab) noexcept {
  if (!slab.listed) return;
  if (slab.prev != none) {
    slabs_[slab.prev].next = slab.next;
  } else {
    open_[slab.size_class] = slab.next;
  }
  if (slab.next != none) slabs_[slab.next].prev = slab.prev;
  slab.listed = false;
}

void Arena::retire(Slab &slab) noexcept {
  withdraw(slab);
  free_slots_[slab.size_class] -= slots_in(slab.size_class);
  scattered_ -= slots_in(slab.size_class) * class_size(slab.size_class);
  slab.next = empty_;
  empty_ = number(slab);
}

uint32_t Arena::sparsest() noexcept {
  constexpr uint32_t looked_at = 256;
  uint32_t best = none;
  size_t least = SIZE_MAX;
  for (uint32_t i = 0; i < std::min(looked_at, fresh_); ++i) {
    hand_ = hand_ + 1 < fresh_ ? hand_ + 1 : 0;
    const Slab &slab = slabs_[hand_];
    if (!slab.listed || slab.live == 0) continue;
    const size_t own_free = slots_in(slab.size_class) - slab.live;
    const size_t bytes = slab.live * class_size(slab.size_class);
    if (slab.live <= free_slots_[slab.size_class] - own_free && bytes < least) {
      least = bytes;
      best = hand_;
    }
  }
  return best;
}

}  // namespace brisk::cache
