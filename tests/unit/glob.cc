// Patterns over bytes: what matches, what does not, and that none takes long.
#include "base/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "base/error.h"

namespace brisk {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  glob_check(pattern.data(), pattern.size());
  return glob_match(pattern.data(), pattern.size(), text.data(), text.size());
}

TEST(Glob, Table) {
  struct Row {
    std::string_view pattern;
    std::vector<std::string_view> yes;
    std::vector<std::string_view> no;
  };
  const Row rows[] = {
      {"", {""}, {"a"}},
      {"a", {"a"}, {"", "b", "aa"}},
      {"?", {"a", "*", "\xff"}, {"", "ab"}},
      {"*", {"", "a", "anything at all"}, {}},
      {"**", {"", "a"}, {}},
      {"a*", {"a", "ab", "abc"}, {"", "ba"}},
      {"*a", {"a", "ba"}, {"", "ab"}},
      {"*a*", {"a", "bab"}, {"", "b"}},
      {"a*b*c", {"abc", "axxbxxc", "abcbc"}, {"ab", "acb", "abcx"}},
      {"*ab", {"ab", "aab", "abab"}, {"aba"}},
      {"a?c", {"abc"}, {"ac", "abbc"}},
      {"?*", {"a", "ab"}, {""}},
      {"[abc]", {"a", "b", "c"}, {"", "d", "ab"}},
      {"[a-c]x", {"ax", "cx"}, {"dx", "-x"}},
      {"[!a-c]", {"d", "!", "-"}, {"a", "b", "c", ""}},
      {"[a-]", {"a", "-"}, {"b"}},
      {"[-a]", {"a", "-"}, {"b"}},
      {"[]]", {"]"}, {"", "[]"}},
      {"[]a]", {"]", "a"}, {"b"}},
      {"[!]]", {"a", "["}, {"]"}},
      {"[[]", {"["}, {"]"}},
      {"[a\\]b]", {"a", "]", "b"}, {"\\"}},
      {"[\\!a]", {"!", "a"}, {"b"}},
      {"[a\\-c]", {"a", "-", "c"}, {"b"}},
      {"[*?]", {"*", "?"}, {"a"}},
      {"[\x80-\xff]", {"\x80", "\xff"}, {"\x7f"}},
      {"[c-a]", {}, {"a", "b", "c"}},
      {"\\*", {"*"}, {"a", "\\*"}},
      {"\\?\\[\\\\", {"?[\\"}, {"a[\\"}},
      {"a]", {"a]"}, {"a"}},
      {"*[0-9]*", {"a1b", "1"}, {"ab", ""}},
      {"user:*:mail", {"user::mail", "user:1:2:mail"}, {"user:mail", "user:1:mails"}},
  };
  for (const Row &row : rows) {
    for (const auto text : row.yes)
      EXPECT_TRUE(matches(row.pattern, text)) << row.pattern << " | " << text;
    for (const auto text : row.no)
      EXPECT_FALSE(matches(row.pattern, text)) << row.pattern << " | " << text;
  }
}

TEST(Glob, MatchesZeroBytes) {
  using namespace std::string_view_literals;
  EXPECT_TRUE(matches("a\0*"sv, "a\0b"sv));
  EXPECT_FALSE(matches("a\0"sv, "a"sv));
  EXPECT_TRUE(matches("[\0-\1]"sv, "\0"sv));
}

// The plain definition, exponential and obviously right.
bool plainly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return plainly(pattern.substr(1), text) || (!text.empty() && plainly(pattern, text.substr(1)));
  if (text.empty()) return false;
  return (pattern[0] == '?' || pattern[0] == text[0]) && plainly(pattern.substr(1), text.substr(1));
}

TEST(Glob, AgreesWithThePlainDefinition) {
  std::mt19937 random(1);
  int found = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string pattern;
    std::string text;
    for (size_t n = random() % 8; n > 0; --n) pattern += "ab?*"[random() % 4];
    for (size_t n = random() % 8; n > 0; --n) text += "ab"[random() % 2];
    ASSERT_EQ(matches(pattern, text), plainly(pattern, text)) << pattern << " | " << text;
    found += plainly(pattern, text);
  }
  EXPECT_GT(found, 10000);
}

TEST(Glob, NoPatternTakesLong) {
  std::string stars;
  for (int i = 0; i < 1000; ++i) stars += "a*";
  const std::string text(65535, 'a');
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches(stars + "b", text));
  EXPECT_TRUE(matches(stars, text));
  EXPECT_FALSE(matches("*" + std::string(1000, 'a') + "b", text));
  EXPECT_FALSE(matches(stars.assign(100000, '*') += 'b', text));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10))
      << "a tenth of a second is usual";
}

}  // namespace
}  // namespace brisk
