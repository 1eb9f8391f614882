// What a policy maximizes: how much a hit counts, and how large an entry looks for that.
//
// Hits count as one each, by the bytes they give, or by the cost they save. A second chance goes by
// what an entry takes for each time a hit counts. Where hits count as one that is its bytes, the
// mean its measure (rules.h). By bytes it is the same for all, and nothing is left to choose. By
// cost it is its bytes in proportion to its cost, or nothing but its cost where bytes are not the
// limit; the measure is the geometric mean, because costs lie orders of magnitude apart, and few
// are as large as their mean. Logarithms are kept in whole numbers, so that sums of them never
// drift. Cost: a logarithm or two for each store, eviction and second chance, and that only where
// hits count by cost.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace brisk::cache {

enum class Aim : uint8_t { objects, bytes, cost };

// Of the entries there are, those that carry a cost.
class Bulks {
 public:
  explicit Bulks(Aim aim) noexcept : aim_(aim) {}

  Aim aim() const noexcept { return aim_; }
  void add(uint64_t weight, double cost) noexcept { count(weight, cost, 1); }
  void remove(uint64_t weight, double cost) noexcept { count(weight, cost, -1); }
  void clear() noexcept { *this = Bulks(aim_); }

  // As large as an entry of a side (rules.h) looks; the mean looks as large as it is.
  template <class Side>
  uint64_t of(const Side &side, uint64_t weight, double cost, bool bytes_bind) const noexcept {
    if (aim_ != Aim::cost || entries_ == 0) return weight;
    if (cost <= 0) return most;
    int64_t level = costs_ / entries_ - level_of(cost);
    if (bytes_bind) level += level_of(static_cast<double>(weight)) - weights_ / entries_;
    const uint64_t mean =
        (side.small_weight() + side.main_weight()) / std::max<uint64_t>(side.entries(), 1);
    const double times = std::exp2(static_cast<double>(level) / unit);
    return static_cast<uint64_t>(std::min(static_cast<double>(mean) * times, double{most}));
  }

 private:
  static constexpr uint64_t most = uint64_t{1} << 40;
  static constexpr double unit = 1024;  // of a logarithm to the base of 2

  static int64_t level_of(double of) noexcept { return std::lrint(std::log2(of) * unit); }
  void count(uint64_t weight, double cost, int64_t times) noexcept {
    if (aim_ != Aim::cost || cost <= 0) return;
    entries_ += times;
    costs_ += times * level_of(cost);
    weights_ += times * level_of(static_cast<double>(weight));
  }

  Aim aim_;
  int64_t entries_ = 0;
  int64_t costs_ = 0;  // the sums of their logarithms
  int64_t weights_ = 0;
};

}  // namespace brisk::cache
