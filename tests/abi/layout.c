/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/*
 * Compares the headers, as the compiler sees them, with the description of the interface: every
 * constant, every size and offset (LP64), the type of every function. Linked with the library it
 * proves that every function is exported, and run, that headers and library have one description.
 */

#include <brisk/brisk.h>
#include <brisk/driver.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VALUE(name, value) _Static_assert((name) == (value), #name)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#define FIELD(type, name, offset, size) \
  _Static_assert(offsetof(type, name) == (offset) && sizeof(((type *)0)->name) == (size), \
                 #type "." #name)

SIZE(void *, 8);
SIZE(size_t, 8);

VALUE(BRISK_FOREVER, UINT64_MAX);
VALUE(BRISK_KEY_SIZE_MAX, UINT64_C(65535));
VALUE(BRISK_VALUE_SIZE_MAX, UINT64_C(2147483647));

SIZE(brisk_status, 4);
VALUE(BRISK_OK, 0);
VALUE(BRISK_MISS, 1);
VALUE(BRISK_END, 2);
VALUE(BRISK_TIMEOUT, 3);
VALUE(BRISK_SHORT_BUFFER, 4);
VALUE(BRISK_REFUSED, 5);
VALUE(BRISK_LEAD, 6);
VALUE(BRISK_WAIT, 7);
VALUE(BRISK_STALE, 8);
VALUE(BRISK_ABSENT, 9);
VALUE(BRISK_INVALID, -1);
VALUE(BRISK_CLOSED, -2);
VALUE(BRISK_OUT_OF_MEMORY, -3);
VALUE(BRISK_TOO_LARGE, -4);
VALUE(BRISK_EXISTS, -5);
VALUE(BRISK_LOAD_FAILED, -6);
VALUE(BRISK_DEADLOCK, -7);
VALUE(BRISK_INTERNAL, -8);
VALUE(BRISK_UNSUPPORTED, -9);

SIZE(brisk_clock, 4);
VALUE(BRISK_CLOCK_SYSTEM, 0);
VALUE(BRISK_CLOCK_MANUAL, 1);

SIZE(brisk_runtime_options, 24);
FIELD(brisk_runtime_options, struct_size, 0, 4);
FIELD(brisk_runtime_options, clock, 4, 4);
FIELD(brisk_runtime_options, budget_bytes, 8, 8);
FIELD(brisk_runtime_options, budget_percent, 16, 4);
FIELD(brisk_runtime_options, reserved, 20, 4);

SIZE(brisk_runtime_stats, 32);
FIELD(brisk_runtime_stats, struct_size, 0, 4);
FIELD(brisk_runtime_stats, caches, 4, 4);
FIELD(brisk_runtime_stats, budget_bytes, 8, 8);
FIELD(brisk_runtime_stats, held_bytes, 16, 8);
FIELD(brisk_runtime_stats, peak_bytes, 24, 8);

SIZE(brisk_policy, 4);
VALUE(BRISK_POLICY_AUTO, 0);
VALUE(BRISK_POLICY_LRU, 1);
VALUE(BRISK_POLICY_S3FIFO, 2);

SIZE(brisk_aim, 4);
VALUE(BRISK_AIM_OBJECTS, 0);
VALUE(BRISK_AIM_BYTES, 1);
VALUE(BRISK_AIM_COST, 2);

SIZE(brisk_compression, 4);
VALUE(BRISK_COMPRESSION_AUTO, 0);
VALUE(BRISK_COMPRESSION_OFF, 1);

SIZE(brisk_cause, 4);
VALUE(BRISK_CAUSE_CAPACITY, 1);
VALUE(BRISK_CAUSE_EXPIRED, 2);
VALUE(BRISK_CAUSE_ERASED, 3);
VALUE(BRISK_CAUSE_REPLACED, 4);

SIZE(brisk_cache_options, 128);
FIELD(brisk_cache_options, struct_size, 0, 4);
FIELD(brisk_cache_options, policy, 4, 4);
FIELD(brisk_cache_options, capacity_bytes, 8, 8);
FIELD(brisk_cache_options, max_entries, 16, 8);
FIELD(brisk_cache_options, ttl_ns, 24, 8);
FIELD(brisk_cache_options, idle_ns, 32, 8);
FIELD(brisk_cache_options, compression, 40, 4);
FIELD(brisk_cache_options, compression_level, 44, 4);
FIELD(brisk_cache_options, compression_threshold, 48, 8);
FIELD(brisk_cache_options, load_timeout_ns, 56, 8);
FIELD(brisk_cache_options, event_capacity, 64, 4);
FIELD(brisk_cache_options, name_size, 68, 4);
FIELD(brisk_cache_options, name, 72, 8);
FIELD(brisk_cache_options, ttl_jitter, 80, 8);
FIELD(brisk_cache_options, stale_ns, 88, 8);
FIELD(brisk_cache_options, stale_if_error_ns, 96, 8);
FIELD(brisk_cache_options, early_beta, 104, 8);
FIELD(brisk_cache_options, hot_keys, 112, 8);
FIELD(brisk_cache_options, load_costs, 120, 4);
FIELD(brisk_cache_options, aim, 124, 4);

SIZE(brisk_cache_stats, 296);
FIELD(brisk_cache_stats, struct_size, 0, 4);
FIELD(brisk_cache_stats, reserved, 4, 4);
FIELD(brisk_cache_stats, entries, 8, 8);
FIELD(brisk_cache_stats, hits, 16, 8);
FIELD(brisk_cache_stats, misses, 24, 8);
FIELD(brisk_cache_stats, hit_ratio, 32, 8);
FIELD(brisk_cache_stats, puts, 40, 8);
FIELD(brisk_cache_stats, refusals, 48, 8);
FIELD(brisk_cache_stats, loads, 56, 8);
FIELD(brisk_cache_stats, load_failures, 64, 8);
FIELD(brisk_cache_stats, load_ns, 72, 8);
FIELD(brisk_cache_stats, evicted_capacity, 80, 8);
FIELD(brisk_cache_stats, evicted_expired, 88, 8);
FIELD(brisk_cache_stats, evicted_erased, 96, 8);
FIELD(brisk_cache_stats, evicted_replaced, 104, 8);
FIELD(brisk_cache_stats, evicted_capacity_bytes, 112, 8);
FIELD(brisk_cache_stats, evicted_expired_bytes, 120, 8);
FIELD(brisk_cache_stats, evicted_erased_bytes, 128, 8);
FIELD(brisk_cache_stats, evicted_replaced_bytes, 136, 8);
FIELD(brisk_cache_stats, events_dropped, 144, 8);
FIELD(brisk_cache_stats, capacity_bytes, 152, 8);
FIELD(brisk_cache_stats, held_bytes, 160, 8);
FIELD(brisk_cache_stats, peak_bytes, 168, 8);
FIELD(brisk_cache_stats, entry_bytes, 176, 8);
FIELD(brisk_cache_stats, index_bytes, 184, 8);
FIELD(brisk_cache_stats, policy_bytes, 192, 8);
FIELD(brisk_cache_stats, codec_bytes, 200, 8);
FIELD(brisk_cache_stats, slack_bytes, 208, 8);
FIELD(brisk_cache_stats, other_bytes, 216, 8);
FIELD(brisk_cache_stats, pinned_bytes, 224, 8);
FIELD(brisk_cache_stats, reclaim_bytes, 232, 8);
FIELD(brisk_cache_stats, raw_bytes, 240, 8);
FIELD(brisk_cache_stats, stored_bytes, 248, 8);
FIELD(brisk_cache_stats, compressed_entries, 256, 8);
FIELD(brisk_cache_stats, stale_hits, 264, 8);
FIELD(brisk_cache_stats, stale_errors, 272, 8);
FIELD(brisk_cache_stats, absent_hits, 280, 8);
FIELD(brisk_cache_stats, saved_cost, 288, 8);

VALUE(BRISK_INTERN_NONE, UINT32_MAX);

SIZE(brisk_intern_options, 16);
FIELD(brisk_intern_options, struct_size, 0, 4);
FIELD(brisk_intern_options, reserved, 4, 4);
FIELD(brisk_intern_options, capacity_bytes, 8, 8);

SIZE(brisk_intern_stats, 56);
FIELD(brisk_intern_stats, struct_size, 0, 4);
FIELD(brisk_intern_stats, reserved, 4, 4);
FIELD(brisk_intern_stats, strings, 8, 8);
FIELD(brisk_intern_stats, string_bytes, 16, 8);
FIELD(brisk_intern_stats, hits, 24, 8);
FIELD(brisk_intern_stats, refusals, 32, 8);
FIELD(brisk_intern_stats, capacity_bytes, 40, 8);
FIELD(brisk_intern_stats, held_bytes, 48, 8);

SIZE(brisk_module_state, 4);
VALUE(BRISK_MODULE_STATE_UNLOADED, 0);
VALUE(BRISK_MODULE_STATE_LOADING, 1);
VALUE(BRISK_MODULE_STATE_LOADED, 2);
VALUE(BRISK_MODULE_STATE_FAILED, 3);

SIZE(brisk_module_step, 4);
VALUE(BRISK_MODULE_STEP_LOAD, 0);
VALUE(BRISK_MODULE_STEP_WARM_UP, 1);

SIZE(brisk_module_text, 4);
VALUE(BRISK_MODULE_TEXT_NAME, 0);
VALUE(BRISK_MODULE_TEXT_KINDS, 1);
VALUE(BRISK_MODULE_TEXT_SCHEMES, 2);
VALUE(BRISK_MODULE_TEXT_VERSION, 3);
VALUE(BRISK_MODULE_TEXT_DEPENDENCIES, 4);
VALUE(BRISK_MODULE_TEXT_DEPENDENTS, 5);
VALUE(BRISK_MODULE_TEXT_SOURCE, 6);
VALUE(BRISK_MODULE_TEXT_LIBRARY, 7);
VALUE(BRISK_MODULE_TEXT_REASON, 8);
VALUE(BRISK_MODULE_TEXT_LOG, 9);

SIZE(brisk_report_format, 4);
VALUE(BRISK_REPORT_FORMAT_TEXT, 0);
VALUE(BRISK_REPORT_FORMAT_JSON, 1);

SIZE(brisk_modules_options, 16);
FIELD(brisk_modules_options, struct_size, 0, 4);
FIELD(brisk_modules_options, eager, 4, 4);
FIELD(brisk_modules_options, load_timeout_ns, 8, 8);

SIZE(brisk_module_options, 48);
FIELD(brisk_module_options, struct_size, 0, 4);
FIELD(brisk_module_options, name_size, 4, 4);
FIELD(brisk_module_options, name, 8, 8);
FIELD(brisk_module_options, version, 16, 8);
FIELD(brisk_module_options, dependencies, 24, 8);
FIELD(brisk_module_options, version_size, 32, 4);
FIELD(brisk_module_options, dependencies_size, 36, 4);
FIELD(brisk_module_options, warm_up, 40, 4);
FIELD(brisk_module_options, reserved, 44, 4);

SIZE(brisk_module_figures, 48);
FIELD(brisk_module_figures, struct_size, 0, 4);
FIELD(brisk_module_figures, state, 4, 4);
FIELD(brisk_module_figures, load_ns, 8, 8);
FIELD(brisk_module_figures, warm_up_ns, 16, 8);
FIELD(brisk_module_figures, gained_bytes, 24, 8);
FIELD(brisk_module_figures, thread, 32, 8);
FIELD(brisk_module_figures, attempts, 40, 4);
FIELD(brisk_module_figures, dependents, 44, 4);

SIZE(brisk_task_priority, 4);
VALUE(BRISK_TASK_PRIORITY_NORMAL, 0);
VALUE(BRISK_TASK_PRIORITY_HIGH, 1);
VALUE(BRISK_TASK_PRIORITY_LOW, 2);

SIZE(brisk_task_state, 4);
VALUE(BRISK_TASK_STATE_QUEUED, 0);
VALUE(BRISK_TASK_STATE_RUNNING, 1);
VALUE(BRISK_TASK_STATE_DONE, 2);
VALUE(BRISK_TASK_STATE_FAILED, 3);
VALUE(BRISK_TASK_STATE_TIMED_OUT, 4);
VALUE(BRISK_TASK_STATE_CANCELLED, 5);
VALUE(BRISK_TASK_STATE_NEVER_STARTED, 6);

SIZE(brisk_workers_options, 40);
FIELD(brisk_workers_options, struct_size, 0, 4);
FIELD(brisk_workers_options, threads, 4, 4);
FIELD(brisk_workers_options, queue_tasks, 8, 8);
FIELD(brisk_workers_options, queue_bytes, 16, 8);
FIELD(brisk_workers_options, name_size, 24, 4);
FIELD(brisk_workers_options, reserved, 28, 4);
FIELD(brisk_workers_options, name, 32, 8);

SIZE(brisk_task_options, 48);
FIELD(brisk_task_options, struct_size, 0, 4);
FIELD(brisk_task_options, priority, 4, 4);
FIELD(brisk_task_options, deadline_ns, 8, 8);
FIELD(brisk_task_options, bytes, 16, 8);
FIELD(brisk_task_options, tag, 24, 8);
FIELD(brisk_task_options, name_size, 32, 4);
FIELD(brisk_task_options, reserved, 36, 4);
FIELD(brisk_task_options, name, 40, 8);

SIZE(brisk_workers_stats, 128);
FIELD(brisk_workers_stats, struct_size, 0, 4);
FIELD(brisk_workers_stats, threads, 4, 4);
FIELD(brisk_workers_stats, queued, 8, 8);
FIELD(brisk_workers_stats, queued_bytes, 16, 8);
FIELD(brisk_workers_stats, running, 24, 8);
FIELD(brisk_workers_stats, done, 32, 8);
FIELD(brisk_workers_stats, failed, 40, 8);
FIELD(brisk_workers_stats, timed_out, 48, 8);
FIELD(brisk_workers_stats, cancelled, 56, 8);
FIELD(brisk_workers_stats, never_started, 64, 8);
FIELD(brisk_workers_stats, refused, 72, 8);
FIELD(brisk_workers_stats, wait_p50_ns, 80, 8);
FIELD(brisk_workers_stats, wait_p99_ns, 88, 8);
FIELD(brisk_workers_stats, wait_max_ns, 96, 8);
FIELD(brisk_workers_stats, run_p50_ns, 104, 8);
FIELD(brisk_workers_stats, run_p99_ns, 112, 8);
FIELD(brisk_workers_stats, run_max_ns, 120, 8);

SIZE(brisk_limiter_stats, 40);
FIELD(brisk_limiter_stats, struct_size, 0, 4);
FIELD(brisk_limiter_stats, reserved, 4, 4);
FIELD(brisk_limiter_stats, acquired, 8, 8);
FIELD(brisk_limiter_stats, refused, 16, 8);
FIELD(brisk_limiter_stats, waited_ns, 24, 8);
FIELD(brisk_limiter_stats, available, 32, 8);

VALUE(BRISK_DRIVER_VERSION, UINT32_C(65537));
VALUE(BRISK_DRIVER_VERSION_1_0, UINT32_C(65536));

SIZE(brisk_concurrency, 4);
VALUE(BRISK_CONCURRENCY_ANY, 0);
VALUE(BRISK_CONCURRENCY_HANDLE, 1);
VALUE(BRISK_CONCURRENCY_SERIALIZED, 2);

SIZE(brisk_log, 4);
VALUE(BRISK_LOG_DEBUG, 0);
VALUE(BRISK_LOG_INFO, 1);
VALUE(BRISK_LOG_WARNING, 2);

SIZE(brisk_driver, 40);
FIELD(brisk_driver, struct_size, 0, 4);
FIELD(brisk_driver, concurrency, 4, 4);
FIELD(brisk_driver, name, 8, 8);
FIELD(brisk_driver, release, 16, 8);
FIELD(brisk_driver, connection, 24, 8);
FIELD(brisk_driver, reader, 32, 8);

SIZE(brisk_host, 56);
FIELD(brisk_host, struct_size, 0, 4);
FIELD(brisk_host, version, 4, 4);
FIELD(brisk_host, allocate, 8, 8);
FIELD(brisk_host, release, 16, 8);
FIELD(brisk_host, fail, 24, 8);
FIELD(brisk_host, log, 32, 8);
FIELD(brisk_host, submit, 40, 8);
FIELD(brisk_host, now, 48, 8);

SIZE(brisk_connection_driver, 48);
FIELD(brisk_connection_driver, struct_size, 0, 4);
FIELD(brisk_connection_driver, version, 4, 4);
FIELD(brisk_connection_driver, open, 8, 8);
FIELD(brisk_connection_driver, check, 16, 8);
FIELD(brisk_connection_driver, reset, 24, 8);
FIELD(brisk_connection_driver, close, 32, 8);
FIELD(brisk_connection_driver, execute, 40, 8);

SIZE(brisk_reader_driver, 40);
FIELD(brisk_reader_driver, struct_size, 0, 4);
FIELD(brisk_reader_driver, version, 4, 4);
FIELD(brisk_reader_driver, open, 8, 8);
FIELD(brisk_reader_driver, next_chunk, 16, 8);
FIELD(brisk_reader_driver, close, 24, 8);
FIELD(brisk_reader_driver, seek, 32, 8);

/* Not static, so that no linker can drop a function that nothing calls. */
struct brisk_functions {
  const char *(*brisk_version)(void);
  uint32_t (*brisk_abi_version)(void);
  uint64_t (*brisk_abi_digest)(void);
  const char *(*brisk_build_info)(void);
  const char *(*brisk_status_name)(brisk_status status);
  brisk_status (*brisk_error_status)(const brisk_error *error);
  const char *(*brisk_error_message)(const brisk_error *error);
  brisk_status (*brisk_parse_size)(const void *text, size_t text_size, uint64_t *size,
                                   brisk_error **error);
  brisk_error *(*brisk_error_ref)(brisk_error *error);
  void (*brisk_error_unref)(brisk_error *error);
  brisk_status (*brisk_runtime_new)(const brisk_runtime_options *options, brisk_runtime **runtime,
                                    brisk_error **error);
  brisk_status (*brisk_runtime_default)(brisk_runtime **runtime, brisk_error **error);
  brisk_status (*brisk_runtime_close)(brisk_runtime *runtime, brisk_error **error);
  brisk_status (*brisk_runtime_now)(brisk_runtime *runtime, uint64_t *now_ns, brisk_error **error);
  brisk_status (*brisk_runtime_advance)(brisk_runtime *runtime, uint64_t step_ns,
                                        brisk_error **error);
  brisk_status (*brisk_runtime_read_stats)(brisk_runtime *runtime, brisk_runtime_stats *stats,
                                           brisk_error **error);
  brisk_runtime *(*brisk_runtime_ref)(brisk_runtime *runtime);
  void (*brisk_runtime_unref)(brisk_runtime *runtime);
  brisk_status (*brisk_cache_new)(brisk_runtime *runtime, const brisk_cache_options *options,
                                  brisk_cache **cache, brisk_error **error);
  brisk_status (*brisk_cache_find)(brisk_runtime *runtime, const void *name, size_t name_size,
                                   brisk_cache **cache, brisk_error **error);
  brisk_status (*brisk_cache_close)(brisk_cache *cache, brisk_error **error);
  brisk_status (*brisk_cache_put)(brisk_cache *cache, const void *key, size_t key_size,
                                  const void *value, size_t value_size, uint64_t ttl_ns,
                                  brisk_error **error);
  brisk_status (*brisk_cache_put_cost)(brisk_cache *cache, const void *key, size_t key_size,
                                       const void *value, size_t value_size, uint64_t ttl_ns,
                                       double cost, brisk_error **error);
  brisk_status (*brisk_cache_put_many)(brisk_cache *cache, size_t count, const void *keys,
                                       size_t keys_size, const uint32_t *key_sizes,
                                       const void *values, size_t values_size,
                                       const uint32_t *value_sizes, uint64_t ttl_ns,
                                       size_t *stored, brisk_error **error);
  brisk_status (*brisk_cache_get)(brisk_cache *cache, const void *key, size_t key_size,
                                  brisk_value **value, brisk_error **error);
  brisk_status (*brisk_cache_get_many)(brisk_cache *cache, size_t count, const void *keys,
                                       size_t keys_size, const uint32_t *key_sizes,
                                       brisk_value **values, size_t *found, brisk_error **error);
  brisk_status (*brisk_cache_read)(brisk_cache *cache, const void *key, size_t key_size,
                                   void *buffer, size_t capacity, size_t *size,
                                   brisk_error **error);
  brisk_status (*brisk_cache_read_many)(brisk_cache *cache, size_t count, const void *keys,
                                        size_t keys_size, const uint32_t *key_sizes, void *buffer,
                                        size_t capacity, uint32_t *value_sizes, size_t *done,
                                        brisk_error **error);
  brisk_status (*brisk_cache_contains)(brisk_cache *cache, const void *key, size_t key_size,
                                       brisk_error **error);
  brisk_status (*brisk_cache_touch)(brisk_cache *cache, const void *key, size_t key_size,
                                    uint64_t ttl_ns, brisk_error **error);
  brisk_status (*brisk_cache_erase)(brisk_cache *cache, const void *key, size_t key_size,
                                    brisk_error **error);
  brisk_status (*brisk_cache_erase_matching)(brisk_cache *cache, const void *pattern,
                                             size_t pattern_size, uint64_t *erased,
                                             brisk_error **error);
  brisk_status (*brisk_cache_clear)(brisk_cache *cache, brisk_error **error);
  brisk_status (*brisk_cache_keys)(brisk_cache *cache, brisk_cursor **cursor, brisk_error **error);
  brisk_status (*brisk_cursor_next)(brisk_cursor *cursor, void *buffer, size_t capacity,
                                    size_t *size, brisk_error **error);
  uint64_t (*brisk_cursor_lookups)(const brisk_cursor *cursor);
  brisk_status (*brisk_cache_hot_keys)(brisk_cache *cache, size_t count, brisk_cursor **cursor,
                                       brisk_error **error);
  brisk_status (*brisk_cache_save_hot)(brisk_cache *cache, const void *path, size_t path_size,
                                       brisk_error **error);
  brisk_status (*brisk_cache_restore_hot)(brisk_cache *cache, const void *path, size_t path_size,
                                          uint64_t *restored, brisk_error **error);
  brisk_status (*brisk_cache_next_event)(brisk_cache *cache, void *buffer, size_t capacity,
                                         size_t *size, brisk_cause *cause, brisk_error **error);
  brisk_status (*brisk_cache_read_stats)(brisk_cache *cache, brisk_cache_stats *stats,
                                         brisk_error **error);
  const void *(*brisk_value_data)(const brisk_value *value, size_t *size);
  brisk_cache *(*brisk_cache_ref)(brisk_cache *cache);
  void (*brisk_cache_unref)(brisk_cache *cache);
  brisk_value *(*brisk_value_ref)(brisk_value *value);
  void (*brisk_value_unref)(brisk_value *value);
  void (*brisk_cursor_unref)(brisk_cursor *cursor);
  brisk_status (*brisk_intern_new)(brisk_runtime *runtime, const brisk_intern_options *options,
                                   brisk_intern **intern, brisk_error **error);
  brisk_status (*brisk_intern_put)(brisk_intern *intern, const void *string, size_t string_size,
                                   uint32_t *id, brisk_error **error);
  brisk_status (*brisk_intern_put_many)(brisk_intern *intern, size_t count, const void *strings,
                                        size_t strings_size, const uint32_t *sizes, uint32_t *ids,
                                        size_t *done, brisk_error **error);
  brisk_status (*brisk_intern_find)(brisk_intern *intern, const void *string, size_t string_size,
                                    uint32_t *id, brisk_error **error);
  brisk_status (*brisk_intern_find_many)(brisk_intern *intern, size_t count, const void *strings,
                                         size_t strings_size, const uint32_t *sizes, uint32_t *ids,
                                         size_t *found, brisk_error **error);
  const void *(*brisk_intern_at)(const brisk_intern *intern, uint32_t id, size_t *size);
  brisk_status (*brisk_intern_read_stats)(brisk_intern *intern, brisk_intern_stats *stats,
                                          brisk_error **error);
  brisk_intern *(*brisk_intern_ref)(brisk_intern *intern);
  void (*brisk_intern_unref)(brisk_intern *intern);
  brisk_status (*brisk_modules_new)(brisk_runtime *runtime, const brisk_modules_options *options,
                                    brisk_modules **modules, brisk_error **error);
  brisk_status (*brisk_modules_close)(brisk_modules *modules, brisk_error **error);
  brisk_status (*brisk_modules_scan)(brisk_modules *modules, const void *folder,
                                     size_t folder_size, uint64_t *found, brisk_error **error);
  brisk_status (*brisk_modules_add)(brisk_modules *modules, const brisk_module_options *options,
                                    brisk_module_fn load, void *user, brisk_destroy_fn destroy,
                                    brisk_error **error);
  brisk_status (*brisk_modules_load)(brisk_modules *modules, const void *name, size_t name_size,
                                     uint64_t timeout_ns, brisk_error **error);
  brisk_status (*brisk_modules_load_all)(brisk_modules *modules, uint32_t threads,
                                         uint64_t timeout_ns, brisk_error **error);
  brisk_status (*brisk_modules_preload)(brisk_modules *modules, brisk_error **error);
  brisk_status (*brisk_modules_retry)(brisk_modules *modules, const void *name, size_t name_size,
                                      brisk_error **error);
  brisk_status (*brisk_modules_state)(brisk_modules *modules, const void *name, size_t name_size,
                                      brisk_module_state *state, brisk_error **error);
  brisk_status (*brisk_modules_symbol)(brisk_modules *modules, const void *name, size_t name_size,
                                       const char *symbol, uint64_t timeout_ns, uint64_t *address,
                                       brisk_error **error);
  brisk_status (*brisk_modules_report)(brisk_modules *modules, brisk_module_report **report,
                                       brisk_error **error);
  size_t (*brisk_module_report_count)(const brisk_module_report *report);
  brisk_status (*brisk_module_report_read)(const brisk_module_report *report, size_t index,
                                           brisk_module_figures *figures, brisk_error **error);
  const char *(*brisk_module_report_text)(const brisk_module_report *report, size_t index,
                                          brisk_module_text part);
  const char *(*brisk_module_report_format)(const brisk_module_report *report,
                                            brisk_report_format format);
  brisk_modules *(*brisk_modules_ref)(brisk_modules *modules);
  void (*brisk_modules_unref)(brisk_modules *modules);
  brisk_module_report *(*brisk_module_report_ref)(brisk_module_report *module_report);
  void (*brisk_module_report_unref)(brisk_module_report *module_report);
  brisk_status (*brisk_workers_new)(brisk_runtime *runtime, const brisk_workers_options *options,
                                    brisk_workers **workers, brisk_error **error);
  brisk_status (*brisk_workers_close)(brisk_workers *workers, uint64_t timeout_ns,
                                      void *stragglers, size_t capacity, size_t *size,
                                      brisk_error **error);
  brisk_status (*brisk_workers_submit)(brisk_workers *workers, const brisk_task_options *options,
                                       brisk_task_fn run, void *user, brisk_destroy_fn destroy,
                                       uint64_t timeout_ns, brisk_token *token,
                                       brisk_completions *completions, brisk_task **task,
                                       brisk_error **error);
  brisk_status (*brisk_task_wait)(brisk_task *task, uint64_t timeout_ns, brisk_task_state *state,
                                  brisk_error **error);
  brisk_task_state (*brisk_task_poll)(const brisk_task *task);
  brisk_status (*brisk_task_cancel)(brisk_task *task, brisk_error **error);
  uint32_t (*brisk_task_is_cancelled)(const brisk_task *task);
  brisk_status (*brisk_task_succeed)(brisk_task *task, const void *result, size_t result_size,
                                     brisk_error **error);
  brisk_status (*brisk_task_fail)(brisk_task *task, const void *message, size_t message_size,
                                  brisk_error **error);
  brisk_status (*brisk_task_read)(brisk_task *task, void *buffer, size_t capacity, size_t *size,
                                  brisk_error **error);
  brisk_status (*brisk_workers_batch)(brisk_workers *workers, size_t count, uint64_t timeout_ns,
                                      uint32_t race, brisk_item_fn run, void *user,
                                      brisk_destroy_fn destroy, brisk_token *token,
                                      brisk_batch **batch, brisk_error **error);
  brisk_status (*brisk_workers_batch_ranges)(brisk_workers *workers, size_t count,
                                             uint64_t timeout_ns, uint32_t race,
                                             brisk_range_fn run, void *user,
                                             brisk_destroy_fn destroy, brisk_token *token,
                                             brisk_batch **batch, brisk_error **error);
  brisk_status (*brisk_batch_wait)(brisk_batch *batch, uint64_t timeout_ns, uint64_t *winner,
                                   brisk_error **error);
  brisk_status (*brisk_batch_states)(brisk_batch *batch, size_t count, int32_t *states,
                                     brisk_error **error);
  brisk_status (*brisk_batch_check)(brisk_batch *batch, size_t index, brisk_error **error);
  brisk_status (*brisk_batch_cancel)(brisk_batch *batch, brisk_error **error);
  uint32_t (*brisk_batch_is_cancelled)(const brisk_batch *batch);
  brisk_status (*brisk_batch_fail)(brisk_batch *batch, size_t index, const void *message,
                                   size_t message_size, brisk_error **error);
  brisk_status (*brisk_workers_read_stats)(brisk_workers *workers, brisk_workers_stats *stats,
                                           brisk_error **error);
  brisk_status (*brisk_token_new)(brisk_token *parent, brisk_token **token, brisk_error **error);
  brisk_status (*brisk_token_cancel)(brisk_token *token, brisk_error **error);
  uint32_t (*brisk_token_is_cancelled)(const brisk_token *token);
  brisk_status (*brisk_completions_new)(brisk_completions **completions, brisk_error **error);
  int32_t (*brisk_completions_fd)(const brisk_completions *completions);
  brisk_status (*brisk_completions_next)(brisk_completions *completions, size_t count,
                                         uint64_t *tags, size_t *taken, brisk_error **error);
  brisk_status (*brisk_limiter_new)(double rate, double burst, brisk_limiter **limiter,
                                    brisk_error **error);
  brisk_status (*brisk_limiter_acquire)(brisk_limiter *limiter, double tokens, uint64_t timeout_ns,
                                        brisk_error **error);
  brisk_status (*brisk_limiter_read_stats)(brisk_limiter *limiter, brisk_limiter_stats *stats,
                                           brisk_error **error);
  brisk_workers *(*brisk_workers_ref)(brisk_workers *workers);
  void (*brisk_workers_unref)(brisk_workers *workers);
  brisk_task *(*brisk_task_ref)(brisk_task *task);
  void (*brisk_task_unref)(brisk_task *task);
  brisk_batch *(*brisk_batch_ref)(brisk_batch *batch);
  void (*brisk_batch_unref)(brisk_batch *batch);
  brisk_token *(*brisk_token_ref)(brisk_token *token);
  void (*brisk_token_unref)(brisk_token *token);
  brisk_completions *(*brisk_completions_ref)(brisk_completions *completions);
  void (*brisk_completions_unref)(brisk_completions *completions);
  brisk_limiter *(*brisk_limiter_ref)(brisk_limiter *limiter);
  void (*brisk_limiter_unref)(brisk_limiter *limiter);
  brisk_status (*brisk_cache_begin)(brisk_cache *cache, const void *key, size_t key_size,
                                    brisk_lease *parent, brisk_value **value, brisk_lease **lease,
                                    brisk_error **error);
  brisk_status (*brisk_lease_complete)(brisk_lease *lease, const void *value, size_t value_size,
                                       uint64_t ttl_ns, brisk_value **pinned, brisk_error **error);
  brisk_status (*brisk_lease_set_cost)(brisk_lease *lease, double cost, brisk_error **error);
  brisk_status (*brisk_lease_complete_absent)(brisk_lease *lease, uint64_t ttl_ns,
                                              brisk_error **error);
  brisk_status (*brisk_lease_fail)(brisk_lease *lease, const void *message, size_t message_size,
                                   brisk_error **error);
  brisk_status (*brisk_lease_abandon)(brisk_lease *lease, brisk_error **error);
  brisk_status (*brisk_lease_wait)(brisk_lease *lease, uint64_t timeout_ns, brisk_value **value,
                                   brisk_error **error);
  brisk_status (*brisk_cache_get_or_load)(brisk_cache *cache, const void *key, size_t key_size,
                                          brisk_lease *parent, brisk_load_fn load, void *user,
                                          brisk_destroy_fn destroy, uint64_t timeout_ns,
                                          brisk_value **value, brisk_error **error);
  brisk_status (*brisk_cache_get_or_refresh)(brisk_cache *cache, const void *key, size_t key_size,
                                             brisk_lease *parent, brisk_load_fn load, void *user,
                                             brisk_destroy_fn destroy, brisk_workers *workers,
                                             uint64_t timeout_ns, brisk_value **value,
                                             brisk_error **error);
  brisk_lease *(*brisk_lease_ref)(brisk_lease *lease);
  void (*brisk_lease_unref)(brisk_lease *lease);
};

extern const struct brisk_functions brisk_functions;
const struct brisk_functions brisk_functions = {
  brisk_version,
  brisk_abi_version,
  brisk_abi_digest,
  brisk_build_info,
  brisk_status_name,
  brisk_error_status,
  brisk_error_message,
  brisk_parse_size,
  brisk_error_ref,
  brisk_error_unref,
  brisk_runtime_new,
  brisk_runtime_default,
  brisk_runtime_close,
  brisk_runtime_now,
  brisk_runtime_advance,
  brisk_runtime_read_stats,
  brisk_runtime_ref,
  brisk_runtime_unref,
  brisk_cache_new,
  brisk_cache_find,
  brisk_cache_close,
  brisk_cache_put,
  brisk_cache_put_cost,
  brisk_cache_put_many,
  brisk_cache_get,
  brisk_cache_get_many,
  brisk_cache_read,
  brisk_cache_read_many,
  brisk_cache_contains,
  brisk_cache_touch,
  brisk_cache_erase,
  brisk_cache_erase_matching,
  brisk_cache_clear,
  brisk_cache_keys,
  brisk_cursor_next,
  brisk_cursor_lookups,
  brisk_cache_hot_keys,
  brisk_cache_save_hot,
  brisk_cache_restore_hot,
  brisk_cache_next_event,
  brisk_cache_read_stats,
  brisk_value_data,
  brisk_cache_ref,
  brisk_cache_unref,
  brisk_value_ref,
  brisk_value_unref,
  brisk_cursor_unref,
  brisk_intern_new,
  brisk_intern_put,
  brisk_intern_put_many,
  brisk_intern_find,
  brisk_intern_find_many,
  brisk_intern_at,
  brisk_intern_read_stats,
  brisk_intern_ref,
  brisk_intern_unref,
  brisk_modules_new,
  brisk_modules_close,
  brisk_modules_scan,
  brisk_modules_add,
  brisk_modules_load,
  brisk_modules_load_all,
  brisk_modules_preload,
  brisk_modules_retry,
  brisk_modules_state,
  brisk_modules_symbol,
  brisk_modules_report,
  brisk_module_report_count,
  brisk_module_report_read,
  brisk_module_report_text,
  brisk_module_report_format,
  brisk_modules_ref,
  brisk_modules_unref,
  brisk_module_report_ref,
  brisk_module_report_unref,
  brisk_workers_new,
  brisk_workers_close,
  brisk_workers_submit,
  brisk_task_wait,
  brisk_task_poll,
  brisk_task_cancel,
  brisk_task_is_cancelled,
  brisk_task_succeed,
  brisk_task_fail,
  brisk_task_read,
  brisk_workers_batch,
  brisk_workers_batch_ranges,
  brisk_batch_wait,
  brisk_batch_states,
  brisk_batch_check,
  brisk_batch_cancel,
  brisk_batch_is_cancelled,
  brisk_batch_fail,
  brisk_workers_read_stats,
  brisk_token_new,
  brisk_token_cancel,
  brisk_token_is_cancelled,
  brisk_completions_new,
  brisk_completions_fd,
  brisk_completions_next,
  brisk_limiter_new,
  brisk_limiter_acquire,
  brisk_limiter_read_stats,
  brisk_workers_ref,
  brisk_workers_unref,
  brisk_task_ref,
  brisk_task_unref,
  brisk_batch_ref,
  brisk_batch_unref,
  brisk_token_ref,
  brisk_token_unref,
  brisk_completions_ref,
  brisk_completions_unref,
  brisk_limiter_ref,
  brisk_limiter_unref,
  brisk_cache_begin,
  brisk_lease_complete,
  brisk_lease_set_cost,
  brisk_lease_complete_absent,
  brisk_lease_fail,
  brisk_lease_abandon,
  brisk_lease_wait,
  brisk_cache_get_or_load,
  brisk_cache_get_or_refresh,
  brisk_lease_ref,
  brisk_lease_unref,
};

int main(void) {
  const uint32_t version = brisk_functions.brisk_abi_version();
  const uint64_t digest = brisk_functions.brisk_abi_digest();
  if (version == BRISK_ABI_VERSION && digest == BRISK_ABI_DIGEST) return 0;
  fprintf(stderr, "headers: version %#010x, digest %#018" PRIx64 "\n", BRISK_ABI_VERSION,
          BRISK_ABI_DIGEST);
  fprintf(stderr, "library: version %#010" PRIx32 ", digest %#018" PRIx64 "\n", version, digest);
  return 1;
}
