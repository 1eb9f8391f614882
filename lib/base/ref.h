// Counted objects and the pointer that counts them.
//
// An object starts with one reference, which its maker holds. The last unref deletes it, on
// whichever thread that happens. A count costs one locked instruction; nothing on the read path of
// a cache touches one.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace brisk {

class Counted {
 public:
  Counted() = default;
  Counted(const Counted &) = delete;
  Counted &operator=(const Counted &) = delete;

  void ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) last_unref();
  }
  // Takes a reference unless the last one is gone: for registries that do not own what they list.
  bool try_ref() noexcept {
    uint32_t count = references_.load(std::memory_order_relaxed);
    while (count != 0) {
      if (references_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

 protected:
  virtual ~Counted() = default;
  virtual void last_unref() noexcept { delete this; }
  // For objects that nobody can find who holds no reference.
  bool only_one() const noexcept { return references_.load(std::memory_order_acquire) == 1; }

 private:
  std::atomic<uint32_t> references_{1};
};

template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) noexcept {}
  Ref(const Ref &other) noexcept : object_(other.object_) {
    if (object_ != nullptr) object_->ref();
  }
  Ref(Ref &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref &operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->unref();
  }

  // Takes over a reference that the caller holds.
  static Ref adopt(T *object) noexcept {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  static Ref share(T *object) noexcept {
    if (object != nullptr) object->ref();
    return adopt(object);
  }
  // Hands the reference to the caller.
  T *release() noexcept { return std::exchange(object_, nullptr); }

  T *get() const noexcept { return object_; }
  T *operator->() const noexcept { return object_; }
  T &operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  T *object_ = nullptr;
};

}  // namespace brisk
