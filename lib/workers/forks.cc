#include "workers/forks.h"

#include <pthread.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "workers/workers.h"

namespace brisk::workers {
namespace {

// Leaked on purpose: a thread may still use it while the process exits.
struct All {
  std::mutex mutex;
  std::vector<Workers *> pools;
};

All &all() {
  static All *const instance = new All;
  return *instance;
}

}  // namespace

void Forks::add(Workers &pool) {
  static const bool hooked = [] {
    pthread_atfork(prepare, in_parent, in_child);
    return true;
  }();
  static_cast<void>(hooked);
  std::lock_guard lock(all().mutex);
  all().pools.push_back(&pool);
}

void Forks::remove(Workers &pool) noexcept {
  std::lock_guard lock(all().mutex);
  std::erase(all().pools, &pool);
}

void Forks::prepare() noexcept {
  all().mutex.lock();
  for (Workers *pool : all().pools) pool->mutex_.lock();
}

void Forks::in_parent() noexcept {
  for (Workers *pool : all().pools) pool->mutex_.unlock();
  all().mutex.unlock();
}

void Forks::in_child() noexcept {
  for (Workers *pool : all().pools) {
    pool->forget_threads();
    pool->mutex_.fork_release(true);
  }
  all().mutex.unlock();
}

}  // namespace brisk::workers
