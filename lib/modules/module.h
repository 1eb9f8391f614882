// One module: what is known of it, how far it is, and what its load cost.
//
// Everything but `busy_since` is read and written under the lock of its set. While a module is
// loading, its description does not change, so that who leads the load may read it without the
// lock.
#pragma once

#include <brisk/modules.h>
#include <pthread.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "modules/driver.h"
#include "modules/library.h"
#include "modules/manifest.h"

namespace brisk::modules {

// The callback of a module of the host. Its user data is released exactly once.
class Callback {
 public:
  Callback() = default;
  Callback(brisk_module_fn load, void *user, brisk_destroy_fn destroy) noexcept
      : load_(load), user_(user), destroy_(destroy) {}
  Callback(Callback &&other) noexcept
      : load_(std::exchange(other.load_, nullptr)),
        user_(other.user_),
        destroy_(std::exchange(other.destroy_, nullptr)) {}
  Callback &operator=(Callback &&) = delete;
  ~Callback() {
    if (destroy_ != nullptr) destroy_(user_);
  }

  explicit operator bool() const noexcept { return load_ != nullptr; }
  // Throws what the callback throws, and Failure (LOAD_FAILED) with its reason.
  void run(brisk_module_step step) const;

 private:
  brisk_module_fn load_ = nullptr;
  void *user_ = nullptr;
  brisk_destroy_fn destroy_ = nullptr;
};

// How a load ended.
struct Ended {
  brisk_status status = BRISK_OK;
  std::string reason;
  Library library;
  std::unique_ptr<const Driver> driver;
  uint64_t load_ns = 0;
  uint64_t warm_up_ns = 0;
  uint64_t gained = 0;
  uint64_t thread = 0;
};

struct Module {
  static constexpr size_t reason_max = 4096;

  Module(Manifest manifest, std::string source, Callback callback = {}, bool warm_up = false)
      : manifest(std::move(manifest)),
        source(std::move(source)),
        callback(std::move(callback)),
        warm_up(warm_up) {}

  Manifest manifest;
  const std::string source;  // the path of the manifest; empty for one of the host
  const Callback callback;
  const bool warm_up;

  brisk_module_state state = BRISK_MODULE_STATE_UNLOADED;
  uint32_t attempts = 0;
  Ended ended;
  Host *host = nullptr;

  // Of a load in flight.
  pthread_t leader{};
  uint64_t started = 0;
  // Since when the load is outside the system's loader, which lets one library in at a time; 0
  // before.
  std::atomic<uint64_t> busy_since{0};

  bool is(brisk_module_state other) const noexcept { return state == other; }
  void fail(brisk_status status, std::string reason) {
    state = BRISK_MODULE_STATE_FAILED;
    ended.status = status;
    // Of a long chain its ends: what was asked for, and what went wrong.
    if (reason.size() > reason_max)
      reason.replace(reason_max / 4, reason.size() - reason_max, " ... ");
    ended.reason = std::move(reason);
  }
};

// Loads a module on this thread, outside every lock. Never throws: what went wrong is in what it
// returns. `row` is null for a load that follows no other.
Ended run_load(Module &module, const Host *host, Row *row) noexcept;

}  // namespace brisk::modules
