#include "modules/report.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace brisk::modules {
namespace {

using Entry = Report::Entry;

constexpr const char *state_names[] = {"unloaded", "loading", "loaded", "failed"};
constexpr const char *text_names[] = {"name",       "kinds",  "schemes", "version", "dependencies",
                                      "dependents", "source", "library", "reason",  "log"};

const char *state_name(const Entry &entry) {
  return state_names[static_cast<size_t>(entry.figures.state)];
}

__attribute__((format(printf, 1, 2))) std::string formatted(const char *format, ...) {
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return line;
}

double ms(uint64_t ns) { return static_cast<double>(ns) / 1e6; }

std::string table(const std::vector<Entry> &entries) {
  std::vector<const Entry *> slowest;
  size_t width = 6;
  size_t loaded = 0;
  size_t failed = 0;
  uint64_t sum = 0;
  for (const Entry &entry : entries) {
    slowest.push_back(&entry);
    width = std::max(width, entry.text(BRISK_MODULE_TEXT_NAME).size());
    loaded += entry.figures.state == BRISK_MODULE_STATE_LOADED ? 1 : 0;
    failed += entry.figures.state == BRISK_MODULE_STATE_FAILED ? 1 : 0;
    sum += entry.figures.load_ns + entry.figures.warm_up_ns;
  }
  std::sort(slowest.begin(), slowest.end(), [](const Entry *a, const Entry *b) {
    const uint64_t one = a->figures.load_ns + a->figures.warm_up_ns;
    const uint64_t other = b->figures.load_ns + b->figures.warm_up_ns;
    return one != other ? one > other : a < b;
  });
  width = std::min<size_t>(width, 40);
  const int column = static_cast<int>(width);
  std::string text = formatted("%-*s  %-8s  %9s  %10s  %7s  %s\n", column, "module", "state", "ms",
                               "KiB gained", "thread", "needed by");
  for (const Entry *entry : slowest) {
    const brisk_module_figures &figures = entry->figures;
    text += formatted("%-*s  %-8s  ", column, entry->text(BRISK_MODULE_TEXT_NAME).c_str(),
                      state_name(*entry));
    text += figures.attempts == 0
                ? formatted("%9s  %10s  %7s", "-", "-", "-")
                : formatted("%9.3f  %10llu  %7llu", ms(figures.load_ns + figures.warm_up_ns),
                            static_cast<unsigned long long>(figures.gained_bytes / 1024),
                            static_cast<unsigned long long>(figures.thread));
    const std::string &dependents = entry->text(BRISK_MODULE_TEXT_DEPENDENTS);
    if (!dependents.empty()) text += "  " + dependents;
    text += "\n";
    const std::string &reason = entry->text(BRISK_MODULE_TEXT_REASON);
    if (!reason.empty()) text += "  " + reason + "\n";
  }
  return text + formatted("%zu modules, %zu loaded, %zu failed, %.3f ms\n", entries.size(), loaded,
                          failed, ms(sum));
}

// The length of the UTF-8 character that a text begins with; 0 where there is none.
size_t character(std::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const size_t size = byte(0) < 0x80 ? 1 : byte(0) >> 5 == 6 ? 2 : byte(0) >> 4 == 14 ? 3 : 4;
  if (size == 1) return 1;
  if ((size == 4 && byte(0) >> 3 != 30) || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if (byte(i) >> 6 != 2) return 0;
  }
  const uint32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
  uint32_t code = byte(0) & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) code = code << 6 | (byte(i) & 0x3f);
  return code < least || code > 0x10ffff || code >> 11 == 27 ? 0 : size;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const char byte = text[at];
    const size_t size = character(text.substr(at));
    at += std::max<size_t>(size, 1);
    if (size != 1) {
      out += size == 0 ? "\\ufffd" : text.substr(at - size, size);
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      out += formatted("\\u%04x", static_cast<unsigned>(byte));
    } else {
      out += byte;
    }
  }
  return out + "\"";
}

std::string json_of(const std::vector<Entry> &entries) {
  std::string json = "{\"modules\": [";
  for (const Entry &entry : entries) {
    const brisk_module_figures &figures = entry.figures;
    json += &entry == &entries.front() ? "\n  {" : ",\n  {";
    for (size_t part = 0; part < Report::parts; ++part)
      json += formatted("\"%s\": ", text_names[part]) + json_string(entry.texts[part]) + ", ";
    json += formatted("\"state\": \"%s\", \"load_ns\": %llu, \"warm_up_ns\": %llu, ",
                      state_name(entry), static_cast<unsigned long long>(figures.load_ns),
                      static_cast<unsigned long long>(figures.warm_up_ns));
    json += formatted("\"gained_bytes\": %llu, \"thread\": %llu, \"attempts\": %u}",
                      static_cast<unsigned long long>(figures.gained_bytes),
                      static_cast<unsigned long long>(figures.thread), figures.attempts);
  }
  return json + (entries.empty() ? "]}\n" : "\n]}\n");
}

}  // namespace

Report::Report(std::vector<Entry> entries)
    : entries_(std::move(entries)), text_(table(entries_)), json_(json_of(entries_)) {}

}  // namespace brisk::modules
