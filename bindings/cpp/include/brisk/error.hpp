// Errors as exceptions, and durations: what every call of the C++ interface stands on.
#pragma once

#include <brisk/base.h>
#include <brisk/load.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

namespace brisk {
inline namespace v0_1 {

using Duration = std::chrono::nanoseconds;

// As a lifetime, never expires; as a timeout, waits without end.
inline constexpr Duration forever = Duration::max();

// Why a call failed. status() is the negative number of the C interface, what() names the input,
// the limit and the way out. The classes below are what callers tell apart; other failures, such as
// BRISK_TOO_LARGE and BRISK_EXISTS, are plain Errors.
class BRISK_API Error : public std::runtime_error {
 public:
  Error(brisk_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

  brisk_status status() const noexcept { return status_; }
  const char *status_name() const noexcept { return brisk_status_name(status_); }

 private:
  brisk_status status_;
};

// An argument is wrong, or the handle is empty.
struct BRISK_API InvalidArgument : Error {
  using Error::Error;
};
// The cache or runtime was closed before the call, or while it waited.
struct BRISK_API Closed : Error {
  using Error::Error;
};
// The loader of this key failed, in this call or in the one that this call waited for.
struct BRISK_API LoadFailed : Error {
  using Error::Error;
};
// A load waits, directly or through others, for itself.
struct BRISK_API Deadlock : Error {
  using Error::Error;
};

namespace detail {

// Receives the error of one call, and throws it.
class Failure {
 public:
  Failure() = default;
  Failure(const Failure &) = delete;
  Failure &operator=(const Failure &) = delete;
  ~Failure() { brisk_error_unref(error_); }

  brisk_error **out() noexcept { return &error_; }

  // Passes success and outcomes on.
  brisk_status check(brisk_status status) const {
    if (status < 0) raise(status);
    return status;
  }

 private:
  [[noreturn]] void raise(brisk_status status) const {
    // Without memory for an error object there is none.
    const char *text = error_ != nullptr ? brisk_error_message(error_) : brisk_status_name(status);
    switch (status) {
      case BRISK_OUT_OF_MEMORY:
        throw std::bad_alloc();
      case BRISK_INVALID:
        throw InvalidArgument(status, text);
      case BRISK_CLOSED:
        throw Closed(status, text);
      case BRISK_LOAD_FAILED:
        throw LoadFailed(status, text);
      case BRISK_DEADLOCK:
        throw Deadlock(status, text);
      default:
        throw Error(status, text);
    }
  }

  brisk_error *error_ = nullptr;
};

// Calls a function of the C interface with everything but its last parameter. Returns success and
// outcomes, throws failures.
template <auto Function, class... Arguments>
brisk_status call(Arguments... arguments) {
  Failure failure;
  return failure.check(Function(arguments..., failure.out()));
}

inline uint64_t nanoseconds(Duration duration) {
  if (duration == forever) return BRISK_FOREVER;
  if (duration < Duration::zero()) {
    throw InvalidArgument(BRISK_INVALID,
                          std::to_string(duration.count()) + " ns is a negative duration");
  }
  return static_cast<uint64_t>(duration.count());
}

// Without a timeout the default of the cache holds, which is 0 in C. What is left until a deadline
// may be zero or less: then the call does not wait.
inline uint64_t timeout(std::optional<Duration> duration) {
  return duration ? nanoseconds(std::max(*duration, Duration(1))) : 0;
}

// Too long for the field is too long for a name as well, and the library says so.
inline uint32_t name_size(const std::string &name) {
  return static_cast<uint32_t>(std::min<size_t>(name.size(), UINT32_MAX));
}

}  // namespace detail

}  // namespace v0_1
}  // namespace brisk
