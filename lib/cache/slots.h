// The sizes of slots: they grow by a share of themselves and divide a slab with less than a slot
// left over. Known when the library is compiled.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "cache/entry.h"

namespace brisk::cache::slots {

inline constexpr size_t slab_size = 16384;
inline constexpr size_t unit = 8;
// A slab ends with a pointer.
inline constexpr size_t room = slab_size - sizeof(void *);

struct Classes {
  std::array<uint16_t, 128> size{};
  std::array<uint16_t, 128> count{};              // slots in a slab
  std::array<uint8_t, slot_max / unit + 1> of{};  // by bytes / 8, rounded up
  size_t classes = 0;
};

// Each larger by one in `parts` than the one before, and by a unit at least.
constexpr Classes make_classes(size_t parts) {
  Classes made;
  size_t size = 24;
  while (size < slot_max) {
    const size_t count = room / std::min(size + std::max<size_t>(unit, size / parts), slot_max);
    size = room / count / unit * unit;
    made.size[made.classes] = static_cast<uint16_t>(size);
    made.count[made.classes++] = static_cast<uint16_t>(room / size);
  }
  size_t next = 0;
  for (size_t units = 0; units < made.of.size(); ++units) {
    while (made.size[next] < units * unit) ++next;
    made.of[units] = static_cast<uint8_t>(next);
  }
  return made;
}

// Of what is stored, 1.5 % is slack on average with the fine ones; but there are a third more, each
// of which has a slab that is not full.
inline constexpr Classes coarse = make_classes(16);
inline constexpr Classes fine = make_classes(32);
inline constexpr uint64_t fine_from = uint64_t{32} << 20;  // bytes of capacity
inline constexpr size_t classes_max = std::max(coarse.classes, fine.classes);
static_assert(coarse.size[coarse.classes - 1] == slot_max);
static_assert(fine.size[fine.classes - 1] == slot_max);

}  // namespace brisk::cache::slots
