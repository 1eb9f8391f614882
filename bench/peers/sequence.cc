// Writes the sequence of operations that every contestant runs: OUT KEYS COUNT SETS SEED.
//
// COUNT ids of KEYS keys by Zipf's law with exponent 0.99, drawn through the inverse of the
// distribution's table; the ranks are shuffled over the ids, so that hot keys lie scattered. SETS
// percent of the operations carry kSet.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "workload.h"

namespace {

class Random {  // splitmix64
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() { return peers::mix(state_ += 0x9e3779b97f4a7c15u); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(unit() * bound); }

 private:
  uint64_t state_;
};

}  // namespace

int main(int argc, char **argv) {
  if (argc != 6) peers::fail("usage: OUT KEYS COUNT SETS SEED");
  const auto keys = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10));
  const size_t count = std::strtoul(argv[3], nullptr, 10);
  const auto sets = static_cast<uint32_t>(std::strtoul(argv[4], nullptr, 10));
  Random random(std::strtoull(argv[5], nullptr, 10));
  if (keys == 0 || keys >= peers::kSet || count == 0) peers::fail("KEYS or COUNT is out of range");

  std::vector<uint32_t> id_of_rank(keys);
  std::iota(id_of_rank.begin(), id_of_rank.end(), 0u);
  for (uint32_t i = keys - 1; i > 0; i--) std::swap(id_of_rank[i], id_of_rank[random.below(i + 1)]);

  std::vector<double> at_most(keys);
  double sum = 0;
  for (uint32_t rank = 0; rank < keys; rank++) at_most[rank] = sum += std::pow(rank + 1.0, -0.99);

  std::vector<uint32_t> sequence(count);
  for (uint32_t &id : sequence) {
    const auto found = std::upper_bound(at_most.begin(), at_most.end() - 1, random.unit() * sum);
    id = id_of_rank[static_cast<size_t>(found - at_most.begin())];
    if (random.below(100) < sets) id |= peers::kSet;
  }

  std::FILE *out = std::fopen(argv[1], "wb");
  if (out == nullptr || std::fwrite(sequence.data(), sizeof(uint32_t), count, out) != count ||
      std::fclose(out) != 0) {
    peers::fail(std::string("cannot write ") + argv[1]);
  }
  return 0;
}
