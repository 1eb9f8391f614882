// Keys: the keys of a cache as a range.
#pragma once

#include <brisk/cache.h>

#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

namespace brisk {
inline namespace v0_1 {

// The keys of a cache, each once, in no order: `for (std::string_view key : cache.keys())`. A key
// that comes or goes during the walk may be missing. A range to be walked once, by one thread; a
// key is valid until the next step. Keeps its cache alive.
class Keys {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using reference = std::string_view;
    using pointer = void;

    iterator() = default;
    std::string_view operator*() const noexcept { return keys_->key_; }
    iterator &operator++() {
      if (!keys_->next()) keys_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator &a, const iterator &b) noexcept {
      return a.keys_ == b.keys_;
    }
    friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

   private:
    friend class Keys;
    explicit iterator(Keys *keys) noexcept : keys_(keys) {}

    Keys *keys_ = nullptr;
  };

  explicit Keys(Adopt, brisk_cursor *cursor) noexcept : cursor_(cursor) {}

  // Each begin takes the next key, so that a walk that stopped goes on where it was.
  iterator begin() { return ++iterator(this); }
  iterator end() noexcept { return {}; }

 private:
  struct Unref {
    void operator()(brisk_cursor *cursor) const noexcept { brisk_cursor_unref(cursor); }
  };

  bool next() {
    size_t size = 0;
    brisk_status status;
    while ((status = detail::call<brisk_cursor_next>(cursor_.get(), buffer_.data(), buffer_.size(),
                                                     &size)) == BRISK_SHORT_BUFFER) {
      buffer_.resize(size);
    }
    key_ = std::string_view(buffer_.data(), size);
    return status == BRISK_OK;
  }

  std::unique_ptr<brisk_cursor, Unref> cursor_;
  std::vector<char> buffer_;  // keeps its place when the walk is moved, unlike a short string
  std::string_view key_;
};

}  // namespace v0_1
}  // namespace brisk
