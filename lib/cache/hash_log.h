// Hashes that readers leave for the holder of the write lock: of hits, for policies that want to
// know the order of use, or of misses, for those that count how often a key is asked for.
//
// A reader writes to the ring of its own stripe (base/stripes.h), the holder of the write lock
// empties all rings or that of its own thread. A reader that finds its ring full empties them
// itself if the lock is free, and loses the hash otherwise; so one thread alone loses none. Threads
// beyond the number of rings lose theirs.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/stripes.h"

namespace brisk::cache {

template <size_t Length, size_t Bits>
class HashLog {
 public:
  // False when the ring is full. What comes on the stripe that threads share is lost.
  bool add(uint64_t hash) noexcept {
    return rings_.with([hash](Ring &ring, bool exclusive) {
      if (!exclusive) return true;
      // Acquires what an earlier thread with this thread pointer has left.
      const uint64_t head = ring.head.load(std::memory_order_acquire);
      if (head - ring.tail.load(std::memory_order_acquire) == Length) return false;
      ring.hashes[head % Length] = hash;
      ring.head.store(head + 1, std::memory_order_release);
      return true;
    });
  }

  // With the write lock held. Each is expected first, so that what it needs may be fetched.
  template <class Expect, class Play>
  void drain(Expect &&expect, Play &&play) noexcept {
    rings_.each([&](Ring &ring) { drain(ring, expect, play); });
  }
  // That of this thread, when half of it is full.
  template <class Expect, class Play>
  void drain_own(Expect &&expect, Play &&play) noexcept {
    rings_.with([&](Ring &ring, bool) {
      if (ring.head.load(std::memory_order_relaxed) - ring.tail.load(std::memory_order_relaxed) >=
          Length / 2)
        drain(ring, expect, play);
    });
  }

 private:
  struct Ring {
    std::atomic<uint64_t> head{0};
    std::atomic<uint64_t> tail{0};
    std::array<uint64_t, Length> hashes{};
  };

  template <class Expect, class Play>
  static void drain(Ring &ring, Expect &expect, Play &play) noexcept {
    const uint64_t head = ring.head.load(std::memory_order_acquire);
    const uint64_t tail = ring.tail.load(std::memory_order_relaxed);
    for (uint64_t at = tail; at != head; ++at) expect(ring.hashes[at % Length]);
    for (uint64_t at = tail; at != head; ++at) play(ring.hashes[at % Length]);
    ring.tail.store(head, std::memory_order_release);
  }

  Stripes<Ring, Bits> rings_;
};

using HitLog = HashLog<32, 5>;
using MissLog = HashLog<13, 5>;  // in two cache lines

}  // namespace brisk::cache
