// The queue of evictions that a caller polls: key and cause of what left the cache, oldest first.
//
// A ring of bytes, charged once: 64 for each event it was asked to keep. When it is full the oldest
// go, and are counted. Nothing calls out of the cache. For the holder of the write lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/memory.h"

namespace brisk::cache {

class Events {
 public:
  static constexpr size_t bytes_each = 64;

  // False when account or system have no room for the queue.
  bool open(uint32_t events, Account &account) noexcept;
  bool wanted() const noexcept { return capacity_ != 0; }

  void push(const char *key, size_t size, uint8_t cause) noexcept;
  // The oldest event; false when there is none.
  bool peek(size_t *size, uint8_t *cause) const noexcept;
  // Copies the key of the oldest event and takes the event off.
  void pop(char *key) noexcept;

  uint64_t charge() const noexcept { return block_.charge(); }
  uint64_t dropped() const noexcept { return dropped_; }

 private:
  struct Head {
    uint16_t size;
    uint8_t cause;
  };

  void put(const void *from, size_t size) noexcept;
  void copy(size_t from, void *to, size_t size) const noexcept;
  void drop() noexcept;

  memory::Block block_;
  size_t bytes_ = 0;
  uint32_t capacity_ = 0;
  uint32_t count_ = 0;
  size_t start_ = 0;
  size_t used_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace brisk::cache
