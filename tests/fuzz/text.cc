// Patterns and sizes from anywhere: refused or read, never out of bounds. A pattern of plain bytes
// must match itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "base/glob.h"
#include "base/size.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string text(reinterpret_cast<const char *>(data), size);
  const size_t middle = size / 2;
  try {
    brisk::glob_check(text.data(), middle);
    brisk::glob_match(text.data(), middle, text.data() + middle, size - middle);
    const bool plain = text.find_first_of("*?[\\") == std::string::npos;
    if (plain && !brisk::glob_match(text.data(), size, text.data(), size)) std::abort();
  } catch (const brisk::Failure &) {
  }
  try {
    brisk::parse_size(text.data(), size);
  } catch (const brisk::Failure &) {
  }
  return 0;
}
