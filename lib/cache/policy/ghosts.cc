#include "cache/policy/ghosts.h"

#include <algorithm>
#include <cstring>

namespace brisk::cache {

void Ghosts::add(uint64_t hash) noexcept {
  if (!block_) return;
  ++added_;
  Ghost *const first = set(hash);
  Ghost *oldest = first;
  for (Ghost *ghost = first; ghost != first + ways; ++ghost) {
    if (ghost->print == 0 || ghost->print == print(hash)) {
      oldest = ghost;
      break;
    }
    if (age(*ghost) > age(*oldest)) oldest = ghost;
  }
  *oldest = {print(hash), now()};
}

bool Ghosts::take(uint64_t hash) noexcept {
  if (!block_) return false;
  Ghost *const first = set(hash);
  for (Ghost *ghost = first; ghost != first + ways; ++ghost) {
    if (ghost->print != print(hash)) continue;
    const bool good = age(*ghost) <= lifetime;
    ghost->print = 0;
    return good;
  }
  return false;
}

uint64_t Ghosts::sets_for(uint64_t length) noexcept {
  // A quarter more room than ghosts, so that sets seldom overflow.
  return (length + length / 4 + ways - 1) / ways;
}

uint64_t Ghosts::missing(uint64_t length) const noexcept {
  length = std::max(length, length_min);
  if (length <= length_ + length_ / 2 && length >= length_ / 2) return 0;
  return sets_for(length) * ways * sizeof(Ghost);
}

void Ghosts::resize(uint64_t length) noexcept {
  block_.reset();
  length_ = std::max(length, length_min);
  added_ = 0;
  sets_ = sets_for(length_);
  bool refused = false;
  block_ = memory::Block::take(sets_ * ways * sizeof(Ghost), account_, &refused);
  if (block_) std::memset(block_.data(), 0, sets_ * ways * sizeof(Ghost));
}

}  // namespace brisk::cache
