#include "workers/limiter.h"

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/futex.h"

namespace brisk::workers {

Limiter::Limiter(double rate, double burst)
    : rate_(rate / 1e9), burst_(burst), level_(burst), filled_(monotonic_now()) {}

void Limiter::fill(uint64_t now) noexcept {
  level_ = std::min(burst_, level_ + rate_ * static_cast<double>(now - filled_));
  filled_ = now;
}

bool Limiter::acquire(double tokens, uint64_t timeout) {
  uint64_t until = 0;
  {
    std::lock_guard lock(mutex_);
    const uint64_t now = monotonic_now();
    fill(now);
    const double missing = tokens - level_;
    const double wait = missing <= 0 ? 0 : std::ceil(missing / rate_);
    if (wait > static_cast<double>(timeout)) {
      ++refused_;
      return false;
    }
    level_ -= tokens;
    ++acquired_;
    waited_ += static_cast<uint64_t>(wait);
    if (wait == 0) return true;
    until = Clock::add(now, static_cast<uint64_t>(wait));
  }
  std::atomic<uint32_t> never{0};
  while (monotonic_now() < until) futex_wait(never, 0, until);
  return true;
}

brisk_limiter_stats Limiter::stats() noexcept {
  std::lock_guard lock(mutex_);
  fill(monotonic_now());
  brisk_limiter_stats figures{};
  figures.acquired = acquired_;
  figures.refused = refused_;
  figures.waited_ns = waited_;
  figures.available = level_;
  return figures;
}

}  // namespace brisk::workers
