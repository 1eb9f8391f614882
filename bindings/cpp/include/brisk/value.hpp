// Value: the pinned bytes of an entry.
#pragma once

#include <brisk/cache.h>

#include <brisk/handle.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#if __has_include(<version>)
#include <version>
#endif
#ifdef __cpp_lib_span
#include <span>
#endif

namespace brisk {
inline namespace v0_1 {

#ifdef __cpp_lib_span
// Bytes as a key or value.
inline std::string_view view(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}
#endif

// One pinned value: its bytes stay where they are, unchanged, as long as a Value refers to them,
// even when the entry is evicted or the cache is gone. An empty Value reads as no bytes.
class Value : public detail::Handle<brisk_value, brisk_value_ref, brisk_value_unref> {
 public:
  using Handle::Handle;
  Value() = default;

  std::string_view view() const noexcept {
    size_t size = 0;
    const void *data = brisk_value_data(raw(), &size);
    return {static_cast<const char *>(data), size};
  }
  std::string_view operator*() const noexcept { return view(); }
  operator std::string_view() const noexcept { return view(); }
  std::string str() const { return std::string(view()); }

  const char *data() const noexcept { return view().data(); }
  size_t size() const noexcept { return view().size(); }
  bool empty() const noexcept { return view().empty(); }

#ifdef __cpp_lib_span
  std::span<const std::byte> bytes() const noexcept {
    const std::string_view all = view();
    return {reinterpret_cast<const std::byte *>(all.data()), all.size()};
  }
#endif

  friend bool operator==(const Value &a, const Value &b) noexcept { return *a == *b; }
  friend bool operator!=(const Value &a, const Value &b) noexcept { return *a != *b; }
  friend bool operator==(const Value &a, std::string_view b) noexcept { return *a == b; }
  friend bool operator!=(const Value &a, std::string_view b) noexcept { return *a != b; }
  friend bool operator==(std::string_view a, const Value &b) noexcept { return a == *b; }
  friend bool operator!=(std::string_view a, const Value &b) noexcept { return a != *b; }
};

}  // namespace v0_1
}  // namespace brisk
