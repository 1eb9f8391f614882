// Durations, counted in buckets that are at most an eighth wide: 0 ns to 2^40 ns, some 18 minutes.
//
// One thread adds, any thread reads. Adding costs a count of leading zeros and an addition.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace brisk::workers {

class Histogram {
 public:
  void add(uint64_t ns, uint64_t times = 1) noexcept {
    std::atomic<uint64_t> &bucket = buckets_[index(ns)];
    bucket.store(bucket.load(std::memory_order_relaxed) + times, std::memory_order_relaxed);
  }

  // Adds what another one holds.
  void merge(const Histogram &other) noexcept {
    for (size_t i = 0; i < buckets_.size(); ++i) {
      buckets_[i].fetch_add(other.buckets_[i].load(std::memory_order_relaxed),
                            std::memory_order_relaxed);
    }
  }

  uint64_t count() const noexcept {
    uint64_t sum = 0;
    for (const auto &bucket : buckets_) sum += bucket.load(std::memory_order_relaxed);
    return sum;
  }

  // The duration that this share of all stayed below, to an eighth; 0 when there are none.
  uint64_t quantile(double share) const noexcept {
    const auto wanted = static_cast<uint64_t>(share * static_cast<double>(count()));
    uint64_t below = 0;
    for (size_t i = 0; i < buckets_.size(); ++i) {
      const uint64_t here = buckets_[i].load(std::memory_order_relaxed);
      below += here;
      if (here != 0 && below > wanted) return upper(i);
    }
    for (size_t i = buckets_.size(); i-- != 0;) {
      if (buckets_[i].load(std::memory_order_relaxed) != 0) return upper(i);
    }
    return 0;
  }

 private:
  static constexpr unsigned fine = 3;  // bits below the highest one that count
  static constexpr unsigned longest = 40;

  // Durations below 8 ns have a bucket each; above, each power of two has eight.
  static size_t index(uint64_t ns) noexcept {
    if (ns < (1u << fine)) return static_cast<size_t>(ns);
    if (ns >= uint64_t{1} << longest) ns = (uint64_t{1} << longest) - 1;
    const auto power = static_cast<unsigned>(std::bit_width(ns)) - 1;
    return (size_t{power - fine + 1} << fine) + (ns >> (power - fine) & ((1u << fine) - 1));
  }
  static uint64_t upper(size_t index) noexcept {
    if (index < (1u << fine)) return index;
    const unsigned power = static_cast<unsigned>(index >> fine) + fine - 1;
    const uint64_t step = uint64_t{1} << (power - fine);
    return (uint64_t{1} << power) + ((index & ((1u << fine) - 1)) + 1) * step - 1;
  }

  std::array<std::atomic<uint64_t>, ((longest - fine + 1) << fine)> buckets_{};
};

}  // namespace brisk::workers
