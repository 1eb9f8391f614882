// Modules: shared objects and parts of a program that load when they are first used.
#pragma once

#include <brisk/modules.h>

#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <brisk/runtime.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace brisk {
inline namespace v0_1 {

enum class ModuleState : brisk_module_state {
  unloaded = BRISK_MODULE_STATE_UNLOADED,
  loading = BRISK_MODULE_STATE_LOADING,
  loaded = BRISK_MODULE_STATE_LOADED,
  failed = BRISK_MODULE_STATE_FAILED,
};

struct ModulesOptions {
  bool eager = false;          // load each module as soon as all that it needs is known, as for CI
  Duration load_timeout = {};  // for calls that name none; 0: 30 seconds
};

// What may be said of a module that a function loads.
struct ModuleOptions {
  std::string version = {};
  std::string dependencies = {};       // names, separated by spaces or commas
  std::function<void()> warm_up = {};  // runs after the load
};

// What a module was at the moment of a report. The texts live as long as the report.
struct ModuleInfo {
  ModuleState state;
  std::string_view name, kinds, schemes, version, dependencies, dependents;
  std::string_view source;   // the path of the manifest
  std::string_view library;  // the path of the library that was opened
  std::string_view reason;   // why it failed
  std::string_view log;      // the latest messages of the driver, a line each
  Duration load_time, warm_up_time;
  uint64_t gained_bytes;  // memory that the process gained during the load
  uint64_t thread;        // the system's number of the thread that loaded it
  uint32_t attempts;
};

// What a set of modules was at one moment.
class ModuleReport : public detail::Handle<brisk_module_report, brisk_module_report_ref,
                                           brisk_module_report_unref> {
 public:
  using Handle::Handle;

  size_t size() const noexcept { return brisk_module_report_count(raw()); }

  ModuleInfo operator[](size_t index) const {
    brisk_module_figures figures = BRISK_MODULE_FIGURES_INIT;
    detail::call<brisk_module_report_read>(raw(), index, &figures);
    const auto text = [&](brisk_module_text part) -> std::string_view {
      return brisk_module_report_text(raw(), index, part);
    };
    const auto time = [](uint64_t ns) { return Duration(static_cast<Duration::rep>(ns)); };
    return {static_cast<ModuleState>(figures.state),
            text(BRISK_MODULE_TEXT_NAME),
            text(BRISK_MODULE_TEXT_KINDS),
            text(BRISK_MODULE_TEXT_SCHEMES),
            text(BRISK_MODULE_TEXT_VERSION),
            text(BRISK_MODULE_TEXT_DEPENDENCIES),
            text(BRISK_MODULE_TEXT_DEPENDENTS),
            text(BRISK_MODULE_TEXT_SOURCE),
            text(BRISK_MODULE_TEXT_LIBRARY),
            text(BRISK_MODULE_TEXT_REASON),
            text(BRISK_MODULE_TEXT_LOG),
            time(figures.load_ns),
            time(figures.warm_up_ns),
            figures.gained_bytes,
            figures.thread,
            figures.attempts};
  }

  // A table to read, slowest first, and the same as JSON.
  std::string_view text() const noexcept {
    return brisk_module_report_format(raw(), BRISK_REPORT_FORMAT_TEXT);
  }
  std::string_view json() const noexcept {
    return brisk_module_report_format(raw(), BRISK_REPORT_FORMAT_JSON);
  }
};

namespace detail {

// The functions of a module of the program, and how C calls them.
struct ModuleBody {
  std::function<void()> load;
  std::function<void()> warm_up;

  static brisk_status run(void *user, brisk_module_step step, void *message,
                          size_t capacity) noexcept {
    const ModuleBody &body = *static_cast<const ModuleBody *>(user);
    const auto failed = [&](const char *why) {
      std::snprintf(static_cast<char *>(message), capacity, "%s", why);
      return BRISK_LOAD_FAILED;
    };
    try {
      (step == BRISK_MODULE_STEP_WARM_UP ? body.warm_up : body.load)();
      return BRISK_OK;
    } catch (const std::exception &exception) {
      return failed(exception.what());
    } catch (...) {
      return failed("the loader threw something that is not a std::exception");
    }
  }
  static void destroy(void *user) noexcept { delete static_cast<ModuleBody *>(user); }
};

}  // namespace detail

// A set of modules. Finding them opens nothing; the first use loads one, once, after all that it
// depends on. What failed throws LoadFailed with its whole reason at each use, until retry; circles
// throw Deadlock. A name that nobody has throws LoadFailed as well, naming the folders.
class Modules : public detail::Handle<brisk_modules, brisk_modules_ref, brisk_modules_unref> {
 public:
  using Handle::Handle;

  explicit Modules(const ModulesOptions &options = {}) : Modules(adopt, create(nullptr, options)) {}
  explicit Modules(const Runtime &runtime, const ModulesOptions &options = {})
      : Modules(adopt, create(runtime.required(), options)) {}

  // Ends waiting and loading in the background; later calls throw Closed. What was loaded stays.
  void close() { detail::call<brisk_modules_close>(raw()); }

  // Reads the manifests of a folder, or of the search path. Returns how many are new.
  uint64_t scan(std::string_view folder = {}) {
    uint64_t found = 0;
    detail::call<brisk_modules_scan>(raw(), folder.data(), folder.size(), &found);
    return found;
  }

  // Adds a module that a function loads. What the function throws is the reason of a failure.
  void add(std::string_view name, std::function<void()> load, const ModuleOptions &options = {}) {
    brisk_module_options raw = BRISK_MODULE_OPTIONS_INIT;
    raw.name = name.data();
    raw.name_size = size(name);
    raw.version = options.version.data();
    raw.version_size = size(options.version);
    raw.dependencies = options.dependencies.data();
    raw.dependencies_size = size(options.dependencies);
    raw.warm_up = options.warm_up ? 1 : 0;
    auto body = std::make_unique<detail::ModuleBody>();
    body->load = std::move(load);
    body->warm_up = options.warm_up;
    detail::call<brisk_modules_add>(this->raw(), &raw, detail::ModuleBody::run, body.release(),
                                    detail::ModuleBody::destroy);
  }

  // False when the timeout passed while another thread was loading.
  bool load(std::string_view name, std::optional<Duration> timeout = {}) {
    return detail::call<brisk_modules_load>(raw(), name.data(), name.size(),
                                            detail::timeout(timeout)) == BRISK_OK;
  }

  // Loads everything, on up to this many threads; 0: 4. False after the timeout, when loads go on.
  // Throws LoadFailed that names all that failed.
  bool load_all(uint32_t threads = 0, std::optional<Duration> timeout = {}) {
    return detail::call<brisk_modules_load_all>(raw(), threads, detail::timeout(timeout)) ==
           BRISK_OK;
  }

  // Loads what is left in idle time, on a thread of its own.
  void preload() { detail::call<brisk_modules_preload>(raw()); }

  // Forgets a failure, and those of what the module needs. False when there is no such module.
  bool retry(std::string_view name) {
    return detail::call<brisk_modules_retry>(raw(), name.data(), name.size()) == BRISK_OK;
  }

  // How far a module is, if there is one of this name.
  std::optional<ModuleState> state(std::string_view name) const {
    brisk_module_state state = 0;
    const brisk_status status =
        detail::call<brisk_modules_state>(raw(), name.data(), name.size(), &state);
    return status == BRISK_OK ? std::optional(static_cast<ModuleState>(state)) : std::nullopt;
  }

  // The symbol of a native module, loaded if it is not: modules.symbol<int(int)>("m", "f") is a
  // pointer to a function, good for as long as the process lives. Null after the timeout.
  template <class Type>
  Type *symbol(std::string_view name, const std::string &symbol,
               std::optional<Duration> timeout = {}) {
    uint64_t address = 0;
    detail::call<brisk_modules_symbol>(raw(), name.data(), name.size(), symbol.c_str(),
                                       detail::timeout(timeout), &address);
    return reinterpret_cast<Type *>(static_cast<uintptr_t>(address));
  }

  ModuleReport report() const {
    brisk_module_report *report = nullptr;
    detail::call<brisk_modules_report>(raw(), &report);
    return ModuleReport(adopt, report);
  }

 private:
  static uint32_t size(std::string_view text) {
    if (text.size() > UINT32_MAX) throw InvalidArgument(BRISK_INVALID, "a text of 4 GiB or more");
    return static_cast<uint32_t>(text.size());
  }

  static brisk_modules *create(brisk_runtime *runtime, const ModulesOptions &options) {
    brisk_modules_options raw = BRISK_MODULES_OPTIONS_INIT;
    raw.eager = options.eager ? 1 : 0;
    raw.load_timeout_ns = detail::nanoseconds(options.load_timeout);
    brisk_modules *modules = nullptr;
    detail::call<brisk_modules_new>(runtime, &raw, &modules);
    return modules;
  }
};

}  // namespace v0_1
}  // namespace brisk
