// Reads that may race with a writer, and the writes they may race with.
//
// A reader without a lock copies bytes first and validates afterwards that nobody wrote in between
// (index.h). In a normal build the copy is memcpy, 9 ns for a KiB where atomic words cost 43; the
// language calls that a race, the machine does not, and the validation throws away what was torn.
// Under the thread sanitizer every such byte is moved atomically, so that it reports only races
// that the validation does not cover.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/equal.h"

#if defined(__SANITIZE_THREAD__)
#define BRISK_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BRISK_TSAN 1
#endif
#endif
#ifndef BRISK_TSAN
#define BRISK_TSAN 0
#endif

namespace brisk::cache {

// A field that readers may see while it changes: a plain load and a plain store, but never torn.
template <class T>
class Shared {
 public:
  operator T() const noexcept { return value_.load(std::memory_order_relaxed); }
  Shared &operator=(T value) noexcept {
    value_.store(value, std::memory_order_relaxed);
    return *this;
  }

  Shared &operator=(const Shared &other) noexcept { return *this = static_cast<T>(other); }

 private:
  std::atomic<T> value_;
};

// Up to this size a comparison is done in place; beyond it libc's.
inline constexpr size_t racy_equal_small = 64;

// Blocks of 16 bytes, the last one overlapping the one before: for a key or a small value this
// costs less than the call of a function that has to choose among many ways. False, and nothing
// copied, beyond 256 bytes.
inline bool copy_small(void *to, const void *from, size_t size) noexcept {
  struct Block {
    uint64_t words[2];
  };
  auto *target = static_cast<char *>(to);
  auto *source = static_cast<const char *>(from);
  auto move = [&]<class T>(T, size_t at) {
    T block;
    __builtin_memcpy(&block, source + at, sizeof block);
    __builtin_memcpy(target + at, &block, sizeof block);
  };
  constexpr size_t one = sizeof(Block);
  if (size > 4 * one) {
    if (size > 16 * one) return false;
    for (size_t at = 0; at + 2 * one < size; at += 2 * one) {
      move(Block{}, at);
      move(Block{}, at + one);
    }
    move(Block{}, size - 2 * one);
    move(Block{}, size - one);
  } else if (size > 2 * one) {
    move(Block{}, 0);
    move(Block{}, one);
    move(Block{}, size - 2 * one);
    move(Block{}, size - one);
  } else if (size >= one) {
    move(Block{}, 0);
    move(Block{}, size - one);
  } else if (size >= 8) {
    move(uint64_t{}, 0);
    move(uint64_t{}, size - 8);
  } else if (size >= 4) {
    move(uint32_t{}, 0);
    move(uint32_t{}, size - 4);
  } else {
    for (size_t at = 0; at < size; ++at) target[at] = source[at];
  }
  return true;
}

// False, and nothing read, when there are more bytes than are worth copying in place.
inline bool racy_read_small(void *to, const void *from, size_t size) noexcept {
#if BRISK_TSAN
  auto *source = static_cast<const uint8_t *>(from);
  auto *target = static_cast<uint8_t *>(to);
  for (size_t i = 0; i < size; ++i) target[i] = __atomic_load_n(source + i, __ATOMIC_RELAXED);
  return true;
#else
  return copy_small(to, from, size);
#endif
}

inline void racy_read(void *to, const void *from, size_t size) noexcept {
  if (!racy_read_small(to, from, size)) std::memcpy(to, from, size);
}

inline void racy_write(void *to, const void *from, size_t size) noexcept {
#if BRISK_TSAN
  auto *source = static_cast<const uint8_t *>(from);
  auto *target = static_cast<uint8_t *>(to);
  for (size_t i = 0; i < size; ++i) __atomic_store_n(target + i, source[i], __ATOMIC_RELAXED);
#else
  if (!copy_small(to, from, size)) std::memcpy(to, from, size);
#endif
}

inline bool racy_equal(const void *shared, const void *own, size_t size) noexcept {
#if BRISK_TSAN
  auto *left = static_cast<const uint8_t *>(shared);
  auto *right = static_cast<const uint8_t *>(own);
  for (size_t i = 0; i < size; ++i) {
    if (__atomic_load_n(left + i, __ATOMIC_RELAXED) != right[i]) return false;
  }
  return true;
#else
  return size <= racy_equal_small ? equal_small(shared, own, size)
                                  : std::memcmp(shared, own, size) == 0;
#endif
}

// Between the racy reads and the load that validates them. The thread sanitizer does not model
// fences; there the validation is a read-modify-write instead (see Bucket::unchanged).
inline void racy_fence() noexcept {
#if !BRISK_TSAN
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
}

// Before a writer's racy writes: what told readers to distrust the memory is visible before the
// memory changes.
inline void racy_write_fence() noexcept {
#if !BRISK_TSAN
  std::atomic_thread_fence(std::memory_order_release);
#endif
}

}  // namespace brisk::cache
