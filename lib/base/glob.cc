#include "base/glob.h"

#include "base/error.h"

namespace brisk {
namespace {

// The end of the set that opens at `at` (the index past its ']'), or 0 when it never closes.
size_t set_end(const char *pattern, size_t size, size_t at) noexcept {
  size_t i = at + 1;
  if (i < size && pattern[i] == '!') ++i;
  // A ']' that comes first is a member.
  for (bool first = true; i < size; ++i, first = false) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == ']' && !first) {
      return i + 1;
    }
  }
  return 0;
}

bool in_set(const char *pattern, size_t at, size_t end, unsigned char byte) noexcept {
  size_t i = at + 1;
  const size_t last = end - 1;
  const bool negated = pattern[i] == '!';
  if (negated) ++i;
  bool found = false;
  while (i < last) {
    if (pattern[i] == '\\') ++i;
    const auto low = static_cast<unsigned char>(pattern[i++]);
    auto high = low;
    if (i + 1 < last && pattern[i] == '-') {
      ++i;
      if (pattern[i] == '\\') ++i;
      high = static_cast<unsigned char>(pattern[i++]);
    }
    found = found || (low <= byte && byte <= high);
  }
  return found != negated;
}

}  // namespace

void glob_check(const char *pattern, size_t size) {
  for (size_t i = 0; i < size;) {
    if (pattern[i] == '\\') {
      if (i + 1 == size) {
        fail(BRISK_INVALID, "the pattern %s ends in a lone backslash; double it to match one",
             quoted(pattern, size).c_str());
      }
      i += 2;
    } else if (pattern[i] == '[') {
      const size_t end = set_end(pattern, size, i);
      if (end == 0) {
        fail(BRISK_INVALID,
             "the set that opens at byte %zu of the pattern %s never closes; add ] or write \\[", i,
             quoted(pattern, size).c_str());
      }
      i = end;
    } else {
      ++i;
    }
  }
}

bool glob_match(const char *pattern, size_t pattern_size, const char *text,
                size_t text_size) noexcept {
  constexpr size_t none = static_cast<size_t>(-1);
  size_t p = 0;
  size_t t = 0;
  size_t star = none;
  size_t star_text = 0;
  while (t < text_size) {
    bool matched = false;
    size_t next = p;
    if (p < pattern_size) {
      const char c = pattern[p];
      if (c == '*') {
        star = p++;
        star_text = t;
        continue;
      }
      if (c == '[') {
        next = set_end(pattern, pattern_size, p);
        matched = in_set(pattern, p, next, static_cast<unsigned char>(text[t]));
      } else if (c == '\\') {
        next = p + 2;
        matched = pattern[p + 1] == text[t];
      } else {
        next = p + 1;
        matched = c == '?' || c == text[t];
      }
    }
    if (matched) {
      p = next;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern_size && pattern[p] == '*') ++p;
  return p == pattern_size;
}

}  // namespace brisk
