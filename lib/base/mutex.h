// A mutex for sections of some hundred nanoseconds: who finds it taken looks again for some
// microseconds before it sleeps, and at most one that slept is up at a time.
//
// A thread that sleeps and is woken costs fifty times what such a section takes, and whoever wakes
// it pays a system call. Where two threads pass a mutex to and fro, one that sleeps again as soon
// as it finds the mutex taken makes every unlock wake it anew. So one that was called looks again
// as long as any other before it sleeps, and until it has the mutex, or sleeps, nobody is called
// (as Go's sync.Mutex does). Not fair, not recursive. Cost: a locked instruction each way.
//
// Whoever gets the mutex next may destroy it, so an unlock touches it for the last time when it
// gives it up; or when it calls a sleeper, who waits for just that.
#pragma once

#include <atomic>
#include <cstdint>

namespace brisk {

class AdaptiveMutex {
 public:
  AdaptiveMutex() = default;
  AdaptiveMutex(const AdaptiveMutex &) = delete;
  AdaptiveMutex &operator=(const AdaptiveMutex &) = delete;

  void lock() noexcept {
    uint32_t now = 0;
    if (!state_.compare_exchange_strong(now, taken, std::memory_order_acquire,
                                        std::memory_order_relaxed)) [[unlikely]]
      wait();
  }
  // May be false although it is free, when others are after it too.
  bool try_lock() noexcept { return take(0); }
  void unlock() noexcept {
    uint32_t now = taken;
    if (!state_.compare_exchange_strong(now, 0, std::memory_order_release,
                                        std::memory_order_relaxed)) [[unlikely]]
      leave(now);
  }
  // After a fork that it was taken for, in both processes: in the child, whoever slept is gone.
  void fork_release(bool in_child) noexcept {
    if (in_child) {
      state_.store(taken, std::memory_order_relaxed);
      calls_.store(0, std::memory_order_relaxed);
    }
    unlock();
  }

 private:
  // The rest of the word counts the threads that sleep and were not called.
  enum : uint32_t { taken = 1, called = 2, sleeper = 4 };

  // `mine` is `called` in the thread that was.
  bool take(uint32_t mine) noexcept {
    uint32_t now = state_.load(std::memory_order_relaxed);
    return (now & taken) == 0 &&
           state_.compare_exchange_strong(now, (now | taken) & ~mine, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void wait() noexcept;
  void leave(uint32_t now) noexcept;
  void sleep() noexcept;

  std::atomic<uint32_t> state_{0};
  std::atomic<uint32_t> calls_{0};  // that no thread has followed yet
};

}  // namespace brisk
