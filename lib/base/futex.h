// Sleeping until a word in memory changes, up to a point in time.
//
// Points in time are nanoseconds of CLOCK_MONOTONIC, UINT64_MAX for never. A wait may end early for
// no reason: callers look again. Cost: one system call each way.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>

namespace brisk {

inline uint64_t monotonic_now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(time.tv_nsec);
}

// False when the deadline has passed.
inline bool futex_wait(std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline) noexcept {
  timespec until{};
  until.tv_sec = static_cast<time_t>(deadline / 1'000'000'000u);
  until.tv_nsec = static_cast<long>(deadline % 1'000'000'000u);
  const timespec *limit = deadline == UINT64_MAX ? nullptr : &until;
  return syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, limit, nullptr,
                 FUTEX_BITSET_MATCH_ANY) == 0 ||
         errno != ETIMEDOUT;
}

inline void futex_wake(std::atomic<uint32_t> &word, int threads = INT_MAX) noexcept {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, threads, nullptr, nullptr, 0);
}

}  // namespace brisk
