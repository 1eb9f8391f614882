// The room between C and C++: what every function of the interface does before and after its work.
//
// A function checks its arguments, calls one method, and lets nothing escape: guard() turns what
// was thrown into a status and, if the caller wants one, an error object. Handles are the C++
// objects themselves under an opaque name.
#pragma once

#include <brisk/base.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <new>

#include "base/error.h"

namespace brisk::abi {

inline brisk_status report(brisk_error **error, brisk_status status, const char *message,
                           size_t size) noexcept {
  if (error != nullptr) *error = brisk_error::make(status, message, size);
  return status;
}

template <class Body>
brisk_status guard(brisk_error **error, Body &&body) noexcept {
  try {
    return body();
  } catch (const Failure &failure) {
    return report(error, failure.status(), failure.message().data(), failure.message().size());
  } catch (const std::bad_alloc &) {
    constexpr char message[] = "the system gave no memory";
    return report(error, BRISK_OUT_OF_MEMORY, message, sizeof message - 1);
  } catch (const std::exception &exception) {
    return report(error, BRISK_INTERNAL, exception.what(), std::strlen(exception.what()));
  } catch (...) {
    constexpr char message[] = "an exception of unknown type";
    return report(error, BRISK_INTERNAL, message, sizeof message - 1);
  }
}

[[noreturn]] [[gnu::cold]] inline void is_null(const char *name) {
  fail(BRISK_INVALID, "%s is NULL", name);
}

inline void require(const void *pointer, const char *name) {
  if (pointer == nullptr) [[unlikely]]
    is_null(name);
}

// Bytes may be NULL only when there are none of them.
inline void require_bytes(const void *data, size_t size, const char *name) {
  if (data == nullptr && size != 0) [[unlikely]]
    is_null(name);
}

// A copy of an option struct as this library knows it, absent fields zero.
template <class Options>
Options read_options(const Options *given, const char *type) {
  Options options{};
  if (given == nullptr) return options;
  const size_t size = given->struct_size;
  if (size < 2 * sizeof(uint32_t) || size > 65536) {
    fail(BRISK_INVALID, "struct_size of %s is %zu; start from its _INIT macro, which sets %zu",
         type, size, sizeof(Options));
  }
  const auto *bytes = reinterpret_cast<const unsigned char *>(given);
  for (size_t i = sizeof(Options); i < size; ++i) {
    if (bytes[i] != 0) {
      fail(BRISK_INVALID,
           "%s has a value at byte %zu, beyond the %zu bytes that version %s knows; use a newer "
           "library",
           type, i, sizeof(Options), BRISK_VERSION);
    }
  }
  std::memcpy(static_cast<void *>(&options), given, std::min(size, sizeof(Options)));
  return options;
}

// Copies figures into the struct of a caller that may be older or newer than this library.
template <class Figures>
void write_figures(const Figures &figures, Figures *out, const char *type) {
  const size_t size = out->struct_size;
  if (size < 2 * sizeof(uint32_t) || size > 65536) {
    fail(BRISK_INVALID, "struct_size of %s is %zu; start from its _INIT macro, which sets %zu",
         type, size, sizeof(Figures));
  }
  const auto *from = reinterpret_cast<const char *>(&figures);
  auto *to = reinterpret_cast<char *>(out);
  const size_t known = std::min(size, sizeof(Figures));
  std::memcpy(to + sizeof(uint32_t), from + sizeof(uint32_t), known - sizeof(uint32_t));
  std::memset(to + known, 0, size - known);
}

}  // namespace brisk::abi
