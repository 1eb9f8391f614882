// Generated from bindings/abi/spec. Do not edit; run `make gen`.
// Code generated from bindings/abi/spec. DO NOT EDIT.

package capi

/*
#cgo pkg-config: brisk
#include <brisk/brisk.h>
#include <stdlib.h>

// What every call may rely on: no call keeps a pointer of Go, and only those with a callback, or that
// block and help with tasks meanwhile, come back to Go.
#cgo noescape brisk_version
#cgo nocallback brisk_version
#cgo noescape brisk_abi_version
#cgo nocallback brisk_abi_version
#cgo noescape brisk_abi_digest
#cgo nocallback brisk_abi_digest
#cgo noescape brisk_build_info
#cgo nocallback brisk_build_info
#cgo noescape brisk_status_name
#cgo nocallback brisk_status_name
#cgo noescape brisk_error_status
#cgo nocallback brisk_error_status
#cgo noescape brisk_error_message
#cgo nocallback brisk_error_message
#cgo noescape capi_parse_size
#cgo nocallback capi_parse_size
#cgo noescape brisk_error_ref
#cgo nocallback brisk_error_ref
#cgo noescape brisk_error_unref
#cgo nocallback brisk_error_unref
#cgo noescape brisk_runtime_new
#cgo nocallback brisk_runtime_new
#cgo noescape brisk_runtime_default
#cgo nocallback brisk_runtime_default
#cgo noescape brisk_runtime_now
#cgo nocallback brisk_runtime_now
#cgo noescape brisk_runtime_advance
#cgo nocallback brisk_runtime_advance
#cgo noescape brisk_runtime_read_stats
#cgo nocallback brisk_runtime_read_stats
#cgo noescape brisk_runtime_ref
#cgo nocallback brisk_runtime_ref
#cgo noescape brisk_runtime_unref
#cgo nocallback brisk_runtime_unref
#cgo noescape brisk_cache_new
#cgo nocallback brisk_cache_new
#cgo noescape capi_cache_find
#cgo nocallback capi_cache_find
#cgo noescape brisk_cache_close
#cgo nocallback brisk_cache_close
#cgo noescape capi_cache_put
#cgo nocallback capi_cache_put
#cgo noescape capi_cache_put_cost
#cgo nocallback capi_cache_put_cost
#cgo noescape capi_cache_put_many
#cgo nocallback capi_cache_put_many
#cgo noescape capi_cache_get
#cgo nocallback capi_cache_get
#cgo noescape capi_cache_get_many
#cgo nocallback capi_cache_get_many
#cgo noescape capi_cache_read
#cgo nocallback capi_cache_read
#cgo noescape capi_cache_read_many
#cgo nocallback capi_cache_read_many
#cgo noescape capi_cache_contains
#cgo nocallback capi_cache_contains
#cgo noescape capi_cache_touch
#cgo nocallback capi_cache_touch
#cgo noescape capi_cache_erase
#cgo nocallback capi_cache_erase
#cgo noescape capi_cache_erase_matching
#cgo nocallback capi_cache_erase_matching
#cgo noescape brisk_cache_clear
#cgo nocallback brisk_cache_clear
#cgo noescape brisk_cache_keys
#cgo nocallback brisk_cache_keys
#cgo noescape capi_cursor_next
#cgo nocallback capi_cursor_next
#cgo noescape brisk_cursor_lookups
#cgo nocallback brisk_cursor_lookups
#cgo noescape brisk_cache_hot_keys
#cgo nocallback brisk_cache_hot_keys
#cgo noescape capi_cache_save_hot
#cgo nocallback capi_cache_save_hot
#cgo noescape capi_cache_restore_hot
#cgo nocallback capi_cache_restore_hot
#cgo noescape capi_cache_next_event
#cgo nocallback capi_cache_next_event
#cgo noescape brisk_cache_read_stats
#cgo nocallback brisk_cache_read_stats
#cgo noescape brisk_value_data
#cgo nocallback brisk_value_data
#cgo noescape brisk_cache_ref
#cgo nocallback brisk_cache_ref
#cgo noescape brisk_cache_unref
#cgo nocallback brisk_cache_unref
#cgo noescape brisk_value_ref
#cgo nocallback brisk_value_ref
#cgo noescape brisk_value_unref
#cgo nocallback brisk_value_unref
#cgo noescape brisk_cursor_unref
#cgo nocallback brisk_cursor_unref
#cgo noescape brisk_intern_new
#cgo nocallback brisk_intern_new
#cgo noescape capi_intern_put
#cgo nocallback capi_intern_put
#cgo noescape capi_intern_put_many
#cgo nocallback capi_intern_put_many
#cgo noescape capi_intern_find
#cgo nocallback capi_intern_find
#cgo noescape capi_intern_find_many
#cgo nocallback capi_intern_find_many
#cgo noescape brisk_intern_at
#cgo nocallback brisk_intern_at
#cgo noescape brisk_intern_read_stats
#cgo nocallback brisk_intern_read_stats
#cgo noescape brisk_intern_ref
#cgo nocallback brisk_intern_ref
#cgo noescape brisk_intern_unref
#cgo nocallback brisk_intern_unref
#cgo noescape brisk_modules_new
#cgo nocallback brisk_modules_new
#cgo noescape brisk_modules_close
#cgo nocallback brisk_modules_close
#cgo noescape brisk_modules_preload
#cgo nocallback brisk_modules_preload
#cgo noescape capi_modules_retry
#cgo nocallback capi_modules_retry
#cgo noescape capi_modules_state
#cgo nocallback capi_modules_state
#cgo noescape brisk_modules_report
#cgo nocallback brisk_modules_report
#cgo noescape brisk_module_report_count
#cgo nocallback brisk_module_report_count
#cgo noescape brisk_module_report_read
#cgo nocallback brisk_module_report_read
#cgo noescape brisk_module_report_text
#cgo nocallback brisk_module_report_text
#cgo noescape brisk_module_report_format
#cgo nocallback brisk_module_report_format
#cgo noescape brisk_modules_ref
#cgo nocallback brisk_modules_ref
#cgo noescape brisk_modules_unref
#cgo nocallback brisk_modules_unref
#cgo noescape brisk_module_report_ref
#cgo nocallback brisk_module_report_ref
#cgo noescape brisk_module_report_unref
#cgo nocallback brisk_module_report_unref
#cgo noescape brisk_workers_new
#cgo nocallback brisk_workers_new
#cgo noescape brisk_task_poll
#cgo nocallback brisk_task_poll
#cgo noescape brisk_task_cancel
#cgo nocallback brisk_task_cancel
#cgo noescape brisk_task_is_cancelled
#cgo nocallback brisk_task_is_cancelled
#cgo noescape capi_task_succeed
#cgo nocallback capi_task_succeed
#cgo noescape capi_task_fail
#cgo nocallback capi_task_fail
#cgo noescape brisk_batch_states
#cgo nocallback brisk_batch_states
#cgo noescape brisk_batch_cancel
#cgo nocallback brisk_batch_cancel
#cgo noescape brisk_batch_is_cancelled
#cgo nocallback brisk_batch_is_cancelled
#cgo noescape capi_batch_fail
#cgo nocallback capi_batch_fail
#cgo noescape brisk_workers_read_stats
#cgo nocallback brisk_workers_read_stats
#cgo noescape brisk_token_new
#cgo nocallback brisk_token_new
#cgo noescape brisk_token_cancel
#cgo nocallback brisk_token_cancel
#cgo noescape brisk_token_is_cancelled
#cgo nocallback brisk_token_is_cancelled
#cgo noescape brisk_completions_new
#cgo nocallback brisk_completions_new
#cgo noescape brisk_completions_fd
#cgo nocallback brisk_completions_fd
#cgo noescape brisk_completions_next
#cgo nocallback brisk_completions_next
#cgo noescape brisk_limiter_new
#cgo nocallback brisk_limiter_new
#cgo noescape brisk_limiter_read_stats
#cgo nocallback brisk_limiter_read_stats
#cgo noescape brisk_workers_ref
#cgo nocallback brisk_workers_ref
#cgo noescape brisk_workers_unref
#cgo nocallback brisk_workers_unref
#cgo noescape brisk_task_ref
#cgo nocallback brisk_task_ref
#cgo noescape brisk_task_unref
#cgo nocallback brisk_task_unref
#cgo noescape brisk_batch_ref
#cgo nocallback brisk_batch_ref
#cgo noescape brisk_batch_unref
#cgo nocallback brisk_batch_unref
#cgo noescape brisk_token_ref
#cgo nocallback brisk_token_ref
#cgo noescape brisk_token_unref
#cgo nocallback brisk_token_unref
#cgo noescape brisk_completions_ref
#cgo nocallback brisk_completions_ref
#cgo noescape brisk_completions_unref
#cgo nocallback brisk_completions_unref
#cgo noescape brisk_limiter_ref
#cgo nocallback brisk_limiter_ref
#cgo noescape brisk_limiter_unref
#cgo nocallback brisk_limiter_unref
#cgo noescape capi_cache_begin
#cgo nocallback capi_cache_begin
#cgo noescape capi_lease_complete
#cgo nocallback capi_lease_complete
#cgo noescape brisk_lease_set_cost
#cgo nocallback brisk_lease_set_cost
#cgo noescape brisk_lease_complete_absent
#cgo nocallback brisk_lease_complete_absent
#cgo noescape capi_lease_fail
#cgo nocallback capi_lease_fail
#cgo noescape brisk_lease_abandon
#cgo nocallback brisk_lease_abandon
#cgo noescape brisk_lease_ref
#cgo nocallback brisk_lease_ref
#cgo noescape brisk_lease_unref
#cgo nocallback brisk_lease_unref

// Bytes as C knows them, and places for pointers as numbers, so that cgo need not look behind them.
static inline brisk_status capi_parse_size(const uint8_t *text, size_t text_size, uint64_t *size,
                                           uintptr_t *error) {
  return brisk_parse_size(text, text_size, size, (brisk_error **)error);
}

static inline brisk_status capi_cache_find(brisk_runtime *runtime, const uint8_t *name,
                                           size_t name_size, uintptr_t *cache, uintptr_t *error) {
  return brisk_cache_find(runtime, name, name_size, (brisk_cache **)cache, (brisk_error **)error);
}

static inline brisk_status capi_cache_put(brisk_cache *cache, const uint8_t *key, size_t key_size,
                                          const uint8_t *value, size_t value_size, uint64_t ttl_ns,
                                          uintptr_t *error) {
  return brisk_cache_put(cache, key, key_size, value, value_size, ttl_ns, (brisk_error **)error);
}

static inline brisk_status capi_cache_put_cost(brisk_cache *cache, const uint8_t *key,
                                               size_t key_size, const uint8_t *value,
                                               size_t value_size, uint64_t ttl_ns, double cost,
                                               uintptr_t *error) {
  return brisk_cache_put_cost(cache, key, key_size, value, value_size, ttl_ns, cost, (brisk_error
      **)error);
}

static inline brisk_status capi_cache_put_many(brisk_cache *cache, size_t count,
                                               const uint8_t *keys, size_t keys_size,
                                               const uint32_t *key_sizes, const uint8_t *values,
                                               size_t values_size, const uint32_t *value_sizes,
                                               uint64_t ttl_ns, size_t *stored, uintptr_t *error) {
  return brisk_cache_put_many(cache, count, keys, keys_size, key_sizes, values, values_size,
      value_sizes, ttl_ns, stored, (brisk_error **)error);
}

static inline brisk_status capi_cache_get(brisk_cache *cache, const uint8_t *key, size_t key_size,
                                          uintptr_t *value, uintptr_t *error) {
  return brisk_cache_get(cache, key, key_size, (brisk_value **)value, (brisk_error **)error);
}

static inline brisk_status capi_cache_get_many(brisk_cache *cache, size_t count,
                                               const uint8_t *keys, size_t keys_size,
                                               const uint32_t *key_sizes, uintptr_t *values,
                                               size_t *found, uintptr_t *error) {
  return brisk_cache_get_many(cache, count, keys, keys_size, key_sizes, (brisk_value **)values,
      found, (brisk_error **)error);
}

static inline brisk_status capi_cache_read(brisk_cache *cache, const uint8_t *key, size_t key_size,
                                           uint8_t *buffer, size_t capacity, size_t *size,
                                           uintptr_t *error) {
  return brisk_cache_read(cache, key, key_size, buffer, capacity, size, (brisk_error **)error);
}

static inline brisk_status capi_cache_read_many(brisk_cache *cache, size_t count,
                                                const uint8_t *keys, size_t keys_size,
                                                const uint32_t *key_sizes, uint8_t *buffer,
                                                size_t capacity, uint32_t *value_sizes,
                                                size_t *done, uintptr_t *error) {
  return brisk_cache_read_many(cache, count, keys, keys_size, key_sizes, buffer, capacity,
      value_sizes, done, (brisk_error **)error);
}

static inline brisk_status capi_cache_contains(brisk_cache *cache, const uint8_t *key,
                                               size_t key_size, uintptr_t *error) {
  return brisk_cache_contains(cache, key, key_size, (brisk_error **)error);
}

static inline brisk_status capi_cache_touch(brisk_cache *cache, const uint8_t *key,
                                            size_t key_size, uint64_t ttl_ns, uintptr_t *error) {
  return brisk_cache_touch(cache, key, key_size, ttl_ns, (brisk_error **)error);
}

static inline brisk_status capi_cache_erase(brisk_cache *cache, const uint8_t *key,
                                            size_t key_size, uintptr_t *error) {
  return brisk_cache_erase(cache, key, key_size, (brisk_error **)error);
}

static inline brisk_status capi_cache_erase_matching(brisk_cache *cache, const uint8_t *pattern,
                                                     size_t pattern_size, uint64_t *erased,
                                                     uintptr_t *error) {
  return brisk_cache_erase_matching(cache, pattern, pattern_size, erased, (brisk_error **)error);
}

static inline brisk_status capi_cursor_next(brisk_cursor *cursor, uint8_t *buffer, size_t capacity,
                                            size_t *size, uintptr_t *error) {
  return brisk_cursor_next(cursor, buffer, capacity, size, (brisk_error **)error);
}

static inline brisk_status capi_cache_save_hot(brisk_cache *cache, const uint8_t *path,
                                               size_t path_size, uintptr_t *error) {
  return brisk_cache_save_hot(cache, path, path_size, (brisk_error **)error);
}

static inline brisk_status capi_cache_restore_hot(brisk_cache *cache, const uint8_t *path,
                                                  size_t path_size, uint64_t *restored,
                                                  uintptr_t *error) {
  return brisk_cache_restore_hot(cache, path, path_size, restored, (brisk_error **)error);
}

static inline brisk_status capi_cache_next_event(brisk_cache *cache, uint8_t *buffer,
                                                 size_t capacity, size_t *size, brisk_cause *cause,
                                                 uintptr_t *error) {
  return brisk_cache_next_event(cache, buffer, capacity, size, cause, (brisk_error **)error);
}

static inline brisk_status capi_intern_put(brisk_intern *intern, const uint8_t *string,
                                           size_t string_size, uint32_t *id, uintptr_t *error) {
  return brisk_intern_put(intern, string, string_size, id, (brisk_error **)error);
}

static inline brisk_status capi_intern_put_many(brisk_intern *intern, size_t count,
                                                const uint8_t *strings, size_t strings_size,
                                                const uint32_t *sizes, uint32_t *ids, size_t *done,
                                                uintptr_t *error) {
  return brisk_intern_put_many(intern, count, strings, strings_size, sizes, ids, done, (brisk_error
      **)error);
}

static inline brisk_status capi_intern_find(brisk_intern *intern, const uint8_t *string,
                                            size_t string_size, uint32_t *id, uintptr_t *error) {
  return brisk_intern_find(intern, string, string_size, id, (brisk_error **)error);
}

static inline brisk_status capi_intern_find_many(brisk_intern *intern, size_t count,
                                                 const uint8_t *strings, size_t strings_size,
                                                 const uint32_t *sizes, uint32_t *ids,
                                                 size_t *found, uintptr_t *error) {
  return brisk_intern_find_many(intern, count, strings, strings_size, sizes, ids, found,
      (brisk_error **)error);
}

static inline brisk_status capi_modules_scan(brisk_modules *modules, const uint8_t *folder,
                                             size_t folder_size, uint64_t *found, uintptr_t *error) {
  return brisk_modules_scan(modules, folder, folder_size, found, (brisk_error **)error);
}

static inline brisk_status capi_modules_load(brisk_modules *modules, const uint8_t *name,
                                             size_t name_size, uint64_t timeout_ns,
                                             uintptr_t *error) {
  return brisk_modules_load(modules, name, name_size, timeout_ns, (brisk_error **)error);
}

static inline brisk_status capi_modules_retry(brisk_modules *modules, const uint8_t *name,
                                              size_t name_size, uintptr_t *error) {
  return brisk_modules_retry(modules, name, name_size, (brisk_error **)error);
}

static inline brisk_status capi_modules_state(brisk_modules *modules, const uint8_t *name,
                                              size_t name_size, brisk_module_state *state,
                                              uintptr_t *error) {
  return brisk_modules_state(modules, name, name_size, state, (brisk_error **)error);
}

static inline brisk_status capi_modules_symbol(brisk_modules *modules, const uint8_t *name,
                                               size_t name_size, const char *symbol,
                                               uint64_t timeout_ns, uint64_t *address,
                                               uintptr_t *error) {
  return brisk_modules_symbol(modules, name, name_size, symbol, timeout_ns, address, (brisk_error
      **)error);
}

static inline brisk_status capi_workers_close(brisk_workers *workers, uint64_t timeout_ns,
                                              uint8_t *stragglers, size_t capacity, size_t *size,
                                              uintptr_t *error) {
  return brisk_workers_close(workers, timeout_ns, stragglers, capacity, size, (brisk_error
      **)error);
}

static inline brisk_status capi_task_succeed(brisk_task *task, const uint8_t *result,
                                             size_t result_size, uintptr_t *error) {
  return brisk_task_succeed(task, result, result_size, (brisk_error **)error);
}

static inline brisk_status capi_task_fail(brisk_task *task, const uint8_t *message,
                                          size_t message_size, uintptr_t *error) {
  return brisk_task_fail(task, message, message_size, (brisk_error **)error);
}

static inline brisk_status capi_task_read(brisk_task *task, uint8_t *buffer, size_t capacity,
                                          size_t *size, uintptr_t *error) {
  return brisk_task_read(task, buffer, capacity, size, (brisk_error **)error);
}

static inline brisk_status capi_batch_fail(brisk_batch *batch, size_t index,
                                           const uint8_t *message, size_t message_size,
                                           uintptr_t *error) {
  return brisk_batch_fail(batch, index, message, message_size, (brisk_error **)error);
}

static inline brisk_status capi_cache_begin(brisk_cache *cache, const uint8_t *key,
                                            size_t key_size, brisk_lease *parent, uintptr_t *value,
                                            uintptr_t *lease, uintptr_t *error) {
  return brisk_cache_begin(cache, key, key_size, parent, (brisk_value **)value, (brisk_lease
      **)lease, (brisk_error **)error);
}

static inline brisk_status capi_lease_complete(brisk_lease *lease, const uint8_t *value,
                                               size_t value_size, uint64_t ttl_ns,
                                               uintptr_t *pinned, uintptr_t *error) {
  return brisk_lease_complete(lease, value, value_size, ttl_ns, (brisk_value **)pinned, (brisk_error
      **)error);
}

static inline brisk_status capi_lease_fail(brisk_lease *lease, const uint8_t *message,
                                           size_t message_size, uintptr_t *error) {
  return brisk_lease_fail(lease, message, message_size, (brisk_error **)error);
}

static inline brisk_status capi_cache_get_or_load(brisk_cache *cache, const uint8_t *key,
                                                  size_t key_size, brisk_lease *parent,
                                                  brisk_load_fn load, void *user,
                                                  brisk_destroy_fn destroy, uint64_t timeout_ns,
                                                  uintptr_t *value, uintptr_t *error) {
  return brisk_cache_get_or_load(cache, key, key_size, parent, load, user, destroy, timeout_ns,
      (brisk_value **)value, (brisk_error **)error);
}

static inline brisk_status capi_cache_get_or_refresh(brisk_cache *cache, const uint8_t *key,
                                                     size_t key_size, brisk_lease *parent,
                                                     brisk_load_fn load, void *user,
                                                     brisk_destroy_fn destroy,
                                                     brisk_workers *workers, uint64_t timeout_ns,
                                                     uintptr_t *value, uintptr_t *error) {
  return brisk_cache_get_or_refresh(cache, key, key_size, parent, load, user, destroy, workers,
      timeout_ns, (brisk_value **)value, (brisk_error **)error);
}

*/
import "C"

import (
	"strconv"
	"unsafe"
)

// The description of the interface that this package was generated from.
const (
	// BuiltABIVersion is major * 65536 + minor.
	BuiltABIVersion uint32 = 0<<16 | 1
	// BuiltABIDigest is what [ABIDigest] returns for the same description.
	BuiltABIDigest uint64 = 0x49ca20793d05f358
)

// The headers that cgo compiles have the same interface.
var _ [C.BRISK_ABI_VERSION]struct{} = [BuiltABIVersion]struct{}{}

// Forever is BRISK_FOREVER. As a lifetime, never expires; as a timeout, waits without end. Unit:
// nanoseconds.
const Forever uint64 = 1<<64 - 1

// KeySizeMax is BRISK_KEY_SIZE_MAX. The longest key, in bytes (64 KiB - 1).
const KeySizeMax uint64 = 65535

// ValueSizeMax is BRISK_VALUE_SIZE_MAX. The longest value, in bytes (2 GiB - 1).
const ValueSizeMax uint64 = 2147483647

// Error is brisk_error. Why a call failed: a status and a message that names the input, the limit
// and the way out. Immutable; may be read from any thread.
type Error = C.brisk_error

// DestroyFn is brisk_destroy_fn, a pointer to a function of C. Releases the user data of a
// callback: called exactly once, on any thread, also when the call it was given to fails.
type DestroyFn = C.brisk_destroy_fn

// Status is brisk_status. The result of a call. Zero is success, a positive number an expected
// outcome that creates no error object, a negative number a failure.
type Status int32

// The values of Status.
const (
	// The call did what it says.
	StatusOK Status = 0
	// No live entry, cache or other object has this key or name.
	StatusMiss Status = 1
	// Nothing is left to return.
	StatusEnd Status = 2
	// The timeout passed before an answer was there; what was waited for goes on.
	StatusTimeout Status = 3
	// The buffer is too small; the size that is needed was stored and nothing was taken.
	StatusShortBuffer Status = 4
	// There is no room and none can be made: callers pin what is held, nothing of it may go, or a
	// queue is full.
	StatusRefused Status = 5
	// The caller now leads the load of this key and must complete, fail or abandon it.
	StatusLead Status = 6
	// Another caller leads the load of this key; wait on the lease.
	StatusWait Status = 7
	// The load failed, and those who asked get the value from before, whose lifetime is over.
	StatusStale Status = 8
	// The key is known to have no value, and so nothing is loaded.
	StatusAbsent Status = 9
	// An argument is wrong; the message names it, its value and what is allowed.
	StatusInvalid Status = -1
	// The handle was closed before the call, or while the call waited.
	StatusClosed Status = -2
	// The system gave no memory; the call was not done, in part neither.
	StatusOutOfMemory Status = -3
	// A key, a value or an entry is beyond a limit; the message names size and limit.
	StatusTooLarge Status = -4
	// The name is taken by a live object.
	StatusExists Status = -5
	// The loader of this key, or of this module, failed; the message is its own.
	StatusLoadFailed Status = -6
	// A load waits, directly or through others, for itself.
	StatusDeadlock Status = -7
	// An unexpected condition inside the library; please report the message.
	StatusInternal Status = -8
	// A driver does not offer this, or does not know this version.
	StatusUnsupported Status = -9
)

// String returns the name that C gives to the value.
func (value Status) String() string { return StatusName(value) }

// Version is brisk_version. Returns the version of the loaded library, for example "0.1.0". The
// text is static.
//
// Any thread.
func Version() string {
	return C.GoString(C.brisk_version())
}

// ABIVersion is brisk_abi_version. Returns the version of the loaded binary interface: major *
// 65536 + minor.
//
// Any thread.
func ABIVersion() uint32 {
	return uint32(C.brisk_abi_version())
}

// ABIDigest is brisk_abi_digest. Returns the digest of the interface description that the loaded
// library was built from. It equals BRISK_ABI_DIGEST of the headers when both come from the same
// description.
//
// Any thread.
func ABIDigest() uint64 {
	return uint64(C.brisk_abi_digest())
}

// BuildInfo is brisk_build_info. Returns one line about the loaded library: version, interface
// version, compiler, the allocator in use and the path it was loaded from. The text is static.
//
// Any thread.
func BuildInfo() string {
	return C.GoString(C.brisk_build_info())
}

// StatusName is brisk_status_name. Returns the name of a status, for example "BRISK_MISS", or
// "BRISK_UNKNOWN". The text is static.
//
//   - status: Any number.
//
// Any thread.
func StatusName(status Status) string {
	return C.GoString(C.brisk_status_name(C.brisk_status(status)))
}

// ErrorStatus is brisk_error_status. Returns the status that the failing call returned.
//
//   - error: An error; NULL reads as BRISK_OK.
//
// Any thread.
func ErrorStatus(error *Error) Status {
	return Status(C.brisk_error_status(error))
}

// ErrorMessage is brisk_error_message. Returns the message of an error. The text lives as long as
// the error.
//
//   - error: An error; NULL reads as the empty text.
//
// Any thread.
func ErrorMessage(error *Error) string {
	return C.GoString(C.brisk_error_message(error))
}

// ParseSize is brisk_parse_size. Reads a size in bytes from text: a decimal number, then nothing,
// B, or k, M, G, T with an optional B (powers of 1000) or iB (powers of 1024), in any case, with an
// optional space between. Rounds down to whole bytes.
//
//   - text: A number and a unit, such as "64 MiB", "1.5GB", "300 k" or "4096".
//   - size: Receives the number of bytes.
//
// Fails with BRISK_INVALID. Any thread.
func ParseSize(text []byte, size *uint64, err **Error) Status {
	return Status(C.capi_parse_size(
		(*C.uint8_t)(unsafe.SliceData(text)),
		C.size_t(len(text)),
		(*C.uint64_t)(size),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// ErrorRef is brisk_error_ref. Adds a reference to error and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func ErrorRef(error *Error) *Error {
	return C.brisk_error_ref(error)
}

// ErrorUnref is brisk_error_unref. Drops a reference to error. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func ErrorUnref(error *Error) {
	C.brisk_error_unref(error)
}

// Runtime is brisk_runtime. One memory budget, one clock and one set of names. May be used from any
// thread.
type Runtime = C.brisk_runtime

// Clock is brisk_clock. Which clock a runtime reads.
type Clock int32

// The values of Clock.
const (
	// The monotonic clock of the system, read to a tick of 4 milliseconds.
	ClockSystem Clock = 0
	// A clock that starts at zero and moves only by brisk_runtime_advance, for tests.
	ClockManual Clock = 1
)

// String returns the name of the value, or its number where it has none here.
func (value Clock) String() string {
	switch value {
	case ClockSystem:
		return "system"
	case ClockManual:
		return "manual"
	}
	return "Clock(" + strconv.Itoa(int(value)) + ")"
}

// RuntimeOptions is brisk_runtime_options, member by member. Settings of a runtime. A zero field
// selects the documented default.
type RuntimeOptions struct {
	// Set by NewRuntimeOptions.
	StructSize uint32
	// The clock to read; default BRISK_CLOCK_SYSTEM.
	Clock Clock
	// Bound on the bytes held by everything in this runtime; default none.
	BudgetBytes uint64
	// The same bound as a share of the memory that the container or machine has, 1 to 100; default
	// none. The smaller bound counts.
	BudgetPercent uint32
	// Must be zero.
	Reserved uint32
}

// NewRuntimeOptions returns a zero RuntimeOptions that knows its size.
func NewRuntimeOptions() RuntimeOptions {
	return RuntimeOptions{StructSize: uint32(unsafe.Sizeof(RuntimeOptions{}))}
}

var _ [C.sizeof_brisk_runtime_options]struct{} = [unsafe.Sizeof(RuntimeOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_options{}.struct_size)]struct{} = [unsafe.Offsetof(RuntimeOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_options{}.clock)]struct{} = [unsafe.Offsetof(RuntimeOptions{}.Clock)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_options{}.budget_bytes)]struct{} = [unsafe.Offsetof(RuntimeOptions{}.BudgetBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_options{}.budget_percent)]struct{} = [unsafe.Offsetof(RuntimeOptions{}.BudgetPercent)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_options{}.reserved)]struct{} = [unsafe.Offsetof(RuntimeOptions{}.Reserved)]struct{}{}

// RuntimeStats is brisk_runtime_stats, member by member. Figures of a runtime at one moment.
type RuntimeStats struct {
	// Set by NewRuntimeStats.
	StructSize uint32
	// Caches that live in this runtime.
	Caches uint32
	// The bound on bytes held; BRISK_FOREVER when there is none.
	BudgetBytes uint64
	// Bytes that everything in this runtime holds now.
	HeldBytes uint64
	// The most bytes that were held at one time.
	PeakBytes uint64
}

// NewRuntimeStats returns a zero RuntimeStats that knows its size.
func NewRuntimeStats() RuntimeStats {
	return RuntimeStats{StructSize: uint32(unsafe.Sizeof(RuntimeStats{}))}
}

var _ [C.sizeof_brisk_runtime_stats]struct{} = [unsafe.Sizeof(RuntimeStats{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_stats{}.struct_size)]struct{} = [unsafe.Offsetof(RuntimeStats{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_stats{}.caches)]struct{} = [unsafe.Offsetof(RuntimeStats{}.Caches)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_stats{}.budget_bytes)]struct{} = [unsafe.Offsetof(RuntimeStats{}.BudgetBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_stats{}.held_bytes)]struct{} = [unsafe.Offsetof(RuntimeStats{}.HeldBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_runtime_stats{}.peak_bytes)]struct{} = [unsafe.Offsetof(RuntimeStats{}.PeakBytes)]struct{}{}

// RuntimeNew is brisk_runtime_new. Creates a runtime of its own, apart from the default one. The
// caller owns one reference.
//
//   - options: Settings; NULL for the defaults.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func RuntimeNew(options *RuntimeOptions, runtime **Runtime, err **Error) Status {
	return Status(C.brisk_runtime_new(
		(*C.brisk_runtime_options)(unsafe.Pointer(options)),
		runtime,
		err,
	))
}

// RuntimeDefault is brisk_runtime_default. Gives the default runtime of this process, created at
// the first use with default settings. The caller owns one reference. It cannot be closed.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func RuntimeDefault(runtime **Runtime, err **Error) Status {
	return Status(C.brisk_runtime_default(runtime, err))
}

// RuntimeClose is brisk_runtime_close. Closes every cache of the runtime and ends its background
// work. Idempotent; later calls on the runtime return BRISK_CLOSED. The default runtime answers
// BRISK_INVALID.
//
// Fails with BRISK_INVALID. Any thread. May block. Walks over all entries.
func RuntimeClose(runtime *Runtime, err **Error) Status {
	return Status(C.brisk_runtime_close(runtime, err))
}

// RuntimeNow is brisk_runtime_now. Reads the clock of a runtime, to the tick that decides about
// expiry.
//
//   - runtime: The runtime; NULL for the default one.
//   - nowNs: Receives nanoseconds since an arbitrary start.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func RuntimeNow(runtime *Runtime, nowNs *uint64, err **Error) Status {
	return Status(C.brisk_runtime_now(runtime, (*C.uint64_t)(nowNs), err))
}

// RuntimeAdvance is brisk_runtime_advance. Moves a manual clock forward and frees, before it
// returns, every entry that has expired by then. A system clock answers BRISK_INVALID.
//
//   - runtime: A runtime with a manual clock.
//   - stepNs: Nanoseconds to move the clock forward by.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread. Walks over all entries.
func RuntimeAdvance(runtime *Runtime, stepNs uint64, err **Error) Status {
	return Status(C.brisk_runtime_advance(runtime, C.uint64_t(stepNs), err))
}

// RuntimeReadStats is brisk_runtime_read_stats. Reads the figures of a runtime.
//
//   - runtime: The runtime; NULL for the default one.
//   - stats: Receives the figures.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func RuntimeReadStats(runtime *Runtime, stats *RuntimeStats, err **Error) Status {
	return Status(C.brisk_runtime_read_stats(
		runtime,
		(*C.brisk_runtime_stats)(unsafe.Pointer(stats)),
		err,
	))
}

// RuntimeRef is brisk_runtime_ref. Adds a reference to runtime and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func RuntimeRef(runtime *Runtime) *Runtime {
	return C.brisk_runtime_ref(runtime)
}

// RuntimeUnref is brisk_runtime_unref. Drops a reference to runtime. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func RuntimeUnref(runtime *Runtime) {
	C.brisk_runtime_unref(runtime)
}

// Cache is brisk_cache. A bounded, compressed key/value cache in memory. May be used from any
// thread.
type Cache = C.brisk_cache

// Value is brisk_value. One pinned value. Its bytes stay valid and unchanged until the last
// brisk_value_unref, even after the entry is evicted or the cache is closed and released.
type Value = C.brisk_value

// Cursor is brisk_cursor. A walk over the keys of a cache. One thread at a time; it keeps its cache
// alive.
type Cursor = C.brisk_cursor

// Policy is brisk_policy. Which entries a full cache gives up.
type Policy int32

// The values of Policy.
const (
	// The rule that does best now, out of several that are tried on a sample of the keys.
	PolicyAuto Policy = 0
	// Least recently used.
	PolicyLRU Policy = 1
	// Three FIFO queues with a ghost list (Yang and others, FIFO Queues are All You Need for Cache
	// Eviction, SOSP 2023).
	PolicyS3FIFO Policy = 2
)

// String returns the name of the value, or its number where it has none here.
func (value Policy) String() string {
	switch value {
	case PolicyAuto:
		return "auto"
	case PolicyLRU:
		return "lru"
	case PolicyS3FIFO:
		return "s3fifo"
	}
	return "Policy(" + strconv.Itoa(int(value)) + ")"
}

// Aim is brisk_aim. What a policy maximizes.
type Aim int32

// The values of Aim.
const (
	// The share of lookups that hit: small values are kept rather than large ones.
	AimObjects Aim = 0
	// The share of the bytes asked for that hit.
	AimBytes Aim = 1
	// The share of the cost that hits save: costly values are kept rather than cheap ones, in
	// proportion to the bytes they take. Loads carry their time as their cost, puts what
	// brisk_cache_put_cost gives; a value without a cost counts as the cheapest.
	AimCost Aim = 2
)

// String returns the name of the value, or its number where it has none here.
func (value Aim) String() string {
	switch value {
	case AimObjects:
		return "objects"
	case AimBytes:
		return "bytes"
	case AimCost:
		return "cost"
	}
	return "Aim(" + strconv.Itoa(int(value)) + ")"
}

// Compression is brisk_compression. Whether values are compressed.
type Compression int32

// The values of Compression.
const (
	// With zstd, from compression_threshold bytes up, where that saves at least an eighth; a value
	// that does not shrink stays raw, and so does one of 256 MiB. From 8 MiB of capacity up a
	// dictionary is trained in the background from the values there are, and again when they
	// change; then small values shrink as well. Without a compression_threshold, and with policies
	// but LRU, values in such a cache of at most a 4096th of its capacity are packed when they have
	// come to stay, by a later write or when a dictionary comes, and a sixteenth of the capacity is
	// left unpacked to those read most; where values are loaded, from about a quarter of it, when a
	// load takes no longer than a dozen unpackings, to about a 64th.
	CompressionAuto Compression = 0
	// Never.
	CompressionOff Compression = 1
)

// String returns the name of the value, or its number where it has none here.
func (value Compression) String() string {
	switch value {
	case CompressionAuto:
		return "auto"
	case CompressionOff:
		return "off"
	}
	return "Compression(" + strconv.Itoa(int(value)) + ")"
}

// Cause is brisk_cause. Why an entry left the cache.
type Cause int32

// The values of Cause.
const (
	// Evicted to make room.
	CauseCapacity Cause = 1
	// Its lifetime, or its time without use, ended.
	CauseExpired Cause = 2
	// Erased or cleared by a caller.
	CauseErased Cause = 3
	// A newer value took its key.
	CauseReplaced Cause = 4
)

// String returns the name of the value, or its number where it has none here.
func (value Cause) String() string {
	switch value {
	case CauseCapacity:
		return "capacity"
	case CauseExpired:
		return "expired"
	case CauseErased:
		return "erased"
	case CauseReplaced:
		return "replaced"
	}
	return "Cause(" + strconv.Itoa(int(value)) + ")"
}

// CacheOptions is brisk_cache_options, member by member. Settings of a cache. A zero field selects
// the documented default.
type CacheOptions struct {
	// Set by NewCacheOptions.
	StructSize uint32
	// Which entries a full cache gives up; default BRISK_POLICY_AUTO.
	Policy Policy
	// Bound on all bytes held: keys, values, nodes, index, slack; at least 262144; default 64 MiB.
	CapacityBytes uint64
	// Bound on the number of entries; default none.
	MaxEntries uint64
	// Lifetime of an entry from its last write, in nanoseconds; default BRISK_FOREVER.
	TTLNs uint64
	// Lifetime of an entry from its last use, in nanoseconds; default BRISK_FOREVER.
	IdleNs uint64
	// Whether values are compressed; default BRISK_COMPRESSION_AUTO.
	Compression Compression
	// The zstd level, -7 to 19; default: 1, and with a dictionary the one of 1, -1 and 3 that
	// measures best.
	CompressionLevel int32
	// Values of fewer bytes stay raw; default: 512, and with a dictionary down to 80 where
	// measuring shows that it pays.
	CompressionThreshold uint64
	// What a zero timeout of a load means, in nanoseconds; default 30 seconds.
	LoadTimeoutNs uint64
	// Events kept for brisk_cache_next_event, the oldest dropped first; default none. At most
	// 1048576. Each has 64 bytes for its key and its cause: a longer key takes the room of several.
	EventCapacity uint32
	// Bytes of name; default none. At most 255.
	NameSize uint32
	// A name, unique in the runtime, to find the cache by; copied; default none.
	Name unsafe.Pointer
	// Every lifetime is shortened at random by up to this share of it, so that what was written
	// together does not expire together; 0 to 0.5, default 0.
	TTLJitter float64
	// For so long after its lifetime a value is still given to those who ask for a load, while one
	// of them makes a new one, in nanoseconds; default none (stale-while-revalidate of RFC 5861).
	StaleNs uint64
	// For so long after its lifetime a value is given to those who ask for a load that fails, in
	// nanoseconds; default none (stale-if-error of RFC 5861).
	StaleIfErrorNs uint64
	// How readily a loaded value is loaded anew before its lifetime ends, in proportion to what its
	// load took: a caller of brisk_cache_begin leads with the probability of XFetch (Vattani and
	// others, Optimal Probabilistic Cache Stampede Prevention, VLDB 2015), where 1 is the optimum;
	// 0 to 1000, default 0, never.
	EarlyBeta float64
	// How many of the keys asked for most are remembered, for brisk_cache_hot_keys; at most 1024,
	// UINT64_MAX for none; default 128, or fewer where they would take more than a 128th of the
	// capacity. Each has 116 bytes, 64 of them for its key: a longer key takes the room of several.
	HotKeys uint64
	// Not zero: a loaded value carries what its load took as its cost, in nanoseconds, unless
	// brisk_lease_set_cost gives another; default 0, unless early_beta is set or aim is
	// BRISK_AIM_COST. A cost takes 16 bytes of its entry.
	LoadCosts uint32
	// What the policy maximizes; default BRISK_AIM_OBJECTS. With BRISK_POLICY_LRU, which has no
	// choice, anything else is refused.
	Aim Aim
}

// NewCacheOptions returns a zero CacheOptions that knows its size.
func NewCacheOptions() CacheOptions {
	return CacheOptions{StructSize: uint32(unsafe.Sizeof(CacheOptions{}))}
}

var _ [C.sizeof_brisk_cache_options]struct{} = [unsafe.Sizeof(CacheOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.struct_size)]struct{} = [unsafe.Offsetof(CacheOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.policy)]struct{} = [unsafe.Offsetof(CacheOptions{}.Policy)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.capacity_bytes)]struct{} = [unsafe.Offsetof(CacheOptions{}.CapacityBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.max_entries)]struct{} = [unsafe.Offsetof(CacheOptions{}.MaxEntries)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.ttl_ns)]struct{} = [unsafe.Offsetof(CacheOptions{}.TTLNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.idle_ns)]struct{} = [unsafe.Offsetof(CacheOptions{}.IdleNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.compression)]struct{} = [unsafe.Offsetof(CacheOptions{}.Compression)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.compression_level)]struct{} = [unsafe.Offsetof(CacheOptions{}.CompressionLevel)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.compression_threshold)]struct{} = [unsafe.Offsetof(CacheOptions{}.CompressionThreshold)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.load_timeout_ns)]struct{} = [unsafe.Offsetof(CacheOptions{}.LoadTimeoutNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.event_capacity)]struct{} = [unsafe.Offsetof(CacheOptions{}.EventCapacity)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.name_size)]struct{} = [unsafe.Offsetof(CacheOptions{}.NameSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.name)]struct{} = [unsafe.Offsetof(CacheOptions{}.Name)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.ttl_jitter)]struct{} = [unsafe.Offsetof(CacheOptions{}.TTLJitter)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.stale_ns)]struct{} = [unsafe.Offsetof(CacheOptions{}.StaleNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.stale_if_error_ns)]struct{} = [unsafe.Offsetof(CacheOptions{}.StaleIfErrorNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.early_beta)]struct{} = [unsafe.Offsetof(CacheOptions{}.EarlyBeta)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.hot_keys)]struct{} = [unsafe.Offsetof(CacheOptions{}.HotKeys)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.load_costs)]struct{} = [unsafe.Offsetof(CacheOptions{}.LoadCosts)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_options{}.aim)]struct{} = [unsafe.Offsetof(CacheOptions{}.Aim)]struct{}{}

// CacheStats is brisk_cache_stats, member by member. Figures of a cache. Counts run from its
// creation; a count may lag by the calls in flight on other threads. The parts of held_bytes add up
// to it.
type CacheStats struct {
	// Set by NewCacheStats.
	StructSize uint32
	// Always zero.
	Reserved uint32
	// Entries now, those among them that are kept beyond their lifetime, or say that there is no
	// value.
	Entries uint64
	// Lookups that found a live entry; one that needs a larger buffer counts when it comes again.
	Hits uint64
	// Lookups that did not.
	Misses uint64
	// hits / (hits + misses), 0 before the first lookup.
	HitRatio float64
	// Values stored.
	Puts uint64
	// Values not stored because nothing could be evicted.
	Refusals uint64
	// Loads that completed.
	Loads uint64
	// Loads that failed or were abandoned.
	LoadFailures uint64
	// Time spent in completed and failed loads, in nanoseconds.
	LoadNs uint64
	// Entries evicted to make room.
	EvictedCapacity uint64
	// Entries that expired.
	EvictedExpired uint64
	// Entries erased or cleared by callers.
	EvictedErased uint64
	// Entries replaced by newer values.
	EvictedReplaced uint64
	// Bytes of entries evicted to make room.
	EvictedCapacityBytes uint64
	// Bytes of entries that expired.
	EvictedExpiredBytes uint64
	// Bytes of entries erased or cleared by callers.
	EvictedErasedBytes uint64
	// Bytes of entries replaced by newer values.
	EvictedReplacedBytes uint64
	// Events lost because the queue was full.
	EventsDropped uint64
	// The bound on held_bytes.
	CapacityBytes uint64
	// Bytes held now, from the allocator's point of view.
	HeldBytes uint64
	// The most bytes that were held at one time.
	PeakBytes uint64
	// Part of held_bytes: live entries with their nodes.
	EntryBytes uint64
	// Part of held_bytes: the hash index.
	IndexBytes uint64
	// Part of held_bytes: ghost lists, and what the default policy samples.
	PolicyBytes uint64
	// Part of held_bytes: compression contexts, dictionaries, and samples while one is trained.
	CodecBytes uint64
	// Part of held_bytes: memory taken and not in use by an entry.
	SlackBytes uint64
	// Part of held_bytes: the cache object, its counters, its event queue and its hot keys.
	OtherBytes uint64
	// Part of held_bytes: values that left the cache or were unpacked, and that callers still pin.
	PinnedBytes uint64
	// Part of held_bytes: values whose last pin is gone and that the next write frees.
	ReclaimBytes uint64
	// Bytes of all live values as callers see them.
	RawBytes uint64
	// Bytes of all live values as they are stored; raw_bytes / stored_bytes is the compression
	// ratio.
	StoredBytes uint64
	// Live entries whose value is compressed.
	CompressedEntries uint64
	// Misses that were given a value whose lifetime is over, because a load makes a new one.
	StaleHits uint64
	// Callers that were given the value from before because their load failed.
	StaleErrors uint64
	// Misses that loaded nothing, because the key was known to have no value.
	AbsentHits uint64
	// The costs of all values that were found, once for each hit.
	SavedCost float64
}

// NewCacheStats returns a zero CacheStats that knows its size.
func NewCacheStats() CacheStats {
	return CacheStats{StructSize: uint32(unsafe.Sizeof(CacheStats{}))}
}

var _ [C.sizeof_brisk_cache_stats]struct{} = [unsafe.Sizeof(CacheStats{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.struct_size)]struct{} = [unsafe.Offsetof(CacheStats{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.reserved)]struct{} = [unsafe.Offsetof(CacheStats{}.Reserved)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.entries)]struct{} = [unsafe.Offsetof(CacheStats{}.Entries)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.hits)]struct{} = [unsafe.Offsetof(CacheStats{}.Hits)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.misses)]struct{} = [unsafe.Offsetof(CacheStats{}.Misses)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.hit_ratio)]struct{} = [unsafe.Offsetof(CacheStats{}.HitRatio)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.puts)]struct{} = [unsafe.Offsetof(CacheStats{}.Puts)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.refusals)]struct{} = [unsafe.Offsetof(CacheStats{}.Refusals)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.loads)]struct{} = [unsafe.Offsetof(CacheStats{}.Loads)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.load_failures)]struct{} = [unsafe.Offsetof(CacheStats{}.LoadFailures)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.load_ns)]struct{} = [unsafe.Offsetof(CacheStats{}.LoadNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_capacity)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedCapacity)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_expired)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedExpired)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_erased)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedErased)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_replaced)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedReplaced)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_capacity_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedCapacityBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_expired_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedExpiredBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_erased_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedErasedBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.evicted_replaced_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.EvictedReplacedBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.events_dropped)]struct{} = [unsafe.Offsetof(CacheStats{}.EventsDropped)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.capacity_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.CapacityBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.held_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.HeldBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.peak_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.PeakBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.entry_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.EntryBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.index_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.IndexBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.policy_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.PolicyBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.codec_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.CodecBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.slack_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.SlackBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.other_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.OtherBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.pinned_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.PinnedBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.reclaim_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.ReclaimBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.raw_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.RawBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.stored_bytes)]struct{} = [unsafe.Offsetof(CacheStats{}.StoredBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.compressed_entries)]struct{} = [unsafe.Offsetof(CacheStats{}.CompressedEntries)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.stale_hits)]struct{} = [unsafe.Offsetof(CacheStats{}.StaleHits)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.stale_errors)]struct{} = [unsafe.Offsetof(CacheStats{}.StaleErrors)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.absent_hits)]struct{} = [unsafe.Offsetof(CacheStats{}.AbsentHits)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_cache_stats{}.saved_cost)]struct{} = [unsafe.Offsetof(CacheStats{}.SavedCost)]struct{}{}

// CacheNew is brisk_cache_new. Creates a cache. The caller owns one reference.
//
//   - runtime: The runtime to live in; NULL for the default one.
//   - options: Settings; NULL for the defaults.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_EXISTS, BRISK_OUT_OF_MEMORY. Any thread.
func CacheNew(runtime *Runtime, options *CacheOptions, cache **Cache, err **Error) Status {
	var optionsPins pins
	defer optionsPins.Unpin()
	if options != nil {
		optionsPins.Pin(options.Name)
	}
	return Status(C.brisk_cache_new(
		runtime,
		(*C.brisk_cache_options)(unsafe.Pointer(options)),
		cache,
		err,
	))
}

// CacheFind is brisk_cache_find. Finds a live cache by its name. The caller owns one more reference
// to it.
//
//   - runtime: The runtime to look in; NULL for the default one.
//   - name: The name that the cache was created with.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func CacheFind(runtime *Runtime, name []byte, cache **Cache, err **Error) Status {
	return Status(C.capi_cache_find(
		runtime,
		(*C.uint8_t)(unsafe.SliceData(name)),
		C.size_t(len(name)),
		(*C.uintptr_t)(unsafe.Pointer(cache)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheClose is brisk_cache_close. Drops every entry, gives the name free, and answers waiting
// loads with BRISK_CLOSED. Idempotent; later calls on the cache return BRISK_CLOSED. Pinned values
// stay valid.
//
// Fails with BRISK_INVALID. Any thread. Walks over all entries.
func CacheClose(cache *Cache, err **Error) Status {
	return Status(C.brisk_cache_close(cache, err))
}

// CachePut is brisk_cache_put. Copies value under key, in place of an older one. Key and value
// together may take half of the capacity, in bytes, at most. On BRISK_REFUSED and
// BRISK_OUT_OF_MEMORY the key has no value afterwards, so that an older version never comes back.
//
//   - key: The key, at most 65535 bytes; may be empty.
//   - value: The value, at most 2147483647 bytes; may be empty.
//   - ttlNs: Lifetime in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never expires.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread.
func CachePut(cache *Cache, key []byte, value []byte, ttlNs uint64, err **Error) Status {
	return Status(C.capi_cache_put(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		(*C.uint8_t)(unsafe.SliceData(value)),
		C.size_t(len(value)),
		C.uint64_t(ttlNs),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CachePutCost is brisk_cache_put_cost. Does brisk_cache_put for a value that carries its cost, in
// 16 bytes more. Every hit adds the cost to saved_cost of brisk_cache_stats.
//
//   - key: The key, at most 65535 bytes; may be empty.
//   - value: The value, at most 2147483647 bytes; may be empty.
//   - ttlNs: Lifetime in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never expires.
//   - cost: What it costs to make the value, in any unit that is the same for all values of the
//     cache, nanoseconds for example; finite and not negative, 0 for none.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread.
func CachePutCost(
	cache *Cache,
	key []byte,
	value []byte,
	ttlNs uint64,
	cost float64,
	err **Error,
) Status {
	return Status(C.capi_cache_put_cost(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		(*C.uint8_t)(unsafe.SliceData(value)),
		C.size_t(len(value)),
		C.uint64_t(ttlNs),
		C.double(cost),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CachePutMany is brisk_cache_put_many. Does brisk_cache_put for each entry in turn and stops at
// the first that is not stored. The sizes must add up to the sizes of keys and values; they are all
// checked first, and nothing is stored when one is wrong.
//
//   - count: The number of entries.
//   - keys: All keys, one after the other.
//   - keySizes: The size of each key, in bytes.
//   - values: All values, one after the other.
//   - valueSizes: The size of each value, in bytes.
//   - ttlNs: Lifetime of all in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never
//     expires.
//   - stored: Receives how many entries were stored.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread.
func CachePutMany(
	cache *Cache,
	count uint64,
	keys []byte,
	keySizes []uint32,
	values []byte,
	valueSizes []uint32,
	ttlNs uint64,
	stored *uint64,
	err **Error,
) Status {
	return Status(C.capi_cache_put_many(
		cache,
		C.size_t(count),
		(*C.uint8_t)(unsafe.SliceData(keys)),
		C.size_t(len(keys)),
		(*C.uint32_t)(unsafe.SliceData(keySizes)),
		(*C.uint8_t)(unsafe.SliceData(values)),
		C.size_t(len(values)),
		(*C.uint32_t)(unsafe.SliceData(valueSizes)),
		C.uint64_t(ttlNs),
		(*C.size_t)(stored),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheGet is brisk_cache_get. Pins the value of key, without a copy when it is stored raw. A
// compressed value is unpacked into memory that counts towards the bound; BRISK_REFUSED says that
// there is no room for that.
//
//   - value: Receives the pinned value on BRISK_OK, otherwise NULL.
//
// Outcomes: BRISK_MISS, BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread.
func CacheGet(cache *Cache, key []byte, value **Value, err **Error) Status {
	return Status(C.capi_cache_get(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		(*C.uintptr_t)(unsafe.Pointer(value)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheGetMany is brisk_cache_get_many. Pins the values of many keys in one call, at a lower cost a
// key. A value that brisk_cache_get would refuse counts as not found. On failure every element is
// NULL.
//
//   - count: The number of keys.
//   - keys: All keys, one after the other.
//   - keySizes: The size of each key, in bytes.
//   - values: Receives a pinned value for each key, NULL where there is none.
//   - found: Receives how many were found.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
func CacheGetMany(
	cache *Cache,
	count uint64,
	keys []byte,
	keySizes []uint32,
	values []*Value,
	found *uint64,
	err **Error,
) Status {
	return Status(C.capi_cache_get_many(
		cache,
		C.size_t(count),
		(*C.uint8_t)(unsafe.SliceData(keys)),
		C.size_t(len(keys)),
		(*C.uint32_t)(unsafe.SliceData(keySizes)),
		(*C.uintptr_t)(unsafe.Pointer(unsafe.SliceData(values))),
		(*C.size_t)(found),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheRead is brisk_cache_read. Copies the value of key into buffer. Takes no lock and allocates
// nothing when the value is stored raw and small.
//
//   - buffer: Where the value is copied; may be NULL when its capacity is 0.
//   - size: Receives the size of the value in bytes, 0 on a miss.
//
// Outcomes: BRISK_MISS, BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED,
// BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
func CacheRead(cache *Cache, key []byte, buffer []byte, size *uint64, err **Error) Status {
	return Status(C.capi_cache_read(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		(*C.uint8_t)(unsafe.SliceData(buffer)),
		C.size_t(len(buffer)),
		(*C.size_t)(size),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheReadMany is brisk_cache_read_many. Copies the values of many keys in one call, at a lower
// cost a key. Stops at the first value that does not fit: BRISK_SHORT_BUFFER, with the size of that
// value in its element of value_sizes; go on from there.
//
//   - count: The number of keys.
//   - keys: All keys, one after the other.
//   - keySizes: The size of each key, in bytes.
//   - buffer: Where the values are copied, one after the other.
//   - valueSizes: Receives the size of each value in bytes, UINT32_MAX where there is none.
//   - done: Receives how many keys were answered.
//
// Outcomes: BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread.
func CacheReadMany(
	cache *Cache,
	count uint64,
	keys []byte,
	keySizes []uint32,
	buffer []byte,
	valueSizes []uint32,
	done *uint64,
	err **Error,
) Status {
	return Status(C.capi_cache_read_many(
		cache,
		C.size_t(count),
		(*C.uint8_t)(unsafe.SliceData(keys)),
		C.size_t(len(keys)),
		(*C.uint32_t)(unsafe.SliceData(keySizes)),
		(*C.uint8_t)(unsafe.SliceData(buffer)),
		C.size_t(len(buffer)),
		(*C.uint32_t)(unsafe.SliceData(valueSizes)),
		(*C.size_t)(done),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheContains is brisk_cache_contains. Tells whether key has a live value: BRISK_OK or
// BRISK_MISS. Does not count as a use.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE. Any thread.
func CacheContains(cache *Cache, key []byte, err **Error) Status {
	return Status(C.capi_cache_contains(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheTouch is brisk_cache_touch. Starts the lifetime of an entry anew. Counts as a use.
//
//   - ttlNs: New lifetime from now in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER
//     never expires.
//
// Outcomes: BRISK_MISS, BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread.
func CacheTouch(cache *Cache, key []byte, ttlNs uint64, err **Error) Status {
	return Status(C.capi_cache_touch(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		C.uint64_t(ttlNs),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheErase is brisk_cache_erase. Removes the entry of key. A load of key that is in flight
// reaches its waiters and is not stored.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE. Any thread.
func CacheErase(cache *Cache, key []byte, err **Error) Status {
	return Status(C.capi_cache_erase(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheEraseMatching is brisk_cache_erase_matching. Removes every entry whose key matches, for
// example user:123:*, and that was in the cache when the call began. Costs a walk over all keys;
// other writers go on in between.
//
//   - pattern: A glob over the whole key: ? is any byte, * any bytes, [a-z] and [!a-z] a set, a
//     backslash takes the next byte as it is.
//   - erased: Receives how many entries were removed.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread. Walks over all entries.
func CacheEraseMatching(cache *Cache, pattern []byte, erased *uint64, err **Error) Status {
	return Status(C.capi_cache_erase_matching(
		cache,
		(*C.uint8_t)(unsafe.SliceData(pattern)),
		C.size_t(len(pattern)),
		(*C.uint64_t)(erased),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheClear is brisk_cache_clear. Removes every entry that was in the cache when the call began.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread. Walks over all entries.
func CacheClear(cache *Cache, err **Error) Status {
	return Status(C.brisk_cache_clear(cache, err))
}

// CacheKeys is brisk_cache_keys. Begins a walk over the keys, in no order. A key that is in the
// cache for the whole walk is returned exactly once; one that comes or goes meanwhile at most once.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func CacheKeys(cache *Cache, cursor **Cursor, err **Error) Status {
	return Status(C.brisk_cache_keys(cache, cursor, err))
}

// CursorNext is brisk_cursor_next. Copies the next key into buffer. After BRISK_SHORT_BUFFER the
// same key comes again.
//
//   - buffer: Where the key is copied.
//   - size: Receives the size of the key in bytes.
//
// Outcomes: BRISK_END, BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED,
// BRISK_OUT_OF_MEMORY. One thread at a time.
func CursorNext(cursor *Cursor, buffer []byte, size *uint64, err **Error) Status {
	return Status(C.capi_cursor_next(
		cursor,
		(*C.uint8_t)(unsafe.SliceData(buffer)),
		C.size_t(len(buffer)),
		(*C.size_t)(size),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CursorLookups is brisk_cursor_lookups. Returns how often the key that brisk_cursor_next gave last
// was asked for, as far as that is known; 0 for a cursor of another kind.
//
//   - cursor: A cursor of brisk_cache_hot_keys; NULL reads as 0.
//
// One thread at a time.
func CursorLookups(cursor *Cursor) uint64 {
	return uint64(C.brisk_cursor_lookups(cursor))
}

// CacheHotKeys is brisk_cache_hot_keys. Begins a walk over the keys that are asked for most,
// whether they are in the cache or not, the hottest first and as they are now. Every lookup counts
// that brisk_cache_read_stats counts: exactly for the first 4095 of a thread, then by sampling.
// Counts are halved every six hours, so that keys which nobody asks for any more make way.
//
//   - count: How many keys at most.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func CacheHotKeys(cache *Cache, count uint64, cursor **Cursor, err **Error) Status {
	return Status(C.brisk_cache_hot_keys(cache, C.size_t(count), cursor, err))
}

// CacheSaveHot is brisk_cache_save_hot. Writes the hot keys with their counts to a file that only
// its owner may read, in place of an older one and as a whole. A file that cannot be written is
// BRISK_INVALID.
//
//   - path: The file.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread. Walks over all entries.
func CacheSaveHot(cache *Cache, path []byte, err **Error) Status {
	return Status(C.capi_cache_save_hot(
		cache,
		(*C.uint8_t)(unsafe.SliceData(path)),
		C.size_t(len(path)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheRestoreHot is brisk_cache_restore_hot. Adds the hot keys of a file that brisk_cache_save_hot
// wrote, in an earlier process for example, to those of the cache; the hottest stay where not all
// have room. BRISK_MISS says that there is no such file. One that cannot be read, or is damaged, is
// BRISK_INVALID, and nothing is added.
//
//   - path: The file.
//   - restored: Receives how many keys the file has, 0 when there is none.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
// Walks over all entries.
func CacheRestoreHot(cache *Cache, path []byte, restored *uint64, err **Error) Status {
	return Status(C.capi_cache_restore_hot(
		cache,
		(*C.uint8_t)(unsafe.SliceData(path)),
		C.size_t(len(path)),
		(*C.uint64_t)(restored),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheNextEvent is brisk_cache_next_event. Takes the oldest event off the queue that
// event_capacity switches on: an entry that left the cache. After BRISK_SHORT_BUFFER the same event
// comes again.
//
//   - buffer: Where the key is copied.
//   - size: Receives the size of the key in bytes.
//   - cause: Receives why the entry left.
//
// Outcomes: BRISK_END, BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func CacheNextEvent(cache *Cache, buffer []byte, size *uint64, cause *Cause, err **Error) Status {
	return Status(C.capi_cache_next_event(
		cache,
		(*C.uint8_t)(unsafe.SliceData(buffer)),
		C.size_t(len(buffer)),
		(*C.size_t)(size),
		(*C.brisk_cause)(cause),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheReadStats is brisk_cache_read_stats. Reads the figures of a cache.
//
//   - stats: Receives the figures.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func CacheReadStats(cache *Cache, stats *CacheStats, err **Error) Status {
	return Status(C.brisk_cache_read_stats(
		cache,
		(*C.brisk_cache_stats)(unsafe.Pointer(stats)),
		err,
	))
}

// ValueData is brisk_value_data. Returns the bytes of a pinned value. They live as long as the
// value; NULL only for a NULL value.
//
//   - value: A value; NULL reads as empty.
//   - size: Receives the number of bytes; may be NULL.
//
// Any thread.
func ValueData(value *Value, size *uint64) unsafe.Pointer {
	return unsafe.Pointer(C.brisk_value_data(value, (*C.size_t)(size)))
}

// CacheRef is brisk_cache_ref. Adds a reference to cache and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func CacheRef(cache *Cache) *Cache {
	return C.brisk_cache_ref(cache)
}

// CacheUnref is brisk_cache_unref. Drops a reference to cache. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func CacheUnref(cache *Cache) {
	C.brisk_cache_unref(cache)
}

// ValueRef is brisk_value_ref. Adds a reference to value and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func ValueRef(value *Value) *Value {
	return C.brisk_value_ref(value)
}

// ValueUnref is brisk_value_unref. Drops a reference to value. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func ValueUnref(value *Value) {
	C.brisk_value_unref(value)
}

// CursorUnref is brisk_cursor_unref. Releases cursor. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func CursorUnref(cursor *Cursor) {
	C.brisk_cursor_unref(cursor)
}

// InternNone is BRISK_INTERN_NONE. The id of no string.
const InternNone uint32 = 1<<32 - 1

// Intern is brisk_intern. A set of byte strings, each with an id and an address of its own. May be
// used from any thread.
type Intern = C.brisk_intern

// InternOptions is brisk_intern_options, member by member. Settings of an interner. A zero field
// selects the documented default.
type InternOptions struct {
	// Set by NewInternOptions.
	StructSize uint32
	// Must be zero.
	Reserved uint32
	// Bound on all bytes held: strings, table, slack; at least 65536; default 64 MiB. Strings take
	// 16 GiB at most.
	CapacityBytes uint64
}

// NewInternOptions returns a zero InternOptions that knows its size.
func NewInternOptions() InternOptions {
	return InternOptions{StructSize: uint32(unsafe.Sizeof(InternOptions{}))}
}

var _ [C.sizeof_brisk_intern_options]struct{} = [unsafe.Sizeof(InternOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_options{}.struct_size)]struct{} = [unsafe.Offsetof(InternOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_options{}.reserved)]struct{} = [unsafe.Offsetof(InternOptions{}.Reserved)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_options{}.capacity_bytes)]struct{} = [unsafe.Offsetof(InternOptions{}.CapacityBytes)]struct{}{}

// InternStats is brisk_intern_stats, member by member. Figures of an interner. A count may lag by
// the calls in flight on other threads.
type InternStats struct {
	// Set by NewInternStats.
	StructSize uint32
	// Always zero.
	Reserved uint32
	// Strings that have an id.
	Strings uint64
	// Their bytes, as callers see them.
	StringBytes uint64
	// Lookups, of put and of find, that found their string.
	Hits uint64
	// Strings that were refused for want of room.
	Refusals uint64
	// The bound on held_bytes.
	CapacityBytes uint64
	// Bytes held now; they count towards the budget of the runtime.
	HeldBytes uint64
}

// NewInternStats returns a zero InternStats that knows its size.
func NewInternStats() InternStats {
	return InternStats{StructSize: uint32(unsafe.Sizeof(InternStats{}))}
}

var _ [C.sizeof_brisk_intern_stats]struct{} = [unsafe.Sizeof(InternStats{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.struct_size)]struct{} = [unsafe.Offsetof(InternStats{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.reserved)]struct{} = [unsafe.Offsetof(InternStats{}.Reserved)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.strings)]struct{} = [unsafe.Offsetof(InternStats{}.Strings)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.string_bytes)]struct{} = [unsafe.Offsetof(InternStats{}.StringBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.hits)]struct{} = [unsafe.Offsetof(InternStats{}.Hits)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.refusals)]struct{} = [unsafe.Offsetof(InternStats{}.Refusals)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.capacity_bytes)]struct{} = [unsafe.Offsetof(InternStats{}.CapacityBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_intern_stats{}.held_bytes)]struct{} = [unsafe.Offsetof(InternStats{}.HeldBytes)]struct{}{}

// InternNew is brisk_intern_new. Creates an interner. The caller owns one reference. It outlives
// the close of its runtime, so that addresses stay valid.
//
//   - runtime: The runtime whose budget is charged; NULL for the default one.
//   - options: Settings; NULL for the defaults.
//   - intern: Receives the interner.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func InternNew(runtime *Runtime, options *InternOptions, intern **Intern, err **Error) Status {
	return Status(C.brisk_intern_new(
		runtime,
		(*C.brisk_intern_options)(unsafe.Pointer(options)),
		intern,
		err,
	))
}

// InternPut is brisk_intern_put. Gives the id of a string, which is copied and given the next id
// when it is new. BRISK_REFUSED says that the interner, or the budget of its runtime, has no room
// for it; strings that are there are still found.
//
//   - intern: The interner.
//   - string: The string, at most 2147483647 bytes; may be empty.
//   - id: Receives the id, BRISK_INTERN_NONE where there is none.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any
// thread.
func InternPut(intern *Intern, string []byte, id *uint32, err **Error) Status {
	return Status(C.capi_intern_put(
		intern,
		(*C.uint8_t)(unsafe.SliceData(string)),
		C.size_t(len(string)),
		(*C.uint32_t)(id),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// InternPutMany is brisk_intern_put_many. Does brisk_intern_put for each string in turn, at a lower
// cost each, and stops at the first that is refused. The sizes must add up to the size of strings;
// they are all checked first, and nothing is interned when one is wrong.
//
//   - intern: The interner.
//   - count: The number of strings.
//   - strings: All strings, one after the other.
//   - sizes: The size of each string, in bytes.
//   - ids: Receives the id of each string, BRISK_INTERN_NONE from the first that is refused on.
//   - done: Receives how many strings have an id.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any
// thread.
func InternPutMany(
	intern *Intern,
	count uint64,
	strings []byte,
	sizes []uint32,
	ids []uint32,
	done *uint64,
	err **Error,
) Status {
	return Status(C.capi_intern_put_many(
		intern,
		C.size_t(count),
		(*C.uint8_t)(unsafe.SliceData(strings)),
		C.size_t(len(strings)),
		(*C.uint32_t)(unsafe.SliceData(sizes)),
		(*C.uint32_t)(unsafe.SliceData(ids)),
		(*C.size_t)(done),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// InternFind is brisk_intern_find. Gives the id of a string that is there, and adds none. Takes no
// lock and allocates nothing.
//
//   - intern: The interner.
//   - id: Receives the id, BRISK_INTERN_NONE on a miss.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID. Any thread.
func InternFind(intern *Intern, string []byte, id *uint32, err **Error) Status {
	return Status(C.capi_intern_find(
		intern,
		(*C.uint8_t)(unsafe.SliceData(string)),
		C.size_t(len(string)),
		(*C.uint32_t)(id),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// InternFindMany is brisk_intern_find_many. Does brisk_intern_find for each string, at a lower cost
// each. The sizes must add up to the size of strings.
//
//   - intern: The interner.
//   - count: The number of strings.
//   - strings: All strings, one after the other.
//   - sizes: The size of each string, in bytes.
//   - ids: Receives the id of each string, BRISK_INTERN_NONE where it is not there.
//   - found: Receives how many are there.
//
// Fails with BRISK_INVALID. Any thread.
func InternFindMany(
	intern *Intern,
	count uint64,
	strings []byte,
	sizes []uint32,
	ids []uint32,
	found *uint64,
	err **Error,
) Status {
	return Status(C.capi_intern_find_many(
		intern,
		C.size_t(count),
		(*C.uint8_t)(unsafe.SliceData(strings)),
		C.size_t(len(strings)),
		(*C.uint32_t)(unsafe.SliceData(sizes)),
		(*C.uint32_t)(unsafe.SliceData(ids)),
		(*C.size_t)(found),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// InternAt is brisk_intern_at. Returns the one address of the string that has this id, NULL when
// none has. A zero byte that does not count follows the string. Equal strings have equal addresses.
// They live as long as the interner.
//
//   - intern: The interner; NULL reads as an empty one.
//   - id: An id.
//   - size: Receives the number of bytes; may be NULL.
//
// Any thread.
func InternAt(intern *Intern, id uint32, size *uint64) unsafe.Pointer {
	return unsafe.Pointer(C.brisk_intern_at(intern, C.uint32_t(id), (*C.size_t)(size)))
}

// InternReadStats is brisk_intern_read_stats. Reads the figures of an interner.
//
//   - intern: The interner.
//   - stats: Receives the figures.
//
// Fails with BRISK_INVALID. Any thread.
func InternReadStats(intern *Intern, stats *InternStats, err **Error) Status {
	return Status(C.brisk_intern_read_stats(
		intern,
		(*C.brisk_intern_stats)(unsafe.Pointer(stats)),
		err,
	))
}

// InternRef is brisk_intern_ref. Adds a reference to intern and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func InternRef(intern *Intern) *Intern {
	return C.brisk_intern_ref(intern)
}

// InternUnref is brisk_intern_unref. Drops a reference to intern. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func InternUnref(intern *Intern) {
	C.brisk_intern_unref(intern)
}

// Modules is brisk_modules. A set of modules. May be used from any thread.
type Modules = C.brisk_modules

// ModuleReport is brisk_module_report. What a set of modules was at one moment. Immutable; may be
// read from any thread.
type ModuleReport = C.brisk_module_report

// ModuleFn is brisk_module_fn, a pointer to a function of C. Loads a module of the host, outside
// every lock, on the thread that needs it first or on one of those that load many. May load other
// modules. A negative result is a failure, whose reason it may leave in message. An exception that
// leaves it is a failure as well.
type ModuleFn = C.brisk_module_fn

// ModuleState is brisk_module_state. How far a module is.
type ModuleState int32

// The values of ModuleState.
const (
	// Known, and not used yet.
	ModuleStateUnloaded ModuleState = 0
	// Some thread loads it.
	ModuleStateLoading ModuleState = 1
	// Ready, for as long as the process lives.
	ModuleStateLoaded ModuleState = 2
	// Its load failed, or its manifest; the reason is kept until it is tried again.
	ModuleStateFailed ModuleState = 3
)

// String returns the name of the value, or its number where it has none here.
func (value ModuleState) String() string {
	switch value {
	case ModuleStateUnloaded:
		return "unloaded"
	case ModuleStateLoading:
		return "loading"
	case ModuleStateLoaded:
		return "loaded"
	case ModuleStateFailed:
		return "failed"
	}
	return "ModuleState(" + strconv.Itoa(int(value)) + ")"
}

// ModuleStep is brisk_module_step. What a callback is asked to do.
type ModuleStep int32

// The values of ModuleStep.
const (
	// Load the module.
	ModuleStepLoad ModuleStep = 0
	// Do what makes the first use fast. Runs after the load, only where it was asked for.
	ModuleStepWarmUp ModuleStep = 1
)

// String returns the name of the value, or its number where it has none here.
func (value ModuleStep) String() string {
	switch value {
	case ModuleStepLoad:
		return "load"
	case ModuleStepWarmUp:
		return "warm_up"
	}
	return "ModuleStep(" + strconv.Itoa(int(value)) + ")"
}

// ModuleText is brisk_module_text. What a report tells about a module in words.
type ModuleText int32

// The values of ModuleText.
const (
	// Its name.
	ModuleTextName ModuleText = 0
	// What it offers: kinds of drivers, or "library" or "host".
	ModuleTextKinds ModuleText = 1
	// The schemes of addresses that it serves.
	ModuleTextSchemes ModuleText = 2
	// Its version.
	ModuleTextVersion ModuleText = 3
	// The modules that it needs, separated by spaces.
	ModuleTextDependencies ModuleText = 4
	// The modules that need it, separated by spaces.
	ModuleTextDependents ModuleText = 5
	// The path of its manifest; empty for one given by a callback.
	ModuleTextSource ModuleText = 6
	// The path of the library that was opened.
	ModuleTextLibrary ModuleText = 7
	// Why it failed.
	ModuleTextReason ModuleText = 8
	// The latest messages of its driver, a line each.
	ModuleTextLog ModuleText = 9
)

// String returns the name of the value, or its number where it has none here.
func (value ModuleText) String() string {
	switch value {
	case ModuleTextName:
		return "name"
	case ModuleTextKinds:
		return "kinds"
	case ModuleTextSchemes:
		return "schemes"
	case ModuleTextVersion:
		return "version"
	case ModuleTextDependencies:
		return "dependencies"
	case ModuleTextDependents:
		return "dependents"
	case ModuleTextSource:
		return "source"
	case ModuleTextLibrary:
		return "library"
	case ModuleTextReason:
		return "reason"
	case ModuleTextLog:
		return "log"
	}
	return "ModuleText(" + strconv.Itoa(int(value)) + ")"
}

// ReportFormat is brisk_report_format. How a report is written.
type ReportFormat int32

// The values of ReportFormat.
const (
	// A table to read, slowest module first.
	ReportFormatText ReportFormat = 0
	// One object, with all that is known.
	ReportFormatJson ReportFormat = 1
)

// String returns the name of the value, or its number where it has none here.
func (value ReportFormat) String() string {
	switch value {
	case ReportFormatText:
		return "text"
	case ReportFormatJson:
		return "json"
	}
	return "ReportFormat(" + strconv.Itoa(int(value)) + ")"
}

// ModulesOptions is brisk_modules_options, member by member. Settings of a set of modules. A zero
// field selects the documented default.
type ModulesOptions struct {
	// Set by NewModulesOptions.
	StructSize uint32
	// 1 loads each module as soon as it and all that it needs are known, so that what is broken
	// shows at once; default 0, which "BRISK_EAGER=1" in the environment turns into 1.
	Eager uint32
	// How long a call that names no timeout waits for a load in another thread, in nanoseconds;
	// default 30 seconds.
	LoadTimeoutNs uint64
}

// NewModulesOptions returns a zero ModulesOptions that knows its size.
func NewModulesOptions() ModulesOptions {
	return ModulesOptions{StructSize: uint32(unsafe.Sizeof(ModulesOptions{}))}
}

var _ [C.sizeof_brisk_modules_options]struct{} = [unsafe.Sizeof(ModulesOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_modules_options{}.struct_size)]struct{} = [unsafe.Offsetof(ModulesOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_modules_options{}.eager)]struct{} = [unsafe.Offsetof(ModulesOptions{}.Eager)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_modules_options{}.load_timeout_ns)]struct{} = [unsafe.Offsetof(ModulesOptions{}.LoadTimeoutNs)]struct{}{}

// ModuleOptions is brisk_module_options, member by member. A module that is given by a callback. A
// zero field selects the documented default.
type ModuleOptions struct {
	// Set by NewModuleOptions.
	StructSize uint32
	// Size of name in bytes; there is no default.
	NameSize uint32
	// The name: letters, digits and any of "_-.", at most 255 bytes; there is no default.
	Name unsafe.Pointer
	// The version, for the report; default none.
	Version unsafe.Pointer
	// Names of the modules that are loaded first, separated by spaces or commas; default none.
	Dependencies unsafe.Pointer
	// Size of version in bytes; default 0.
	VersionSize uint32
	// Size of dependencies in bytes; default 0.
	DependenciesSize uint32
	// 1 calls back a second time, with BRISK_MODULE_STEP_WARM_UP; default 0.
	WarmUp uint32
	// Must be zero.
	Reserved uint32
}

// NewModuleOptions returns a zero ModuleOptions that knows its size.
func NewModuleOptions() ModuleOptions {
	return ModuleOptions{StructSize: uint32(unsafe.Sizeof(ModuleOptions{}))}
}

var _ [C.sizeof_brisk_module_options]struct{} = [unsafe.Sizeof(ModuleOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.struct_size)]struct{} = [unsafe.Offsetof(ModuleOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.name_size)]struct{} = [unsafe.Offsetof(ModuleOptions{}.NameSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.name)]struct{} = [unsafe.Offsetof(ModuleOptions{}.Name)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.version)]struct{} = [unsafe.Offsetof(ModuleOptions{}.Version)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.dependencies)]struct{} = [unsafe.Offsetof(ModuleOptions{}.Dependencies)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.version_size)]struct{} = [unsafe.Offsetof(ModuleOptions{}.VersionSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.dependencies_size)]struct{} = [unsafe.Offsetof(ModuleOptions{}.DependenciesSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.warm_up)]struct{} = [unsafe.Offsetof(ModuleOptions{}.WarmUp)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_options{}.reserved)]struct{} = [unsafe.Offsetof(ModuleOptions{}.Reserved)]struct{}{}

// ModuleFigures is brisk_module_figures, member by member. Figures of a module at the moment of its
// report.
type ModuleFigures struct {
	// Set by NewModuleFigures.
	StructSize uint32
	// How far it is.
	State ModuleState
	// How long the load took in nanoseconds, without what it waited for; so far, where it goes on.
	LoadNs uint64
	// How long the warm-up took in nanoseconds.
	WarmUpNs uint64
	// Bytes of memory that the process gained meanwhile; loads at the same time count in each
	// other's.
	GainedBytes uint64
	// The system's number of the thread that loaded it; 0 before.
	Thread uint64
	// How often it was loaded, successfully or not.
	Attempts uint32
	// How many modules need it directly.
	Dependents uint32
}

// NewModuleFigures returns a zero ModuleFigures that knows its size.
func NewModuleFigures() ModuleFigures {
	return ModuleFigures{StructSize: uint32(unsafe.Sizeof(ModuleFigures{}))}
}

var _ [C.sizeof_brisk_module_figures]struct{} = [unsafe.Sizeof(ModuleFigures{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.struct_size)]struct{} = [unsafe.Offsetof(ModuleFigures{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.state)]struct{} = [unsafe.Offsetof(ModuleFigures{}.State)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.load_ns)]struct{} = [unsafe.Offsetof(ModuleFigures{}.LoadNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.warm_up_ns)]struct{} = [unsafe.Offsetof(ModuleFigures{}.WarmUpNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.gained_bytes)]struct{} = [unsafe.Offsetof(ModuleFigures{}.GainedBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.thread)]struct{} = [unsafe.Offsetof(ModuleFigures{}.Thread)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.attempts)]struct{} = [unsafe.Offsetof(ModuleFigures{}.Attempts)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_module_figures{}.dependents)]struct{} = [unsafe.Offsetof(ModuleFigures{}.Dependents)]struct{}{}

// ModulesNew is brisk_modules_new. Creates a set without modules. Touches no file. The caller owns
// one reference.
//
//   - runtime: The runtime to live in; NULL for the default one.
//   - options: Settings; NULL for the defaults.
//   - modules: Receives the set.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func ModulesNew(runtime *Runtime, options *ModulesOptions, modules **Modules, err **Error) Status {
	return Status(C.brisk_modules_new(
		runtime,
		(*C.brisk_modules_options)(unsafe.Pointer(options)),
		modules,
		err,
	))
}

// ModulesClose is brisk_modules_close. Ends waiting, and loading in the background after the module
// in hand. Idempotent; later calls return BRISK_CLOSED. What was loaded stays.
//
//   - modules: The set.
//
// Fails with BRISK_INVALID. Any thread.
func ModulesClose(modules *Modules, err **Error) Status {
	return Status(C.brisk_modules_close(modules, err))
}

// ModulesScan is brisk_modules_scan. Reads every manifest (NAME.module) of a folder and opens no
// library. A manifest that is wrong, too large, or open to be written by everyone becomes a module
// that has failed, with that reason; a name that is taken stays with the first. A folder that
// cannot be read, or that everyone may write to, is BRISK_INVALID. BRISK_LOAD_FAILED is for eager
// sets, whose modules are loaded here.
//
//   - modules: The set.
//   - folder: The folder. Empty scans the search path: each folder of "BRISK_MODULE_PATH" in the
//     environment, "brisk/modules" in the user's data folder, and the one of the installation; what
//     does not exist is passed over.
//   - found: Receives how many modules are new.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any thread. Walks
// over all entries.
func ModulesScan(modules *Modules, folder []byte, found *uint64, err **Error) Status {
	return Status(C.capi_modules_scan(
		modules,
		(*C.uint8_t)(unsafe.SliceData(folder)),
		C.size_t(len(folder)),
		(*C.uint64_t)(found),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// ModulesAdd is brisk_modules_add. Adds a module that a callback loads. Modules that it depends on
// may be added later. BRISK_LOAD_FAILED is for eager sets, whose modules are loaded here.
//
//   - modules: The set.
//   - options: The module.
//   - load: Loads it; its user data is destroyed with the set.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_EXISTS, BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any
// thread. Calls back outside every lock.
func ModulesAdd(
	modules *Modules,
	options *ModuleOptions,
	load ModuleFn,
	user unsafe.Pointer,
	destroy DestroyFn,
	err **Error,
) Status {
	var optionsPins pins
	defer optionsPins.Unpin()
	if options != nil {
		optionsPins.Pin(options.Name)
		optionsPins.Pin(options.Version)
		optionsPins.Pin(options.Dependencies)
	}
	return Status(C.brisk_modules_add(
		modules,
		(*C.brisk_module_options)(unsafe.Pointer(options)),
		load,
		user,
		destroy,
		err,
	))
}

// ModulesLoad is brisk_modules_load. Loads a module that is not loaded yet, after all that it
// depends on, on this thread. A loader that runs is not interrupted. A failure is that of the first
// time, until brisk_modules_retry; a circle of dependencies, or of loads that wait for each other,
// is BRISK_DEADLOCK and names it.
//
//   - modules: The set.
//   - name: The name of a module.
//   - timeoutNs: How long to wait for loads in other threads, in nanoseconds; 0 inherits
//     load_timeout_ns.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
// BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
func ModulesLoad(modules *Modules, name []byte, timeoutNs uint64, err **Error) Status {
	return Status(C.capi_modules_load(
		modules,
		(*C.uint8_t)(unsafe.SliceData(name)),
		C.size_t(len(name)),
		C.uint64_t(timeoutNs),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// ModulesLoadAll is brisk_modules_load_all. Loads every module, in parallel where dependencies
// allow. A failure comes after all have been tried and names each module that failed, and why. A
// call from the load of a module would wait for itself and is BRISK_DEADLOCK.
//
//   - modules: The set.
//   - threads: The most threads to load on; 0 for 4. More than one are used only while loads take
//     long.
//   - timeoutNs: How long to wait in nanoseconds; 0 inherits load_timeout_ns. Loads go on after
//     it.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
// BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
func ModulesLoadAll(modules *Modules, threads uint32, timeoutNs uint64, err **Error) Status {
	return Status(C.brisk_modules_load_all(
		modules,
		C.uint32_t(threads),
		C.uint64_t(timeoutNs),
		err,
	))
}

// ModulesPreload is brisk_modules_preload. Loads what is not loaded yet in idle time, and returns
// at once: one module at a time on one thread of its own, never while a caller loads one, with
// pauses as long as the loads. Failures are kept for who uses the module.
//
//   - modules: The set.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func ModulesPreload(modules *Modules, err **Error) Status {
	return Status(C.brisk_modules_preload(modules, err))
}

// ModulesRetry is brisk_modules_retry. Forgets the failure of a module and of those that it depends
// on, reading their manifests anew; the next use tries again. BRISK_MISS when there is no such
// module.
//
//   - modules: The set.
//   - name: The name of a module.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func ModulesRetry(modules *Modules, name []byte, err **Error) Status {
	return Status(C.capi_modules_retry(
		modules,
		(*C.uint8_t)(unsafe.SliceData(name)),
		C.size_t(len(name)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// ModulesState is brisk_modules_state. Tells how far a module is, and loads nothing. BRISK_MISS
// when there is no such module.
//
//   - modules: The set.
//   - name: The name of a module.
//   - state: Receives how far it is.
//
// Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func ModulesState(modules *Modules, name []byte, state *ModuleState, err **Error) Status {
	return Status(C.capi_modules_state(
		modules,
		(*C.uint8_t)(unsafe.SliceData(name)),
		C.size_t(len(name)),
		(*C.brisk_module_state)(state),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// ModulesSymbol is brisk_modules_symbol. Loads a native module and gives the address of a symbol,
// which is good for as long as the process lives: keep it, and a call costs what any call through a
// pointer does. A module without a library, or without this symbol, answers BRISK_INVALID.
//
//   - modules: The set.
//   - name: The name of a native module.
//   - symbol: The name of a function or variable.
//   - timeoutNs: How long to wait for loads in other threads, in nanoseconds; 0 inherits
//     load_timeout_ns.
//   - address: Receives its address, to be cast to its type.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
// BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
func ModulesSymbol(
	modules *Modules,
	name []byte,
	symbol string,
	timeoutNs uint64,
	address *uint64,
	err **Error,
) Status {
	symbolText := C.CString(symbol)
	defer C.free(unsafe.Pointer(symbolText))
	return Status(C.capi_modules_symbol(
		modules,
		(*C.uint8_t)(unsafe.SliceData(name)),
		C.size_t(len(name)),
		symbolText,
		C.uint64_t(timeoutNs),
		(*C.uint64_t)(address),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// ModulesReport is brisk_modules_report. Describes every module as it is now, and loads nothing.
//
//   - modules: The set.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread. Walks over all entries.
func ModulesReport(modules *Modules, report **ModuleReport, err **Error) Status {
	return Status(C.brisk_modules_report(modules, report, err))
}

// ModuleReportCount is brisk_module_report_count. Returns how many modules a report has.
//
//   - report: A report; NULL has no modules.
//
// Any thread.
func ModuleReportCount(report *ModuleReport) uint64 {
	return uint64(C.brisk_module_report_count(report))
}

// ModuleReportRead is brisk_module_report_read. Reads the figures of a module.
//
//   - report: A report.
//   - index: Which module, from 0, in the order in which they were found.
//
// Fails with BRISK_INVALID. Any thread.
func ModuleReportRead(
	report *ModuleReport,
	index uint64,
	figures *ModuleFigures,
	err **Error,
) Status {
	return Status(C.brisk_module_report_read(
		report,
		C.size_t(index),
		(*C.brisk_module_figures)(unsafe.Pointer(figures)),
		err,
	))
}

// ModuleReportText is brisk_module_report_text. Returns a text about a module, empty where there is
// none. The text lives as long as the report.
//
//   - report: A report; NULL has no modules.
//   - index: Which module, from 0.
//   - part: What to tell.
//
// Any thread.
func ModuleReportText(report *ModuleReport, index uint64, part ModuleText) string {
	return C.GoString(C.brisk_module_report_text(
		report,
		C.size_t(index),
		C.brisk_module_text(part),
	))
}

// ModuleReportFormat is brisk_module_report_format. Returns the whole report as one text, which
// lives as long as the report.
//
//   - report: A report; NULL reads as the empty text.
//   - format: How to write it.
//
// Any thread.
func ModuleReportFormat(report *ModuleReport, format ReportFormat) string {
	return C.GoString(C.brisk_module_report_format(report, C.brisk_report_format(format)))
}

// ModulesRef is brisk_modules_ref. Adds a reference to modules and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func ModulesRef(modules *Modules) *Modules {
	return C.brisk_modules_ref(modules)
}

// ModulesUnref is brisk_modules_unref. Drops a reference to modules. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func ModulesUnref(modules *Modules) {
	C.brisk_modules_unref(modules)
}

// ModuleReportRef is brisk_module_report_ref. Adds a reference to module_report and returns it,
// NULL for NULL.
//
// Any thread. Never fails, never blocks.
func ModuleReportRef(moduleReport *ModuleReport) *ModuleReport {
	return C.brisk_module_report_ref(moduleReport)
}

// ModuleReportUnref is brisk_module_report_unref. Drops a reference to module_report. NULL is
// ignored.
//
// Any thread. Never fails, never blocks.
func ModuleReportUnref(moduleReport *ModuleReport) {
	C.brisk_module_report_unref(moduleReport)
}

// Workers is brisk_workers. A pool of threads. May be used from any thread. When the last reference
// goes, tasks that have not begun are never started.
type Workers = C.brisk_workers

// Task is brisk_task. One task. May be used from any thread.
type Task = C.brisk_task

// Batch is brisk_batch. Many calls of one function, and the outcome of each. May be used from any
// thread.
type Batch = C.brisk_batch

// Token is brisk_token. A cancellation: set once, seen by every task that was given it. May be used
// from any thread.
type Token = C.brisk_token

// Completions is brisk_completions. A queue of tasks that ended, for event loops: a file descriptor
// that polls as readable, and their tags. May be used from any thread.
type Completions = C.brisk_completions

// Limiter is brisk_limiter. A bound on how often something is done: a bucket that holds tokens up
// to its burst and fills at its rate (Turner, New Directions in Communications, IEEE Communications
// Magazine 24, 1986). May be used from any thread.
type Limiter = C.brisk_limiter

// TaskFn is brisk_task_fn, a pointer to a function of C. The work of a task. Runs on a thread of
// the pool, outside every lock. BRISK_OK is success; a negative status is a failure, whose reason
// brisk_task_fail gives. It may look at brisk_task_is_cancelled from time to time. An exception
// that leaves it is a failure.
type TaskFn = C.brisk_task_fn

// ItemFn is brisk_item_fn, a pointer to a function of C. One call of a batch or a race. Runs on a
// thread of the pool, outside every lock, for many items at once. BRISK_OK is success; a negative
// status is a failure, whose reason brisk_batch_fail gives. It may look at brisk_batch_is_cancelled
// from time to time. An exception that leaves it is a failure.
type ItemFn = C.brisk_item_fn

// RangeFn is brisk_range_fn, a pointer to a function of C. The items of a batch or a race from
// first to last, one after the other. Runs on a thread of the pool, outside every lock, for many
// ranges at once. Before each item it stores the item's index, by which others know how far it is
// (with release order, as __atomic_store_n does). BRISK_OK says that all of them succeeded. A
// negative status, or an exception that leaves it, is the failure of the item that was stored last:
// those after it come in another call. brisk_batch_fail gives the reason. How long a range is
// follows from how long the items take; in a race it is one. Whether the batch is over is looked at
// between two.
type RangeFn = C.brisk_range_fn

// TaskPriority is brisk_task_priority. Which tasks are taken first. Within one priority the oldest
// is.
type TaskPriority int32

// The values of TaskPriority.
const (
	// After those of high priority.
	TaskPriorityNormal TaskPriority = 0
	// First.
	TaskPriorityHigh TaskPriority = 1
	// When nothing else is queued.
	TaskPriorityLow TaskPriority = 2
)

// String returns the name of the value, or its number where it has none here.
func (value TaskPriority) String() string {
	switch value {
	case TaskPriorityNormal:
		return "normal"
	case TaskPriorityHigh:
		return "high"
	case TaskPriorityLow:
		return "low"
	}
	return "TaskPriority(" + strconv.Itoa(int(value)) + ")"
}

// TaskState is brisk_task_state. How far a task is, or how it ended.
type TaskState int32

// The values of TaskState.
const (
	// It waits for a thread, or for memory.
	TaskStateQueued TaskState = 0
	// A thread runs it.
	TaskStateRunning TaskState = 1
	// It succeeded.
	TaskStateDone TaskState = 2
	// It failed.
	TaskStateFailed TaskState = 3
	// Its deadline passed while it ran; it is not interrupted, and what it gives is dropped.
	TaskStateTimedOut TaskState = 4
	// It was cancelled before it began, or failed after it was.
	TaskStateCancelled TaskState = 5
	// Its deadline passed, or the pool was closed, before it began.
	TaskStateNeverStarted TaskState = 6
)

// String returns the name of the value, or its number where it has none here.
func (value TaskState) String() string {
	switch value {
	case TaskStateQueued:
		return "queued"
	case TaskStateRunning:
		return "running"
	case TaskStateDone:
		return "done"
	case TaskStateFailed:
		return "failed"
	case TaskStateTimedOut:
		return "timed_out"
	case TaskStateCancelled:
		return "cancelled"
	case TaskStateNeverStarted:
		return "never_started"
	}
	return "TaskState(" + strconv.Itoa(int(value)) + ")"
}

// WorkersOptions is brisk_workers_options, member by member. Settings of a pool. A zero field
// selects the documented default.
type WorkersOptions struct {
	// Set by NewWorkersOptions.
	StructSize uint32
	// Threads at most, 1 to 1024; default one for each processor that this process may use.
	Threads uint32
	// Tasks that may wait for a thread at a time; default 65536, at most 16777216.
	QueueTasks uint64
	// Bytes that tasks which wait may have declared together; default no bound but the budget.
	QueueBytes uint64
	// Bytes of name; default none. At most 12.
	NameSize uint32
	// Must be zero.
	Reserved uint32
	// The name of the threads, as a debugger shows it; copied; default brisk.
	Name unsafe.Pointer
}

// NewWorkersOptions returns a zero WorkersOptions that knows its size.
func NewWorkersOptions() WorkersOptions {
	return WorkersOptions{StructSize: uint32(unsafe.Sizeof(WorkersOptions{}))}
}

var _ [C.sizeof_brisk_workers_options]struct{} = [unsafe.Sizeof(WorkersOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.struct_size)]struct{} = [unsafe.Offsetof(WorkersOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.threads)]struct{} = [unsafe.Offsetof(WorkersOptions{}.Threads)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.queue_tasks)]struct{} = [unsafe.Offsetof(WorkersOptions{}.QueueTasks)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.queue_bytes)]struct{} = [unsafe.Offsetof(WorkersOptions{}.QueueBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.name_size)]struct{} = [unsafe.Offsetof(WorkersOptions{}.NameSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.reserved)]struct{} = [unsafe.Offsetof(WorkersOptions{}.Reserved)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_options{}.name)]struct{} = [unsafe.Offsetof(WorkersOptions{}.Name)]struct{}{}

// TaskOptions is brisk_task_options, member by member. Settings of a task. A zero field selects the
// documented default.
type TaskOptions struct {
	// Set by NewTaskOptions.
	StructSize uint32
	// When it is taken; default BRISK_TASK_PRIORITY_NORMAL.
	Priority TaskPriority
	// Time from now in which it must end, in nanoseconds; default BRISK_FOREVER.
	DeadlineNs uint64
	// Memory that the task will take, in bytes: it starts when the budget of the runtime has them,
	// which are given back when it ends; default none.
	Bytes uint64
	// Given back by brisk_completions_next; default 0.
	Tag uint64
	// Bytes of name; default none. At most 255.
	NameSize uint32
	// Must be zero.
	Reserved uint32
	// A name for reports; copied; default none.
	Name unsafe.Pointer
}

// NewTaskOptions returns a zero TaskOptions that knows its size.
func NewTaskOptions() TaskOptions {
	return TaskOptions{StructSize: uint32(unsafe.Sizeof(TaskOptions{}))}
}

var _ [C.sizeof_brisk_task_options]struct{} = [unsafe.Sizeof(TaskOptions{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.struct_size)]struct{} = [unsafe.Offsetof(TaskOptions{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.priority)]struct{} = [unsafe.Offsetof(TaskOptions{}.Priority)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.deadline_ns)]struct{} = [unsafe.Offsetof(TaskOptions{}.DeadlineNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.bytes)]struct{} = [unsafe.Offsetof(TaskOptions{}.Bytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.tag)]struct{} = [unsafe.Offsetof(TaskOptions{}.Tag)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.name_size)]struct{} = [unsafe.Offsetof(TaskOptions{}.NameSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.reserved)]struct{} = [unsafe.Offsetof(TaskOptions{}.Reserved)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_task_options{}.name)]struct{} = [unsafe.Offsetof(TaskOptions{}.Name)]struct{}{}

// WorkersStats is brisk_workers_stats, member by member. Figures of a pool. Counts run from its
// creation. Durations are to an eighth.
type WorkersStats struct {
	// Set by NewWorkersStats.
	StructSize uint32
	// Threads that were started.
	Threads uint32
	// Tasks that wait for a thread or for memory.
	Queued uint64
	// What these declared, in bytes.
	QueuedBytes uint64
	// Tasks that run.
	Running uint64
	// Tasks, and items of batches, that succeeded.
	Done uint64
	// Those that failed.
	Failed uint64
	// Those whose deadline passed while they ran.
	TimedOut uint64
	// Those that were cancelled.
	Cancelled uint64
	// Those whose deadline passed before they began.
	NeverStarted uint64
	// Tasks that found the queue full.
	Refused uint64
	// Half of the tasks waited for less, in nanoseconds.
	WaitP50Ns uint64
	// 99 of 100 tasks waited for less, in nanoseconds.
	WaitP99Ns uint64
	// The longest wait, in nanoseconds.
	WaitMaxNs uint64
	// Half of the tasks ran for less, in nanoseconds.
	RunP50Ns uint64
	// 99 of 100 tasks ran for less, in nanoseconds.
	RunP99Ns uint64
	// The longest run, in nanoseconds.
	RunMaxNs uint64
}

// NewWorkersStats returns a zero WorkersStats that knows its size.
func NewWorkersStats() WorkersStats {
	return WorkersStats{StructSize: uint32(unsafe.Sizeof(WorkersStats{}))}
}

var _ [C.sizeof_brisk_workers_stats]struct{} = [unsafe.Sizeof(WorkersStats{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.struct_size)]struct{} = [unsafe.Offsetof(WorkersStats{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.threads)]struct{} = [unsafe.Offsetof(WorkersStats{}.Threads)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.queued)]struct{} = [unsafe.Offsetof(WorkersStats{}.Queued)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.queued_bytes)]struct{} = [unsafe.Offsetof(WorkersStats{}.QueuedBytes)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.running)]struct{} = [unsafe.Offsetof(WorkersStats{}.Running)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.done)]struct{} = [unsafe.Offsetof(WorkersStats{}.Done)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.failed)]struct{} = [unsafe.Offsetof(WorkersStats{}.Failed)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.timed_out)]struct{} = [unsafe.Offsetof(WorkersStats{}.TimedOut)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.cancelled)]struct{} = [unsafe.Offsetof(WorkersStats{}.Cancelled)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.never_started)]struct{} = [unsafe.Offsetof(WorkersStats{}.NeverStarted)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.refused)]struct{} = [unsafe.Offsetof(WorkersStats{}.Refused)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.wait_p50_ns)]struct{} = [unsafe.Offsetof(WorkersStats{}.WaitP50Ns)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.wait_p99_ns)]struct{} = [unsafe.Offsetof(WorkersStats{}.WaitP99Ns)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.wait_max_ns)]struct{} = [unsafe.Offsetof(WorkersStats{}.WaitMaxNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.run_p50_ns)]struct{} = [unsafe.Offsetof(WorkersStats{}.RunP50Ns)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.run_p99_ns)]struct{} = [unsafe.Offsetof(WorkersStats{}.RunP99Ns)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_workers_stats{}.run_max_ns)]struct{} = [unsafe.Offsetof(WorkersStats{}.RunMaxNs)]struct{}{}

// LimiterStats is brisk_limiter_stats, member by member. Figures of a limiter. Counts run from its
// creation.
type LimiterStats struct {
	// Set by NewLimiterStats.
	StructSize uint32
	// Always zero.
	Reserved uint32
	// Acquisitions that succeeded.
	Acquired uint64
	// Acquisitions that did not come in time.
	Refused uint64
	// Time spent waiting for tokens by those that succeeded, in nanoseconds.
	WaitedNs uint64
	// Tokens that could be taken now; negative when some are taken in advance.
	Available float64
}

// NewLimiterStats returns a zero LimiterStats that knows its size.
func NewLimiterStats() LimiterStats {
	return LimiterStats{StructSize: uint32(unsafe.Sizeof(LimiterStats{}))}
}

var _ [C.sizeof_brisk_limiter_stats]struct{} = [unsafe.Sizeof(LimiterStats{})]struct{}{}
var _ [unsafe.Offsetof(C.brisk_limiter_stats{}.struct_size)]struct{} = [unsafe.Offsetof(LimiterStats{}.StructSize)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_limiter_stats{}.reserved)]struct{} = [unsafe.Offsetof(LimiterStats{}.Reserved)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_limiter_stats{}.acquired)]struct{} = [unsafe.Offsetof(LimiterStats{}.Acquired)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_limiter_stats{}.refused)]struct{} = [unsafe.Offsetof(LimiterStats{}.Refused)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_limiter_stats{}.waited_ns)]struct{} = [unsafe.Offsetof(LimiterStats{}.WaitedNs)]struct{}{}
var _ [unsafe.Offsetof(C.brisk_limiter_stats{}.available)]struct{} = [unsafe.Offsetof(LimiterStats{}.Available)]struct{}{}

// WorkersNew is brisk_workers_new. Creates a pool. No thread is started yet. The caller owns one
// reference.
//
//   - runtime: The runtime whose budget counts; NULL for the default one.
//   - options: Settings; NULL for the defaults.
//   - workers: Receives the pool.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func WorkersNew(runtime *Runtime, options *WorkersOptions, workers **Workers, err **Error) Status {
	var optionsPins pins
	defer optionsPins.Unpin()
	if options != nil {
		optionsPins.Pin(options.Name)
	}
	return Status(C.brisk_workers_new(
		runtime,
		(*C.brisk_workers_options)(unsafe.Pointer(options)),
		workers,
		err,
	))
}

// WorkersClose is brisk_workers_close. Ends the pool: tasks that have not begun are never started,
// those that run are cancelled and waited for. BRISK_TIMEOUT says that some still run; the pool
// ends with them. Idempotent; later submissions return BRISK_CLOSED. A task that closes its own
// pool gets BRISK_DEADLOCK.
//
//   - workers: The pool.
//   - timeoutNs: How long to wait for tasks that run, in nanoseconds; 0 is 30 seconds.
//   - stragglers: Where the tasks that still run are named, each on a line with how long it has
//     run: import of events.h5 (1250 ms). Whole lines only.
//   - size: Receives the bytes of all these lines, 0 when none runs.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_DEADLOCK. Any thread. Blocks up to its
// timeout.
func WorkersClose(
	workers *Workers,
	timeoutNs uint64,
	stragglers []byte,
	size *uint64,
	err **Error,
) Status {
	return Status(C.capi_workers_close(
		workers,
		C.uint64_t(timeoutNs),
		(*C.uint8_t)(unsafe.SliceData(stragglers)),
		C.size_t(len(stragglers)),
		(*C.size_t)(size),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// WorkersSubmit is brisk_workers_submit. Queues a task. Its user data is released before its end is
// told. BRISK_REFUSED says that the queue had no room in time. A task whose bytes are beyond the
// budget is BRISK_TOO_LARGE.
//
//   - workers: The pool.
//   - options: Settings; NULL for the defaults.
//   - run: The work.
//   - timeoutNs: How long to wait for room in a full queue, in nanoseconds; 0 is not at all.
//   - token: What cancels the task; NULL for nothing but brisk_task_cancel.
//   - completions: Where its end is told as well; NULL for nowhere.
//   - task: Receives the task; may be NULL for one that nobody waits for.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout. Calls back outside every lock.
func WorkersSubmit(
	workers *Workers,
	options *TaskOptions,
	run TaskFn,
	user unsafe.Pointer,
	destroy DestroyFn,
	timeoutNs uint64,
	token *Token,
	completions *Completions,
	task **Task,
	err **Error,
) Status {
	var optionsPins pins
	defer optionsPins.Unpin()
	if options != nil {
		optionsPins.Pin(options.Name)
	}
	return Status(C.brisk_workers_submit(
		workers,
		(*C.brisk_task_options)(unsafe.Pointer(options)),
		run,
		user,
		destroy,
		C.uint64_t(timeoutNs),
		token,
		completions,
		task,
		err,
	))
}

// TaskWait is brisk_task_wait. Waits for the end of a task. Inside a task of the same pool it runs
// other tasks meanwhile, one of which may make it longer than its timeout. A task that waits for
// itself, directly or through the tasks it runs meanwhile, gets BRISK_DEADLOCK.
//
//   - timeoutNs: How long to wait in nanoseconds; 0 is 30 seconds.
//   - state: Receives how it ended, or how far it is.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_DEADLOCK. Any thread. Blocks up to its
// timeout.
func TaskWait(task *Task, timeoutNs uint64, state *TaskState, err **Error) Status {
	return Status(C.brisk_task_wait(task, C.uint64_t(timeoutNs), (*C.brisk_task_state)(state), err))
}

// TaskPoll is brisk_task_poll. Returns how far a task is.
//
//   - task: The task; NULL reads as never started.
//
// Any thread.
func TaskPoll(task *Task) TaskState {
	return TaskState(C.brisk_task_poll(task))
}

// TaskCancel is brisk_task_cancel. Cancels a task: one that has not begun ends now, one that runs
// sees it when it looks. Idempotent.
//
// Fails with BRISK_INVALID. Any thread.
func TaskCancel(task *Task, err **Error) Status {
	return Status(C.brisk_task_cancel(task, err))
}

// TaskIsCancelled is brisk_task_is_cancelled. Returns 1 when a task was cancelled, by itself, by
// its token or by the end of its pool, or its deadline has passed; otherwise 0.
//
//   - task: The task; NULL reads as not cancelled.
//
// Any thread.
func TaskIsCancelled(task *Task) uint32 {
	return uint32(C.brisk_task_is_cancelled(task))
}

// TaskSucceed is brisk_task_succeed. Keeps the result of a task, called by the task itself. At most
// 2147483647 bytes.
//
//   - task: The task that runs.
//   - result: What it gives; copied.
//
// Fails with BRISK_INVALID, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
func TaskSucceed(task *Task, result []byte, err **Error) Status {
	return Status(C.capi_task_succeed(
		task,
		(*C.uint8_t)(unsafe.SliceData(result)),
		C.size_t(len(result)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// TaskFail is brisk_task_fail. Keeps the reason of a failure, called by the task itself before it
// returns a negative status.
//
//   - task: The task that runs.
//   - message: Why it fails, as text; copied.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func TaskFail(task *Task, message []byte, err **Error) Status {
	return Status(C.capi_task_fail(
		task,
		(*C.uint8_t)(unsafe.SliceData(message)),
		C.size_t(len(message)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// TaskRead is brisk_task_read. Copies the result of a task that succeeded. One that failed gives
// its own status and reason, any other end BRISK_INVALID.
//
//   - task: A task that ended.
//   - buffer: Where the result is copied.
//   - size: Receives the size of the result in bytes.
//
// Outcomes: BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
// BRISK_OUT_OF_MEMORY. Any thread.
func TaskRead(task *Task, buffer []byte, size *uint64, err **Error) Status {
	return Status(C.capi_task_read(
		task,
		(*C.uint8_t)(unsafe.SliceData(buffer)),
		C.size_t(len(buffer)),
		(*C.size_t)(size),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// WorkersBatch is brisk_workers_batch. Begins to call a function for each index below count, on as
// many threads as there are. Its user data is released when the last call has returned, which is
// before the end is told unless the deadline passed. BRISK_REFUSED says that the queue has no room.
//
//   - workers: The pool.
//   - count: How many items, at most 16777216.
//   - timeoutNs: Time from now in which all must end, in nanoseconds; 0 is BRISK_FOREVER.
//   - race: 1 when the first success ends it and cancels the others; otherwise 0.
//   - run: The work of an item.
//   - token: What cancels the batch; NULL for nothing.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread. Calls back outside every lock.
func WorkersBatch(
	workers *Workers,
	count uint64,
	timeoutNs uint64,
	race uint32,
	run ItemFn,
	user unsafe.Pointer,
	destroy DestroyFn,
	token *Token,
	batch **Batch,
	err **Error,
) Status {
	return Status(C.brisk_workers_batch(
		workers,
		C.size_t(count),
		C.uint64_t(timeoutNs),
		C.uint32_t(race),
		run,
		user,
		destroy,
		token,
		batch,
		err,
	))
}

// WorkersBatchRanges is brisk_workers_batch_ranges. The same as brisk_workers_batch for a function
// that loops over items by itself: a call across libraries or languages is paid once for many. Its
// user data is released when the last call has returned. BRISK_REFUSED says that the queue has no
// room.
//
//   - workers: The pool.
//   - count: How many items, at most 16777216.
//   - timeoutNs: Time from now in which all must end, in nanoseconds; 0 is BRISK_FOREVER.
//   - race: 1 when the first success ends it and cancels the others; otherwise 0.
//   - run: The work of some items.
//   - token: What cancels the batch; NULL for nothing.
//
// Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
// BRISK_OUT_OF_MEMORY. Any thread. Calls back outside every lock.
func WorkersBatchRanges(
	workers *Workers,
	count uint64,
	timeoutNs uint64,
	race uint32,
	run RangeFn,
	user unsafe.Pointer,
	destroy DestroyFn,
	token *Token,
	batch **Batch,
	err **Error,
) Status {
	return Status(C.brisk_workers_batch_ranges(
		workers,
		C.size_t(count),
		C.uint64_t(timeoutNs),
		C.uint32_t(race),
		run,
		user,
		destroy,
		token,
		batch,
		err,
	))
}

// BatchWait is brisk_batch_wait. Waits for the end of a batch, which is that of its last item, of
// its deadline, or in a race the first success. Inside a task of the same pool it runs items of the
// batch and other tasks meanwhile.
//
//   - timeoutNs: How long to wait in nanoseconds; 0 is 30 seconds.
//   - winner: Receives the index of the first success, or BRISK_FOREVER when there is none.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_DEADLOCK. Any thread. Blocks up to its
// timeout.
func BatchWait(batch *Batch, timeoutNs uint64, winner *uint64, err **Error) Status {
	return Status(C.brisk_batch_wait(batch, C.uint64_t(timeoutNs), (*C.uint64_t)(winner), err))
}

// BatchStates is brisk_batch_states. Reads how each item of a batch ended, or how far it is. Room
// for fewer items gets the first ones.
//
//   - count: How many items there is room for.
//   - states: Receives the state of each item, a brisk_task_state.
//
// Fails with BRISK_INVALID. Any thread.
func BatchStates(batch *Batch, count uint64, states []int32, err **Error) Status {
	return Status(C.brisk_batch_states(
		batch,
		C.size_t(count),
		(*C.int32_t)(unsafe.SliceData(states)),
		err,
	))
}

// BatchCheck is brisk_batch_check. Succeeds unless this item failed, and then fails with the status
// and the reason that it gave.
//
//   - index: Which item, from 0.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any thread.
func BatchCheck(batch *Batch, index uint64, err **Error) Status {
	return Status(C.brisk_batch_check(batch, C.size_t(index), err))
}

// BatchCancel is brisk_batch_cancel. Cancels a batch: items that have not begun end now, those that
// run see it when they look. Idempotent.
//
// Fails with BRISK_INVALID. Any thread.
func BatchCancel(batch *Batch, err **Error) Status {
	return Status(C.brisk_batch_cancel(batch, err))
}

// BatchIsCancelled is brisk_batch_is_cancelled. Returns 1 when a batch was cancelled, a race is
// won, or the deadline has passed; otherwise 0.
//
//   - batch: The batch; NULL reads as not cancelled.
//
// Any thread.
func BatchIsCancelled(batch *Batch) uint32 {
	return uint32(C.brisk_batch_is_cancelled(batch))
}

// BatchFail is brisk_batch_fail. Keeps the reason of a failure, called by the item itself before it
// returns a negative status.
//
//   - index: The item that runs.
//   - message: Why it fails, as text; copied.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func BatchFail(batch *Batch, index uint64, message []byte, err **Error) Status {
	return Status(C.capi_batch_fail(
		batch,
		C.size_t(index),
		(*C.uint8_t)(unsafe.SliceData(message)),
		C.size_t(len(message)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// WorkersReadStats is brisk_workers_read_stats. Reads the figures of a pool.
//
//   - workers: The pool.
//   - stats: Receives the figures.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func WorkersReadStats(workers *Workers, stats *WorkersStats, err **Error) Status {
	return Status(C.brisk_workers_read_stats(
		workers,
		(*C.brisk_workers_stats)(unsafe.Pointer(stats)),
		err,
	))
}

// TokenNew is brisk_token_new. Creates a token. The caller owns one reference.
//
//   - parent: What cancels this one too; NULL for nothing.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func TokenNew(parent *Token, token **Token, err **Error) Status {
	return Status(C.brisk_token_new(parent, token, err))
}

// TokenCancel is brisk_token_cancel. Cancels everything that was given this token or one below it.
// Idempotent.
//
// Fails with BRISK_INVALID. Any thread.
func TokenCancel(token *Token, err **Error) Status {
	return Status(C.brisk_token_cancel(token, err))
}

// TokenIsCancelled is brisk_token_is_cancelled. Returns 1 when a token or one above it was
// cancelled, otherwise 0.
//
//   - token: The token; NULL reads as not cancelled.
//
// Any thread.
func TokenIsCancelled(token *Token) uint32 {
	return uint32(C.brisk_token_is_cancelled(token))
}

// CompletionsNew is brisk_completions_new. Creates a queue of ended tasks. The caller owns one
// reference.
//
//   - completions: Receives the queue.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func CompletionsNew(completions **Completions, err **Error) Status {
	return Status(C.brisk_completions_new(completions, err))
}

// CompletionsFd is brisk_completions_fd. Returns a file descriptor that polls as readable while the
// queue is not empty, borrowed from it; -1 when there is none.
//
//   - completions: The queue; NULL has none.
//
// Any thread.
func CompletionsFd(completions *Completions) int32 {
	return int32(C.brisk_completions_fd(completions))
}

// CompletionsNext is brisk_completions_next. Takes tags off the queue. Never blocks; BRISK_END says
// that there are none.
//
//   - completions: The queue.
//   - count: How many tags there is room for.
//   - tags: Receives the tags of tasks that ended, the first first.
//   - taken: Receives how many there are.
//
// Outcomes: BRISK_END. Fails with BRISK_INVALID. Any thread.
func CompletionsNext(
	completions *Completions,
	count uint64,
	tags []uint64,
	taken *uint64,
	err **Error,
) Status {
	return Status(C.brisk_completions_next(
		completions,
		C.size_t(count),
		(*C.uint64_t)(unsafe.SliceData(tags)),
		(*C.size_t)(taken),
		err,
	))
}

// LimiterNew is brisk_limiter_new. Creates a limiter. The caller owns one reference.
//
//   - rate: Tokens that come back in a second; more than 0.
//   - burst: Tokens that are there at most, and at the start; at least 1.
//
// Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
func LimiterNew(rate float64, burst float64, limiter **Limiter, err **Error) Status {
	return Status(C.brisk_limiter_new(C.double(rate), C.double(burst), limiter, err))
}

// LimiterAcquire is brisk_limiter_acquire. Takes tokens, waiting for them in turn. BRISK_TIMEOUT
// comes at once when they would not be there in time, and takes nothing.
//
//   - tokens: How many to take, more than 0, at most the burst.
//   - timeoutNs: How long to wait for them in nanoseconds; 0 is 30 seconds.
//
// Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID. Any thread. Blocks up to its timeout.
func LimiterAcquire(limiter *Limiter, tokens float64, timeoutNs uint64, err **Error) Status {
	return Status(C.brisk_limiter_acquire(limiter, C.double(tokens), C.uint64_t(timeoutNs), err))
}

// LimiterReadStats is brisk_limiter_read_stats. Reads the figures of a limiter.
//
//   - stats: Receives the figures.
//
// Fails with BRISK_INVALID. Any thread.
func LimiterReadStats(limiter *Limiter, stats *LimiterStats, err **Error) Status {
	return Status(C.brisk_limiter_read_stats(
		limiter,
		(*C.brisk_limiter_stats)(unsafe.Pointer(stats)),
		err,
	))
}

// WorkersRef is brisk_workers_ref. Adds a reference to workers and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func WorkersRef(workers *Workers) *Workers {
	return C.brisk_workers_ref(workers)
}

// WorkersUnref is brisk_workers_unref. Drops a reference to workers. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func WorkersUnref(workers *Workers) {
	C.brisk_workers_unref(workers)
}

// TaskRef is brisk_task_ref. Adds a reference to task and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func TaskRef(task *Task) *Task {
	return C.brisk_task_ref(task)
}

// TaskUnref is brisk_task_unref. Drops a reference to task. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func TaskUnref(task *Task) {
	C.brisk_task_unref(task)
}

// BatchRef is brisk_batch_ref. Adds a reference to batch and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func BatchRef(batch *Batch) *Batch {
	return C.brisk_batch_ref(batch)
}

// BatchUnref is brisk_batch_unref. Drops a reference to batch. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func BatchUnref(batch *Batch) {
	C.brisk_batch_unref(batch)
}

// TokenRef is brisk_token_ref. Adds a reference to token and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func TokenRef(token *Token) *Token {
	return C.brisk_token_ref(token)
}

// TokenUnref is brisk_token_unref. Drops a reference to token. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func TokenUnref(token *Token) {
	C.brisk_token_unref(token)
}

// CompletionsRef is brisk_completions_ref. Adds a reference to completions and returns it, NULL for
// NULL.
//
// Any thread. Never fails, never blocks.
func CompletionsRef(completions *Completions) *Completions {
	return C.brisk_completions_ref(completions)
}

// CompletionsUnref is brisk_completions_unref. Drops a reference to completions. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func CompletionsUnref(completions *Completions) {
	C.brisk_completions_unref(completions)
}

// LimiterRef is brisk_limiter_ref. Adds a reference to limiter and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func LimiterRef(limiter *Limiter) *Limiter {
	return C.brisk_limiter_ref(limiter)
}

// LimiterUnref is brisk_limiter_unref. Drops a reference to limiter. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func LimiterUnref(limiter *Limiter) {
	C.brisk_limiter_unref(limiter)
}

// Lease is brisk_lease. A part in the load of one key: the lead, or a place among those who wait.
// May be used from any thread. When the last reference to a lead goes and the load has not ended,
// it is abandoned.
type Lease = C.brisk_lease

// LoadFn is brisk_load_fn, a pointer to a function of C. Makes the value of a key and ends the
// lease with brisk_lease_complete or brisk_lease_fail. Runs on the calling thread, outside every
// lock. Its result counts only when the lease was not ended: a failure then becomes the failure of
// the load, anything else BRISK_LOAD_FAILED. A load that this one needs is begun with this lease as
// its parent. An exception that leaves it becomes a failure of the load.
type LoadFn = C.brisk_load_fn

// CacheBegin is brisk_cache_begin. Looks key up, and where it is missing joins its load. Never
// blocks. BRISK_OK gives the value, BRISK_LEAD the lead of a new load, BRISK_WAIT a place among
// those who wait for the load in flight. Within stale_ns of the end of its lifetime a value comes
// with the lead, and in place of a wait; with early_beta also before.
//
//   - parent: The lead under which this load is needed, so that a circle of loads is found; NULL
//     for none.
//   - value: Receives the pinned value on BRISK_OK, and on BRISK_LEAD one that may be used until
//     the load ends; otherwise NULL.
//   - lease: Receives the lease on BRISK_LEAD and BRISK_WAIT, otherwise NULL.
//
// Outcomes: BRISK_LEAD, BRISK_WAIT, BRISK_REFUSED, BRISK_ABSENT. Fails with BRISK_INVALID,
// BRISK_CLOSED, BRISK_TOO_LARGE, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread.
func CacheBegin(
	cache *Cache,
	key []byte,
	parent *Lease,
	value **Value,
	lease **Lease,
	err **Error,
) Status {
	return Status(C.capi_cache_begin(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		parent,
		(*C.uintptr_t)(unsafe.Pointer(value)),
		(*C.uintptr_t)(unsafe.Pointer(lease)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// LeaseComplete is brisk_lease_complete. Ends the load with a value: every waiter gets it. It is
// stored unless the cache has no room, or the key was written or erased since the load began;
// waiters get it all the same. A lease that does not lead, or a load that has ended, answers
// BRISK_INVALID.
//
//   - lease: The lead.
//   - value: The value; copied.
//   - ttlNs: Lifetime in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never expires.
//   - pinned: Receives the value, pinned; may be NULL.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
func LeaseComplete(lease *Lease, value []byte, ttlNs uint64, pinned **Value, err **Error) Status {
	return Status(C.capi_lease_complete(
		lease,
		(*C.uint8_t)(unsafe.SliceData(value)),
		C.size_t(len(value)),
		C.uint64_t(ttlNs),
		(*C.uintptr_t)(unsafe.Pointer(pinned)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// LeaseSetCost is brisk_lease_set_cost. Gives the cost that the value will carry, in place of the
// time that the load takes; before brisk_lease_complete. A cache with early_beta takes it for
// nanoseconds.
//
//   - lease: The lead.
//   - cost: What it costs to make the value, in any unit that is the same for all values of the
//     cache; finite and not negative, 0 for none.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func LeaseSetCost(lease *Lease, cost float64, err **Error) Status {
	return Status(C.brisk_lease_set_cost(lease, C.double(cost), err))
}

// LeaseCompleteAbsent is brisk_lease_complete_absent. Ends the load with the knowledge that the key
// has no value: every waiter gets BRISK_ABSENT, and so does everybody who asks for a load while it
// is known. Reads miss the key. An older value that was kept goes.
//
//   - lease: The lead.
//   - ttlNs: For how long this is known, in nanoseconds; 0 inherits the lifetime of the cache,
//     BRISK_FOREVER until the key is written or erased.
//
// Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func LeaseCompleteAbsent(lease *Lease, ttlNs uint64, err **Error) Status {
	return Status(C.brisk_lease_complete_absent(lease, C.uint64_t(ttlNs), err))
}

// LeaseFail is brisk_lease_fail. Ends the load with a failure: every waiter gets BRISK_LOAD_FAILED
// with this message. Nothing is stored; the next caller begins a new load. BRISK_STALE says that
// every waiter gets the value from before instead, and so does this lease from brisk_lease_wait.
//
//   - lease: The lead.
//   - message: Why, as text; copied.
//
// Outcomes: BRISK_STALE. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
func LeaseFail(lease *Lease, message []byte, err **Error) Status {
	return Status(C.capi_lease_fail(
		lease,
		(*C.uint8_t)(unsafe.SliceData(message)),
		C.size_t(len(message)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// LeaseAbandon is brisk_lease_abandon. Gives the lead to one of the waiters; without waiters the
// load ends.
//
//   - lease: The lead.
//
// Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
func LeaseAbandon(lease *Lease, err **Error) Status {
	return Status(C.brisk_lease_abandon(lease, err))
}

// LeaseWait is brisk_lease_wait. Waits for the load to end. BRISK_LEAD says that the leader
// abandoned it and that this lease leads now. May be called again after BRISK_TIMEOUT. A lease that
// leads answers BRISK_INVALID until its load has ended.
//
//   - lease: A lease that waits.
//   - timeoutNs: How long to wait in nanoseconds; 0 inherits load_timeout_ns of the cache, less
//     than 1000 does not wait.
//   - value: Receives the pinned value on BRISK_OK, otherwise NULL.
//
// Outcomes: BRISK_TIMEOUT, BRISK_LEAD, BRISK_ABSENT. Fails with BRISK_INVALID, BRISK_CLOSED,
// BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
func LeaseWait(lease *Lease, timeoutNs uint64, value **Value, err **Error) Status {
	return Status(C.brisk_lease_wait(lease, C.uint64_t(timeoutNs), value, err))
}

// CacheGetOrLoad is brisk_cache_get_or_load. Gives the value of key, loading it when it is missing:
// one caller runs load, for as long as that takes, the others wait for its value or its error up to
// their timeout.
//
//   - parent: The lead under which this load is needed; NULL for none.
//   - load: Makes the value when this caller leads; its user data is destroyed before the call
//     returns.
//   - timeoutNs: How long to wait for a load that another caller leads, in nanoseconds; 0
//     inherits load_timeout_ns of the cache.
//   - value: Receives the pinned value on BRISK_OK, otherwise NULL.
//
// Outcomes: BRISK_TIMEOUT, BRISK_REFUSED, BRISK_ABSENT. Fails with BRISK_INVALID, BRISK_CLOSED,
// BRISK_TOO_LARGE, BRISK_LOAD_FAILED, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY, BRISK_INTERNAL. Any
// thread. Blocks up to its timeout. Calls back outside every lock.
func CacheGetOrLoad(
	cache *Cache,
	key []byte,
	parent *Lease,
	load LoadFn,
	user unsafe.Pointer,
	destroy DestroyFn,
	timeoutNs uint64,
	value **Value,
	err **Error,
) Status {
	return Status(C.capi_cache_get_or_load(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		parent,
		load,
		user,
		destroy,
		C.uint64_t(timeoutNs),
		(*C.uintptr_t)(unsafe.Pointer(value)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// CacheGetOrRefresh is brisk_cache_get_or_refresh. Does brisk_cache_get_or_load, but where a value
// comes with the lead it is given at once, and load runs as a task of the pool. Where the pool
// takes no task, load runs on the calling thread. What a load in the pool fails with is counted and
// told to nobody.
//
//   - parent: The lead under which this load is needed; NULL for none.
//   - load: Makes the value when this caller leads; its user data is destroyed when the load has
//     run, or when it turns out that this caller does not lead.
//   - workers: The pool on which a value is made anew while the one from before is given.
//   - timeoutNs: How long to wait for a load that another caller leads, in nanoseconds; 0
//     inherits load_timeout_ns of the cache.
//   - value: Receives the pinned value on BRISK_OK, otherwise NULL.
//
// Outcomes: BRISK_TIMEOUT, BRISK_REFUSED, BRISK_ABSENT. Fails with BRISK_INVALID, BRISK_CLOSED,
// BRISK_TOO_LARGE, BRISK_LOAD_FAILED, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY, BRISK_INTERNAL. Any
// thread. Blocks up to its timeout. Calls back outside every lock.
func CacheGetOrRefresh(
	cache *Cache,
	key []byte,
	parent *Lease,
	load LoadFn,
	user unsafe.Pointer,
	destroy DestroyFn,
	workers *Workers,
	timeoutNs uint64,
	value **Value,
	err **Error,
) Status {
	return Status(C.capi_cache_get_or_refresh(
		cache,
		(*C.uint8_t)(unsafe.SliceData(key)),
		C.size_t(len(key)),
		parent,
		load,
		user,
		destroy,
		workers,
		C.uint64_t(timeoutNs),
		(*C.uintptr_t)(unsafe.Pointer(value)),
		(*C.uintptr_t)(unsafe.Pointer(err)),
	))
}

// LeaseRef is brisk_lease_ref. Adds a reference to lease and returns it, NULL for NULL.
//
// Any thread. Never fails, never blocks.
func LeaseRef(lease *Lease) *Lease {
	return C.brisk_lease_ref(lease)
}

// LeaseUnref is brisk_lease_unref. Drops a reference to lease. NULL is ignored.
//
// Any thread. Never fails, never blocks.
func LeaseUnref(lease *Lease) {
	C.brisk_lease_unref(lease)
}
