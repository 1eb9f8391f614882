// The extern "C" side of <brisk/modules.h>.
#include "modules/modules.h"

#include <brisk/modules.h>

#include <cstdlib>
#include <cstring>

#include "abi/runtime.h"

using brisk::Ref;
using brisk::modules::Callback;
using brisk::modules::Manifest;
using brisk::modules::Modules;
using brisk::modules::Report;
using namespace brisk::abi;

namespace {

Modules *of(brisk_modules *modules) noexcept { return reinterpret_cast<Modules *>(modules); }

Modules &required(brisk_modules *modules) {
  require(modules, "modules");
  return *of(modules);
}

const Report *of(const brisk_module_report *report) noexcept {
  return reinterpret_cast<const Report *>(report);
}

std::string_view text_of(const void *data, size_t size, const char *name) {
  require_bytes(data, size, name);
  return {static_cast<const char *>(data), size};
}

brisk::modules::Options modules_options(const brisk_modules_options *given) {
  const auto raw = read_options(given, "brisk_modules_options");
  if (raw.eager > 1) brisk::fail(BRISK_INVALID, "eager is %u; it must be 0 or 1", raw.eager);
  const char *asked = secure_getenv("BRISK_EAGER");
  brisk::modules::Options options;
  options.eager = raw.eager == 1 || (asked != nullptr && std::strcmp(asked, "1") == 0);
  if (raw.load_timeout_ns != 0) options.timeout = raw.load_timeout_ns;
  return options;
}

}  // namespace

extern "C" {

brisk_status brisk_modules_new(brisk_runtime *runtime, const brisk_modules_options *options,
                               brisk_modules **modules, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(modules, "modules");
    *modules = nullptr;
    *modules = reinterpret_cast<brisk_modules *>(
        Modules::make(runtime_or_default(runtime), modules_options(options)).release());
    return BRISK_OK;
  });
}

brisk_status brisk_modules_close(brisk_modules *modules, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    required(modules).close();
    return BRISK_OK;
  });
}

brisk_status brisk_modules_scan(brisk_modules *modules, const void *folder, size_t folder_size,
                                uint64_t *found, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(found, "found");
    *found = 0;
    Modules &set = required(modules);
    const std::string path(text_of(folder, folder_size, "folder"));
    if (path.find('\0') != std::string::npos)
      brisk::fail(BRISK_INVALID, "the folder %s has a NUL in its name",
                  brisk::quoted(path.data(), path.size()).c_str());
    *found = set.scan(path);
    return BRISK_OK;
  });
}

brisk_status brisk_modules_add(brisk_modules *modules, const brisk_module_options *options,
                               brisk_module_fn load, void *user, brisk_destroy_fn destroy,
                               brisk_error **error) {
  Callback callback(load, user, destroy);
  return guard(error, [&]() -> brisk_status {
    Modules &set = required(modules);
    require(options, "options");
    if (load == nullptr) is_null("load");
    const auto raw = read_options(options, "brisk_module_options");
    if (raw.warm_up > 1)
      brisk::fail(BRISK_INVALID, "warm_up is %u; it must be 0 or 1", raw.warm_up);
    if (raw.reserved != 0)
      brisk::fail(BRISK_INVALID, "reserved is %u; it must be zero", raw.reserved);
    Manifest manifest;
    manifest.name = text_of(raw.name, raw.name_size, "name");
    manifest.version = text_of(raw.version, raw.version_size, "version");
    manifest.dependencies = brisk::modules::split_list(
        text_of(raw.dependencies, raw.dependencies_size, "dependencies"));
    set.add(std::move(manifest), std::move(callback), raw.warm_up == 1);
    return BRISK_OK;
  });
}

brisk_status brisk_modules_load(brisk_modules *modules, const void *name, size_t name_size,
                                uint64_t timeout_ns, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    return required(modules).load(text_of(name, name_size, "name"), timeout_ns);
  });
}

brisk_status brisk_modules_load_all(brisk_modules *modules, uint32_t threads, uint64_t timeout_ns,
                                    brisk_error **error) {
  return guard(error,
               [&]() -> brisk_status { return required(modules).load_all(threads, timeout_ns); });
}

brisk_status brisk_modules_preload(brisk_modules *modules, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    required(modules).preload();
    return BRISK_OK;
  });
}

brisk_status brisk_modules_retry(brisk_modules *modules, const void *name, size_t name_size,
                                 brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    return required(modules).retry(text_of(name, name_size, "name")) ? BRISK_OK : BRISK_MISS;
  });
}

brisk_status brisk_modules_state(brisk_modules *modules, const void *name, size_t name_size,
                                 brisk_module_state *state, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(state, "state");
    *state = BRISK_MODULE_STATE_UNLOADED;
    return required(modules).state(text_of(name, name_size, "name"), state) ? BRISK_OK : BRISK_MISS;
  });
}

brisk_status brisk_modules_symbol(brisk_modules *modules, const void *name, size_t name_size,
                                  const char *symbol, uint64_t timeout_ns, uint64_t *address,
                                  brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(address, "address");
    *address = 0;
    require(symbol, "symbol");
    return required(modules).symbol(text_of(name, name_size, "name"), symbol, timeout_ns, address);
  });
}

brisk_status brisk_modules_report(brisk_modules *modules, brisk_module_report **report,
                                  brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(report, "report");
    *report = nullptr;
    *report = reinterpret_cast<brisk_module_report *>(required(modules).report().release());
    return BRISK_OK;
  });
}

size_t brisk_module_report_count(const brisk_module_report *report) {
  return report == nullptr ? 0 : of(report)->entries().size();
}

brisk_status brisk_module_report_read(const brisk_module_report *report, size_t index,
                                      brisk_module_figures *figures, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(figures, "figures");
    require(report, "report");
    const auto &entries = of(report)->entries();
    if (index >= entries.size()) {
      brisk::fail(BRISK_INVALID, "index is %zu, and the report has %zu modules", index,
                  entries.size());
    }
    write_figures(entries[index].figures, figures, "brisk_module_figures");
    return BRISK_OK;
  });
}

const char *brisk_module_report_text(const brisk_module_report *report, size_t index,
                                     brisk_module_text part) {
  if (index >= brisk_module_report_count(report)) return "";
  const auto at = static_cast<size_t>(part);
  return at < Report::parts ? of(report)->entries()[index].texts[at].c_str() : "";
}

const char *brisk_module_report_format(const brisk_module_report *report,
                                       brisk_report_format format) {
  if (report == nullptr) return "";
  return format == BRISK_REPORT_FORMAT_JSON ? of(report)->json().c_str()
                                            : of(report)->text().c_str();
}

brisk_modules *brisk_modules_ref(brisk_modules *modules) {
  if (modules != nullptr) of(modules)->ref();
  return modules;
}

void brisk_modules_unref(brisk_modules *modules) {
  if (modules != nullptr) of(modules)->unref();
}

brisk_module_report *brisk_module_report_ref(brisk_module_report *report) {
  if (report != nullptr) const_cast<Report *>(of(report))->ref();
  return report;
}

void brisk_module_report_unref(brisk_module_report *report) {
  if (report != nullptr) const_cast<Report *>(of(report))->unref();
}

}  // extern "C"
