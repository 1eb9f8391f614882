/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_INTERN_H
#define BRISK_INTERN_H

/**
 * Interning.
 *
 * An interner keeps one copy of each byte string that it is given and a number for it, so that
 * programs store four bytes in place of a string, and compare numbers in place of strings. Ids
 * count from 0 in the order of the first coming. A string stays at its address, with its id, until
 * the interner is freed, and all are freed with it. Finding a string that is there takes no lock.
 */

#include <brisk/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The id of no string. */
#define BRISK_INTERN_NONE UINT32_MAX

/**
 * A set of byte strings, each with an id and an address of its own. May be used from any thread.
 * Counted by brisk_intern_ref and brisk_intern_unref.
 */
typedef struct brisk_intern brisk_intern;

/** Settings of an interner. A zero field selects the documented default. */
typedef struct brisk_intern_options {
  uint32_t struct_size;    /**< Set by BRISK_INTERN_OPTIONS_INIT. */
  uint32_t reserved;       /**< Must be zero. */
  uint64_t capacity_bytes; /**< Bound on all bytes held: strings, table, slack; at least 65536;
                                default 64 MiB. Strings take 16 GiB at most. */
} brisk_intern_options;

#define BRISK_INTERN_OPTIONS_INIT {(uint32_t)sizeof(brisk_intern_options), 0, 0}

/** Figures of an interner. A count may lag by the calls in flight on other threads. */
typedef struct brisk_intern_stats {
  uint32_t struct_size;    /**< Set by BRISK_INTERN_STATS_INIT. */
  uint32_t reserved;       /**< Always zero. */
  uint64_t strings;        /**< Strings that have an id. */
  uint64_t string_bytes;   /**< Their bytes, as callers see them. */
  uint64_t hits;           /**< Lookups, of put and of find, that found their string. */
  uint64_t refusals;       /**< Strings that were refused for want of room. */
  uint64_t capacity_bytes; /**< The bound on held_bytes. */
  uint64_t held_bytes;     /**< Bytes held now; they count towards the budget of the runtime. */
} brisk_intern_stats;

#define BRISK_INTERN_STATS_INIT {(uint32_t)sizeof(brisk_intern_stats), 0, 0, 0, 0, 0, 0, 0}

/**
 * Creates an interner. The caller owns one reference. It outlives the close of its runtime, so that
 * addresses stay valid.
 *
 * @param runtime  The runtime whose budget is charged; NULL for the default one.
 * @param options  Settings; NULL for the defaults. Start from BRISK_INTERN_OPTIONS_INIT.
 * @param intern   Receives the interner.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_intern_new(brisk_runtime *runtime,
                                        const brisk_intern_options *options, brisk_intern **intern,
                                        brisk_error **error);

/**
 * Gives the id of a string, which is copied and given the next id when it is new. BRISK_REFUSED
 * says that the interner, or the budget of its runtime, has no room for it; strings that are there
 * are still found.
 *
 * @param intern  The interner.
 * @param string  The string, at most 2147483647 bytes; may be empty.
 * @param id      Receives the id, BRISK_INTERN_NONE where there is none.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any
 * thread.
 */
BRISK_API brisk_status brisk_intern_put(brisk_intern *intern, const void *string,
                                        size_t string_size, uint32_t *id, brisk_error **error);

/**
 * Does brisk_intern_put for each string in turn, at a lower cost each, and stops at the first that
 * is refused. The sizes must add up to the size of strings; they are all checked first, and nothing
 * is interned when one is wrong.
 *
 * @param intern   The interner.
 * @param count    The number of strings.
 * @param strings  All strings, one after the other.
 * @param sizes    The size of each string, in bytes.
 * @param ids      Receives the id of each string, BRISK_INTERN_NONE from the first that is refused
 *                 on.
 * @param done     Receives how many strings have an id.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any
 * thread.
 */
BRISK_API brisk_status brisk_intern_put_many(brisk_intern *intern, size_t count,
                                             const void *strings, size_t strings_size,
                                             const uint32_t *sizes, uint32_t *ids, size_t *done,
                                             brisk_error **error);

/**
 * Gives the id of a string that is there, and adds none. Takes no lock and allocates nothing.
 *
 * @param intern  The interner.
 * @param id      Receives the id, BRISK_INTERN_NONE on a miss.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_intern_find(brisk_intern *intern, const void *string,
                                         size_t string_size, uint32_t *id, brisk_error **error);

/**
 * Does brisk_intern_find for each string, at a lower cost each. The sizes must add up to the size
 * of strings.
 *
 * @param intern   The interner.
 * @param count    The number of strings.
 * @param strings  All strings, one after the other.
 * @param sizes    The size of each string, in bytes.
 * @param ids      Receives the id of each string, BRISK_INTERN_NONE where it is not there.
 * @param found    Receives how many are there.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_intern_find_many(brisk_intern *intern, size_t count,
                                              const void *strings, size_t strings_size,
                                              const uint32_t *sizes, uint32_t *ids, size_t *found,
                                              brisk_error **error);

/**
 * Returns the one address of the string that has this id, NULL when none has. A zero byte that does
 * not count follows the string. Equal strings have equal addresses. They live as long as the
 * interner.
 *
 * @param intern  The interner; NULL reads as an empty one.
 * @param id      An id.
 * @param size    Receives the number of bytes; may be NULL.
 *
 * Any thread.
 */
BRISK_API const void *brisk_intern_at(const brisk_intern *intern, uint32_t id, size_t *size);

/**
 * Reads the figures of an interner.
 *
 * @param intern  The interner.
 * @param stats   Receives the figures. Start from BRISK_INTERN_STATS_INIT.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_intern_read_stats(brisk_intern *intern, brisk_intern_stats *stats,
                                               brisk_error **error);

/**
 * Adds a reference to intern and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_intern *brisk_intern_ref(brisk_intern *intern);

/**
 * Drops a reference to intern. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_intern_unref(brisk_intern *intern);

#ifdef __cplusplus
}
#endif

#endif
