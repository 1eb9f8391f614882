// How often a key was asked for lately, more or less: a count-min sketch of 4-bit counters
// (Einziger and others, TinyLFU, TOS 2017).
//
// A key has four counters in one cache line, one in each of four rows; what it was counted is the
// least of them, and a count raises only those (conservative update). Counts are halved so that the
// old fade: a line at a time, each once in 240 additions for every line. One cache miss a call.
// Memory is had as that of Ghosts; without it every count is 0.
//
// The longer a sketch remembers, the more keys it has counted, and those that share counters seem
// more frequent than they are. So what it remembers follows from its size: with 24 entries for a
// line (3 bytes each) ten additions an entry, with 6 (11 bytes) forty. How many it is, is for the
// owner to say, who knows what an entry weighs.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/memory.h"

namespace brisk::cache {

class Sketch {
 public:
  explicit Sketch(Account &account) noexcept : account_(account) {}

  void add(uint64_t hash, unsigned times) noexcept;
  unsigned count(uint64_t hash) const noexcept;
  void prefetch(uint64_t hash) const noexcept { __builtin_prefetch(line(hash)); }
  uint64_t charge() const noexcept { return block_.charge(); }

  // What it is for.
  struct Load {
    uint64_t entries;
    uint64_t a_line;  // of them
  };
  static constexpr uint64_t a_line_least = 6;
  static constexpr uint64_t a_line_most = 24;
  // As many as make it a 128th of what they weigh.
  static constexpr uint64_t a_line_for(uint64_t weight) noexcept {
    return std::clamp(128 * sizeof(Line) / std::max<uint64_t>(weight, 1), a_line_least,
                      a_line_most);
  }

  // The bytes that such a sketch takes.
  static uint64_t bytes(Load load) noexcept;
  // Those that it has not got; 0 when the sketch there is will do.
  uint64_t missing(Load load) const noexcept;
  // Whether there was the memory for it.
  bool resize(Load load) noexcept;
  void release() noexcept {
    block_.reset();
    count_ = asked_ = 0;
  }

 private:
  static constexpr unsigned rows = 4;
  static constexpr unsigned counter_max = 15;
  static constexpr uint64_t additions_a_line = 240;  // between two halvings

  struct alignas(64) Line {
    uint8_t pairs[rows][16];  // of counters
  };

  // Where the counters of a key are: an index of 5 bits in each row.
  struct Places {
    uint32_t bits;
    unsigned pair(unsigned row) const noexcept { return bits >> (row * 5 + 1) & 15; }
    unsigned shift(unsigned row) const noexcept { return (bits >> (row * 5) & 1) * 4; }
  };

  static uint64_t lines_for(Load load) noexcept { return load.entries / load.a_line + 1; }
  Line *line(uint64_t hash) const noexcept { return lines_ + ((hash >> 32) * count_ >> 32); }
  static Places places(uint64_t hash) noexcept {
    return {static_cast<uint32_t>(hash * 0x9e3779b97f4a7c15u >> 44)};
  }
  static unsigned least(const Line &line, Places places) noexcept;
  void age(unsigned times) noexcept;

  Account &account_;
  memory::Block block_;
  Line *lines_ = nullptr;
  uint64_t count_ = 0;
  uint64_t asked_ = 0;      // lines, whether there was memory or not
  uint64_t hand_ = 0;       // the line to be halved next
  uint64_t additions_ = 0;  // since the last one was
};

}  // namespace brisk::cache
