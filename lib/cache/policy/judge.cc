#include "cache/policy/judge.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <mutex>

namespace brisk::cache {
namespace {

constexpr uint64_t share_most = 4;    // one key in four
constexpr uint64_t share_least = 64;  // one in 64, as long as that makes few enough nodes
constexpr uint64_t nodes_least = 256;
constexpr uint64_t budget_share = 32;    // of the cache's bytes, for the shadows
constexpr unsigned scored_between = 16;  // verdicts
constexpr double memory = 3;             // half-life of points, in entries of a shadow
constexpr double few = 44;               // entries of a shadow, which double the doubt
constexpr double lead_least = 2;

constexpr uint64_t weight_max = (1u << 30) - 1;

// More nodes than entries: sizes may shrink before the shadows are made anew.
constexpr uint64_t with_spare(uint64_t nodes) { return nodes + nodes / 2 + 8; }

template <size_t... At>
std::array<Shadow, sizeof...(At)> make_shadows(Account &account, Aim aim,
                                               std::index_sequence<At...>) {
  return {Shadow(rules[At], account, aim)...};
}

// The upper half of a float without its sign, which is 0.
uint64_t shortened(double number) {
  const float bounded = std::min(static_cast<float>(number), std::numeric_limits<float>::max());
  return std::bit_cast<uint32_t>(bounded) >> 16;
}
double restored(uint64_t half) {
  return double{std::bit_cast<float>(static_cast<uint32_t>((half & 0x7fff) << 16))};
}

}  // namespace

Judge::Judge(Account &account, std::atomic<uint32_t> &sampled_below, Aim aim) noexcept
    : account_(account),
      aim_(aim),
      below_(sampled_below),
      shadows_(make_shadows(account, aim, std::make_index_sequence<rules.size()>())) {}

uint64_t Judge::both(uint64_t weight, double cost) noexcept {
  return shortened(cost) << 15 | shortened(static_cast<double>(weight));
}

Shadow::Newcomer Judge::newcomer(uint64_t note) const noexcept {
  const uint64_t given = note >> 2 & weight_max;
  if (aim_ != Aim::cost) return {static_cast<uint32_t>(given), 0};
  return {static_cast<uint32_t>(std::min(restored(given), double{weight_max})),
          restored(given >> 15)};
}

void Judge::note(uint64_t hash, uint64_t weight, Kind kind) noexcept {
  const auto id = static_cast<uint32_t>(hash * 0xd6e8feb86659fd93u >> 32);
  const uint64_t bounded = std::min(weight, weight_max);
  const uint64_t note = uint64_t{id} << 32 | bounded << 2 | kind;
  const bool noted = rings_.with([note](Ring &ring, bool exclusive) {
    if (!exclusive) return false;
    // Acquires what an earlier thread with this thread pointer has left.
    const uint32_t head = ring.head.load(std::memory_order_acquire);
    if (head - ring.tail.load(std::memory_order_acquire) == ring.notes.size()) return false;
    ring.notes[head % ring.notes.size()].store(note, std::memory_order_relaxed);
    ring.head.store(head + 1, std::memory_order_release);
    return true;
  });
  if (!noted) [[unlikely]]
    drain(note);
}

void Judge::drain(uint64_t left_over) noexcept {
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  rings_.each([this](Ring &ring) {
    const uint32_t head = ring.head.load(std::memory_order_acquire);
    uint32_t tail = ring.tail.load(std::memory_order_relaxed);
    for (; tail != head; ++tail)
      play(ring.notes[tail % ring.notes.size()].load(std::memory_order_relaxed));
    ring.tail.store(tail, std::memory_order_release);
  });
  play(left_over);
}

void Judge::play(uint64_t note) noexcept {
  if (tried_ == 0) return;
  const auto id = static_cast<uint32_t>(note >> 32);
  const auto kind = static_cast<Kind>(note & 3);
  if (kind == erase) {
    for (size_t at = 0; at < tried_; ++at) shadows_[at].erase(id);
    return;
  }
  uint32_t hits = 0;
  uint32_t known = 0;  // the weight, by a shadow
  for (size_t at = 0; at < tried_; ++at) {
    const uint32_t found = kind == store ? shadows_[at].weight_of(id) : shadows_[at].use(id);
    if (found == 0) continue;
    known = found;
    hits |= 1u << at;
  }
  const bool all = hits == (1u << tried_) - 1;
  Shadow::Newcomer one = newcomer(note);
  // A reader does not know the weight. A shadow may, and else the mean will do.
  if (one.weight == 0 && !all) one = {known, known_cost(id, hits)};
  if (kind != store) score(hits, hits == 0 || all ? 1 : gain_of(one));
  // Who has missed stores next, or does not.
  if (kind != miss && !all) place(id, one, hits);
}

// Into those shadows that have not got it.
void Judge::place(uint32_t id, Shadow::Newcomer one, uint32_t hits) noexcept {
  const uint64_t full = full_.load(std::memory_order_relaxed);
  const auto share = static_cast<uint64_t>(share_ * static_cast<double>(full) + 0.5);
  const Regime regime = regime_.load(std::memory_order_relaxed);
  if (one.weight == 0)
    one.weight = static_cast<uint32_t>(full / entries_.load(std::memory_order_relaxed));
  for (size_t at = 0; at < tried_; ++at) {
    if ((hits >> at & 1) == 0) shadows_[at].store(id, one, share, regime);
  }
}

double Judge::known_cost(uint32_t id, uint32_t hits) const noexcept {
  return hits == 0 ? 0 : shadows_[static_cast<size_t>(std::countr_zero(hits))].cost(id);
}

// What a hit that not all shadows had counts, in proportion to the mean of such hits.
double Judge::gain_of(const Shadow::Newcomer &one) noexcept {
  if (aim_ == Aim::objects) return 1;
  constexpr double between = 1024;  // hits that the mean goes over, some
  const double gain = aim_ == Aim::cost ? one.cost : static_cast<double>(one.weight);
  mean_gain_ = mean_gain_ == 0 ? gain : mean_gain_ + (gain - mean_gain_) / between;
  return mean_gain_ == 0 ? 0 : gain / mean_gain_;
}

void Judge::score(uint32_t hits, double gain) noexcept {
  unit_ *= growth_;
  if (hits != 0 && hits != (1u << tried_) - 1) {
    for (size_t at = 0; at < tried_; ++at) {
      if ((hits >> at & 1) == 0) continue;
      hits_[at] += unit_ * gain;
      for (size_t other = 0; other < tried_; ++other) {
        if ((hits >> other & 1) != 0) continue;
        differed_[at][other] += unit_ * gain * gain;
        differed_[other][at] += unit_ * gain * gain;
      }
    }
  }
  if (++scored_ % scored_between == 0) decide();
}

void Judge::decide() noexcept {
  const uint32_t now = now_.load(std::memory_order_relaxed);
  uint32_t best = now;
  double lead = 0;
  for (uint32_t at = 0; at < tried_; ++at) {
    const double ahead = (hits_[at] - hits_[now]) / unit_ - lead_least -
                         doubt_ * std::sqrt(differed_[at][now] / unit_);
    if (ahead <= lead) continue;
    lead = ahead;
    best = at;
  }
  now_.store(best, std::memory_order_relaxed);
  constexpr double large = 1e100;
  if (unit_ < large) return;
  for (double &points : hits_) points /= unit_;
  for (auto &row : differed_) {
    for (double &points : row) points /= unit_;
  }
  unit_ = 1;
}

uint64_t Judge::bytes_for(uint64_t nodes, Sketch::Load load) const noexcept {
  uint64_t bytes = 0;
  for (size_t at = 0; at < rules_for(load.entries); ++at)
    bytes += Shadow::bytes({with_spare(nodes), load.a_line}, rules[at], aim_);
  return bytes;
}

uint64_t Judge::nodes_for(Sketch::Load load) const noexcept {
  uint64_t nodes = std::min({std::max(nodes_least, load.entries / share_least),
                             load.entries / share_most, Shadow::nodes_max * 2 / 3 - 8});
  while (nodes > 16 && bytes_for(nodes, load) > account_.limit() / budget_share) nodes -= nodes / 4;
  return nodes;
}

uint64_t Judge::missing(Sketch::Load load) const noexcept {
  const auto about = [](uint64_t now, uint64_t made_for) {
    return now <= made_for + made_for / 2 && now >= made_for / 2;
  };
  if (about(load.entries, entries_.load(std::memory_order_relaxed)) &&
      about(load.a_line, a_line_.load(std::memory_order_relaxed)))
    return 0;
  return bytes_for(nodes_for(load), load);
}

bool Judge::resize(Sketch::Load load) noexcept {
  std::lock_guard lock(mutex_);
  const uint64_t entries = load.entries;
  if (entries == 0) return true;
  below_.store(0, std::memory_order_relaxed);
  for (Shadow &shadow : shadows_) shadow.release();
  entries_.store(entries, std::memory_order_relaxed);
  a_line_.store(load.a_line, std::memory_order_relaxed);
  tried_ = 0;
  const uint64_t nodes = nodes_for(load);
  const size_t wanted = nodes < 4 ? 0 : rules_for(entries);
  while (tried_ < wanted && shadows_[tried_].resize({with_spare(nodes), load.a_line})) ++tried_;
  if (tried_ < wanted) {
    for (Shadow &shadow : shadows_) shadow.release();
    tried_ = 0;
  }
  uint64_t charge = 0;
  for (const Shadow &shadow : shadows_) charge += shadow.charge();
  charge_.store(charge, std::memory_order_relaxed);
  if (now_.load(std::memory_order_relaxed) >= tried_)
    now_.store(first_rule, std::memory_order_relaxed);
  share_ = static_cast<double>(nodes) / static_cast<double>(entries);
  const auto size = static_cast<double>(std::max<uint64_t>(nodes, 1));
  growth_ = std::exp2(1 / (memory * size));
  doubt_ = 1 + (few / size) * (few / size);
  hits_ = {};
  differed_ = {};
  unit_ = 1;
  if (tried_ != 0)
    below_.store(static_cast<uint32_t>(share_ * 4294967296.0), std::memory_order_relaxed);
  return tried_ == wanted;
}

void Judge::release() noexcept {
  std::lock_guard lock(mutex_);
  below_.store(0, std::memory_order_relaxed);
  for (Shadow &shadow : shadows_) shadow.release();
  tried_ = 0;
  entries_.store(0, std::memory_order_relaxed);
  charge_.store(0, std::memory_order_relaxed);
}

}  // namespace brisk::cache
