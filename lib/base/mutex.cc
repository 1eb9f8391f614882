#include "base/mutex.h"

#include "base/futex.h"
#include "base/spin.h"

namespace brisk {

void AdaptiveMutex::wait() noexcept {
  uint32_t mine = 0;
  while (!spin_until([&] { return take(mine); })) {
    uint32_t now = state_.load(std::memory_order_relaxed);
    if ((now & taken) == 0 ||
        !state_.compare_exchange_strong(now, (now + sleeper) & ~mine, std::memory_order_relaxed))
      continue;
    sleep();
    mine = called;
  }
}

// Calls one of those that sleep, unless one is up already.
void AdaptiveMutex::leave(uint32_t now) noexcept {
  bool calls;
  uint32_t next;
  do {
    calls = now >= sleeper && (now & called) == 0;
    next = now - taken;
    if (calls) next = (next - sleeper) | called;
  } while (!state_.compare_exchange_weak(now, next, std::memory_order_release,
                                         std::memory_order_relaxed));
  if (!calls) return;
  calls_.fetch_add(1, std::memory_order_release);
  futex_wake(calls_, 1);
}

void AdaptiveMutex::sleep() noexcept {
  while (true) {
    uint32_t calls = calls_.load(std::memory_order_relaxed);
    if (calls == 0) {
      futex_wait(calls_, 0, UINT64_MAX);
    } else if (calls_.compare_exchange_weak(calls, calls - 1, std::memory_order_acquire)) {
      return;
    }
  }
}

}  // namespace brisk
