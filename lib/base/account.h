// A byte account: who wants memory reserves here first and allocates then.
//
// Invariant: held() <= limit() at every instant, and what an account holds its parent holds as
// well. A reservation is all or nothing along the chain. Any thread, no lock; one locked
// instruction a level. Callers reserve in large steps (a slab, a table), so that an account is
// never hot.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/fault.h"

namespace brisk {

class Account {
 public:
  explicit Account(uint64_t limit, Account *parent = nullptr) noexcept
      : limit_(limit), parent_(parent) {}
  Account(const Account &) = delete;
  Account &operator=(const Account &) = delete;

  bool reserve(uint64_t bytes) noexcept {
    if (BRISK_FAULT("reserve") || !take(bytes)) return false;
    if (parent_ == nullptr || parent_->reserve(bytes)) return true;
    held_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }

  void release(uint64_t bytes) noexcept {
    held_.fetch_sub(bytes, std::memory_order_relaxed);
    if (parent_ != nullptr) parent_->release(bytes);
  }

  uint64_t limit() const noexcept { return limit_; }
  uint64_t held() const noexcept { return held_.load(std::memory_order_relaxed); }
  uint64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  // What could be reserved here, parents aside.
  uint64_t room() const noexcept { return limit_ - std::min(limit_, held()); }

 private:
  bool take(uint64_t bytes) noexcept {
    uint64_t held = held_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ - held) return false;
    } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
    uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (peak < held + bytes &&
           !peak_.compare_exchange_weak(peak, held + bytes, std::memory_order_relaxed)) {
    }
    return true;
  }

  const uint64_t limit_;
  Account *const parent_;
  std::atomic<uint64_t> held_{0};
  std::atomic<uint64_t> peak_{0};
};

}  // namespace brisk
