// The log of hits for policies that want to know the order of use: a ring of 32 hashes a thread.
//
// A reader writes to the ring of its own stripe (base/stripes.h), the holder of the write lock
// empties all rings. A reader that finds its ring full empties them itself if the lock is free, and
// loses the hit otherwise; so one thread alone loses none.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/stripes.h"

namespace brisk::cache {

class HitLog {
 public:
  // False when the ring is full. Hits on the stripe that threads share are lost.
  bool add(uint64_t hash) noexcept {
    return rings_.with([hash](Ring &ring, bool exclusive) {
      if (!exclusive) return true;
      // Acquires what an earlier thread with this thread pointer has left.
      const uint32_t head = ring.head.load(std::memory_order_acquire);
      if (head - ring.tail.load(std::memory_order_acquire) == ring.hashes.size()) return false;
      ring.hashes[head % ring.hashes.size()] = hash;
      ring.head.store(head + 1, std::memory_order_release);
      return true;
    });
  }

  // With the write lock held.
  template <class Play>
  void drain(Play &&play) noexcept {
    rings_.each([&](Ring &ring) {
      const uint32_t head = ring.head.load(std::memory_order_acquire);
      uint32_t tail = ring.tail.load(std::memory_order_relaxed);
      for (; tail != head; ++tail) play(ring.hashes[tail % ring.hashes.size()]);
      ring.tail.store(tail, std::memory_order_release);
    });
  }

 private:
  struct Ring {
    std::atomic<uint32_t> head{0};
    std::atomic<uint32_t> tail{0};
    std::array<uint64_t, 32> hashes{};
  };
  Stripes<Ring> rings_;
};

}  // namespace brisk::cache
