#include "cache/policy/shadow.h"

#include <bit>
#include <cstring>

namespace brisk::cache {
namespace {

uint64_t buckets_for(uint64_t nodes) { return std::bit_ceil(std::bit_ceil(nodes) / 2 + 1); }

}  // namespace

uint64_t Shadow::table_size(uint64_t nodes, Aim aim) noexcept {
  return (nodes + 1) * (sizeof(Cell) + (aim == Aim::cost ? sizeof(float) : 0)) +
         buckets_for(nodes) * sizeof(Node);
}

uint64_t Shadow::bytes(Sketch::Load nodes, Rule rule, Aim aim) noexcept {
  return memory::allocator().good_size(table_size(nodes.entries, aim)) +
         Ghosts::bytes(ghosts_for(nodes.entries, rule)) + (rule.contest ? Sketch::bytes(nodes) : 0);
}

bool Shadow::resize(Sketch::Load load) noexcept {
  const uint64_t nodes = load.entries;
  release();
  const bool costs = bulks_.aim() == Aim::cost;
  const uint64_t size = table_size(nodes, bulks_.aim());
  bool refused = false;
  block_ = memory::Block::take(size, account_, &refused);
  if (!block_) return false;
  std::memset(block_.data(), 0, size);
  nodes_ = static_cast<Cell *>(block_.data());
  void *after = nodes_ + nodes + 1;
  if (costs) {
    costs_ = static_cast<float *>(after);
    after = costs_ + nodes + 1;
  }
  buckets_ = static_cast<Node *>(after);
  bucket_mask_ = static_cast<uint32_t>(buckets_for(nodes) - 1);
  capacity_ = nodes;
  for (uint64_t node = nodes; node != 0; --node) free(static_cast<Node>(node));
  ghosts_.resize(ghosts_for(nodes, rule_));
  if (rule_.contest) sketch_.resize(load);
  // Without its memory a rule would look worse than it is.
  return ghosts_.charge() != 0 && (!rule_.contest || sketch_.charge() != 0);
}

void Shadow::release() noexcept {
  block_.reset();
  ghosts_.release();
  sketch_.release();
  nodes_ = nullptr;
  costs_ = nullptr;
  bulks_.clear();
  free_ = 0;
  capacity_ = entries_ = measured_ = full_ = 0;
  small_ = main_ = {};
  flow_ = {};
}

Shadow::Node Shadow::find(uint32_t id) const noexcept {
  Node node = bucket(id);
  while (node != 0 && nodes_[node].id != id) node = nodes_[node].chain;
  return node;
}

uint32_t Shadow::weight_of(uint32_t id) const noexcept {
  const Node node = find(id);
  return node == 0 ? 0 : nodes_[node].weight;
}

uint32_t Shadow::use(uint32_t id) noexcept {
  const Node node = find(id);
  if (node == 0) {
    sketch_.add(spread(id), 1);
    return 0;
  }
  Cell &cell = nodes_[node];
  if (cell.heat != 3) cell.heat = (cell.heat + 1) & 3;
  return cell.weight;
}

double Shadow::cost(uint32_t id) const noexcept { return cost_at(find(id)); }

void Shadow::store(uint32_t id, Newcomer newcomer, uint64_t full, Regime regime) noexcept {
  full_ = full;
  regime_ = regime;
  const uint32_t weight = std::clamp(newcomer.weight, 1u, weight_max);
  const auto cost = static_cast<float>(newcomer.cost);
  const uint64_t hash = spread(id);
  mean_ = entries_ == 0 ? 0 : (small_.weight + main_.weight) / entries_;
  const bool to_main = enters_main(*this, rule_, hash, weight, bulk(weight, cost));
  while (entries_ != 0 && (entries_ == capacity_ || small_.weight + main_.weight + weight > full_))
    evict();
  const Node node = free_;
  Cell &cell = nodes_[node];
  free_ = cell.next;
  cell = {.id = id,
          .weight = weight & weight_max,
          .heat = 0,
          .main = 0,
          .erased = 0,
          .next = 0,
          .chain = bucket(id)};
  bucket(id) = node;
  if (costs_ != nullptr) costs_[node] = cost;
  bulks_.add(weight, cost);
  ++entries_;
  push(node, to_main);
}

void Shadow::erase(uint32_t id) noexcept {
  const Node node = find(id);
  if (node == 0) return;
  Cell &cell = nodes_[node];
  unchain(node);
  Line &line = line_of(cell);
  line.weight -= cell.weight;
  bulks_.remove(cell.weight, cost_at(node));
  cell.weight = 0;
  cell.erased = 1;
  bury(line);
}

void Shadow::evict() noexcept {
  if (entries_ != measured_) ghosts_.set_length(ghosts_for(measured_ = entries_, rule_));
  const Node node = next_victim(*this, rule_);
  unchain(node);
  bulks_.remove(nodes_[node].weight, cost_at(node));
  pop(line_of(nodes_[node]));
  free(node);
  --entries_;
}

void Shadow::push(Node node, bool main) noexcept {
  Cell &cell = nodes_[node];
  cell.main = main ? 1 : 0;
  cell.next = 0;
  Line &line = line_of(cell);
  (line.head != 0 ? nodes_[line.head].next : line.tail) = node;
  line.head = node;
  line.weight += cell.weight;
}

void Shadow::pop(Line &line) noexcept {
  const Cell &cell = nodes_[line.tail];
  line.weight -= cell.weight;
  line.tail = cell.next;
  if (line.tail == 0) line.head = 0;
  bury(line);
}

void Shadow::bury(Line &line) noexcept {
  while (line.tail != 0 && nodes_[line.tail].erased != 0) {
    const Node node = line.tail;
    line.tail = nodes_[node].next;
    if (line.tail == 0) line.head = 0;
    free(node);
    --entries_;
  }
}

void Shadow::to_main(Node node) noexcept {
  pop(line_of(nodes_[node]));
  push(node, true);
}

void Shadow::unchain(Node node) noexcept {
  Node *at = &bucket(nodes_[node].id);
  while (*at != node) at = &nodes_[*at].chain;
  *at = nodes_[node].chain;
}

void Shadow::free(Node node) noexcept {
  nodes_[node].next = free_;
  free_ = node;
}

}  // namespace brisk::cache
