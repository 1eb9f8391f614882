// Training: from samples of values to a dictionary, and to how it is best used.
//
// zstd's fastCover picks the content out of most of the samples; the others judge it. On these the
// size and the time of each level that comes into question are measured, and down to which size of
// a value packing pays: a stored byte is weighed against `byte_worth` nanoseconds of unpacking.
// What takes part in the choice is measured here, on this machine and these values; nothing is
// remembered from elsewhere.
//
// Cost: some 80 ms for a MiB of samples, and memory() bytes beside the samples, for a thread
// of its own.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "cache/codec_memory.h"

namespace brisk::cache {

struct Samples {
  const char *bytes;  // one after the other, in no order
  const size_t *sizes;
  size_t count;
};

struct Trained {
  size_t size = 0;  // of the dictionary; 0 when nothing came out that pays
  int level = 0;
  size_t threshold = 0;  // values from this size up are worth packing
  double ratio = 1;      // of raw to stored bytes, of samples
  double unpacking = 0;  // nanoseconds for a byte, whether the dictionary pays or not
};

namespace training {

// Of the counters of what occurs in so many bytes of samples: one for eight bytes, within reason.
// With a quarter of them dictionaries pack 1 % worse.
constexpr unsigned counters_log(size_t samples) noexcept {
  return std::clamp(static_cast<unsigned>(std::bit_width(samples)) - 3, 16u, 18u);
}
// What it takes beside the samples to train a dictionary of this size, `level` 0 being any: its
// content, and what zstd takes to choose it, from the system, or then to measure it.
size_t memory(size_t size, size_t samples, int level) noexcept;
inline constexpr size_t sample_max = 4096;
inline constexpr size_t samples_max = 4096;
inline constexpr size_t value_min = 80;  // smaller ones are not worth the time, whatever shrinks

// What values are packed with today, and what a new dictionary has to beat.
struct Current {
  const void *content = nullptr;  // null: none
  size_t size = 0;
  int level = 1;
};

// `level` 0 is any. Leaves the content in `to`.
Trained train(const Samples &samples, int level, const Current &current, void *to, size_t capacity,
              CodecMemory &memory) noexcept;

}  // namespace training
}  // namespace brisk::cache
