// Tables of whole cache lines, zeroed, in a block that an account has reserved.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/memory.h"

namespace brisk::cache {

template <class Line>
constexpr uint64_t lines_size(uint64_t count) noexcept {
  return (count + 1) * sizeof(Line);  // one more, to align the first
}
// What is reserved for so many.
template <class Line>
uint64_t lines_charge(uint64_t count) noexcept {
  return memory::allocator().good_size(lines_size<Line>(count));
}

// Null when there is no memory. What the block held before is given back first.
template <class Line>
Line *take_lines(memory::Block &block, uint64_t count, Account &account) noexcept {
  bool refused = false;
  block.reset();
  block = memory::Block::take(lines_size<Line>(count), account, &refused);
  if (!block) return nullptr;
  auto *const data = static_cast<char *>(block.data());
  const size_t skipped = -reinterpret_cast<uintptr_t>(data) % alignof(Line);
  std::memset(data + skipped, 0, count * sizeof(Line));
  return reinterpret_cast<Line *>(data + skipped);
}

}  // namespace brisk::cache
