// Operation sequences out of bytes, checked against a plain map (tests/model/model.h): the first
// byte picks the mode, the rest are the choices. Aborts, with the step named, where cache and map
// disagree.
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "../model/model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const uint8_t *const end = data + size;
  const brisk_test::Mode &mode = brisk_test::modes[*data++ % std::size(brisk_test::modes)];
  brisk_test::Model model(mode, [&](uint64_t bound) {
    // As many bytes as the bound needs; zeros when the input has ended.
    uint64_t number = 0;
    for (uint64_t rest = bound - 1; rest != 0; rest >>= 8)
      number = number << 8 | (data != end ? *data++ : 0u);
    return number % bound;
  });
  while (data != end) {
    model.step();
    model.check();
  }
  model.check_all();
  return 0;
}
