#include "modules/manifest.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace brisk::modules {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string shown(std::string_view text) { return quoted(text.data(), text.size()); }

// "1.1" as 65537.
uint32_t parse_version(std::string_view text) {
  const size_t dot = text.find('.');
  const auto number = [&](std::string_view part) -> uint32_t {
    uint16_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (dot == std::string_view::npos || error != std::errc() || end != part.data() + part.size())
      fail(BRISK_INVALID, "%s is no version such as 1.0", shown(text).c_str());
    return value;
  };
  return number(text.substr(0, dot)) << 16 |
         number(dot == std::string_view::npos ? text : text.substr(dot + 1));
}

brisk_concurrency parse_concurrency(std::string_view text) {
  if (text == "any") return BRISK_CONCURRENCY_ANY;
  if (text == "handle") return BRISK_CONCURRENCY_HANDLE;
  if (text == "serialized") return BRISK_CONCURRENCY_SERIALIZED;
  fail(BRISK_INVALID, "%s is no concurrency; it is any, handle or serialized", shown(text).c_str());
}

std::vector<std::string> parse_kinds(std::string_view text) {
  std::vector<std::string> kinds = split_list(text);
  for (const std::string &kind : kinds) {
    if (kind == "connection" || kind == "reader") continue;
    fail(BRISK_INVALID, "%s is no kind of driver; there are connection and reader",
         shown(kind).c_str());
  }
  return kinds;
}

std::vector<std::string> parse_names(std::string_view text) {
  std::vector<std::string> names = split_list(text);
  for (const std::string &name : names) check_name(name);
  return names;
}

std::string parse_library(std::string_view text) {
  if (text.empty() || text.find('\0') != std::string_view::npos)
    fail(BRISK_INVALID, "%s is no path of a library", shown(text).c_str());
  return std::string(text);
}

void set(Manifest &manifest, std::string_view key, std::string_view value) {
  if (key == "name") {
    check_name(value);
    manifest.name = value;
  } else if (key == "version") {
    manifest.version = value;
  } else if (key == "kinds") {
    manifest.kinds = parse_kinds(value);
  } else if (key == "schemes") {
    manifest.schemes = parse_names(value);
  } else if (key == "dependencies") {
    manifest.dependencies = parse_names(value);
  } else if (key == "library") {
    manifest.library = parse_library(value);
  } else if (key == "abi_min") {
    manifest.abi_min = parse_version(value);
  } else if (key == "abi_max") {
    manifest.abi_max = parse_version(value);
  } else if (key == "concurrency") {
    manifest.concurrency = parse_concurrency(value);
  } else if (key.substr(0, 2) != "x_") {
    fail(BRISK_INVALID,
         "%s is no key; there are name, version, kinds, schemes, dependencies, library, abi_min, "
         "abi_max and concurrency",
         shown(key).c_str());
  }
}

void parse_line(Manifest &manifest, std::string_view line) {
  if (line.empty() || line.front() == '#') return;
  const size_t sign = line.find('=');
  if (sign == std::string_view::npos)
    fail(BRISK_INVALID, "%s is not of the form key = value", shown(line).c_str());
  set(manifest, trimmed(line.substr(0, sign)), trimmed(line.substr(sign + 1)));
}

}  // namespace

Manifest parse_manifest(std::string_view text, std::string_view stem) {
  Manifest manifest;
  manifest.name = stem;
  manifest.library = std::string(stem) + ".so";
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    ++number;
    try {
      parse_line(manifest, trimmed(text.substr(0, end)));
    } catch (const Failure &failure) {
      throw Failure(failure.status(), "line " + std::to_string(number) + ": " + failure.message());
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  check_name(manifest.name);
  return manifest;
}

void check_name(std::string_view name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  if (name.empty() || name.size() > Manifest::name_max ||
      name.find_first_not_of(allowed) != std::string_view::npos) {
    fail(BRISK_INVALID,
         "%s is no name: it has 1 to %zu letters, digits, and any of \"_-.\", and this has %zu "
         "bytes",
         shown(name).c_str(), Manifest::name_max, name.size());
  }
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  constexpr std::string_view separators = " \t,";
  for (size_t at = text.find_first_not_of(separators); at != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    items.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(separators, end);
  }
  if (items.size() > Manifest::list_max) {
    fail(BRISK_INVALID, "a list of %zu items is longer than %zu", items.size(), Manifest::list_max);
  }
  return items;
}

void check_versions(const Manifest &manifest) {
  if (manifest.abi_min <= BRISK_DRIVER_VERSION && manifest.abi_max >= BRISK_DRIVER_VERSION_1_0)
    return;
  fail(BRISK_INVALID,
       "it is made for versions %s to %s of the driver interface, and this brisk has %s to %s",
       version_text(manifest.abi_min).c_str(), version_text(manifest.abi_max).c_str(),
       version_text(BRISK_DRIVER_VERSION_1_0).c_str(), version_text(BRISK_DRIVER_VERSION).c_str());
}

std::string version_text(uint32_t version) {
  return version == UINT32_MAX
             ? "any"
             : std::to_string(version >> 16) + "." + std::to_string(version & 0xffff);
}

}  // namespace brisk::modules
