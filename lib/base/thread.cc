#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include <memory>
#include <new>
#include <utility>

namespace brisk {

bool start_thread(const char *name, std::function<void()> body) noexcept {
  using Body = std::function<void()>;
  std::unique_ptr<Body> own(new (std::nothrow) Body(std::move(body)));
  if (own == nullptr) return false;
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pthread_t thread;
  const auto run = [](void *user) -> void * {
    const std::unique_ptr<Body> mine(static_cast<Body *>(user));
    (*mine)();
    return nullptr;
  };
  const bool started = pthread_create(&thread, nullptr, run, own.get()) == 0;
  if (started) {
    static_cast<void>(own.release());
    pthread_setname_np(thread, name);
    pthread_detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

}  // namespace brisk
