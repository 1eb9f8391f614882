// The extern "C" side of <brisk/base.h>.
#include <brisk/base.h>
#include <dlfcn.h>

#include <cstdio>
#include <mutex>

#include "abi/abi.h"
#include "base/memory.h"
#include "base/size.h"

extern "C" {

const char *brisk_version(void) { return BRISK_VERSION; }

uint32_t brisk_abi_version(void) { return BRISK_ABI_VERSION; }

uint64_t brisk_abi_digest(void) { return BRISK_ABI_DIGEST; }

const char *brisk_build_info(void) {
  // The allocator is chosen late, so there is a line for each; both live forever.
  static char lines[2][512];
  static std::mutex mutex;
  const char *allocator = brisk::memory::allocator_name();
  const bool chosen = allocator[0] != 'n';
  char *line = lines[chosen ? 1 : 0];
  std::lock_guard lock(mutex);
  if (line[0] == '\0') {
    Dl_info info{};
    const bool found = dladdr(reinterpret_cast<const void *>(&brisk_version), &info) != 0;
    std::snprintf(line, sizeof lines[0], "brisk %s, interface %u.%u, %s %s, allocator %s, %s",
                  BRISK_VERSION, BRISK_ABI_VERSION >> 16, BRISK_ABI_VERSION & 0xffff,
#ifdef __clang__
                  "clang", __clang_version__,
#else
                  "gcc", __VERSION__,
#endif
                  allocator, found ? info.dli_fname : "unknown path");
  }
  return line;
}

const char *brisk_status_name(brisk_status status) {
  switch (status) {
#define BRISK_STATUS(name, value) \
  case value:                     \
    return "BRISK_" #name;
#include "abi/status_names.inc"
#undef BRISK_STATUS
    default:
      return "BRISK_UNKNOWN";
  }
}

brisk_status brisk_error_status(const brisk_error *error) {
  return error == nullptr ? BRISK_OK : error->status;
}

const char *brisk_error_message(const brisk_error *error) {
  return error == nullptr ? "" : error->message;
}

brisk_error *brisk_error_ref(brisk_error *error) {
  if (error != nullptr) error->ref();
  return error;
}

void brisk_error_unref(brisk_error *error) {
  if (error != nullptr) error->unref();
}

brisk_status brisk_parse_size(const void *text, size_t text_size, uint64_t *size,
                              brisk_error **error) {
  return brisk::abi::guard(error, [&]() -> brisk_status {
    brisk::abi::require(size, "size");
    *size = 0;
    brisk::abi::require_bytes(text, text_size, "text");
    *size = brisk::parse_size(static_cast<const char *>(text), text_size);
    return BRISK_OK;
  });
}

}  // extern "C"
