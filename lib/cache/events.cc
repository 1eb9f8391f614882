#include "cache/events.h"

#include <algorithm>
#include <cstring>

namespace brisk::cache {

bool Events::open(uint32_t events, Account &account) noexcept {
  if (events == 0) return true;
  bool refused = false;
  block_ = memory::Block::take(events * bytes_each, account, &refused);
  if (!block_) return false;
  bytes_ = events * bytes_each;
  capacity_ = events;
  return true;
}

void Events::push(const char *key, size_t size, uint8_t cause) noexcept {
  const Head head{static_cast<uint16_t>(size), cause};
  if (sizeof head + size > bytes_) {
    ++dropped_;
    return;
  }
  while (count_ == capacity_ || used_ + sizeof head + size > bytes_) {
    drop();
    ++dropped_;
  }
  put(&head, sizeof head);
  put(key, size);
  ++count_;
}

bool Events::peek(size_t *size, uint8_t *cause) const noexcept {
  if (count_ == 0) return false;
  Head head;
  copy(start_, &head, sizeof head);
  *size = head.size;
  *cause = head.cause;
  return true;
}

void Events::pop(char *key) noexcept {
  size_t size = 0;
  uint8_t cause = 0;
  if (!peek(&size, &cause)) return;
  copy(start_ + sizeof(Head), key, size);
  drop();
}

void Events::put(const void *from, size_t size) noexcept {
  char *ring = static_cast<char *>(block_.data());
  const size_t at = (start_ + used_) % bytes_;
  const size_t first = std::min(size, bytes_ - at);
  if (first != 0) std::memcpy(ring + at, from, first);
  if (size > first) std::memcpy(ring, static_cast<const char *>(from) + first, size - first);
  used_ += size;
}

void Events::copy(size_t from, void *to, size_t size) const noexcept {
  const char *ring = static_cast<const char *>(block_.data());
  from %= bytes_;
  const size_t first = std::min(size, bytes_ - from);
  if (first != 0) std::memcpy(to, ring + from, first);
  if (size > first) std::memcpy(static_cast<char *>(to) + first, ring, size - first);
}

void Events::drop() noexcept {
  size_t size = 0;
  uint8_t cause = 0;
  peek(&size, &cause);
  start_ = (start_ + sizeof(Head) + size) % bytes_;
  used_ -= sizeof(Head) + size;
  --count_;
}

}  // namespace brisk::cache
