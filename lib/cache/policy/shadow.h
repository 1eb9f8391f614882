// A cache of sampled keys under one rule, without values: what would this rule have hit?
//
// It holds as large a share of the cache's weight as it sees of its keys (Waldspurger and others,
// Cache Modeling and Optimization using Miniature Simulations, ATC 2017), in nodes of 12 bytes:
// half a key's hash, a weight, two links of 16 bits; where costs count, 4 bytes more. Queues are
// lists from tail to head. An erased node leaves its chain at once and its queue when it comes to
// the tail, so a tail is never erased. A Side for rules.h. Not for more than one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/memory.h"
#include "cache/policy/aim.h"
#include "cache/policy/rules.h"

namespace brisk::cache {

class Shadow {
 public:
  using Node = uint16_t;  // 0 is none
  static constexpr uint64_t nodes_max = 65000;

  Shadow(Rule rule, Account &account, Aim aim) noexcept
      : rule_(rule), ghosts_(account), sketch_(account), account_(account), bulks_(aim) {}

  // What resize() reserves.
  static uint64_t bytes(Sketch::Load nodes, Rule rule, Aim aim) noexcept;
  // Empty afterwards. False when there is no memory.
  bool resize(Sketch::Load nodes) noexcept;
  void release() noexcept;
  uint64_t charge() const noexcept { return block_.charge() + ghosts_.charge() + sketch_.charge(); }

  // A key is asked for: its weight when it is there, or 0.
  uint32_t use(uint32_t id) noexcept;
  // The same of a key that nobody asks for.
  uint32_t weight_of(uint32_t id) const noexcept;
  // What it costs; 0 when it is not there.
  double cost(uint32_t id) const noexcept;
  // A key that is not there comes in, to a shadow of this weight.
  struct Newcomer {
    uint32_t weight;
    double cost;
  };
  void store(uint32_t id, Newcomer newcomer, uint64_t full, Regime regime) noexcept;
  void erase(uint32_t id) noexcept;

  // For rules.h.
  bool has(Node node) const noexcept { return node != 0; }
  bool held(Node) const noexcept { return false; }
  Node small_tail() const noexcept { return small_.tail; }
  Node main_tail() const noexcept { return main_.tail; }
  bool small_empty() const noexcept { return small_.tail == 0; }
  bool main_empty() const noexcept { return main_.tail == 0; }
  uint64_t small_weight() const noexcept { return small_.weight; }
  uint64_t main_weight() const noexcept { return main_.weight; }
  uint64_t full() const noexcept { return full_; }
  uint64_t main_entries() const noexcept { return entries_; }
  uint64_t entries() const noexcept { return entries_; }
  uint64_t small_most(Rule rule) const noexcept { return regime_.small_most(rule, full_); }
  Regime regime() const noexcept { return regime_; }
  uint64_t mean() const noexcept { return mean_; }
  uint32_t turn() noexcept { return turn_ += 7; }
  unsigned heat(Node node) const noexcept { return nodes_[node].heat; }
  void cool(Node node, unsigned heat) noexcept { nodes_[node].heat = heat & 3; }
  uint64_t hash(Node node) const noexcept { return spread(nodes_[node].id); }
  uint64_t weight(Node node) const noexcept { return nodes_[node].weight; }
  uint64_t bulk(Node node) const noexcept { return bulk(nodes_[node].weight, cost_at(node)); }
  void to_main(Node node) noexcept;
  Ghosts &ghosts() noexcept { return ghosts_; }
  Sketch &sketch() noexcept { return sketch_; }
  Flow &flow() noexcept { return flow_; }

 private:
  static constexpr uint32_t weight_max = (1u << 28) - 1;

  struct Cell {
    uint32_t id;
    uint32_t weight : 28;
    uint32_t heat : 2;
    uint32_t main : 1;
    uint32_t erased : 1;
    Node next;   // towards the head of its queue, or of the list of free nodes
    Node chain;  // the next of its bucket
  };
  struct Line {
    Node tail = 0;
    Node head = 0;
    uint64_t weight = 0;
  };

  static uint64_t table_size(uint64_t nodes, Aim aim) noexcept;
  static uint64_t spread(uint32_t id) noexcept {
    const uint64_t product = id * uint64_t{0x9e3779b97f4a7c15u};
    return product ^ product >> 32;
  }
  double cost_at(Node node) const noexcept { return costs_ == nullptr ? 0 : double{costs_[node]}; }
  uint64_t bulk(uint64_t weight, double cost) const noexcept {
    return bulks_.of(*this, weight, cost, regime_.bytes_bind);
  }
  Node &bucket(uint32_t id) const noexcept { return buckets_[id & bucket_mask_]; }
  Node find(uint32_t id) const noexcept;
  Line &line_of(const Cell &cell) noexcept { return cell.main != 0 ? main_ : small_; }
  void push(Node node, bool main) noexcept;
  void pop(Line &line) noexcept;
  void bury(Line &line) noexcept;  // the erased ones at the tail
  void unchain(Node node) noexcept;
  void free(Node node) noexcept;
  void evict() noexcept;

  const Rule rule_;
  Ghosts ghosts_;
  Sketch sketch_;
  Flow flow_;
  Account &account_;
  memory::Block block_;
  Cell *nodes_ = nullptr;  // from 1 on
  Node *buckets_ = nullptr;
  float *costs_ = nullptr;  // of the nodes, where they count
  uint32_t bucket_mask_ = 0;
  Node free_ = 0;
  uint64_t capacity_ = 0;  // nodes
  uint64_t entries_ = 0;
  uint64_t measured_ = 0;  // entries that the number of ghosts is for
  uint64_t full_ = 0;
  uint64_t mean_ = 0;  // weight of an entry
  uint32_t turn_ = 0;
  Regime regime_;
  Bulks bulks_;
  Line small_;
  Line main_;
};

}  // namespace brisk::cache
