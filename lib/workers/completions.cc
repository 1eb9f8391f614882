#include "workers/completions.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace brisk::workers {

Completions::Completions() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) {
    fail(BRISK_OUT_OF_MEMORY, "there is no descriptor for a queue of completions: %s",
         std::strerror(errno));
  }
}

Completions::~Completions() { close(fd_); }

void Completions::expect() {
  std::lock_guard lock(mutex_);
  if (first_ != 0 && tags_.size() + expected_ + 1 > tags_.capacity()) {
    tags_.erase(tags_.begin(), tags_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  if (tags_.size() + expected_ + 1 > tags_.capacity())
    tags_.reserve(std::max<size_t>(64, 2 * (tags_.size() + expected_ + 1)));
  ++expected_;
}

void Completions::forget() noexcept {
  std::lock_guard lock(mutex_);
  --expected_;
}

void Completions::add(uint64_t tag) noexcept {
  std::lock_guard lock(mutex_);
  --expected_;
  if (first_ == tags_.size()) eventfd_write(fd_, 1);
  tags_.push_back(tag);  // there is room
}

size_t Completions::take(uint64_t *tags, size_t count) noexcept {
  std::lock_guard lock(mutex_);
  const size_t taken = std::min(count, tags_.size() - first_);
  std::copy_n(tags_.begin() + static_cast<std::ptrdiff_t>(first_), taken, tags);
  first_ += taken;
  if (taken != 0 && first_ == tags_.size()) {
    tags_.clear();
    first_ = 0;
    eventfd_t any = 0;
    eventfd_read(fd_, &any);
  }
  return taken;
}

}  // namespace brisk::workers
