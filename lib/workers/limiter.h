// A token bucket (Turner, New Directions in Communications, IEEE Communications Magazine 24, 1986).
//
// The level is computed from the time that has passed since it was last. Who has to wait takes its
// tokens in advance, so that the level goes below zero and the next one waits behind it: first
// come, first served, and nobody is woken to look again. One lock, a leaf, held for some additions;
// the wait is a sleep without it.
#pragma once

#include <brisk/workers.h>

#include <cstdint>
#include <mutex>

#include "base/ref.h"

namespace brisk::workers {

class Limiter final : public Counted {
 public:
  Limiter(double rate, double burst);

  // False at once when the tokens would not be there in time.
  bool acquire(double tokens, uint64_t timeout);
  double burst() const noexcept { return burst_; }
  brisk_limiter_stats stats() noexcept;

 private:
  void fill(uint64_t now) noexcept;

  const double rate_;  // tokens a nanosecond
  const double burst_;
  std::mutex mutex_;
  double level_;
  uint64_t filled_;  // when
  uint64_t acquired_ = 0;
  uint64_t refused_ = 0;
  uint64_t waited_ = 0;  // nanoseconds
};

}  // namespace brisk::workers
