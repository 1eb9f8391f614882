// A walk over the keys of a cache: one bucket's keys at a time, copied out; or over its hot keys as
// they were when it began. For one thread at a time; holds its cache.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/cache.h"

namespace brisk::cache {

class Cursor {
 public:
  explicit Cursor(Ref<Cache> cache) noexcept : cache_(std::move(cache)) {}
  Cursor(Ref<Cache> cache, HotKeys keys) noexcept
      : cache_(std::move(cache)),
        position_(UINT64_MAX),
        keys_(std::move(keys.keys)),
        sizes_(std::move(keys.sizes)),
        lookups_(std::move(keys.lookups)) {}

  // The next key, which stays until skip(); null at the end. Throws Failure when the cache is
  // closed.
  const char *next(size_t *size) {
    cache_->check_open();
    if (at_ == sizes_.size()) {
      at_ = 0;
      offset_ = 0;
      try {
        if (!cache_->walk(&position_, &keys_, &sizes_)) return nullptr;
      } catch (...) {
        // Half a bucket: the next call takes it anew.
        sizes_.clear();
        throw;
      }
    }
    *size = sizes_[at_];
    return keys_.data() + offset_;
  }
  void skip() noexcept { offset_ += sizes_[at_++]; }
  // Of the key before, 0 when this is no walk over hot keys, or has not begun.
  uint64_t lookups() const noexcept {
    return at_ != 0 && at_ <= lookups_.size() ? lookups_[at_ - 1] : 0;
  }

 private:
  Ref<Cache> cache_;
  uint64_t position_ = 0;
  std::string keys_;
  std::vector<uint16_t> sizes_;
  std::vector<uint64_t> lookups_;
  size_t at_ = 0;
  size_t offset_ = 0;
};

}  // namespace brisk::cache
