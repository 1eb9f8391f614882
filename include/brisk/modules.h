/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_MODULES_H
#define BRISK_MODULES_H

/**
 * Modules that load on first use.
 *
 * A set of modules knows many and loads few: a native one is a shared object with a manifest beside
 * it (brisk_modules_scan), any other is given by a callback (brisk_modules_add). Finding them opens
 * no library. The first use loads a module, once, after those that it depends on; who comes
 * meanwhile waits up to a timeout. What failed stays failed, with its whole reason, until
 * brisk_modules_retry. Nothing is ever unloaded.
 */

#include <brisk/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How far a module is. Later versions may add values. */
typedef int32_t brisk_module_state;
enum {
  BRISK_MODULE_STATE_UNLOADED = 0, /**< Known, and not used yet. */
  BRISK_MODULE_STATE_LOADING = 1,  /**< Some thread loads it. */
  BRISK_MODULE_STATE_LOADED = 2,   /**< Ready, for as long as the process lives. */
  BRISK_MODULE_STATE_FAILED = 3,   /**< Its load failed, or its manifest; the reason is kept
                                        until it is tried again. */
};

/** What a callback is asked to do. Later versions may add values. */
typedef int32_t brisk_module_step;
enum {
  BRISK_MODULE_STEP_LOAD = 0,    /**< Load the module. */
  BRISK_MODULE_STEP_WARM_UP = 1, /**< Do what makes the first use fast. Runs after the load, only
                                      where it was asked for. */
};

/** What a report tells about a module in words. Later versions may add values. */
typedef int32_t brisk_module_text;
enum {
  BRISK_MODULE_TEXT_NAME = 0,         /**< Its name. */
  BRISK_MODULE_TEXT_KINDS = 1,        /**< What it offers: kinds of drivers, or "library" or
                                           "host". */
  BRISK_MODULE_TEXT_SCHEMES = 2,      /**< The schemes of addresses that it serves. */
  BRISK_MODULE_TEXT_VERSION = 3,      /**< Its version. */
  BRISK_MODULE_TEXT_DEPENDENCIES = 4, /**< The modules that it needs, separated by spaces. */
  BRISK_MODULE_TEXT_DEPENDENTS = 5,   /**< The modules that need it, separated by spaces. */
  BRISK_MODULE_TEXT_SOURCE = 6,       /**< The path of its manifest; empty for one given by a
                                           callback. */
  BRISK_MODULE_TEXT_LIBRARY = 7,      /**< The path of the library that was opened. */
  BRISK_MODULE_TEXT_REASON = 8,       /**< Why it failed. */
  BRISK_MODULE_TEXT_LOG = 9,          /**< The latest messages of its driver, a line each. */
};

/** How a report is written. Later versions may add values. */
typedef int32_t brisk_report_format;
enum {
  BRISK_REPORT_FORMAT_TEXT = 0, /**< A table to read, slowest module first. */
  BRISK_REPORT_FORMAT_JSON = 1, /**< One object, with all that is known. */
};

/**
 * A set of modules. May be used from any thread. Counted by brisk_modules_ref and
 * brisk_modules_unref; brisk_modules_close ends its work.
 */
typedef struct brisk_modules brisk_modules;

/**
 * What a set of modules was at one moment. Immutable; may be read from any thread. Counted by
 * brisk_module_report_ref and brisk_module_report_unref.
 */
typedef struct brisk_module_report brisk_module_report;

/**
 * Loads a module of the host, outside every lock, on the thread that needs it first or on one of
 * those that load many. May load other modules. A negative result is a failure, whose reason it may
 * leave in message. An exception that leaves it is a failure as well.
 *
 * @param user     The pointer that was given with the callback.
 * @param step     What to do.
 * @param message  Room for the reason of a failure: text that ends in NUL.
 */
typedef brisk_status (*brisk_module_fn)(void *user, brisk_module_step step, void *message,
                                        size_t capacity);

/** Settings of a set of modules. A zero field selects the documented default. */
typedef struct brisk_modules_options {
  uint32_t struct_size;     /**< Set by BRISK_MODULES_OPTIONS_INIT. */
  uint32_t eager;           /**< 1 loads each module as soon as it and all that it needs are
                                 known, so that what is broken shows at once; default 0, which
                                 "BRISK_EAGER=1" in the environment turns into 1. */
  uint64_t load_timeout_ns; /**< How long a call that names no timeout waits for a load in
                                 another thread, in nanoseconds; default 30 seconds. */
} brisk_modules_options;

#define BRISK_MODULES_OPTIONS_INIT {(uint32_t)sizeof(brisk_modules_options), 0, 0}

/** A module that is given by a callback. A zero field selects the documented default. */
typedef struct brisk_module_options {
  uint32_t struct_size;       /**< Set by BRISK_MODULE_OPTIONS_INIT. */
  uint32_t name_size;         /**< Size of name in bytes; there is no default. */
  const void *name;           /**< The name: letters, digits and any of "_-.", at most 255 bytes;
                                   there is no default. */
  const void *version;        /**< The version, for the report; default none. */
  const void *dependencies;   /**< Names of the modules that are loaded first, separated by
                                   spaces or commas; default none. */
  uint32_t version_size;      /**< Size of version in bytes; default 0. */
  uint32_t dependencies_size; /**< Size of dependencies in bytes; default 0. */
  uint32_t warm_up;           /**< 1 calls back a second time, with BRISK_MODULE_STEP_WARM_UP;
                                   default 0. */
  uint32_t reserved;          /**< Must be zero. */
} brisk_module_options;

#define BRISK_MODULE_OPTIONS_INIT \
  {(uint32_t)sizeof(brisk_module_options), 0, NULL, NULL, NULL, 0, 0, 0, 0}

/** Figures of a module at the moment of its report. */
typedef struct brisk_module_figures {
  uint32_t struct_size;     /**< Set by BRISK_MODULE_FIGURES_INIT. */
  brisk_module_state state; /**< How far it is. */
  uint64_t load_ns;         /**< How long the load took in nanoseconds, without what it waited
                                 for; so far, where it goes on. */
  uint64_t warm_up_ns;      /**< How long the warm-up took in nanoseconds. */
  uint64_t gained_bytes;    /**< Bytes of memory that the process gained meanwhile; loads at the
                                 same time count in each other's. */
  uint64_t thread;          /**< The system's number of the thread that loaded it; 0 before. */
  uint32_t attempts;        /**< How often it was loaded, successfully or not. */
  uint32_t dependents;      /**< How many modules need it directly. */
} brisk_module_figures;

#define BRISK_MODULE_FIGURES_INIT {(uint32_t)sizeof(brisk_module_figures), 0, 0, 0, 0, 0, 0, 0}

/**
 * Creates a set without modules. Touches no file. The caller owns one reference.
 *
 * @param runtime  The runtime to live in; NULL for the default one.
 * @param options  Settings; NULL for the defaults. Start from BRISK_MODULES_OPTIONS_INIT.
 * @param modules  Receives the set.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_modules_new(brisk_runtime *runtime,
                                         const brisk_modules_options *options,
                                         brisk_modules **modules, brisk_error **error);

/**
 * Ends waiting, and loading in the background after the module in hand. Idempotent; later calls
 * return BRISK_CLOSED. What was loaded stays.
 *
 * @param modules  The set.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_modules_close(brisk_modules *modules, brisk_error **error);

/**
 * Reads every manifest (NAME.module) of a folder and opens no library. A manifest that is wrong,
 * too large, or open to be written by everyone becomes a module that has failed, with that reason;
 * a name that is taken stays with the first. A folder that cannot be read, or that everyone may
 * write to, is BRISK_INVALID. BRISK_LOAD_FAILED is for eager sets, whose modules are loaded here.
 *
 * @param modules  The set.
 * @param folder   The folder. Empty scans the search path: each folder of "BRISK_MODULE_PATH" in
 *                 the environment, "brisk/modules" in the user's data folder, and the one of the
 *                 installation; what does not exist is passed over.
 * @param found    Receives how many modules are new.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any thread. Walks
 * over all entries.
 */
BRISK_API brisk_status brisk_modules_scan(brisk_modules *modules, const void *folder,
                                          size_t folder_size, uint64_t *found, brisk_error **error);

/**
 * Adds a module that a callback loads. Modules that it depends on may be added later.
 * BRISK_LOAD_FAILED is for eager sets, whose modules are loaded here.
 *
 * @param modules  The set.
 * @param options  The module. Start from BRISK_MODULE_OPTIONS_INIT.
 * @param load     Loads it; its user data is destroyed with the set.
 * @param user     Handed to load as it is.
 * @param destroy  Releases user; may be NULL.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_EXISTS, BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any
 * thread. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_modules_add(brisk_modules *modules,
                                         const brisk_module_options *options, brisk_module_fn load,
                                         void *user, brisk_destroy_fn destroy, brisk_error **error);

/**
 * Loads a module that is not loaded yet, after all that it depends on, on this thread. A loader
 * that runs is not interrupted. A failure is that of the first time, until brisk_modules_retry; a
 * circle of dependencies, or of loads that wait for each other, is BRISK_DEADLOCK and names it.
 *
 * @param modules     The set.
 * @param name        The name of a module.
 * @param timeout_ns  How long to wait for loads in other threads, in nanoseconds; 0 inherits
 *                    load_timeout_ns.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
 * BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
 */
BRISK_API brisk_status brisk_modules_load(brisk_modules *modules, const void *name,
                                          size_t name_size, uint64_t timeout_ns,
                                          brisk_error **error);

/**
 * Loads every module, in parallel where dependencies allow. A failure comes after all have been
 * tried and names each module that failed, and why. A call from the load of a module would wait for
 * itself and is BRISK_DEADLOCK.
 *
 * @param modules     The set.
 * @param threads     The most threads to load on; 0 for 4. More than one are used only while loads
 *                    take long.
 * @param timeout_ns  How long to wait in nanoseconds; 0 inherits load_timeout_ns. Loads go on after
 *                    it.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
 * BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
 */
BRISK_API brisk_status brisk_modules_load_all(brisk_modules *modules, uint32_t threads,
                                              uint64_t timeout_ns, brisk_error **error);

/**
 * Loads what is not loaded yet in idle time, and returns at once: one module at a time on one
 * thread of its own, never while a caller loads one, with pauses as long as the loads. Failures are
 * kept for who uses the module.
 *
 * @param modules  The set.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_modules_preload(brisk_modules *modules, brisk_error **error);

/**
 * Forgets the failure of a module and of those that it depends on, reading their manifests anew;
 * the next use tries again. BRISK_MISS when there is no such module.
 *
 * @param modules  The set.
 * @param name     The name of a module.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_modules_retry(brisk_modules *modules, const void *name,
                                           size_t name_size, brisk_error **error);

/**
 * Tells how far a module is, and loads nothing. BRISK_MISS when there is no such module.
 *
 * @param modules  The set.
 * @param name     The name of a module.
 * @param state    Receives how far it is.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_modules_state(brisk_modules *modules, const void *name,
                                           size_t name_size, brisk_module_state *state,
                                           brisk_error **error);

/**
 * Loads a native module and gives the address of a symbol, which is good for as long as the process
 * lives: keep it, and a call costs what any call through a pointer does. A module without a
 * library, or without this symbol, answers BRISK_INVALID.
 *
 * @param modules     The set.
 * @param name        The name of a native module.
 * @param symbol      The name of a function or variable.
 * @param timeout_ns  How long to wait for loads in other threads, in nanoseconds; 0 inherits
 *                    load_timeout_ns.
 * @param address     Receives its address, to be cast to its type.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
 * BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
 */
BRISK_API brisk_status brisk_modules_symbol(brisk_modules *modules, const void *name,
                                            size_t name_size, const char *symbol,
                                            uint64_t timeout_ns, uint64_t *address,
                                            brisk_error **error);

/**
 * Describes every module as it is now, and loads nothing.
 *
 * @param modules  The set.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread. Walks over all entries.
 */
BRISK_API brisk_status brisk_modules_report(brisk_modules *modules, brisk_module_report **report,
                                            brisk_error **error);

/**
 * Returns how many modules a report has.
 *
 * @param report  A report; NULL has no modules.
 *
 * Any thread.
 */
BRISK_API size_t brisk_module_report_count(const brisk_module_report *report);

/**
 * Reads the figures of a module.
 *
 * @param index    Which module, from 0, in the order in which they were found.
 * @param figures  Receives the figures. Start from BRISK_MODULE_FIGURES_INIT.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_module_report_read(const brisk_module_report *report, size_t index,
                                                brisk_module_figures *figures, brisk_error **error);

/**
 * Returns a text about a module, empty where there is none. The text lives as long as the report.
 *
 * @param report  A report; NULL has no modules.
 * @param index   Which module, from 0.
 * @param part    What to tell.
 *
 * Any thread.
 */
BRISK_API const char *brisk_module_report_text(const brisk_module_report *report, size_t index,
                                               brisk_module_text part);

/**
 * Returns the whole report as one text, which lives as long as the report.
 *
 * @param report  A report; NULL reads as the empty text.
 * @param format  How to write it.
 *
 * Any thread.
 */
BRISK_API const char *brisk_module_report_format(const brisk_module_report *report,
                                                 brisk_report_format format);

/**
 * Adds a reference to modules and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_modules *brisk_modules_ref(brisk_modules *modules);

/**
 * Drops a reference to modules. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_modules_unref(brisk_modules *modules);

/**
 * Adds a reference to module_report and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_module_report *brisk_module_report_ref(brisk_module_report *module_report);

/**
 * Drops a reference to module_report. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_module_report_unref(brisk_module_report *module_report);

#ifdef __cplusplus
}
#endif

#endif
