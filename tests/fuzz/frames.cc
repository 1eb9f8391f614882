// Frames from anywhere, unpacked with and without a dictionary: refused, or exactly as many bytes
// as were asked for, and never one beyond. And whatever is packed comes back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "../unit/records.h"
#include "cache/codec.h"

using brisk::cache::Codec;

namespace {

struct Packers {
  brisk::Account account{uint64_t{64} << 20};
  Codec alone{account, uint64_t{64} << 20, {}};
  Codec trained{account, uint64_t{64} << 20, {}};

  Packers() {
    const auto [bytes, sizes] = brisk_test::records(600, 0);
    std::vector<char> content(trained.dictionary_size());
    const brisk::cache::Trained found =
        trained.train({bytes.data(), sizes.data(), sizes.size()}, content.data(), trained.memory());
    if (!trained.adopt(found, content.data())) std::abort();
    trained.end_training(found);
  }
};

void unpack(Codec &codec, const uint8_t *data, size_t size, size_t raw, uint8_t dictionary) {
  std::vector<char> to(raw);  // of its own, so that the address sanitizer sees its end
  codec.unpack(data, size, to.data(), raw, dictionary);
}

void there_and_back(Codec &codec, const uint8_t *data, size_t size) {
  std::vector<char> packed(Codec::packed_limit(size));
  uint8_t dictionary = 0;
  size_t refused = 0;
  const size_t got = codec.pack(data, size, packed.data(), &dictionary, &refused);
  if (got == 0) return;
  std::vector<char> back(size);
  if (!codec.unpack(packed.data(), got, back.data(), size, dictionary)) std::abort();
  if (std::memcmp(back.data(), data, size) != 0) std::abort();
  codec.drop(dictionary);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Packers packers;
  if (size < 2) return 0;
  const size_t raw = 1 + (size_t{data[0]} << 8 | data[1]);
  unpack(packers.alone, data + 2, size - 2, raw, 0);
  unpack(packers.trained, data + 2, size - 2, raw, 1);
  unpack(packers.trained, data + 2, size - 2, raw, data[0]);
  there_and_back(packers.alone, data, size);
  there_and_back(packers.trained, data, size);
  return 0;
}
