// The tags of tasks that ended, for a thread that sleeps in poll() or epoll.
//
// The descriptor (an eventfd) is readable while tags are there: whoever finds the queue empty
// writes to it, whoever takes the last tag reads it empty. Both under the lock, a leaf.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "base/ref.h"

namespace brisk::workers {

class Completions final : public Counted {
 public:
  // Throws Failure when the system has no descriptor left.
  Completions();

  int fd() const noexcept { return fd_; }

  // Room for one more tag is made when a task is queued, so that its end cannot fail.
  void expect();
  void forget() noexcept;
  void add(uint64_t tag) noexcept;
  size_t take(uint64_t *tags, size_t count) noexcept;

 private:
  ~Completions() override;

  std::mutex mutex_;
  std::vector<uint64_t> tags_;  // from first_ on
  size_t first_ = 0;
  size_t expected_ = 0;
  const int fd_;
};

}  // namespace brisk::workers
