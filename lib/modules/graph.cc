#include "modules/graph.h"

#include <unordered_map>

namespace brisk::modules {

Order order_from(size_t start, const std::function<std::vector<size_t>(size_t)> &needs) {
  struct Step {
    size_t node;
    std::vector<size_t> needs;
    size_t next = 0;
  };
  Order order;
  std::unordered_map<size_t, bool> ended;  // false while the node is on the path
  std::vector<Step> path;
  const auto enter = [&](size_t node) {
    ended.emplace(node, false);
    path.push_back({node, needs(node)});
  };
  enter(start);
  while (!path.empty()) {
    Step &step = path.back();
    if (step.next == step.needs.size()) {
      ended[step.node] = true;
      order.sequence.push_back(step.node);
      path.pop_back();
      continue;
    }
    const size_t node = step.needs[step.next++];
    const auto seen = ended.find(node);
    if (seen == ended.end()) {
      enter(node);
    } else if (!seen->second) {
      size_t at = 0;
      while (path[at].node != node) ++at;
      for (; at < path.size(); ++at) order.circle.push_back(path[at].node);
      order.sequence.clear();
      return order;
    }
  }
  return order;
}

}  // namespace brisk::modules
