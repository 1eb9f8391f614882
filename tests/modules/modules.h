// What the tests of modules share: a set, a folder of its own to scan, and modules of the host.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "../unit/interface.h"

namespace brisk_test {

using Modules = Handle<brisk_modules, brisk_modules_unref>;
using Report = Handle<brisk_module_report, brisk_module_report_unref>;

inline const std::string drivers = BRISK_DRIVERS;  // where the doubles were built

inline Modules new_modules(bool eager = false, brisk_runtime *runtime = nullptr) {
  brisk_modules_options options = BRISK_MODULES_OPTIONS_INIT;
  options.eager = eager ? 1 : 0;
  options.load_timeout_ns = 20 * second;
  Modules modules;
  EXPECT_EQ(call(brisk_modules_new, runtime, &options, modules.out()), BRISK_OK);
  return modules;
}

inline Result load(brisk_modules *modules, std::string_view name, uint64_t timeout = 0) {
  return call(brisk_modules_load, modules, name.data(), name.size(), timeout);
}
inline Result load_all(brisk_modules *modules, uint32_t threads = 2, uint64_t timeout = 0) {
  return call(brisk_modules_load_all, modules, threads, timeout);
}
inline Result retry(brisk_modules *modules, std::string_view name) {
  return call(brisk_modules_retry, modules, name.data(), name.size());
}
inline Result scan(brisk_modules *modules, const std::string &folder, uint64_t *found) {
  return call(brisk_modules_scan, modules, folder.data(), folder.size(), found);
}
inline brisk_module_state state(brisk_modules *modules, std::string_view name) {
  brisk_module_state state = 77;
  EXPECT_EQ(call(brisk_modules_state, modules, name.data(), name.size(), &state), BRISK_OK);
  return state;
}
inline Result symbol(brisk_modules *modules, std::string_view name, const char *symbol,
                     uint64_t *address) {
  return call(brisk_modules_symbol, modules, name.data(), name.size(), symbol, uint64_t{0},
              address);
}

inline Report report(brisk_modules *modules) {
  Report report;
  EXPECT_EQ(call(brisk_modules_report, modules, report.out()), BRISK_OK);
  return report;
}

// A text of a module in a report made now.
inline std::string told(brisk_modules *modules, std::string_view name, brisk_module_text part) {
  const Report now = report(modules);
  for (size_t i = 0; i < brisk_module_report_count(now); ++i) {
    if (brisk_module_report_text(now, i, BRISK_MODULE_TEXT_NAME) == name)
      return brisk_module_report_text(now, i, part);
  }
  ADD_FAILURE() << "no module " << name;
  return "";
}

inline brisk_module_figures figures(brisk_modules *modules, std::string_view name) {
  brisk_module_figures figures = BRISK_MODULE_FIGURES_INIT;
  const Report now = report(modules);
  for (size_t i = 0; i < brisk_module_report_count(now); ++i) {
    if (brisk_module_report_text(now, i, BRISK_MODULE_TEXT_NAME) != name) continue;
    EXPECT_EQ(call(brisk_module_report_read, now, i, &figures), BRISK_OK);
  }
  return figures;
}

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "brisk-modules-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = std::filesystem::canonical(name).string();
  }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  const std::string &path() const { return path_; }
  std::string operator/(const std::string &name) const { return path_ + "/" + name; }

  void write(const std::string &name, const std::string &text) const {
    std::ofstream(*this / name) << text;
    EXPECT_EQ(chmod((*this / name).c_str(), 0644), 0);
  }
  // The manifest of a double.
  void manifest(const std::string &name, const std::string &text) const {
    write(name + ".module", text);
  }
  // One that names a double by its path.
  void driver(const std::string &name, const std::string &kinds,
              const std::string &more = "") const {
    manifest(name, "library = " + drivers + "/" + name + ".so\nkinds = " + kinds + "\n" + more);
  }

 private:
  std::string path_;
};

inline uint64_t scan(brisk_modules *modules, const Folder &folder) {
  uint64_t found = 77;
  EXPECT_EQ(scan(modules, folder.path(), &found), BRISK_OK);
  return found;
}

// A module of the host whose load is any function, which returns a message for a failure. What it
// counts outlives both the part and the set, which may end in any order.
class Part {
 public:
  using Body = std::function<std::string()>;
  explicit Part(Body body = [] { return ""; }) : counts_(std::make_shared<Counts>()) {
    counts_->body = std::move(body);
  }

  int loads() const { return counts_->loads; }
  int warmed() const { return counts_->warmed; }
  int destroyed() const { return counts_->destroyed; }

  Result add(brisk_modules *modules, const std::string &name, const std::string &needs = "",
             bool warm_up = false) {
    brisk_module_options options = BRISK_MODULE_OPTIONS_INIT;
    options.name = name.data();
    options.name_size = static_cast<uint32_t>(name.size());
    options.dependencies = needs.data();
    options.dependencies_size = static_cast<uint32_t>(needs.size());
    options.warm_up = warm_up ? 1 : 0;
    return call(brisk_modules_add, modules, &options, run, new User(counts_), destroy);
  }

 private:
  struct Counts {
    Body body;
    std::atomic<int> loads{0};
    std::atomic<int> warmed{0};
    std::atomic<int> destroyed{0};
  };
  using User = std::shared_ptr<Counts>;

  static brisk_status run(void *user, brisk_module_step step, void *message, size_t capacity) {
    Counts &counts = **static_cast<User *>(user);
    if (step == BRISK_MODULE_STEP_WARM_UP) {
      ++counts.warmed;
      return BRISK_OK;
    }
    ++counts.loads;
    const std::string failure = counts.body();
    std::snprintf(static_cast<char *>(message), capacity, "%s", failure.c_str());
    return failure.empty() ? BRISK_OK : BRISK_INTERNAL;
  }
  static void destroy(void *user) {
    ++(*static_cast<User *>(user))->destroyed;
    delete static_cast<User *>(user);
  }

  std::shared_ptr<Counts> counts_;
};

}  // namespace brisk_test
