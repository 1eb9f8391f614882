#include "cache/policy/sketch.h"

#include <algorithm>

#include "cache/policy/lines.h"

namespace brisk::cache {

unsigned Sketch::least(const Line &line, Places places) noexcept {
  unsigned count = counter_max;
  for (unsigned row = 0; row < rows; ++row) {
    count = std::min(count, line.pairs[row][places.pair(row)] >> places.shift(row) & counter_max);
  }
  return count;
}

void Sketch::add(uint64_t hash, unsigned times) noexcept {
  if (count_ == 0 || times == 0) return;
  Line &into = *line(hash);
  const Places at = places(hash);
  const unsigned raised = std::min(least(into, at) + times, counter_max);
  for (unsigned row = 0; row < rows; ++row) {
    uint8_t &pair = into.pairs[row][at.pair(row)];
    const unsigned shift = at.shift(row);
    const unsigned counter = pair >> shift & counter_max;
    pair = static_cast<uint8_t>(pair + ((std::max(counter, raised) - counter) << shift));
  }
  age(times);
}

unsigned Sketch::count(uint64_t hash) const noexcept {
  return count_ == 0 ? 0 : least(*line(hash), places(hash));
}

void Sketch::age(unsigned times) noexcept {
  additions_ += times;
  if (additions_ < additions_a_line) return;
  additions_ = 0;
  for (auto &row : lines_[hand_].pairs) {
    for (uint8_t &pair : row) pair = pair >> 1 & 0x77;
  }
  hand_ = hand_ + 1 == count_ ? 0 : hand_ + 1;
}

uint64_t Sketch::bytes(Load load) noexcept { return lines_charge<Line>(lines_for(load)); }

uint64_t Sketch::missing(Load load) const noexcept {
  const uint64_t lines = lines_for(load);
  if (asked_ != 0 && lines <= asked_ + asked_ / 2 && lines >= asked_ / 2) return 0;
  return bytes(load);
}

bool Sketch::resize(Load load) noexcept {
  count_ = hand_ = additions_ = 0;
  asked_ = lines_for(load);
  lines_ = take_lines<Line>(block_, asked_, account_);
  if (lines_ == nullptr) return false;
  count_ = asked_;
  return true;
}

}  // namespace brisk::cache
