#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include <memory>
#include <new>
#include <utility>

namespace brisk {

bool start_thread(const char *name, std::function<void()> body) noexcept {
  struct Body {
    const char *name;
    std::function<void()> run;
  };
  std::unique_ptr<Body> own(new (std::nothrow) Body{name, std::move(body)});
  if (own == nullptr) return false;
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pthread_t thread;
  const auto run = [](void *user) -> void * {
    const std::unique_ptr<Body> mine(static_cast<Body *>(user));
    // Its own name is one system call for a thread, another's three.
    pthread_setname_np(pthread_self(), mine->name);
    mine->run();
    return nullptr;
  };
  const bool started = pthread_create(&thread, nullptr, run, own.get()) == 0;
  if (started) {
    static_cast<void>(own.release());
    pthread_detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

}  // namespace brisk
