// Interner: equal byte strings as one number and one address.
#pragma once

#include <brisk/intern.h>

#include <brisk/batch.hpp>
#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <brisk/runtime.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace brisk {
inline namespace v0_1 {

using InternStats = brisk_intern_stats;

// A set of byte strings, each with an id (from 0 on, in the order of their first coming) and an
// address of its own. What it holds stays until it is freed as a whole. Batches take any range of
// things that convert to std::string_view, or a list in braces.
class Interner : public detail::Handle<brisk_intern, brisk_intern_ref, brisk_intern_unref> {
 public:
  using Handle::Handle;

  // The id of no string.
  static constexpr uint32_t none = BRISK_INTERN_NONE;

  // A bound on all bytes held; 0 is 64 MiB.
  explicit Interner(uint64_t capacity = 0) : Interner(adopt, create(nullptr, capacity)) {}
  explicit Interner(const Runtime &runtime, uint64_t capacity = 0)
      : Interner(adopt, create(runtime.required(), capacity)) {}

  // The id of a string, which is copied when it is new. Nothing when there is no room for it.
  std::optional<uint32_t> put(std::string_view string) {
    uint32_t id = none;
    detail::call<brisk_intern_put>(raw(), string.data(), string.size(), &id);
    return id != none ? std::optional(id) : std::nullopt;
  }

  // The ids of many strings in their order, up to the first that has no room: then they are fewer.
  template <class Range = std::initializer_list<std::string_view>>
  std::vector<uint32_t> put_many(Range &&strings) {
    size_t done = 0;
    std::vector<uint32_t> ids = many<brisk_intern_put_many>(detail::Packed::of(strings), &done);
    ids.resize(done);
    return ids;
  }

  // The id of a string that is there.
  std::optional<uint32_t> find(std::string_view string) const {
    uint32_t id = none;
    detail::call<brisk_intern_find>(raw(), string.data(), string.size(), &id);
    return id != none ? std::optional(id) : std::nullopt;
  }

  // The ids of many strings in their order, `none` where one is not there.
  template <class Range = std::initializer_list<std::string_view>>
  std::vector<uint32_t> find_many(Range &&strings) const {
    size_t found = 0;
    return many<brisk_intern_find_many>(detail::Packed::of(strings), &found);
  }

  // The string of an id, which lives, at its one address, as long as the interner. A zero follows
  // it. Nothing for an id that was not given out.
  std::optional<std::string_view> at(uint32_t id) const noexcept {
    size_t size = 0;
    const void *data = brisk_intern_at(raw(), id, &size);
    if (data == nullptr) return std::nullopt;
    return std::string_view(static_cast<const char *>(data), size);
  }

  InternStats stats() const {
    InternStats stats = BRISK_INTERN_STATS_INIT;
    detail::call<brisk_intern_read_stats>(raw(), &stats);
    return stats;
  }

 private:
  static brisk_intern *create(brisk_runtime *runtime, uint64_t capacity) {
    brisk_intern_options raw = BRISK_INTERN_OPTIONS_INIT;
    raw.capacity_bytes = capacity;
    brisk_intern *intern = nullptr;
    detail::call<brisk_intern_new>(runtime, &raw, &intern);
    return intern;
  }

  template <auto Function>
  std::vector<uint32_t> many(const detail::Packed &packed, size_t *count) const {
    std::vector<uint32_t> ids(packed.sizes.size(), none);
    detail::call<Function>(raw(), packed.sizes.size(), packed.bytes.data(), packed.bytes.size(),
                           packed.sizes.data(), ids.data(), count);
    return ids;
  }
};

}  // namespace v0_1
}  // namespace brisk
