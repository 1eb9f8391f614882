// Requests as programs make them: a few keys are asked for often, and most rarely.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace brisk_test {

// Keys from 0 on, the hottest first, by Zipf's law with this exponent; the same ones each time.
inline std::vector<uint64_t> zipf(size_t length, size_t keys, double exponent) {
  std::vector<double> ends(keys);
  double end = 0;
  for (size_t key = 0; key < keys; ++key)
    ends[key] = end += std::pow(static_cast<double>(key + 1), -exponent);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> place(0, end);
  std::vector<uint64_t> drawn(length);
  for (uint64_t &key : drawn) {
    const auto at = std::lower_bound(ends.begin(), ends.end(), place(random));
    key = static_cast<uint64_t>(at - ends.begin());
  }
  return drawn;
}

}  // namespace brisk_test
