// Which rule is the best now: shadows of all rules see the same sampled requests, and the one that
// hits more, by more than chance explains, rules the cache.
//
// One judge for a cache, however many parts with queues of their own it has: they share it. A key
// is sampled by its hash. What is asked for of sampled keys, there or not, what is stored and what
// is erased is noted in a small ring of the calling thread (base/stripes.h); whoever finds its ring
// full plays all rings through the shadows if nobody else does, and loses the note otherwise. The
// verdict is one word, read without a lock (set duelling: Qureshi and others, ISCA 2007).
//
// Only what is asked for is scored, and what is written anew where it was; what is stored takes its
// place in the shadows that lack it, and so does what the cache had. A hit counts as one, or as
// many times the mean as it has bytes or saves cost (aim.h). Points fade: a shadow's hits count
// half after three times as many sampled requests as a shadow holds. A rule takes over when it
// leads the present one by 2 hits and the root of the number of requests on which the two differed;
// with few entries in a shadow by more of the latter, since then it matters which they are.
// There are no shadows, and nothing is sampled, before the cache is full: until then all rules do
// the same.
//
// Cost: a note is a few stores; playing one some 100 ns, for one request in 64 of a large cache and
// one in four of the smallest. Memory: some 110 bytes a sampled entry. Lock order: the judge's lock
// is a leaf.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/mutex.h"
#include "base/stripes.h"
#include "cache/policy/shadow.h"

namespace brisk::cache {

class Judge {
 public:
  // sampled_below lies where the reader of a hit looks anyway.
  Judge(Account &account, std::atomic<uint32_t> &sampled_below, Aim aim) noexcept;
  Judge(const Judge &) = delete;
  Judge &operator=(const Judge &) = delete;

  Rule rule() const noexcept { return rules[now_.load(std::memory_order_relaxed)]; }

  // Keys whose hash has a lower half below this are sampled.
  bool samples(uint64_t hash) const noexcept {
    return static_cast<uint32_t>(hash) < below_.load(std::memory_order_relaxed);
  }
  // Of a sampled key; a miss before what is stored for it.
  void note_hit(uint64_t hash) noexcept { note(hash, 0, hit); }
  void note_miss(uint64_t hash) noexcept { note(hash, 0, miss); }
  void note_store(uint64_t hash, uint64_t weight, double cost) noexcept {
    note(hash, aim_ == Aim::cost ? both(weight, cost) : weight, store);
  }
  void note_erase(uint64_t hash) noexcept { note(hash, 0, erase); }

  // A part of the cache is full at this weight now, and was at that one before; 0 is not full yet.
  void change_full(uint64_t before, uint64_t now) noexcept {
    full_.fetch_add(now - before, std::memory_order_relaxed);
  }

  void set_regime(Regime regime) noexcept { regime_.store(regime, std::memory_order_relaxed); }

  uint64_t charge() const noexcept { return charge_.load(std::memory_order_relaxed); }
  // The bytes that judging a cache of so many entries, with such a sketch, needs and the judge does
  // not have; 0 when it is good as it is.
  uint64_t missing(Sketch::Load load) const noexcept;
  // Whether there was the memory for it.
  bool resize(Sketch::Load load) noexcept;
  void release() noexcept;

  void fork_prepare() noexcept { mutex_.lock(); }
  void fork_release(bool in_child) noexcept { mutex_.fork_release(in_child); }

 private:
  enum Kind : uint32_t { hit, miss, store, erase };
  static constexpr size_t count = rules.size();

  struct Ring {
    std::atomic<uint32_t> head{0};
    std::atomic<uint32_t> tail{0};
    std::array<std::atomic<uint64_t>, 30> notes{};
  };

  // A weight and a cost in the 30 bits of a note, each to 7 bits of precision.
  static uint64_t both(uint64_t weight, double cost) noexcept;
  Shadow::Newcomer newcomer(uint64_t note) const noexcept;

  void note(uint64_t hash, uint64_t weight, Kind kind) noexcept;
  [[gnu::noinline]] void drain(uint64_t left_over) noexcept;
  void play(uint64_t note) noexcept;
  void place(uint32_t id, Shadow::Newcomer one, uint32_t hits) noexcept;
  double known_cost(uint32_t id, uint32_t hits) const noexcept;
  double gain_of(const Shadow::Newcomer &one) noexcept;
  void score(uint32_t hits, double gain) noexcept;
  void decide() noexcept;
  uint64_t nodes_for(Sketch::Load load) const noexcept;
  uint64_t bytes_for(uint64_t nodes, Sketch::Load load) const noexcept;
  static size_t rules_for(uint64_t entries) noexcept {
    return entries < clock_below ? count : count - 1;
  }

  Account &account_;
  const Aim aim_;
  std::atomic<uint32_t> now_{first_rule};
  std::atomic<uint32_t> &below_;
  std::atomic<uint64_t> full_{0};     // of the whole cache
  std::atomic<uint64_t> entries_{0};  // that the shadows were made for
  std::atomic<uint64_t> a_line_{0};   // the same, of their sketch
  std::atomic<uint64_t> charge_{0};
  std::atomic<Regime> regime_{Regime()};
  Stripes<Ring, 4> rings_;

  AdaptiveMutex mutex_;  // guards everything below
  std::array<Shadow, count> shadows_;
  size_t tried_ = 0;  // the first rules, as many as make sense at this size
  double share_ = 0;  // of the keys that are sampled
  double unit_ = 1;   // what a hit counts; it grows, so that older ones count less
  double growth_ = 1;
  double doubt_ = 1;  // in deviations, by which a rule must lead
  unsigned scored_ = 0;
  double mean_gain_ = 0;  // of hits that not all shadows had
  std::array<double, count> hits_{};
  std::array<std::array<double, count>, count> differed_{};  // squared
};

}  // namespace brisk::cache
