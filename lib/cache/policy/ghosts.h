// The keys that left lately, as fingerprints: has this key been here a short while ago?
//
// A table of sets of eight; a ghost is 16 bits of hash and 16 bits of time, 4 bytes where a key
// would take dozens. Time is counted in additions: a ghost is good for as many as the list is long,
// so the list is a FIFO without links. False answers: some 8 in 65536. The owner asks for the
// memory that a length needs and calls resize() once there is room for it: when the first key
// leaves, and when the length it should have has changed by half. Ghosts do not survive that.
// Without memory there are none, and the policy is a little worse.
#pragma once

#include <cstdint>

#include "base/memory.h"

namespace brisk::cache {

class Ghosts {
 public:
  explicit Ghosts(Account &account) noexcept : account_(account) {}

  void add(uint64_t hash) noexcept;
  // Tells whether the key is there, and forgets it.
  bool take(uint64_t hash) noexcept;
  uint64_t charge() const noexcept { return block_.charge(); }

  // The bytes that a list of this length needs and does not have; 0 when it is good as it is.
  uint64_t missing(uint64_t length) const noexcept;
  void resize(uint64_t length) noexcept;

 private:
  static constexpr unsigned ways = 8;
  static constexpr uint64_t length_min = 64;
  static constexpr uint16_t lifetime = 1
                                       << 14;  // of a ghost, in ticks; ticks wrap at four lifetimes

  struct Ghost {
    uint16_t print;  // 0 is none
    uint16_t tick;
  };

  Ghost *set(uint64_t hash) const noexcept {
    return static_cast<Ghost *>(block_.data()) + ((hash >> 32) * sets_ >> 32) * ways;
  }
  static uint16_t print(uint64_t hash) noexcept {
    const auto low = static_cast<uint16_t>(hash >> 8);
    return low != 0 ? low : uint16_t{1};
  }
  uint16_t now() const noexcept { return static_cast<uint16_t>(added_ * lifetime / length_); }
  uint16_t age(const Ghost &ghost) const noexcept {
    return static_cast<uint16_t>(now() - ghost.tick);
  }
  static uint64_t sets_for(uint64_t length) noexcept;

  Account &account_;
  memory::Block block_;
  uint64_t sets_ = 0;
  uint64_t length_ = 0;
  uint64_t added_ = 0;
};

}  // namespace brisk::cache
