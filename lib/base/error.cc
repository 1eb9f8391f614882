#include "base/error.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/fault.h"

namespace brisk {

void fail(brisk_status status, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  throw Failure(status, text);
}

std::string quoted(const void *data, size_t size, size_t limit) {
  const auto *bytes = static_cast<const unsigned char *>(data);
  std::string text = "\"";
  for (size_t i = 0; i < size && i < limit; ++i) {
    char escaped[5];
    if (bytes[i] >= 0x20 && bytes[i] < 0x7f && bytes[i] != '"' && bytes[i] != '\\') {
      text += static_cast<char>(bytes[i]);
    } else {
      std::snprintf(escaped, sizeof escaped, "\\x%02x", bytes[i]);
      text += escaped;
    }
  }
  text += size > limit ? "...\"" : "\"";
  return text;
}

}  // namespace brisk

namespace {
// Immortal: its count is never touched.
brisk_error out_of_memory{{1}, BRISK_OUT_OF_MEMORY, "the system gave no memory"};
}  // namespace

brisk_error *brisk_error::make(brisk_status status, const char *message, size_t size) noexcept {
  void *memory = BRISK_FAULT("error") ? nullptr : std::malloc(sizeof(brisk_error) + size + 1);
  if (memory == nullptr) return &out_of_memory;
  char *text = static_cast<char *>(memory) + sizeof(brisk_error);
  std::memcpy(text, message, size);
  text[size] = '\0';
  return new (memory) brisk_error{{1}, status, text};
}

void brisk_error::ref() noexcept {
  if (this != &out_of_memory) references.fetch_add(1, std::memory_order_relaxed);
}

void brisk_error::unref() noexcept {
  if (this == &out_of_memory) return;
  if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    this->~brisk_error();
    std::free(this);
  }
}
