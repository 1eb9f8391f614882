// brisk.hpp against the C interface: nothing of it is out of reach.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

const std::string root = BRISK_SOURCE_ROOT;

std::string text_of(const std::string &path) {
  std::ifstream file(root + "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What the first group of the pattern finds.
std::set<std::string> find_all(const std::string &text, const std::string &pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

// Functions that C++ programs have no use for.
const std::map<std::string, std::string> unreached = {
    {"brisk_error_ref", "an exception has a copy of the message and drops the error object"},
    {"brisk_error_status", "the status comes from the call itself"},
};

TEST(Reach, HasEveryFunctionOrAReason) {
  const std::set<std::string> functions =
      find_all(text_of("lib/abi/brisk.map"), R"(\n *(brisk_\w+);)");
  const std::set<std::string> used =
      find_all(text_of("bindings/cpp/include/brisk/brisk.hpp"), R"(\b(brisk_\w+)\b)");
  EXPECT_GT(functions.size(), 40u);
  for (const std::string &function : functions) {
    EXPECT_NE(used.count(function), unreached.count(function)) << function;
  }
  for (const auto &[function, reason] : unreached) EXPECT_TRUE(functions.count(function));
}

TEST(Reach, HasEveryOption) {
  const std::string header = text_of("include/brisk/cache.h") + text_of("include/brisk/runtime.h");
  const std::string hpp = text_of("bindings/cpp/include/brisk/brisk.hpp");
  size_t count = 0;
  for (const char *type : {"brisk_cache_options", "brisk_runtime_options"}) {
    const size_t begin = header.find("typedef struct " + std::string(type) + " {");
    const size_t end = header.find("} " + std::string(type) + ";");
    ASSERT_LT(begin, end);
    const std::string body = header.substr(begin, end - begin);
    for (const std::string &field : find_all(body, R"(\n  (?:const )?\w+ \*?(\w+);)")) {
      if (field == "struct_size" || field == "reserved") continue;
      EXPECT_NE(hpp.find("raw." + field + " = "), std::string::npos) << field;
      ++count;
    }
  }
  EXPECT_GT(count, 14u);
}

TEST(Reach, HasEveryValueOfTheEnums) {
  const std::string header = text_of("include/brisk/cache.h") + text_of("include/brisk/runtime.h");
  const std::set<std::string> values =
      find_all(header, R"(\n  (BRISK_(?:POLICY|COMPRESSION|CAUSE|CLOCK)_\w+) = )");
  const std::string hpp = text_of("bindings/cpp/include/brisk/brisk.hpp");
  EXPECT_GT(values.size(), 10u);
  for (const std::string &value : values) {
    EXPECT_NE(hpp.find(" = " + value + ","), std::string::npos) << value;
  }
}

}  // namespace
