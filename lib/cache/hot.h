// The keys that are asked for most, and how often: what a cache is warmed by.
//
// A Space-Saving summary (Metwally, Agrawal, El Abbadi, Efficient computation of frequent and top-k
// elements in data streams, ICDT 2005) behind a filter (Homem, Carvalho, Finding top-k elements in
// data streams, Information Sciences 2010). Some keys are kept, each with a count. A key that is
// not is counted in a cell of the filter, which it shares with others, and takes the place of the
// kept key with the least count once its cell has more; what leaves goes back to its own cell. So a
// count is never too low by what was noted, and too high by what shares its cell at most. Without
// the filter what is asked for once pushes out what matters: of the 60 hottest among 100,000 keys
// (Zipf) 128 counts alone find 25, with it 57.
//
// Lookups are noted, not counted: all of the first thousands of a thread, then fewer, each for as
// many as went by (period). A hit costs a comparison, and a noted one some 60 instructions. Counts
// are halved as time passes.
//
// Keys lie one after the other in one stretch; when one leaves, those behind it move up. Everything
// lies in one block that is charged once. A lock of its own, a leaf: lookups only try it, and are
// not noted when it is taken.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/memory.h"
#include "base/mutex.h"

namespace brisk::cache {

// Keys with their estimated lookups, the hottest first.
struct HotKeys {
  std::string keys;  // one after the other
  std::vector<uint16_t> sizes;
  std::vector<uint64_t> lookups;
};

class Hot {
 public:
  static constexpr uint32_t keys_default = 128;
  static constexpr uint32_t keys_max = 1024;
  static constexpr uint64_t bytes_each = 116;  // of a key of up to 64 bytes
  static constexpr uint64_t half_life = uint64_t{6} * 3600 * 1'000'000'000;

  static uint32_t default_for(uint64_t capacity) noexcept {
    return static_cast<uint32_t>(std::min<uint64_t>(keys_default, capacity / 128 / bytes_each));
  }

  // Of the lookups of a thread, one in so many is noted when it has made this many.
  static uint64_t period(uint64_t lookups) noexcept {
    constexpr uint64_t noted_all = 2048;
    constexpr uint64_t most = 1024;
    return lookups < 2 * noted_all ? 1 : lookups < most * noted_all ? lookups / noted_all : most;
  }
  // How many go by until the next one is, at random around the period: a program that asks for
  // its keys in turn would else be heard with some of them only.
  static uint64_t gap(uint64_t lookups, uint64_t hash) noexcept {
    const uint64_t random = (lookups ^ hash) * 0x9e3779b97f4a7c15u >> 32;
    return 1 + (random * (2 * period(lookups) - 1) >> 32);
  }

  // Keeps so many keys, of 64 bytes on average. False when account or system have no room.
  bool open(uint32_t keys, Account &account, uint64_t now) noexcept;
  bool wanted() const noexcept { return most_ != 0; }
  uint64_t charge() const noexcept { return block_.charge(); }

  // Notes a key for so many lookups, unless somebody else is here.
  void note(const void *key, size_t size, uint64_t hash, uint64_t lookups, uint64_t now) noexcept;

  // The hottest, at most `count`.
  HotKeys top(size_t count, uint64_t now);
  // Adds what an earlier process found, hashed with this one's seed.
  void restore(const HotKeys &keys, uint64_t seed, uint64_t now) noexcept;

  void fork_prepare() noexcept { mutex_.lock(); }
  void fork_release(bool in_child) noexcept { mutex_.fork_release(in_child); }

 private:
  using Place = uint16_t;  // among the items
  static constexpr Place none = UINT16_MAX;
  // Signed, since the machine compares four of these at once; apart, for the same reason.
  using Count = int32_t;
  static constexpr Count count_max = INT32_MAX;
  static constexpr uint64_t cells_each = 4;
  static constexpr uint64_t key_bytes_each = 64;

  struct Item {
    uint64_t hash;
    uint32_t at;  // of the key, in keys_
    uint16_t size;
    Place next;  // in the same cell
  };
  struct Cell {
    Count count;
    Place first;
  };
  static_assert(sizeof(Item) + sizeof(Count) + cells_each * sizeof(Cell) + key_bytes_each ==
                bytes_each);

  Cell &cell(uint64_t hash) noexcept { return cells_[(hash >> 32) * (most_ * cells_each) >> 32]; }
  size_t key_room() const noexcept { return most_ * key_bytes_each; }
  void add(const void *key, size_t size, uint64_t hash, uint64_t lookups) noexcept;
  bool make_room(size_t size, Count count) noexcept;
  void put(Place place, const void *key, size_t size, uint64_t hash, Count count,
           size_t at) noexcept;
  void remove(Place place) noexcept;
  void unlink(Place place) noexcept;
  Place *link(Place place) noexcept;
  void find_least() noexcept;
  void age(uint64_t now) noexcept;
  void halve() noexcept;

  AdaptiveMutex mutex_;
  memory::Block block_;
  Item *items_ = nullptr;
  Count *counts_ = nullptr;  // of each item
  Cell *cells_ = nullptr;
  char *keys_ = nullptr;
  uint32_t most_ = 0;
  uint32_t count_ = 0;
  size_t key_bytes_ = 0;
  Place least_ = none;  // with the least count, when there are any
  uint64_t aged_ = 0;
};

}  // namespace brisk::cache
