// The sizes of slots: they grow by a sixteenth and divide a slab with less than a slot left over,
// 3 % slack on average. Known when the library is compiled.
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
  std::array<uint16_t, 64> size{};
  std::array<uint16_t, 64> count{};               // slots in a slab
  std::array<uint8_t, slot_max / unit + 1> of{};  // by bytes / 8, rounded up
  size_t classes = 0;
};

constexpr Classes make_classes() {
  Classes made;
  size_t size = 24;
  while (size < slot_max) {
    const size_t count = room / std::min(size + std::max<size_t>(unit, size / 16), slot_max);
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

inline constexpr Classes table = make_classes();
static_assert(table.size[table.classes - 1] == slot_max);

}  // namespace brisk::cache::slots
