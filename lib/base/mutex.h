// A mutex for sections of some hundred nanoseconds: it spins a little before it sleeps.
//
// A thread that sleeps and is woken costs fifty times what such a section takes. glibc's adaptive
// mutex spins at most a hundred turns, with growing pauses, and then sleeps as any other does.
#pragma once

#include <pthread.h>

namespace brisk {

class AdaptiveMutex {
 public:
  AdaptiveMutex() = default;
  AdaptiveMutex(const AdaptiveMutex &) = delete;
  AdaptiveMutex &operator=(const AdaptiveMutex &) = delete;
  ~AdaptiveMutex() { pthread_mutex_destroy(&mutex_); }

  void lock() noexcept { pthread_mutex_lock(&mutex_); }
  bool try_lock() noexcept { return pthread_mutex_trylock(&mutex_) == 0; }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t mutex_ = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
};

}  // namespace brisk
