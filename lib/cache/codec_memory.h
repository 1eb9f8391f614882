// Memory that zstd asks for, reserved in the cache's account before it is taken, and bounded beside
// that, so that contexts and dictionaries do not crowd out a small cache's entries. Any thread, no
// lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/account.h"

namespace brisk::cache {

class CodecMemory {
 public:
  CodecMemory(Account &account, uint64_t most) noexcept : account_(account), most_(most) {}

  // In the form of ZSTD_customMem, with this object as opaque.
  static void *allocate(void *memory, size_t size) noexcept;
  static void release(void *memory, void *block) noexcept;

  uint64_t charge() const noexcept { return charge_.load(std::memory_order_relaxed); }
  uint64_t most() const noexcept { return most_; }
  // What the account did not give since it was asked last.
  size_t take_refused() noexcept { return refused_.exchange(0, std::memory_order_relaxed); }

 private:
  Account &account_;
  const uint64_t most_;
  std::atomic<uint64_t> charge_{0};
  std::atomic<size_t> refused_{0};
};

}  // namespace brisk::cache
