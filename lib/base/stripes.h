// Per-thread slots without thread-local storage: exact counters that a read path can afford.
//
// A slot belongs to the thread whose thread pointer it stores. A thread pointer names at most one
// live thread at any instant, so the owner may add without a locked instruction; a new thread that
// got the address of one that ended goes on where that one stopped. A thread that finds no slot
// (more threads than slots ever came by) uses the last one, which is shared, with atomic additions.
// Cost of find(): a multiplication, a load, a compare.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace brisk {

template <class Slot, size_t Bits = 5>
class Stripes {
 public:
  struct alignas(64) Stripe {
    std::atomic<uintptr_t> owner{0};
    Slot slot;
  };

  // Calls use(slot, exclusive): exclusive says that no other thread uses this slot now.
  template <class Use>
  decltype(auto) with(Use &&use) noexcept {
    const uintptr_t self = thread();
    Stripe &first = stripes_[home(self)];  // never the last one
    if (first.owner.load(std::memory_order_relaxed) == self) [[likely]]
      return use(first.slot, true);
    Stripe *const claimed = claim(self);
    return use(claimed->slot, claimed != &stripes_.back());
  }

  template <class Visit>
  void each(Visit &&visit) const noexcept {
    for (const Stripe &stripe : stripes_) visit(stripe.slot);
  }
  template <class Visit>
  void each(Visit &&visit) noexcept {
    for (Stripe &stripe : stripes_) visit(stripe.slot);
  }

 private:
  static constexpr size_t count = size_t{1} << Bits;

  static uintptr_t thread() noexcept {
    return reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
  }
  static size_t home(uintptr_t self) noexcept {
    return static_cast<size_t>(self * 0x9e3779b97f4a7c15u >> (64 - Bits));
  }

  [[gnu::noinline]] Stripe *claim(uintptr_t self) noexcept {
    for (size_t i = 0, at = home(self); i < count; ++i, at = (at + 1) % count) {
      Stripe &stripe = stripes_[at];
      uintptr_t owner = stripe.owner.load(std::memory_order_relaxed);
      if (owner == self) return &stripe;
      if (owner == 0 &&
          stripe.owner.compare_exchange_strong(owner, self, std::memory_order_relaxed)) {
        return &stripe;
      }
    }
    return &stripes_.back();
  }

  std::array<Stripe, count + 1> stripes_;
};

// A count that is added to as a Stripes slot allows and read by anyone.
class Tally {
 public:
  // Returns the count that it is now.
  uint64_t add(uint64_t n, bool exclusive) noexcept {
    if (!exclusive) return value_.fetch_add(n, std::memory_order_relaxed) + n;
    const uint64_t now = value_.load(std::memory_order_relaxed) + n;
    value_.store(now, std::memory_order_relaxed);
    return now;
  }
  uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// The same for what is no whole number.
class Sum {
 public:
  void add(double n, bool exclusive) noexcept {
    if (exclusive) {
      value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    } else {
      value_.fetch_add(n, std::memory_order_relaxed);
    }
  }
  double read() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

}  // namespace brisk
