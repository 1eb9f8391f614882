// Looking again and again for something that is about to come, instead of sleeping.
//
// Sleeping and being woken costs some five microseconds each, on a virtual machine more; so a
// thread looks for a few times as long before it sleeps, and lets others have its processor in
// between: the one that it waits for may be among them.
#pragma once

#include <sched.h>

#include <cstdint>

#include "base/futex.h"

namespace brisk {

// Between two looks. How long that takes differs tenfold among processors: count time, not turns.
inline void spin_pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

inline constexpr uint64_t spin_time = 20'000;  // nanoseconds

// Whether ready() came true in that time.
template <class Ready>
bool spin_until(Ready &&ready, uint64_t time = spin_time) noexcept {
  constexpr unsigned turns = 32;  // a microsecond, about
  uint64_t end = 0;
  while (true) {
    for (unsigned turn = 0; turn < turns; ++turn) {
      if (ready()) return true;
      spin_pause();
    }
    const uint64_t now = monotonic_now();
    if (end == 0) end = now + time;
    if (now >= end) return false;
    sched_yield();
  }
}

}  // namespace brisk
