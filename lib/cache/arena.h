// The memory of entries: slabs of 16 KiB cut into slots of one size, all in one stretch of address
// space.
//
// The stretch is as large as the cache may become and is never unmapped while the cache lives, so
// that a reader may look at any slot at any time; whether what it saw was an entry, the index tells
// (index.h). A slab is charged to the account before its first slot is given out. A slab without
// entries is kept for any size, and goes back to the system and the account when somebody else
// needs the bytes. A slab ends with a pointer to its owner, so that an entry alone leads to its
// cache, and its first slot begins with a cache line.
//
// Where there is no slab for a size (slots.h), a free slot that is larger by an eighth at most will
// do. All of it is for the holder of the write lock, but at(), ref() and owner_of(). allocate and
// free cost a few loads and stores.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/memory.h"
#include "cache/entry.h"
#include "cache/slots.h"

namespace brisk::cache {

class Arena {
 public:
  static constexpr size_t slab_size = slots::slab_size;
  static constexpr size_t unit = slots::unit;

  using SizeClass = uint8_t;
  SizeClass class_of(size_t bytes) const noexcept {  // bytes <= slot_max
    return sizes_->of[(bytes + unit - 1) / unit];
  }
  size_t classes() const noexcept { return sizes_->classes; }
  size_t class_size(SizeClass size_class) const noexcept { return sizes_->size[size_class]; }

  Arena(void *owner, Account &account) noexcept : owner_(owner), account_(account) {}
  ~Arena();

  // Takes the address space. False when the system refuses.
  bool open(uint64_t capacity) noexcept;

  Entry *at(EntryRef ref) const noexcept {
    return reinterpret_cast<Entry *>(base_ + size_t{ref} * unit);
  }
  EntryRef ref(const Entry *entry) const noexcept {
    return static_cast<EntryRef>((reinterpret_cast<const char *>(entry) - base_) /
                                 static_cast<ptrdiff_t>(unit));
  }
  static void *owner_of(const void *entry) noexcept {
    return *reinterpret_cast<void **>((reinterpret_cast<uintptr_t>(entry) | (slab_size - 1)) + 1 -
                                      sizeof(void *));
  }

  // A slot for the class, or null when there is none and the account gives no further slab.
  Entry *allocate(SizeClass size_class) noexcept;
  void free(Entry *entry) noexcept;
  size_t slot_size(const Entry *entry) const noexcept {
    return class_size(slab_of(entry).size_class);
  }

  // Gives slabs without entries back to account and system, at least `bytes` if there are as many.
  // Returns what it gave.
  size_t give_back(size_t bytes) noexcept;

  size_t charge() const noexcept { return size_t{charged_} * slab_charge; }
  // Bytes in free slots of slabs that also hold entries: what moving entries together could win.
  size_t scattered() const noexcept { return scattered_; }

  // The slab, among some, whose entries are the fewest to move and fit into free slots of other
  // slabs; then visits each slot in use. move(entry) returns false when the entry has to stay.
  // False when no slab came free.
  template <class Move>
  bool vacate(Move &&move) noexcept {
    const uint32_t number = sparsest();
    if (number == none) return false;
    Slab &slab = slabs_[number];
    withdraw(slab);
    vacating_ = number;  // so that moved entries do not come back into it
    const size_t size = class_size(slab.size_class);
    bool moved = true;
    for (uint32_t slot = 0; moved && slab.live != 0 && slot < slab.used; ++slot) {
      auto *entry = reinterpret_cast<Entry *>(start(number) + slot * size);
      if ((entry->flags & slot_is_free) == 0) moved = move(*entry);
    }
    vacating_ = none;
    if (slab.live != 0) offer(slab);
    return slab.live == 0;
  }

 private:
  static constexpr uint32_t none = UINT32_MAX;

  // What is known of a slab, apart from the slab, so that slabs stay whole pages.
  struct Slab {
    EntryRef free;  // list of free slots, linked by next
    uint32_t next;  // in the list of its class (slabs with a free slot), or of empty slabs
    uint32_t prev;
    uint16_t live;
    uint16_t used;  // slots ever given out; those beyond were never touched
    SizeClass size_class;
    bool listed;
  };
  static constexpr size_t slab_charge = slab_size + sizeof(Slab);

  uint32_t number(const Slab &slab) const noexcept { return static_cast<uint32_t>(&slab - slabs_); }
  uint32_t number_of(const Entry *entry) const noexcept {
    return static_cast<uint32_t>(
        static_cast<size_t>(reinterpret_cast<const char *>(entry) - region_.data()) / slab_size);
  }
  Slab &slab_of(const Entry *entry) const noexcept { return slabs_[number_of(entry)]; }
  char *start(uint32_t number) const noexcept {
    return region_.data() + size_t{number} * slab_size;
  }
  size_t slots_in(SizeClass size_class) const noexcept { return sizes_->count[size_class]; }

  Slab *take_slab() noexcept;
  Entry *allocate_larger(SizeClass size_class) noexcept;
  void offer(Slab &slab) noexcept;     // into the list of its class
  void withdraw(Slab &slab) noexcept;  // out of it
  void retire(Slab &slab) noexcept;    // into the list of empty slabs
  uint32_t sparsest() noexcept;

  void *const owner_;
  Account &account_;
  memory::Region region_;
  memory::Region table_;
  char *base_ = nullptr;  // a unit before the first slab, so that no entry is 0
  Slab *slabs_ = nullptr;
  uint32_t slabs_max_ = 0;
  const slots::Classes *sizes_ = &slots::coarse;
  // Lookups read what stands above; what a write changes is kept off those cache lines.
  alignas(64) uint32_t fresh_ = 0;  // slabs from here on were never used
  uint32_t empty_ = none;
  uint32_t dropped_ = none;  // empty slabs whose pages and charge went back
  uint32_t charged_ = 0;
  uint32_t hand_ = 0;
  uint32_t vacating_ = none;
  size_t scattered_ = 0;
  std::array<uint32_t, slots::classes_max> open_{};      // slabs with a free slot, by class
  std::array<size_t, slots::classes_max> free_slots_{};  // in slabs of the class
};

}  // namespace brisk::cache
