#include "cache/policy/ghosts.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "cache/policy/lines.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace brisk::cache {

// Places of the line that hold this print, a bit each.
uint32_t Ghosts::match(const Line &line, uint16_t print) noexcept {
#if defined(__SSE2__)
  const auto *const from = reinterpret_cast<const __m128i *>(line.prints);
  const __m128i wanted = _mm_set1_epi16(static_cast<short>(print));
  auto half = [&](unsigned at) {
    const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(from + at), wanted);
    const __m128i high = _mm_cmpeq_epi16(_mm_load_si128(from + at + 1), wanted);
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
  };
  return half(0) | half(2) << 16;
#else
  uint32_t mask = 0;
  for (unsigned at = 0; at < ways; ++at) {
    mask |= static_cast<uint32_t>(line.prints[at] == print) << at;
  }
  return mask;
#endif
}

void Ghosts::add(uint64_t hash) noexcept {
  if (count_ == 0) return;
  Line &into = *line(hash);
  // The place of the same key, or else the first that is free or beyond the limit, closes the gap.
  const uint32_t taken = match(into, print(hash)) | match(into, 0) | 1u << (limit_ - 1);
  const auto last = static_cast<unsigned>(std::countr_zero(taken));
  std::memmove(into.prints + 1, into.prints, last * sizeof(uint16_t));
  into.prints[0] = print(hash);
}

bool Ghosts::take(uint64_t hash) noexcept {
  if (count_ == 0) return false;
  Line &from = *line(hash);
  const uint32_t found = match(from, print(hash));
  if (found == 0) return false;
  const auto at = static_cast<unsigned>(std::countr_zero(found));
  std::memmove(from.prints + at, from.prints + at + 1, (ways - 1 - at) * sizeof(uint16_t));
  from.prints[ways - 1] = 0;
  return at < limit_;
}

void Ghosts::set_length(uint64_t length) noexcept {
  if (count_ == 0) return;
  limit_ = static_cast<unsigned>(std::clamp<uint64_t>((length + count_ / 2) / count_, 1, ways));
}

uint64_t Ghosts::bytes(uint64_t length) noexcept { return lines_charge<Line>(lines_for(length)); }

uint64_t Ghosts::missing(uint64_t length) const noexcept {
  if (asked_ != 0 && length <= asked_ * most && (asked_ == 1 || length >= asked_ * least)) return 0;
  return bytes(length);
}

bool Ghosts::resize(uint64_t length) noexcept {
  count_ = 0;
  asked_ = lines_for(length);
  lines_ = take_lines<Line>(block_, asked_, account_);
  if (lines_ == nullptr) return false;
  count_ = asked_;
  set_length(length);
  return true;
}

}  // namespace brisk::cache
