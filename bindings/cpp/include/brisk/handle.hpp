// Handles: a counted reference to an object of the C interface, copied and moved like one pointer.
#pragma once

#include <utility>

namespace brisk {
inline namespace v0_1 {

// Marks a constructor that takes over one reference, from C code for example.
struct Adopt {};
inline constexpr Adopt adopt;

namespace detail {

// One reference to a counted object of the C interface, or none.
template <class Raw, Raw *(*Ref)(Raw *), void (*Unref)(Raw *)>
class Handle {
 public:
  Handle(Adopt, Raw *raw) noexcept : raw_(raw) {}
  Handle(const Handle &other) noexcept : raw_(Ref(other.raw_)) {}
  Handle(Handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Handle &operator=(Handle other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Handle() { Unref(raw_); }

  // Whether this handle refers to an object.
  explicit operator bool() const noexcept { return raw_ != nullptr; }

  // The handle of the C interface, borrowed.
  Raw *raw() const noexcept { return raw_; }

 protected:
  Handle() = default;

 private:
  Raw *raw_ = nullptr;
};

}  // namespace detail

}  // namespace v0_1
}  // namespace brisk
