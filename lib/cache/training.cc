#include "cache/training.h"

#define ZSTD_STATIC_LINKING_ONLY
#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <iterator>
#include <memory>

#include "cache/dictionary.h"

namespace brisk::cache::training {
namespace {

// What a byte that is not stored is worth, in nanoseconds of unpacking.
constexpr double byte_worth = 16;
// A dictionary must do better than what there is, and another level than the usual one, by this.
constexpr double better = 1.03;
constexpr double much_better = 1.03;
constexpr std::array<int, 3> levels{3, 1, -1};  // the usual one first
// The sizes at which packing may begin to pay; from the largest on values are always tried.
constexpr std::array<size_t, 4> thresholds{512, 256, 128, value_min};
constexpr int repetitions = 3;
constexpr size_t judges_few = 8;
constexpr size_t packed_bound = ZSTD_COMPRESSBOUND(sample_max);

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) noexcept {
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
}

struct Close {
  void operator()(ZSTD_CCtx *context) const noexcept { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx *context) const noexcept { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_DDict *dictionary) const noexcept { ZSTD_freeDDict(dictionary); }
};
template <class T>
using Owned = std::unique_ptr<T, Close>;

struct Sums {
  size_t values = 0;
  double raw = 0;
  double stored = 0;
  double unpacked = 0;   // of raw, what had shrunk
  double unpacking = 0;  // nanoseconds
  double cost() const noexcept { return stored * byte_worth + unpacking; }
};
using SumsBySize = std::array<Sums, thresholds.size()>;

size_t size_class(size_t size) noexcept {
  size_t at = 0;
  while (at + 1 < thresholds.size() && size < thresholds[at]) ++at;
  return at;
}

// Packs and unpacks the samples that judge, with a dictionary or, without content, alone. False
// when zstd has no memory.
bool measure(const Samples &judges, const void *content, size_t size, int level,
             CodecMemory &memory, SumsBySize &sums) noexcept {
  const ZSTD_customMem custom{CodecMemory::allocate, CodecMemory::release, &memory};
  const Owned<ZSTD_CCtx> packer(ZSTD_createCCtx_advanced(custom));
  const Owned<ZSTD_DCtx> unpacker(ZSTD_createDCtx_advanced(custom));
  PackingTables to;
  const Owned<ZSTD_DDict> from(
      ZSTD_createDDict_advanced(content, size, ZSTD_dlm_byRef, ZSTD_dct_auto, custom));
  if (!packer || !unpacker || !to.make(content, size, level, memory) || !from) return false;
  ZSTD_CCtx_setParameter(packer.get(), ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(packer.get(), ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_refCDict(packer.get(), to.get());
  char packed[packed_bound];
  char unpacked[sample_max];
  const char *value = judges.bytes;
  for (size_t i = 0; i < judges.count; value += judges.sizes[i++]) {
    const size_t raw = judges.sizes[i];
    const size_t got = ZSTD_compress2(packer.get(), packed, sizeof packed, value, raw);
    if (ZSTD_isError(got)) return false;
    Sums &sum = sums[size_class(raw)];
    ++sum.values;
    sum.raw += static_cast<double>(raw);
    sum.stored += static_cast<double>(std::min(raw, got));
    if (got >= raw) continue;
    double best = 1e18;  // of some, against interruptions
    for (int repetition = 0; repetition < repetitions; ++repetition) {
      const auto begin = Clock::now();
      const size_t back =
          ZSTD_decompress_usingDDict(unpacker.get(), unpacked, raw, packed, got, from.get());
      best = std::min(best, since(begin));
      if (back != raw) return false;
    }
    sum.unpacking += best;
    sum.unpacked += static_cast<double>(raw);
  }
  return true;
}

Sums total(const SumsBySize &sums) noexcept {
  Sums all;
  for (const Sums &sum : sums) {
    all.values += sum.values;
    all.raw += sum.raw;
    all.stored += sum.stored;
    all.unpacked += sum.unpacked;
    all.unpacking += sum.unpacking;
  }
  return all;
}

// Down to where values save a quarter, and enough bytes for the time that unpacking takes.
size_t threshold_of(const SumsBySize &sums) noexcept {
  size_t threshold = thresholds.front();
  for (size_t at = 1; at < thresholds.size(); ++at) {
    const Sums &sum = sums[at];
    if (sum.values < judges_few) continue;  // they tell nothing against it
    const double saved = sum.raw - sum.stored;
    if (saved * 4 < sum.raw || sum.unpacking > saved * byte_worth) break;
    threshold = thresholds[at];
  }
  return threshold;
}

}  // namespace

size_t memory(size_t size, size_t samples, int level) noexcept {
  const int most = level != 0 ? level : levels.front();
  const size_t choosing =
      (size_t{256} << 10) + (size_t{6} << counters_log(samples)) + size * 15 / 2;
  const size_t measuring = Dictionaries::memory(size, most) + ZSTD_estimateDCtxSize() +
                           PackingTables::context_size(size, most);
  return size + std::max(choosing, measuring);
}

Trained train(const Samples &samples, int level, const Current &current, void *to, size_t capacity,
              CodecMemory &memory) noexcept {
  Trained trained;
  const size_t judging = samples.count / 8;
  const size_t training = samples.count - judging;
  if (judging < judges_few) return trained;
  const char *rest = samples.bytes;
  for (size_t i = 0; i < training; ++i) rest += samples.sizes[i];
  ZDICT_fastCover_params_t parameters{};
  parameters.k = 512;
  parameters.d = 8;
  parameters.f = counters_log(static_cast<size_t>(rest - samples.bytes));
  parameters.accel = 1;
  parameters.zParams.compressionLevel = 1;  // for the counts of symbols; 3 takes 700 KiB more
  const size_t size = ZDICT_trainFromBuffer_fastCover(to, capacity, samples.bytes, samples.sizes,
                                                      static_cast<unsigned>(training), parameters);
  if (ZDICT_isError(size)) return trained;

  const Samples judges{rest, samples.sizes + training, judging};
  SumsBySize best{};
  for (const int candidate : levels) {
    if (level != 0 && candidate != levels.front()) continue;
    const int tried = level != 0 ? level : candidate;
    SumsBySize sums{};
    if (!measure(judges, to, size, tried, memory, sums)) continue;
    if (trained.level != 0 && total(sums).cost() * much_better > total(best).cost()) continue;
    best = sums;
    trained.level = tried;
  }
  if (trained.level == 0) return trained;
  SumsBySize now{};
  if (!measure(judges, current.content, current.size, current.level, memory, now)) return trained;
  trained.threshold = threshold_of(best);
  trained.ratio = total(best).raw / total(best).stored;
  if (total(best).unpacked != 0) trained.unpacking = total(best).unpacking / total(best).unpacked;
  if (total(best).stored * better <= total(now).stored) trained.size = size;
  return trained;
}

}  // namespace brisk::cache::training
