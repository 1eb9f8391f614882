// Whether short byte strings are equal, in place: a call of memcmp costs more than the comparison.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brisk {

inline bool equal_small(const void *left, const void *right, size_t size) noexcept {
  auto *a = static_cast<const char *>(left);
  auto *b = static_cast<const char *>(right);
  auto differ = [&]<class T>(T, size_t at) {
    T x;
    T y;
    __builtin_memcpy(&x, a + at, sizeof x);
    __builtin_memcpy(&y, b + at, sizeof y);
    return x ^ y;
  };
  if (size >= 8) {
    if ((differ(uint64_t{}, 0) | differ(uint64_t{}, size - 8)) != 0) return false;
    for (size_t at = 8; at + 8 < size; at += 8) {
      if (differ(uint64_t{}, at) != 0) return false;
    }
    return true;
  }
  if (size >= 4) return (differ(uint32_t{}, 0) | differ(uint32_t{}, size - 4)) == 0;
  for (size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

}  // namespace brisk
