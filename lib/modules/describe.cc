// From a set of modules to its report.
#include "base/clock.h"
#include "modules/host.h"
#include "modules/modules.h"

namespace brisk::modules {
namespace {

std::string joined(const std::vector<std::string> &items) {
  std::string text;
  for (const std::string &item : items) text += (text.empty() ? "" : " ") + item;
  return text;
}

std::string kinds_of(const Module &module) {
  if (module.callback) return "host";
  return module.manifest.is_driver() ? joined(module.manifest.kinds) : "library";
}

Report::Entry describe(const Module &module) {
  Report::Entry entry;
  const auto text = [&](brisk_module_text part) -> std::string & {
    return entry.texts[static_cast<size_t>(part)];
  };
  const Ended &ended = module.ended;
  text(BRISK_MODULE_TEXT_NAME) = module.manifest.name;
  text(BRISK_MODULE_TEXT_KINDS) = kinds_of(module);
  text(BRISK_MODULE_TEXT_SCHEMES) = joined(module.manifest.schemes);
  text(BRISK_MODULE_TEXT_VERSION) =
      ended.driver != nullptr ? ended.driver->release : module.manifest.version;
  text(BRISK_MODULE_TEXT_DEPENDENCIES) = joined(module.manifest.dependencies);
  text(BRISK_MODULE_TEXT_SOURCE) = module.source;
  text(BRISK_MODULE_TEXT_LIBRARY) = ended.library.path;
  text(BRISK_MODULE_TEXT_REASON) = ended.reason;
  if (module.host != nullptr) text(BRISK_MODULE_TEXT_LOG) = module.host->log_text();
  brisk_module_figures &figures = entry.figures;
  figures.state = module.state;
  figures.load_ns =
      module.is(BRISK_MODULE_STATE_LOADING) ? Clock(false).exact() - module.started : ended.load_ns;
  figures.warm_up_ns = ended.warm_up_ns;
  figures.gained_bytes = ended.gained;
  figures.thread = ended.thread;
  figures.attempts = module.attempts;
  return entry;
}

}  // namespace

Ref<Report> Modules::report() {
  Lock lock(mutex_);
  check_open();
  std::vector<Report::Entry> entries;
  entries.reserve(all_.size());
  for (const auto &module : all_) entries.push_back(describe(*module));
  for (size_t index = 0; index < all_.size(); ++index) {
    for (const size_t needed : needs(index)) {
      std::string &names = entries[needed].texts[BRISK_MODULE_TEXT_DEPENDENTS];
      names += (names.empty() ? "" : " ") + all_[index]->manifest.name;
      ++entries[needed].figures.dependents;
    }
  }
  lock.unlock();
  return Ref<Report>::adopt(new Report(std::move(entries)));
}

}  // namespace brisk::modules
