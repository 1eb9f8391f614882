// The keys that left lately, as fingerprints: has this key been here a short while ago?
//
// A table of cache lines, each a list of up to 32 fingerprints of 16 bits, the newest first; a
// key's hash names its line. An addition pushes the others back, and the last one out, so a line is
// a FIFO without clocks or links, and the table forgets in the order of additions but for what
// chance makes of the lines: a ghost lasts for as many additions as the list is long, give or take
// a fifth. False answers: 32 in 65536 at most. Cost: one cache miss. The owner asks for the memory
// that a length needs and calls resize() once there is room for it; ghosts do not survive that.
// Other lengths, of half to a third more, need no new memory, as far as it goes. Without memory
// there are none, and the policy is a little worse.
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
  void prefetch(uint64_t hash) const noexcept { __builtin_prefetch(line(hash)); }
  uint64_t charge() const noexcept { return block_.charge(); }

  // How many are remembered, as far as there is memory.
  void set_length(uint64_t length) noexcept;
  // The bytes that a list of this length takes.
  static uint64_t bytes(uint64_t length) noexcept;
  // Those that it has not got; 0 when the list there is will do.
  uint64_t missing(uint64_t length) const noexcept;
  // Whether there was the memory for it.
  bool resize(uint64_t length) noexcept;
  void release() noexcept {
    block_.reset();
    count_ = asked_ = 0;
  }

 private:
  static constexpr unsigned ways = 32;
  static constexpr unsigned usual = 30;  // of them in use after resize()
  static constexpr unsigned most = 40;   // wanted of each: more, and new memory is due
  static constexpr unsigned least = 12;  // fewer, and the memory is worth giving back

  struct alignas(64) Line {
    uint16_t prints[ways];  // 0 is none; those in use stand in front
  };

  Line *line(uint64_t hash) const noexcept { return lines_ + ((hash >> 32) * count_ >> 32); }
  static uint16_t print(uint64_t hash) noexcept {
    const auto low = static_cast<uint16_t>(hash >> 8);
    return low != 0 ? low : uint16_t{1};
  }
  static uint64_t lines_for(uint64_t length) noexcept { return length / usual + 1; }
  static uint32_t match(const Line &line, uint16_t print) noexcept;

  Account &account_;
  memory::Block block_;
  Line *lines_ = nullptr;
  uint64_t count_ = 0;
  uint64_t asked_ = 0;  // lines, whether there was memory or not
  unsigned limit_ = 0;  // prints in use of each line
};

}  // namespace brisk::cache
