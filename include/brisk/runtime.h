/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_RUNTIME_H
#define BRISK_RUNTIME_H

/**
 * The runtime.
 *
 * A runtime is what the objects of one program share: a memory budget, a clock, and the names under
 * which caches are found again. Most programs use the default one of their process by passing NULL
 * where a runtime is due.
 */

#include <brisk/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which clock a runtime reads. Later versions may add values. */
typedef int32_t brisk_clock;
enum {
  BRISK_CLOCK_SYSTEM = 0, /**< The monotonic clock of the system, read to a tick of 4
                               milliseconds. */
  BRISK_CLOCK_MANUAL = 1, /**< A clock that starts at zero and moves only by
                               brisk_runtime_advance, for tests. */
};

/**
 * One memory budget, one clock and one set of names. May be used from any thread. Counted by
 * brisk_runtime_ref and brisk_runtime_unref; brisk_runtime_close ends its work.
 */
typedef struct brisk_runtime brisk_runtime;

/** Settings of a runtime. A zero field selects the documented default. */
typedef struct brisk_runtime_options {
  uint32_t struct_size;    /**< Set by BRISK_RUNTIME_OPTIONS_INIT. */
  brisk_clock clock;       /**< The clock to read; default BRISK_CLOCK_SYSTEM. */
  uint64_t budget_bytes;   /**< Bound on the bytes held by everything in this runtime; default
                                none. */
  uint32_t budget_percent; /**< The same bound as a share of the memory that the container or
                                machine has, 1 to 100; default none. The smaller bound counts. */
  uint32_t reserved;       /**< Must be zero. */
} brisk_runtime_options;

#define BRISK_RUNTIME_OPTIONS_INIT {(uint32_t)sizeof(brisk_runtime_options), 0, 0, 0, 0}

/** Figures of a runtime at one moment. */
typedef struct brisk_runtime_stats {
  uint32_t struct_size;  /**< Set by BRISK_RUNTIME_STATS_INIT. */
  uint32_t caches;       /**< Caches that live in this runtime. */
  uint64_t budget_bytes; /**< The bound on bytes held; BRISK_FOREVER when there is none. */
  uint64_t held_bytes;   /**< Bytes that everything in this runtime holds now. */
  uint64_t peak_bytes;   /**< The most bytes that were held at one time. */
} brisk_runtime_stats;

#define BRISK_RUNTIME_STATS_INIT {(uint32_t)sizeof(brisk_runtime_stats), 0, 0, 0, 0}

/**
 * Creates a runtime of its own, apart from the default one. The caller owns one reference.
 *
 * @param options  Settings; NULL for the defaults. Start from BRISK_RUNTIME_OPTIONS_INIT.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_runtime_new(const brisk_runtime_options *options,
                                         brisk_runtime **runtime, brisk_error **error);

/**
 * Gives the default runtime of this process, created at the first use with default settings. The
 * caller owns one reference. It cannot be closed.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_runtime_default(brisk_runtime **runtime, brisk_error **error);

/**
 * Closes every cache of the runtime and ends its background work. Idempotent; later calls on the
 * runtime return BRISK_CLOSED. The default runtime answers BRISK_INVALID.
 *
 * Fails with BRISK_INVALID. Any thread. May block. Walks over all entries.
 */
BRISK_API brisk_status brisk_runtime_close(brisk_runtime *runtime, brisk_error **error);

/**
 * Reads the clock of a runtime, to the tick that decides about expiry.
 *
 * @param runtime  The runtime; NULL for the default one.
 * @param now_ns   Receives nanoseconds since an arbitrary start.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_runtime_now(brisk_runtime *runtime, uint64_t *now_ns,
                                         brisk_error **error);

/**
 * Moves a manual clock forward and frees, before it returns, every entry that has expired by then.
 * A system clock answers BRISK_INVALID.
 *
 * @param runtime  A runtime with a manual clock.
 * @param step_ns  Nanoseconds to move the clock forward by.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread. Walks over all entries.
 */
BRISK_API brisk_status brisk_runtime_advance(brisk_runtime *runtime, uint64_t step_ns,
                                             brisk_error **error);

/**
 * Reads the figures of a runtime.
 *
 * @param runtime  The runtime; NULL for the default one.
 * @param stats    Receives the figures. Start from BRISK_RUNTIME_STATS_INIT.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_runtime_read_stats(brisk_runtime *runtime, brisk_runtime_stats *stats,
                                                brisk_error **error);

/**
 * Adds a reference to runtime and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_runtime *brisk_runtime_ref(brisk_runtime *runtime);

/**
 * Drops a reference to runtime. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_runtime_unref(brisk_runtime *runtime);

#ifdef __cplusplus
}
#endif

#endif
