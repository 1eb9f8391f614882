// The hash of keys: XXH3 with a seed drawn once for each runtime, so that nobody outside can choose
// keys that collide.
#pragma once

#define XXH_INLINE_ALL
#include <sys/random.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <ctime>

namespace brisk {

inline uint64_t hash_bytes(const void *data, size_t size, uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(data, size, seed);
}

// The same hash of at most hash_inlined bytes, without a call.
inline constexpr size_t hash_inlined = 16;
[[gnu::always_inline]] inline uint64_t hash_short(const void *data, size_t size,
                                                  uint64_t seed) noexcept {
  return XXH3_len_0to16_64b(static_cast<const xxh_u8 *>(data), size, XXH3_kSecret, seed);
}

// Either, by size.
[[gnu::always_inline]] inline uint64_t hash_key(const void *data, size_t size,
                                                uint64_t seed) noexcept {
  return size <= hash_inlined ? hash_short(data, size, seed) : hash_bytes(data, size, seed);
}

inline uint64_t random_seed() noexcept {
  uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed))
    return seed;
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const uint64_t parts[] = {static_cast<uint64_t>(time.tv_nsec), static_cast<uint64_t>(getpid()),
                            reinterpret_cast<uintptr_t>(&time)};
  return XXH3_64bits(parts, sizeof parts);
}

}  // namespace brisk
