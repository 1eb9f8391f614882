// The C++ headers against the C interface: nothing of it is out of reach.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace {

std::string text_of(const std::string &path) {
  std::ifstream file(BRISK_SOURCE_ROOT "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// All headers of the C++ interface.
std::string cpp_headers() {
  const std::string folder = "bindings/cpp/include/brisk";
  std::string text;
  for (const auto &entry : std::filesystem::directory_iterator(BRISK_SOURCE_ROOT "/" + folder)) {
    text += text_of(folder + "/" + entry.path().filename().string());
  }
  return text;
}

// The identifiers of a text that start like this.
std::set<std::string> names(const std::string &text, const std::string &prefix) {
  std::set<std::string> found;
  std::string name;
  for (const char byte : text + '\n') {
    if (std::isalnum(static_cast<unsigned char>(byte)) || byte == '_') {
      name += byte;
    } else {
      if (name.rfind(prefix, 0) == 0) found.insert(name);
      name.clear();
    }
  }
  return found;
}

// The members of a struct of a generated header, which has one at the start of a line each.
std::set<std::string> members(const std::string &text, const std::string &type) {
  std::istringstream body(text.substr(text.find("typedef struct " + type + " {")));
  std::set<std::string> found;
  for (std::string line; std::getline(body, line) && line != "} " + type + ";";) {
    const size_t end = line.find(';');
    if (line.rfind("  ", 0) != 0 || line[2] == ' ' || end == std::string::npos) continue;
    const size_t begin = line.find_last_of(" *", end) + 1;
    found.insert(line.substr(begin, end - begin));
  }
  return found;
}

// Functions that C++ programs have no use for.
const std::map<std::string, std::string> unreached = {
    {"brisk_error_ref", "an exception has a copy of the message and drops the error object"},
    {"brisk_error_status", "the status comes from the call itself"},
    {"brisk_workers_batch", "items are called in ranges"},
};

TEST(Reach, HasEveryFunctionOrAReason) {
  const std::set<std::string> functions = names(text_of("lib/abi/brisk.map"), "brisk_");
  const std::set<std::string> used = names(cpp_headers(), "brisk_");
  EXPECT_GT(functions.size(), 40u);
  for (const std::string &function : functions) {
    EXPECT_NE(used.count(function), unreached.count(function)) << function;
  }
  for (const auto &[function, reason] : unreached) {
    EXPECT_TRUE(functions.count(function)) << function << ": " << reason;
  }
}

TEST(Reach, HasEveryOption) {
  std::set<std::string> options = members(text_of("include/brisk/cache.h"), "brisk_cache_options");
  options.merge(members(text_of("include/brisk/intern.h"), "brisk_intern_options"));
  options.merge(members(text_of("include/brisk/runtime.h"), "brisk_runtime_options"));
  options.merge(members(text_of("include/brisk/workers.h"), "brisk_workers_options"));
  options.merge(members(text_of("include/brisk/workers.h"), "brisk_task_options"));
  options.merge(members(text_of("include/brisk/modules.h"), "brisk_modules_options"));
  options.merge(members(text_of("include/brisk/modules.h"), "brisk_module_options"));
  EXPECT_GT(options.size(), 22u);
  const std::string text = cpp_headers();
  for (const std::string &option : options) {
    if (option == "struct_size" || option == "reserved") continue;
    EXPECT_NE(text.find("raw." + option + " = "), std::string::npos) << option;
  }
}

TEST(Reach, HasEveryValueOfTheEnums) {
  const std::string headers =
      text_of("include/brisk/cache.h") + text_of("include/brisk/runtime.h") +
      text_of("include/brisk/workers.h") + text_of("include/brisk/modules.h");
  const std::string text = cpp_headers();
  for (const char *type :
       {"POLICY", "COMPRESSION", "CAUSE", "CLOCK", "TASK_PRIORITY", "TASK_STATE", "MODULE_STATE"}) {
    const std::set<std::string> values = names(headers, "BRISK_" + std::string(type) + "_");
    EXPECT_GE(values.size(), 2u) << type;
    for (const std::string &value : values) {
      EXPECT_NE(text.find(" = " + value + ","), std::string::npos) << value;
    }
  }
}

}  // namespace
