// One load from beginning to end: library, driver, callback, warm-up, and what they cost.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <exception>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "modules/host.h"
#include "modules/module.h"

namespace brisk::modules {
namespace {

constexpr size_t message_max = 1024;

uint64_t now() noexcept { return Clock(false).exact(); }

void load_library(Module &module, const Host *host, Row *row, Ended *ended) {
  const Manifest &manifest = module.manifest;
  if (manifest.is_driver()) check_versions(manifest);
  const std::string folder = module.source.substr(0, module.source.rfind('/'));
  ended->library = open_library(manifest.library, folder, row);
  module.busy_since.store(now(), std::memory_order_relaxed);
  if (manifest.is_driver())
    ended->driver = std::make_unique<const Driver>(negotiate(ended->library, manifest, *host));
}

void load(Module &module, const Host *host, Row *row, Ended *ended) {
  uint64_t before = row != nullptr ? std::exchange(row->resident, 0) : 0;
  if (before == 0) before = resident_bytes();
  const uint64_t begin = now();
  if (module.callback) {
    module.busy_since.store(begin, std::memory_order_relaxed);
    module.callback.run(BRISK_MODULE_STEP_LOAD);
  } else {
    load_library(module, host, row, ended);
  }
  const uint64_t loaded = now();
  ended->load_ns = loaded - begin;
  if (module.warm_up) {
    module.callback.run(BRISK_MODULE_STEP_WARM_UP);
    ended->warm_up_ns = now() - loaded;
  }
  const uint64_t after = resident_bytes();
  ended->gained = after > before ? after - before : 0;
  if (row != nullptr) row->resident = after;
}

}  // namespace

void Callback::run(brisk_module_step step) const {
  char message[message_max];
  message[0] = '\0';
  const brisk_status status = load_(user_, step, message, sizeof message);
  message[sizeof message - 1] = '\0';
  if (status >= 0) return;
  const char *what =
      step == BRISK_MODULE_STEP_LOAD ? "its callback returned " : "its warm-up returned ";
  std::string reason = std::string(what) + brisk_status_name(status);
  if (message[0] != '\0') reason += std::string(": ") + message;
  throw Failure(BRISK_LOAD_FAILED, std::move(reason));
}

Ended run_load(Module &module, const Host *host, Row *row) noexcept {
  Ended ended;
  const uint64_t begin = now();
  const auto failed = [&](brisk_status status, const char *what, const char *why) noexcept {
    ended.status = status;
    ended.load_ns = now() - begin;
    try {
      ended.reason = "module " + module.manifest.name + ": " + what + why;
    } catch (const std::bad_alloc &) {
      ended.status = BRISK_OUT_OF_MEMORY;
    }
  };
  try {
    ended.thread = static_cast<uint64_t>(syscall(SYS_gettid));
    load(module, host, row, &ended);
  } catch (const Failure &failure) {
    failed(BRISK_LOAD_FAILED, "", failure.message().c_str());
  } catch (const std::bad_alloc &) {
    failed(BRISK_OUT_OF_MEMORY, "", "the system gave no memory");
  } catch (const std::exception &exception) {
    failed(BRISK_LOAD_FAILED, "it threw: ", exception.what());
  } catch (...) {
    failed(BRISK_LOAD_FAILED, "", "it threw an exception of unknown type");
  }
  return ended;
}

}  // namespace brisk::modules
