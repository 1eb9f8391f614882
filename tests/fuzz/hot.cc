// Files of hot keys out of bytes: refused, or exactly what packing gives back. The input is taken
// as it is, and as the body of a file whose magic and hash are right.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "cache/hot_file.h"

namespace {

void check(const std::string &bytes) {
  try {
    if (brisk::cache::pack_hot(brisk::cache::unpack_hot(bytes)) != bytes) std::abort();
  } catch (const brisk::Failure &) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string input(reinterpret_cast<const char *>(data), size);
  check(input);
  std::string file("BRISKHOT\1\0\0\0", 12);
  file += input;
  const uint64_t hash = brisk::hash_bytes(file.data(), file.size(), 0);
  file.append(reinterpret_cast<const char *>(&hash), sizeof hash);
  check(file);
  return 0;
}
