// What is unusual about items, each with two bits; as many as two words hold need no memory.
//
// Nobody writes down that all is well: who has nothing to say about an item pays nothing for it.
// Callers have a lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "base/memory.h"

namespace brisk::workers {

enum class Mark : uint8_t {
  none,     // it returned well, if it was taken
  failed,   // it returned, and not well
  cut,      // it ran at the end, and what it returned is dropped
  skipped,  // it was taken, and had not begun by the end
};

class Marks {
 public:
  // Throws bad_alloc.
  explicit Marks(size_t count) : far_(nullptr, memory::allocator().release) {
    if (count <= near_.size() * each) return;
    const size_t size = (count + each - 1) / each * sizeof(uint64_t);
    far_.reset(static_cast<uint64_t *>(memory::allocator().allocate(size)));
    if (far_ == nullptr) throw std::bad_alloc();
    std::memset(far_.get(), 0, size);
    words_ = far_.get();
  }
  Marks(const Marks &) = delete;
  Marks &operator=(const Marks &) = delete;

  Mark operator[](size_t index) const noexcept {
    return static_cast<Mark>(words_[index / each] >> shift(index) & 3);
  }
  // An item is marked once.
  void set(size_t index, Mark mark) noexcept {
    words_[index / each] |= uint64_t{static_cast<uint8_t>(mark)} << shift(index);
  }

 private:
  static constexpr size_t each = 32;  // in a word
  static unsigned shift(size_t index) noexcept { return static_cast<unsigned>(index % each) * 2; }

  std::array<uint64_t, 2> near_{};
  std::unique_ptr<uint64_t[], void (*)(void *)> far_;
  uint64_t *words_ = near_.data();
};

}  // namespace brisk::workers
