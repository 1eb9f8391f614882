// The extern "C" side of <brisk/intern.h>.
#include <brisk/intern.h>

#include <algorithm>

#include "abi/abi.h"
#include "abi/runtime.h"
#include "intern/interner.h"

using brisk::intern::Interner;
using namespace brisk::abi;

namespace {

Interner *of(brisk_intern *intern) noexcept { return reinterpret_cast<Interner *>(intern); }
const Interner *of(const brisk_intern *intern) noexcept {
  return reinterpret_cast<const Interner *>(intern);
}

[[noreturn]] [[gnu::cold]] void too_large(const Interner &interner, size_t size) {
  brisk::fail(BRISK_TOO_LARGE,
              "a string of %zu bytes never fits into this interner, whose strings have at most "
              "%llu; raise capacity_bytes, or intern a hash of it",
              size, static_cast<unsigned long long>(interner.string_max()));
}

void check_sizes(size_t count, const void *strings, size_t bytes, const uint32_t *sizes,
                 const uint32_t *ids) {
  require_bytes(strings, bytes, "strings");
  if (count == 0 && bytes == 0) return;
  require(sizes, "sizes");
  require(ids, "ids");
  size_t total = 0;
  for (size_t i = 0; i < count; ++i) total += sizes[i];
  if (total != bytes) {
    brisk::fail(BRISK_INVALID, "the %zu sizes add up to %zu bytes, but strings_size is %zu", count,
                total, bytes);
  }
}

}  // namespace

extern "C" {

brisk_status brisk_intern_new(brisk_runtime *runtime, const brisk_intern_options *given,
                              brisk_intern **intern, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(intern, "intern");
    *intern = nullptr;
    const auto options = read_options(given, "brisk_intern_options");
    if (options.reserved != 0)
      brisk::fail(BRISK_INVALID, "reserved is %u; it must be zero", options.reserved);
    const uint64_t capacity =
        options.capacity_bytes != 0 ? options.capacity_bytes : brisk::intern::capacity_default;
    if (capacity < brisk::intern::capacity_min) {
      brisk::fail(BRISK_INVALID, "capacity_bytes is %llu; it must be at least %llu",
                  static_cast<unsigned long long>(capacity),
                  static_cast<unsigned long long>(brisk::intern::capacity_min));
    }
    *intern = reinterpret_cast<brisk_intern *>(
        Interner::make(runtime_or_default(runtime), capacity).release());
    return BRISK_OK;
  });
}

brisk_status brisk_intern_put(brisk_intern *intern, const void *string, size_t string_size,
                              uint32_t *id, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(id, "id");
    *id = BRISK_INTERN_NONE;
    require(intern, "intern");
    require_bytes(string, string_size, "string");
    if (string_size > of(intern)->string_max()) [[unlikely]]
      too_large(*of(intern), string_size);
    *id = of(intern)->put(static_cast<const char *>(string), static_cast<uint32_t>(string_size));
    return *id != BRISK_INTERN_NONE ? BRISK_OK : BRISK_REFUSED;
  });
}

brisk_status brisk_intern_put_many(brisk_intern *intern, size_t count, const void *strings,
                                   size_t strings_size, const uint32_t *sizes, uint32_t *ids,
                                   size_t *done, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(done, "done");
    *done = 0;
    require(intern, "intern");
    check_sizes(count, strings, strings_size, sizes, ids);
    if (count == 0) return BRISK_OK;
    std::fill_n(ids, count, BRISK_INTERN_NONE);
    const uint32_t largest = *std::max_element(sizes, sizes + count);
    if (largest > of(intern)->string_max()) too_large(*of(intern), largest);
    of(intern)->put_many(static_cast<const char *>(strings), sizes, count, ids, done);
    return *done == count ? BRISK_OK : BRISK_REFUSED;
  });
}

brisk_status brisk_intern_find(brisk_intern *intern, const void *string, size_t string_size,
                               uint32_t *id, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(id, "id");
    *id = BRISK_INTERN_NONE;
    require(intern, "intern");
    require_bytes(string, string_size, "string");
    if (string_size > of(intern)->string_max()) [[unlikely]]
      return BRISK_MISS;
    *id = of(intern)->find(static_cast<const char *>(string), static_cast<uint32_t>(string_size));
    return *id != BRISK_INTERN_NONE ? BRISK_OK : BRISK_MISS;
  });
}

brisk_status brisk_intern_find_many(brisk_intern *intern, size_t count, const void *strings,
                                    size_t strings_size, const uint32_t *sizes, uint32_t *ids,
                                    size_t *found, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(found, "found");
    *found = 0;
    require(intern, "intern");
    check_sizes(count, strings, strings_size, sizes, ids);
    *found = of(intern)->find_many(static_cast<const char *>(strings), sizes, count, ids);
    return BRISK_OK;
  });
}

const void *brisk_intern_at(const brisk_intern *intern, uint32_t id, size_t *size) {
  const brisk::intern::String *found = intern == nullptr ? nullptr : of(intern)->at(id);
  if (size != nullptr) *size = found == nullptr ? 0 : found->size;
  return found == nullptr ? nullptr : found->bytes();
}

brisk_status brisk_intern_read_stats(brisk_intern *intern, brisk_intern_stats *stats,
                                     brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(stats, "stats");
    require(intern, "intern");
    const brisk::intern::Figures now = of(intern)->figures();
    brisk_intern_stats figures{};
    figures.strings = now.strings;
    figures.string_bytes = now.string_bytes;
    figures.hits = now.hits;
    figures.refusals = now.refusals;
    figures.capacity_bytes = now.capacity;
    figures.held_bytes = now.held;
    write_figures(figures, stats, "brisk_intern_stats");
    return BRISK_OK;
  });
}

brisk_intern *brisk_intern_ref(brisk_intern *intern) {
  if (intern != nullptr) of(intern)->ref();
  return intern;
}

void brisk_intern_unref(brisk_intern *intern) {
  if (intern != nullptr) of(intern)->unref();
}

}  // extern "C"
