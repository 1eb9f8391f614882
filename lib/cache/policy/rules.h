// The rules by which two queues and their ghosts decide what stays, written once for the cache and
// for the shadows that try the rules out.
//
// A newcomer enters the small queue, or main where its ghost is still there. At the small queue's
// tail an entry that was used often enough moves on to main, another leaves and becomes a ghost; at
// main's tail a used entry goes round again with one use less. While main has room, what the small
// queue has too much flows on into it. A rule says how large the small queue is, how many uses take
// an entry out of it, whether frequencies decide as well, and whether there is a small queue at
// all: with a contest, a newcomer with a ghost has to be wanted more often than main's next victim,
// and an entry without its uses that is, moves on (TinyLFU: Einziger and others, TOS 2017). How
// often that is counts what was asked for, there or not; the caller adds what was not, the rules
// add the uses that they take from an entry. Changing the rule changes no structure.
//
// A Side is what a rule is applied to:
//   Node small_tail(), main_tail()      of queues that are not empty
//   bool small_empty(), main_empty()
//   uint64_t small_weight(), main_weight(), full(), entries()
//   uint64_t main_entries()              that a round over main passes, or more
//   uint64_t small_most(Rule)            of weight, in the small queue
//   bool held(Node)                      may not leave now
//   unsigned heat(Node); void cool(Node, heat); uint64_t hash(Node), weight(Node)
//   uint64_t bulk(Node)                  how large it looks for what is to be maximized (aim.h)
//   void to_main(Node)                   to main's head, from wherever it is
//   Regime regime(); uint64_t mean()     weight of an entry, more or less
//   uint32_t turn()                      another number each time
//   Ghosts &ghosts(); Sketch &sketch(); Flow &flow();
// A Node is tested for being there by has(Node).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "cache/policy/ghosts.h"
#include "cache/policy/sketch.h"

namespace brisk::cache {

struct Rule {
  uint8_t small;  // percent of the weight; 0 is a clock: newcomers go to main, uses count as one
  uint8_t uses;   // that take an entry from small to main
  bool contest;   // of frequencies
  constexpr bool clock() const noexcept { return small == 0; }
  constexpr uint64_t small_weight(uint64_t full) const noexcept { return full * small / 100; }
};

// S3-FIFO's own (Yang and others, SOSP 2023), one that gives newcomers more time, one that asks
// less of them, one for loops, scans and popularity that stays, and a clock for the smallest
// caches.
inline constexpr std::array<Rule, 5> rules{
    {{10, 2, false}, {25, 2, false}, {10, 1, false}, {3, 2, true}, {0, 1, false}}};
inline constexpr unsigned first_rule = 0;
// In entries; from `many_from` on frequencies take the unused into main.
inline constexpr uint64_t clock_below = 1024;
inline constexpr uint64_t many_from = 4096;

// What the rules go by besides.
struct Regime {
  static constexpr uint32_t whole = 1 << 12;

  bool by_size : 1 = false;     // bulks count
  bool bytes_bind : 1 = false;  // bytes are the limit
  bool many : 1 = false;        // entries: enough for frequencies to tell them apart
  // Of its share, what the small queue has: all, unless entries shrink when they come into main.
  uint16_t trial = whole;

  constexpr bool shrinks() const noexcept { return trial != whole; }
  constexpr uint64_t small_most(Rule rule, uint64_t full) const noexcept {
    return rule.small_weight(full) * trial / whole;
  }
};

// The ghosts there should be.
constexpr uint64_t ghosts_for(uint64_t entries, Rule rule) noexcept {
  return 2 * (entries - rule.small_weight(entries));
}

// Whether main has room that the small queue flows into: from when there is a thirty-second of
// everything until there is none. Less is no room. Where weights differ the small queue is always
// some above its share or below it, and all that was above would enter main untested.
class Flow {
 public:
  template <class Side>
  bool open(const Side &side, Rule rule, uint64_t weight) noexcept {
    const uint64_t least = side.main_weight() + weight + side.small_most(rule);
    open_ = least + (open_ ? 0 : side.full() / 32) <= side.full();
    return open_;
  }

  // Main is to give up an entry: what room it has is less than one.
  void close() noexcept { open_ = false; }

 private:
  bool open_ = false;
};

// What sizes change, where bytes are the limit: many small hits are worth more than a few large
// ones. An entry about as large as the mean, as all are when sizes do not count, is the measure.
// What costs change is the same, with bulks for sizes.
class Sizes {
 public:
  template <class Side>
  explicit Sizes(const Side &side) noexcept : mean_(side.regime().by_size ? side.mean() : 0) {}

  // Uses that a second chance costs: the multiple of the mean, or for a small entry one now and
  // then. `turn` is another number each time.
  unsigned price(uint64_t weight, uint32_t turn) const noexcept {
    if (usual(weight)) return 1;
    if (weight > mean_) return times(weight);
    constexpr uint64_t parts = 16;
    const uint64_t share = weight * parts / mean_;
    return turn % parts <= share ? 1 : 0;
  }
  // How many times the uses it takes to come into main.
  unsigned hurdle(uint64_t weight) const noexcept {
    return usual(weight) || weight < mean_ ? 1 : times(weight);
  }
  // Too small to be tried out.
  bool tiny(uint64_t weight) const noexcept { return weight * 8 < mean_; }

 private:
  bool usual(uint64_t weight) const noexcept {
    return mean_ == 0 || (weight >= mean_ - mean_ / 4 && weight <= mean_ + mean_ / 2);
  }
  unsigned times(uint64_t weight) const noexcept {
    constexpr uint64_t heat_most = 3;
    return static_cast<unsigned>(std::min((weight + mean_ / 2) / mean_, heat_most));
  }

  const uint64_t mean_;  // 0 when sizes do not count
};

// The next to leave main, brought to its tail; none when all of it is held.
template <class Side>
typename Side::Node main_victim(Side &side, Rule rule) noexcept {
  uint64_t held = 0;
  // Heat is at most 3, so four times round is enough, unless readers warm faster than this cools:
  // then the next one goes.
  const uint64_t most = 5 * side.entries();
  const Sizes sizes(side);
  for (uint64_t rounds = 0; !side.main_empty(); ++rounds) {
    const typename Side::Node node = side.main_tail();
    if (side.held(node)) {
      if (++held > side.main_entries()) break;
    } else {
      held = 0;
      const unsigned heat = side.heat(node);
      if (heat == 0 || rounds > most) return node;
      const unsigned price = sizes.price(side.bulk(node), side.turn());
      side.cool(node, rule.clock() && price != 0 ? 0 : heat - std::min(heat, price));
      side.sketch().add(side.hash(node), 1);
    }
    side.to_main(node);
  }
  return {};
}

// Whether a key is asked for more often than the next to leave main; so it is where none can leave.
// One that is far ahead of it goes round again, or it would win against all who come.
template <class Side>
bool wins_contest(Side &side, Rule rule, uint64_t hash) noexcept {
  constexpr unsigned far = 3;
  const typename Side::Node rival = main_victim(side, rule);
  if (!side.has(rival)) return true;
  const unsigned count = side.sketch().count(hash);
  const unsigned its_count = side.sketch().count(side.hash(rival)) + side.heat(rival);
  if (its_count > count + far) side.to_main(rival);
  return count > its_count;
}

// The next to leave.
template <class Side>
typename Side::Node next_victim(Side &side, Rule rule) noexcept {
  const uint64_t target = side.small_most(rule);
  // To shrink takes time, and is for what was used.
  const bool contest = rule.contest && side.regime().many && !side.regime().shrinks();
  // When the rule has changed, main may have much room. No single call fills all of it.
  unsigned flows = 32;
  const Sizes sizes(side);
  while (!side.small_empty() && (side.small_weight() >= target || side.main_empty())) {
    const typename Side::Node node = side.small_tail();
    if (side.held(node)) {
      side.to_main(node);
      continue;
    }
    const unsigned heat = side.heat(node);
    const bool room =
        flows != 0 && !rule.clock() && side.flow().open(side, rule, side.weight(node));
    if (!room) {
      side.sketch().add(side.hash(node), heat);
      if (heat < std::min(rule.uses * sizes.hurdle(side.bulk(node)), 3u) &&
          !(contest && wins_contest(side, rule, side.hash(node)))) {
        side.ghosts().add(side.hash(node));
        return node;
      }
    }
    side.cool(node, 0);
    side.to_main(node);
    if (!room) break;
    --flows;
  }
  side.flow().close();
  typename Side::Node node = main_victim(side, rule);
  // Where all of main is held, the small queue is what is left.
  while (!side.has(node) && !side.small_empty()) {
    if (side.held(side.small_tail())) {
      side.to_main(side.small_tail());
    } else {
      node = side.small_tail();
    }
  }
  return node;
}

// Where a newcomer goes.
template <class Side>
bool enters_main(Side &side, Rule rule, uint64_t hash, uint64_t weight, uint64_t bulk) noexcept {
  const bool ghost = side.ghosts().take(hash);
  if (rule.clock() || !ghost || !rule.contest || side.flow().open(side, rule, weight))
    return rule.clock() || ghost || Sizes(side).tiny(bulk);
  return wins_contest(side, rule, hash);
}

}  // namespace brisk::cache
