// Queues under the rule that is the best now: the default policy, and S3-FIFO, which is the first
// of the rules and stays with it.
//
// rules.h says what the rules do, judge.h how the best is found; this applies them to the entries
// of a cache. A hit costs the reader's heat count and, where the key is sampled, a note to the
// judge. A store costs a look at the ghosts and at the sketch, an eviction the same and amortised
// second chances. Memory, all of it wished for and charged: ghosts 4 bytes an entry, sketch 3 to
// 11, the judge's 2. Several may share a judge.
//
// Where values are packed when they have come to stay (settled.h), main has two parts that no hand
// passes while there is more in main: hot, for those that are not packed, and a queue in which
// those wait that will be; what is too much in hot goes there. To the judge and to second chances
// an entry that will be packed is as light as it will be.
#pragma once

#include "cache/policy/ahead.h"
#include "cache/policy/judge.h"
#include "cache/policy/policy.h"
#include "cache/policy/rules.h"
#include "cache/settled.h"

namespace brisk::cache {

class Auto final : public Policy {
 public:
  // Without a judge: S3-FIFO.
  Auto(Store &store, Account &account, Settled &settled, Judge *judge, Aim aim) noexcept
      : Policy(store),
        account_(account),
        settled_(settled),
        judge_(judge),
        bulks_(aim),
        small_(store),
        main_(store),
        hot_(store),
        waiting_(store),
        ghosts_(account),
        sketch_(account) {}

  void expect(uint64_t hash) const noexcept override {
    ghosts_.prefetch(hash);
    sketch_.prefetch(hash);
  }
  void expect_miss(uint64_t hash) const noexcept override { sketch_.prefetch(hash); }
  void miss(uint64_t hash) noexcept override { sketch_.add(hash, 1); }
  void admit(Entry &entry, uint64_t hash) noexcept override;
  void remove(Entry &entry) noexcept override;
  void replace(Entry &old, Entry &entry, Change change) noexcept override;
  Placed victim() noexcept override;
  Placed next_to_pack() noexcept override;
  bool settled(const Entry &entry) const noexcept override { return entry.queue == in_main; }
  uint64_t charge() const noexcept override { return ghosts_.charge() + sketch_.charge(); }
  uint64_t wanted_memory() const noexcept override;
  void take_memory() noexcept override;

  // For rules.h.
  using Node = Placed;
  static bool has(const Node &node) noexcept { return node.entry != nullptr; }
  static bool held(const Node &node) noexcept { return Store::pinned(*node.entry); }
  Node small_tail() const noexcept { return tail_of(small_); }
  Node main_tail() const noexcept {
    return tail_of(!main_.empty() ? main_ : !waiting_.empty() ? waiting_ : hot_);
  }
  bool small_empty() const noexcept { return small_.empty(); }
  bool main_empty() const noexcept { return main_weight() == 0; }
  uint64_t small_weight() const noexcept { return small_.weight(); }
  uint64_t main_weight() const noexcept {
    return main_.weight() + hot_.weight() + waiting_.weight();
  }
  uint64_t full() const noexcept { return full_; }
  uint64_t small_most(Rule rule) const noexcept { return regime_.small_most(rule, full_); }
  Regime regime() const noexcept { return regime_; }
  uint64_t mean() const noexcept { return mean_; }
  uint32_t turn() noexcept { return turn_ += 7; }
  uint64_t main_entries() const noexcept { return main_.entries(); }
  uint64_t entries() const noexcept {
    return small_.entries() + main_.entries() + hot_.entries() + waiting_.entries();
  }
  static unsigned heat(const Node &node) noexcept { return node.position.heat(); }
  static void cool(const Node &node, unsigned heat) noexcept { node.position.set_heat(heat); }
  static uint64_t hash(const Node &node) noexcept { return node.hash; }
  uint64_t weight(const Node &node) const noexcept { return store_.weight(*node.entry); }
  uint64_t bulk(const Node &node) const noexcept {
    return bulk(*node.entry, store_.weight(*node.entry));
  }
  void to_main(const Node &node) noexcept;
  Ghosts &ghosts() noexcept { return ghosts_; }
  Sketch &sketch() noexcept { return sketch_; }
  Flow &flow() noexcept { return flow_; }

 private:
  enum Part : uint8_t { in_small, in_main, in_hot, in_waiting };

  Rule rule() const noexcept { return judge_ != nullptr ? judge_->rule() : rules[first_rule]; }
  uint64_t weight() const noexcept { return small_weight() + main_weight(); }
  // What the sketch is for: where entries are the limit, there are bytes.
  Sketch::Load load() const noexcept {
    const uint64_t a_line = !regime_.many        ? Sketch::a_line_most
                            : regime_.bytes_bind ? Sketch::a_line_for(mean_)
                                                 : Sketch::a_line_least;
    return {entries(), a_line};
  }
  // The weight, or what it will be when the entry is packed.
  uint64_t light(Entry &entry, uint64_t weight) const noexcept {
    return settled_.wants(entry) ? settled_.expected(weight) : weight;
  }
  uint64_t bulk(Entry &entry, uint64_t weight) const noexcept {
    if (!regime_.by_size) return 0;
    return bulks_.of(*this, light(entry, weight), entry.cost(), regime_.bytes_bind);
  }
  Node tail_of(const AheadQueue &queue) const noexcept {
    return placed(*queue.tail(), queue.tail_hash());
  }
  AheadQueue &queue_of(const Entry &entry) noexcept {
    switch (entry.queue) {
      case in_small:
        return small_;
      case in_main:
        return main_;
      case in_hot:
        return hot_;
      default:
        return waiting_;
    }
  }
  void note_store(Entry &entry, uint64_t hash, uint64_t weight) noexcept;
  void push(Entry &entry, Part queue, uint64_t weight) noexcept;
  void take_out(Entry &entry, uint64_t weight) noexcept;
  void move(Entry &entry, Part queue, uint64_t weight) noexcept;
  Part settle(Entry &entry, uint64_t weight) noexcept;
  Part part_for(Entry &entry, uint64_t weight) noexcept;
  Node unpinned(AheadQueue &queue) noexcept;
  void cool_hot() noexcept;
  void look_ahead(AheadQueue &queue) noexcept;
  void tune() noexcept;

  const Account &account_;
  Settled &settled_;
  Judge *const judge_;
  Bulks bulks_;
  AheadQueue small_;
  AheadQueue main_;
  AheadQueue hot_;      // of main: not packed, because read most
  AheadQueue waiting_;  // of main: to be packed
  Ghosts ghosts_;
  Sketch sketch_;
  Flow flow_;
  uint64_t full_ = 0;         // the weight of everything when an eviction was last needed
  uint64_t told_full_ = 0;    // what the judge knows of that
  uint64_t mean_ = 0;         // weight of an entry
  unsigned until_tuned_ = 0;  // evictions
  unsigned refusals_ = 0;     // of memory, in a row
  uint32_t turn_ = 0;
  Regime regime_;
  const Entry *leaving_ = nullptr;
};

}  // namespace brisk::cache
