// Batches: many byte strings as the C interface takes them.
#pragma once

#include <brisk/cache.h>

#include <brisk/error.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brisk {
inline namespace v0_1 {

namespace detail {

// Many byte strings as one batch of the C interface: one after the other, and their sizes.
struct Packed {
  std::string bytes;
  std::vector<uint32_t> sizes;

  void add(std::string_view piece) {
    if (piece.size() > BRISK_VALUE_SIZE_MAX) {
      throw Error(BRISK_TOO_LARGE, std::to_string(piece.size()) +
                                       " bytes are too many for a key or value; at most " +
                                       std::to_string(BRISK_VALUE_SIZE_MAX));
    }
    bytes.append(piece);
    sizes.push_back(static_cast<uint32_t>(piece.size()));
  }

  template <class Range>
  static Packed of(Range &&pieces) {
    Packed packed;
    for (auto &&piece : pieces) packed.add(piece);
    return packed;
  }
};

}  // namespace detail

}  // namespace v0_1
}  // namespace brisk
