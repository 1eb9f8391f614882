// The extern "C" side of <brisk/runtime.h>.
#include "abi/runtime.h"

#include <algorithm>

#include "base/size.h"

using brisk::Ref;
using brisk::Runtime;
using namespace brisk::abi;

extern "C" {

brisk_status brisk_runtime_new(const brisk_runtime_options *given, brisk_runtime **runtime,
                               brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(runtime, "runtime");
    *runtime = nullptr;
    const auto options = read_options(given, "brisk_runtime_options");
    if (options.clock != BRISK_CLOCK_SYSTEM && options.clock != BRISK_CLOCK_MANUAL) {
      brisk::fail(BRISK_INVALID, "clock is %d; it must be BRISK_CLOCK_SYSTEM or BRISK_CLOCK_MANUAL",
                  options.clock);
    }
    if (options.budget_percent > 100) {
      brisk::fail(BRISK_INVALID, "budget_percent is %u; it must be 1 to 100, or 0 for no bound",
                  options.budget_percent);
    }
    if (options.reserved != 0)
      brisk::fail(BRISK_INVALID, "reserved is %u; it must be zero", options.reserved);
    uint64_t budget = options.budget_bytes != 0 ? options.budget_bytes : UINT64_MAX;
    if (options.budget_percent != 0) {
      budget = std::min(budget, brisk::available_memory() / 100 * options.budget_percent);
    }
    *runtime = handle(new Runtime(options.clock == BRISK_CLOCK_MANUAL, budget));
    return BRISK_OK;
  });
}

brisk_status brisk_runtime_default(brisk_runtime **runtime, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(runtime, "runtime");
    *runtime = nullptr;
    *runtime = handle(Runtime::process_default().release());
    return BRISK_OK;
  });
}

brisk_status brisk_runtime_close(brisk_runtime *runtime, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(runtime, "runtime");
    if (of(runtime)->is_default()) {
      brisk::fail(
          BRISK_INVALID,
          "the default runtime serves the whole process and cannot be closed; close its caches");
    }
    of(runtime)->close();
    return BRISK_OK;
  });
}

brisk_status brisk_runtime_now(brisk_runtime *runtime, uint64_t *now_ns, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(now_ns, "now_ns");
    *now_ns = 0;
    *now_ns = runtime_or_default(runtime)->clock().now();
    return BRISK_OK;
  });
}

brisk_status brisk_runtime_advance(brisk_runtime *runtime, uint64_t step_ns, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(runtime, "runtime");
    const Ref<Runtime> live = runtime_or_default(runtime);
    if (!live->clock().manual()) {
      brisk::fail(
          BRISK_INVALID,
          "the clock of this runtime is the system's; only BRISK_CLOCK_MANUAL can be advanced");
    }
    live->advance(step_ns);
    return BRISK_OK;
  });
}

brisk_status brisk_runtime_read_stats(brisk_runtime *runtime, brisk_runtime_stats *stats,
                                      brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(stats, "stats");
    const Ref<Runtime> live = runtime_or_default(runtime);
    brisk_runtime_stats figures{};
    figures.caches = static_cast<uint32_t>(live->caches());
    figures.budget_bytes = live->account().limit();
    figures.held_bytes = live->account().held();
    figures.peak_bytes = live->account().peak();
    write_figures(figures, stats, "brisk_runtime_stats");
    return BRISK_OK;
  });
}

brisk_runtime *brisk_runtime_ref(brisk_runtime *runtime) {
  if (runtime != nullptr) of(runtime)->ref();
  return runtime;
}

void brisk_runtime_unref(brisk_runtime *runtime) {
  if (runtime != nullptr) of(runtime)->unref();
}

}  // extern "C"
