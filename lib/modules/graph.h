// What comes before what: an order in which everything follows what it needs, or the circle that
// forbids one. Nodes are numbers. Takes time in proportion to the nodes and edges reached, and no
// recursion, so that a long chain needs no deep stack.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace brisk::modules {

struct Order {
  std::vector<size_t> sequence;  // ends with the start; empty where there is a circle
  std::vector<size_t> circle;    // each needs the next, the last the first
};

// `needs` gives the nodes that a node needs directly.
Order order_from(size_t start, const std::function<std::vector<size_t>(size_t)> &needs);

}  // namespace brisk::modules
