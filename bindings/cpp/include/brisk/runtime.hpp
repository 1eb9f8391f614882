// The loaded library, and Runtime: what its caches share.
#pragma once

#include <brisk/runtime.h>

#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <cstdint>
#include <string_view>

namespace brisk {
inline namespace v0_1 {

// The version of the loaded library, for example "0.1.0".
inline std::string_view version() noexcept { return brisk_version(); }

// One line about the loaded library: versions, compiler, allocator, path.
inline std::string_view build_info() noexcept { return brisk_build_info(); }

// Whether the loaded library was built from the same description of the interface as these headers.
inline bool matches_headers() noexcept {
  return brisk_abi_version() == BRISK_ABI_VERSION && brisk_abi_digest() == BRISK_ABI_DIGEST;
}

// Reads a size such as "64 MiB", "1.5GB" or "4096".
inline uint64_t bytes(std::string_view text) {
  uint64_t size = 0;
  detail::call<brisk_parse_size>(text.data(), text.size(), &size);
  return size;
}

enum class Clock : brisk_clock {
  system = BRISK_CLOCK_SYSTEM,
  manual = BRISK_CLOCK_MANUAL,  // starts at zero and moves only by Runtime::advance
};

struct RuntimeOptions {
  Clock clock = Clock::system;
  uint64_t budget = 0;          // bound on the bytes that everything in it holds; 0: none
  uint32_t budget_percent = 0;  // the same as a share of the container's memory; 0: none
};

using RuntimeStats = brisk_runtime_stats;

// What caches share: a memory budget, a clock, and the names under which they are found again. Most
// programs need none: a cache without one lives in the runtime of the process.
class Runtime : public detail::Handle<brisk_runtime, brisk_runtime_ref, brisk_runtime_unref> {
 public:
  using Handle::Handle;

  // A runtime of its own.
  explicit Runtime(const RuntimeOptions &options = {}) : Runtime(adopt, create(options)) {}

  // The default one of this process, which cannot be closed.
  static Runtime process() {
    brisk_runtime *runtime = nullptr;
    detail::call<brisk_runtime_default>(&runtime);
    return Runtime(adopt, runtime);
  }

  // Closes its caches and ends its work; later calls throw Closed. May block. May be repeated.
  void close() { detail::call<brisk_runtime_close>(raw()); }

  // Time since an arbitrary start, to the tick that decides about expiry.
  Duration now() const {
    uint64_t now = 0;
    detail::call<brisk_runtime_now>(required(), &now);
    return Duration(static_cast<Duration::rep>(now));
  }

  // Moves a manual clock forward and frees what has expired by then.
  void advance(Duration step) {
    detail::call<brisk_runtime_advance>(raw(), detail::nanoseconds(step));
  }

  RuntimeStats stats() const {
    RuntimeStats stats = BRISK_RUNTIME_STATS_INIT;
    detail::call<brisk_runtime_read_stats>(required(), &stats);
    return stats;
  }

  // In C no runtime means the default one; here an empty handle is a mistake.
  brisk_runtime *required() const {
    if (raw() == nullptr) throw InvalidArgument(BRISK_INVALID, "the runtime was moved from");
    return raw();
  }

 private:
  static brisk_runtime *create(const RuntimeOptions &options) {
    brisk_runtime_options raw = BRISK_RUNTIME_OPTIONS_INIT;
    raw.clock = static_cast<brisk_clock>(options.clock);
    raw.budget_bytes = options.budget;
    raw.budget_percent = options.budget_percent;
    brisk_runtime *runtime = nullptr;
    detail::call<brisk_runtime_new>(&raw, &runtime);
    return runtime;
  }
};

}  // namespace v0_1
}  // namespace brisk
