// Failures inside the library and the error object that leaves it.
//
// Below lib/abi a failure is a thrown Failure; lib/abi turns it into a status and, when the caller
// asked, a brisk_error. An expected outcome is never thrown. Neither path needs memory to report
// that there is none: a static error object stands in.
#pragma once

#include <brisk/base.h>

#include <atomic>
#include <string>

namespace brisk {

class Failure {
 public:
  Failure(brisk_status status, std::string message)
      : status_(status), message_(std::move(message)) {}
  brisk_status status() const noexcept { return status_; }
  const std::string &message() const noexcept { return message_; }

 private:
  brisk_status status_;
  std::string message_;
};

[[noreturn]] void fail(brisk_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// At most `limit` bytes of a key or name, quoted, with what does not print escaped: for messages.
std::string quoted(const void *data, size_t size, size_t limit = 64);

}  // namespace brisk

// Immutable once made; one allocation holds the object and its text.
struct brisk_error {
  std::atomic<uint32_t> references;
  brisk_status status;
  const char *message;

  // Gives one reference. Never fails.
  static brisk_error *make(brisk_status status, const char *message, size_t size) noexcept;
  void ref() noexcept;
  void unref() noexcept;
};
