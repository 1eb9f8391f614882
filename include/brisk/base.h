/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_BASE_H
#define BRISK_BASE_H

/**
 * Outcomes, errors and versions.
 *
 * What every other header stands on. A function that can fail returns a brisk_status, and says more
 * in an error object only when it fails; nothing is kept per thread.
 */

#include <stddef.h>
#include <stdint.h>

/**
 * The rules of the interface, which no function repeats:
 *
 *  1. A function that can fail returns brisk_status: 0 is success, a positive number an expected
 *     outcome, a negative one a failure. Refusals are outcomes. Nothing else reports errors, and
 *     nothing is kept per thread.
 *  2. The last parameter, brisk_error **error, may be NULL. It is written only on failure; the
 *     caller then owns one reference. A handle that a function gives out is always written: NULL
 *     where there is none.
 *  3. What a function gives out carries one reference. A _ref adds one, an _unref drops one: NULL
 *     is ignored, on any thread, in any order, never failing, never blocking. Parents live as long
 *     as their children.
 *  4. A _close ends work, may block, and is idempotent. Using a closed handle is BRISK_CLOSED, NULL
 *     where a handle or a place for a result is due BRISK_INVALID; only a released handle is
 *     undefined.
 *  5. A pointer that a function returns is borrowed from the object that its text names, or static.
 *     Nothing is ever passed to free.
 *  6. Bytes are pairs of pointer and size; the pointer may be NULL when the size is 0. Input is
 *     copied before the call returns.
 *  7. A callback comes with user data and a destroy function, which may be NULL. Callbacks run
 *     outside every lock and may call brisk; destroy runs exactly once, also when the call it was
 *     given to fails.
 *  8. A struct starts from its _INIT macro. In options zero means the documented default; a
 *     non-zero tail that the library does not know is BRISK_INVALID. Of figures, the library writes
 *     at most struct_size bytes. Structs grow only at the end, and enums may gain values.
 *  9. Times are durations in nanoseconds. Every wait has a timeout, and the default is finite. A
 *     call that gives up leaves what it waited for running.
 * 10. After fork the handles of the child keep working; nothing of the parent's is closed or
 *     committed by the child.
 */

/** Exports a symbol. */
#if defined(__GNUC__)
#define BRISK_API __attribute__((visibility("default")))
#else
#define BRISK_API
#endif

/** The version of the library that these headers belong to. */
#define BRISK_VERSION "0.1.0"

/** The version of the binary interface: major * 65536 + minor. */
#define BRISK_ABI_VERSION (0u * 65536u + 1u)

/** The digest of the description of the interface; compare with brisk_abi_digest. */
#define BRISK_ABI_DIGEST UINT64_C(0x49ca20793d05f358)

#ifdef __cplusplus
extern "C" {
#endif

/** As a lifetime, never expires; as a timeout, waits without end. Unit: nanoseconds. */
#define BRISK_FOREVER UINT64_MAX

/** The longest key, in bytes (64 KiB - 1). */
#define BRISK_KEY_SIZE_MAX UINT64_C(65535)

/** The longest value, in bytes (2 GiB - 1). */
#define BRISK_VALUE_SIZE_MAX UINT64_C(2147483647)

/**
 * The result of a call. Zero is success, a positive number an expected outcome that creates no
 * error object, a negative number a failure. Later versions may add values.
 */
typedef int32_t brisk_status;
enum {
  BRISK_OK = 0,             /**< The call did what it says. */
  BRISK_MISS = 1,           /**< No live entry, cache or other object has this key or name. */
  BRISK_END = 2,            /**< Nothing is left to return. */
  BRISK_TIMEOUT = 3,        /**< The timeout passed before an answer was there; what was waited
                                 for goes on. */
  BRISK_SHORT_BUFFER = 4,   /**< The buffer is too small; the size that is needed was stored and
                                 nothing was taken. */
  BRISK_REFUSED = 5,        /**< There is no room and none can be made: callers pin what is held,
                                 nothing of it may go, or a queue is full. */
  BRISK_LEAD = 6,           /**< The caller now leads the load of this key and must complete,
                                 fail or abandon it. */
  BRISK_WAIT = 7,           /**< Another caller leads the load of this key; wait on the lease. */
  BRISK_STALE = 8,          /**< The load failed, and those who asked get the value from before,
                                 whose lifetime is over. */
  BRISK_ABSENT = 9,         /**< The key is known to have no value, and so nothing is loaded. */
  BRISK_INVALID = -1,       /**< An argument is wrong; the message names it, its value and what
                                 is allowed. */
  BRISK_CLOSED = -2,        /**< The handle was closed before the call, or while the call waited. */
  BRISK_OUT_OF_MEMORY = -3, /**< The system gave no memory; the call was not done, in part
                                 neither. */
  BRISK_TOO_LARGE = -4,     /**< A key, a value or an entry is beyond a limit; the message names
                                 size and limit. */
  BRISK_EXISTS = -5,        /**< The name is taken by a live object. */
  BRISK_LOAD_FAILED = -6,   /**< The loader of this key, or of this module, failed; the message
                                 is its own. */
  BRISK_DEADLOCK = -7,      /**< A load waits, directly or through others, for itself. */
  BRISK_INTERNAL = -8,      /**< An unexpected condition inside the library; please report the
                                 message. */
  BRISK_UNSUPPORTED = -9,   /**< A driver does not offer this, or does not know this version. */
};

/**
 * Why a call failed: a status and a message that names the input, the limit and the way out.
 * Immutable; may be read from any thread. Counted by brisk_error_ref and brisk_error_unref.
 */
typedef struct brisk_error brisk_error;

/**
 * Releases the user data of a callback: called exactly once, on any thread, also when the call it
 * was given to fails.
 *
 * @param user  The pointer that was registered.
 */
typedef void (*brisk_destroy_fn)(void *user);

/**
 * Returns the version of the loaded library, for example "0.1.0". The text is static.
 *
 * Any thread.
 */
BRISK_API const char *brisk_version(void);

/**
 * Returns the version of the loaded binary interface: major * 65536 + minor.
 *
 * Any thread.
 */
BRISK_API uint32_t brisk_abi_version(void);

/**
 * Returns the digest of the interface description that the loaded library was built from. It equals
 * BRISK_ABI_DIGEST of the headers when both come from the same description.
 *
 * Any thread.
 */
BRISK_API uint64_t brisk_abi_digest(void);

/**
 * Returns one line about the loaded library: version, interface version, compiler, the allocator in
 * use and the path it was loaded from. The text is static.
 *
 * Any thread.
 */
BRISK_API const char *brisk_build_info(void);

/**
 * Returns the name of a status, for example "BRISK_MISS", or "BRISK_UNKNOWN". The text is static.
 *
 * @param status  Any number.
 *
 * Any thread.
 */
BRISK_API const char *brisk_status_name(brisk_status status);

/**
 * Returns the status that the failing call returned.
 *
 * @param error  An error; NULL reads as BRISK_OK.
 *
 * Any thread.
 */
BRISK_API brisk_status brisk_error_status(const brisk_error *error);

/**
 * Returns the message of an error. The text lives as long as the error.
 *
 * @param error  An error; NULL reads as the empty text.
 *
 * Any thread.
 */
BRISK_API const char *brisk_error_message(const brisk_error *error);

/**
 * Reads a size in bytes from text: a decimal number, then nothing, B, or k, M, G, T with an
 * optional B (powers of 1000) or iB (powers of 1024), in any case, with an optional space between.
 * Rounds down to whole bytes.
 *
 * @param text  A number and a unit, such as "64 MiB", "1.5GB", "300 k" or "4096".
 * @param size  Receives the number of bytes.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_parse_size(const void *text, size_t text_size, uint64_t *size,
                                        brisk_error **error);

/**
 * Adds a reference to error and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_error *brisk_error_ref(brisk_error *error);

/**
 * Drops a reference to error. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_error_unref(brisk_error *error);

#ifdef __cplusplus
}
#endif

#endif
