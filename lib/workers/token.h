// A cancellation: a flag that is set once, and that everything which works for its owner can see.
#pragma once

#include <atomic>

#include "base/ref.h"

namespace brisk::workers {

class Token final : public Counted {
 public:
  // What cancels the parent cancels this one too.
  explicit Token(Ref<Token> parent = {}) noexcept : parent_(std::move(parent)) {}

  void cancel() noexcept { cancelled_.store(true, std::memory_order_release); }
  bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_acquire) || (parent_ && parent_->cancelled());
  }

 private:
  std::atomic<bool> cancelled_{false};
  const Ref<Token> parent_;
};

}  // namespace brisk::workers
