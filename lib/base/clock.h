// The clock that decides about expiry: monotonic, in nanoseconds, coarse (a tick of 4 ms) and cheap
// (4 ns a call). A manual clock starts at zero and moves only when told to.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <ctime>

namespace brisk {

class Clock {
 public:
  explicit Clock(bool manual) noexcept : manual_(manual) {}

  bool manual() const noexcept { return manual_; }
  uint64_t now() const noexcept { return read(CLOCK_MONOTONIC_COARSE); }
  // For durations worth measuring: exact, and five times the cost.
  uint64_t exact() const noexcept { return read(CLOCK_MONOTONIC); }

  void advance(uint64_t step) noexcept {
    uint64_t now = manual_now_.load(std::memory_order_relaxed);
    // Forever is never reached.
    while (!manual_now_.compare_exchange_weak(now, std::min(add(now, step), UINT64_MAX - 1),
                                              std::memory_order_release)) {
    }
  }

  // A point in time after `now`, with forever absorbing everything.
  static uint64_t add(uint64_t now, uint64_t step) noexcept {
    return step > UINT64_MAX - now ? UINT64_MAX : now + step;
  }

 private:
  uint64_t read(clockid_t id) const noexcept {
    if (manual_) return manual_now_.load(std::memory_order_acquire);
    timespec time{};
    clock_gettime(id, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u +
           static_cast<uint64_t>(time.tv_nsec);
  }

  const bool manual_;
  std::atomic<uint64_t> manual_now_{0};
};

}  // namespace brisk
