#include "base/size.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"

namespace brisk {
namespace {

// What stands after the number, or 0 for an unknown unit.
uint64_t unit_factor(const std::string &unit) {
  if (unit.empty() || unit == "b") return 1;
  const size_t power = std::string("kmgt").find(unit[0]);
  if (power == std::string::npos) return 0;
  const std::string rest = unit.substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return 0;
  const uint64_t base = rest == "ib" ? 1024 : 1000;
  uint64_t factor = 1;
  for (size_t i = 0; i <= power; ++i) factor *= base;
  return factor;
}

// A file that holds one number, or "max".
uint64_t read_limit(const std::string &path) {
  std::ifstream file(path);
  uint64_t limit = 0;
  return file >> limit ? limit : UINT64_MAX;
}

// Whether a comma-separated list has this item; the empty item is the empty list.
bool lists(std::string_view list, std::string_view item) {
  while (true) {
    const size_t comma = list.find(',');
    if (list.substr(0, comma) == item) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

// The cgroup that /proc/self/cgroup gives to a controller ("" is version 2), or "" when it gives
// none.
std::string cgroup_of(std::string_view controller) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    if (lists(std::string_view(line).substr(first + 1, second - first - 1), controller))
      return line.substr(second + 1);
  }
  return "";
}

// The smallest limit on the way from a cgroup up to the root.
uint64_t cgroup_limit(const std::string &root, std::string group, const std::string &file) {
  uint64_t limit = UINT64_MAX;
  while (true) {
    std::string path = root;
    path.append(group).append("/").append(file);
    limit = std::min(limit, read_limit(path));
    const size_t slash = group.find_last_of('/');
    if (group.empty() || slash == std::string::npos) return limit;
    group.resize(slash);
  }
}

}  // namespace

uint64_t parse_size(const char *text, size_t size) {
  constexpr const char *forms = "write a number and a unit, such as 64 MiB, 1.5GB, 300k or 4096";
  const std::string quote = quoted(text, size);
  auto invalid = [&](const char *why) {
    fail(BRISK_INVALID, "the size %s %s; %s", quote.c_str(), why, forms);
  };

  size_t at = 0;
  auto digit = [&] { return at < size && text[at] >= '0' && text[at] <= '9'; };
  uint64_t number = 0;
  bool beyond = false;
  size_t digits = 0;
  for (; digit(); ++at, ++digits) {
    beyond |= __builtin_mul_overflow(number, 10, &number);
    beyond |= __builtin_add_overflow(number, text[at] - '0', &number);
  }
  const size_t point = at;
  if (at < size && text[at] == '.') {
    for (++at; digit(); ++at) ++digits;
  }
  const size_t end = at;
  if (digits == 0) invalid("does not begin with a number");
  if (at + 1 < size && text[at] == ' ') ++at;
  std::string unit(text + at, size - at);
  for (char &c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const uint64_t factor = unit_factor(unit);
  if (factor == 0) invalid("has an unknown unit");
  // The fraction of the unit, from its last digit up: rounding down at each step rounds down once.
  uint64_t fraction = 0;
  for (size_t i = end; i > point + 1; --i) {
    fraction = (static_cast<uint64_t>(text[i - 1] - '0') * factor + fraction) / 10;
  }
  uint64_t bytes;
  beyond |= __builtin_mul_overflow(number, factor, &bytes);
  beyond |= __builtin_add_overflow(bytes, fraction, &bytes);
  if (beyond) invalid("is beyond 2^64 bytes");
  return bytes;
}

uint64_t available_memory() {
  const uint64_t machine =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t second = cgroup_limit("/sys/fs/cgroup", cgroup_of(""), "memory.max");
  const uint64_t first =
      cgroup_limit("/sys/fs/cgroup/memory", cgroup_of("memory"), "memory.limit_in_bytes");
  return std::min({machine, second, first});
}

}  // namespace brisk
