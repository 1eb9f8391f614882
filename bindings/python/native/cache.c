/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* The cache: the raw layer of brisk/cache.h in Python. */

#include "raw.h"

_Static_assert(sizeof(brisk_policy) == 4, "brisk_policy");
_Static_assert(BRISK_POLICY_AUTO == 0, "BRISK_POLICY_AUTO");
_Static_assert(BRISK_POLICY_LRU == 1, "BRISK_POLICY_LRU");
_Static_assert(BRISK_POLICY_S3FIFO == 2, "BRISK_POLICY_S3FIFO");

_Static_assert(sizeof(brisk_aim) == 4, "brisk_aim");
_Static_assert(BRISK_AIM_OBJECTS == 0, "BRISK_AIM_OBJECTS");
_Static_assert(BRISK_AIM_BYTES == 1, "BRISK_AIM_BYTES");
_Static_assert(BRISK_AIM_COST == 2, "BRISK_AIM_COST");

_Static_assert(sizeof(brisk_compression) == 4, "brisk_compression");
_Static_assert(BRISK_COMPRESSION_AUTO == 0, "BRISK_COMPRESSION_AUTO");
_Static_assert(BRISK_COMPRESSION_OFF == 1, "BRISK_COMPRESSION_OFF");

_Static_assert(sizeof(brisk_cause) == 4, "brisk_cause");
_Static_assert(BRISK_CAUSE_CAPACITY == 1, "BRISK_CAUSE_CAPACITY");
_Static_assert(BRISK_CAUSE_EXPIRED == 2, "BRISK_CAUSE_EXPIRED");
_Static_assert(BRISK_CAUSE_ERASED == 3, "BRISK_CAUSE_ERASED");
_Static_assert(BRISK_CAUSE_REPLACED == 4, "BRISK_CAUSE_REPLACED");

_Static_assert(sizeof(brisk_cache_options) == 128, "brisk_cache_options");
_Static_assert(offsetof(brisk_cache_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_cache_options, policy) == 4, "policy");
_Static_assert(offsetof(brisk_cache_options, capacity_bytes) == 8, "capacity_bytes");
_Static_assert(offsetof(brisk_cache_options, max_entries) == 16, "max_entries");
_Static_assert(offsetof(brisk_cache_options, ttl_ns) == 24, "ttl_ns");
_Static_assert(offsetof(brisk_cache_options, idle_ns) == 32, "idle_ns");
_Static_assert(offsetof(brisk_cache_options, compression) == 40, "compression");
_Static_assert(offsetof(brisk_cache_options, compression_level) == 44, "compression_level");
_Static_assert(offsetof(brisk_cache_options, compression_threshold) == 48, "compression_threshold");
_Static_assert(offsetof(brisk_cache_options, load_timeout_ns) == 56, "load_timeout_ns");
_Static_assert(offsetof(brisk_cache_options, event_capacity) == 64, "event_capacity");
_Static_assert(offsetof(brisk_cache_options, name_size) == 68, "name_size");
_Static_assert(offsetof(brisk_cache_options, name) == 72, "name");
_Static_assert(offsetof(brisk_cache_options, ttl_jitter) == 80, "ttl_jitter");
_Static_assert(offsetof(brisk_cache_options, stale_ns) == 88, "stale_ns");
_Static_assert(offsetof(brisk_cache_options, stale_if_error_ns) == 96, "stale_if_error_ns");
_Static_assert(offsetof(brisk_cache_options, early_beta) == 104, "early_beta");
_Static_assert(offsetof(brisk_cache_options, hot_keys) == 112, "hot_keys");
_Static_assert(offsetof(brisk_cache_options, load_costs) == 120, "load_costs");
_Static_assert(offsetof(brisk_cache_options, aim) == 124, "aim");

_Static_assert(sizeof(brisk_cache_stats) == 296, "brisk_cache_stats");
_Static_assert(offsetof(brisk_cache_stats, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_cache_stats, reserved) == 4, "reserved");
_Static_assert(offsetof(brisk_cache_stats, entries) == 8, "entries");
_Static_assert(offsetof(brisk_cache_stats, hits) == 16, "hits");
_Static_assert(offsetof(brisk_cache_stats, misses) == 24, "misses");
_Static_assert(offsetof(brisk_cache_stats, hit_ratio) == 32, "hit_ratio");
_Static_assert(offsetof(brisk_cache_stats, puts) == 40, "puts");
_Static_assert(offsetof(brisk_cache_stats, refusals) == 48, "refusals");
_Static_assert(offsetof(brisk_cache_stats, loads) == 56, "loads");
_Static_assert(offsetof(brisk_cache_stats, load_failures) == 64, "load_failures");
_Static_assert(offsetof(brisk_cache_stats, load_ns) == 72, "load_ns");
_Static_assert(offsetof(brisk_cache_stats, evicted_capacity) == 80, "evicted_capacity");
_Static_assert(offsetof(brisk_cache_stats, evicted_expired) == 88, "evicted_expired");
_Static_assert(offsetof(brisk_cache_stats, evicted_erased) == 96, "evicted_erased");
_Static_assert(offsetof(brisk_cache_stats, evicted_replaced) == 104, "evicted_replaced");
_Static_assert(offsetof(brisk_cache_stats, evicted_capacity_bytes) == 112,
               "evicted_capacity_bytes");
_Static_assert(offsetof(brisk_cache_stats, evicted_expired_bytes) == 120, "evicted_expired_bytes");
_Static_assert(offsetof(brisk_cache_stats, evicted_erased_bytes) == 128, "evicted_erased_bytes");
_Static_assert(offsetof(brisk_cache_stats, evicted_replaced_bytes) == 136,
               "evicted_replaced_bytes");
_Static_assert(offsetof(brisk_cache_stats, events_dropped) == 144, "events_dropped");
_Static_assert(offsetof(brisk_cache_stats, capacity_bytes) == 152, "capacity_bytes");
_Static_assert(offsetof(brisk_cache_stats, held_bytes) == 160, "held_bytes");
_Static_assert(offsetof(brisk_cache_stats, peak_bytes) == 168, "peak_bytes");
_Static_assert(offsetof(brisk_cache_stats, entry_bytes) == 176, "entry_bytes");
_Static_assert(offsetof(brisk_cache_stats, index_bytes) == 184, "index_bytes");
_Static_assert(offsetof(brisk_cache_stats, policy_bytes) == 192, "policy_bytes");
_Static_assert(offsetof(brisk_cache_stats, codec_bytes) == 200, "codec_bytes");
_Static_assert(offsetof(brisk_cache_stats, slack_bytes) == 208, "slack_bytes");
_Static_assert(offsetof(brisk_cache_stats, other_bytes) == 216, "other_bytes");
_Static_assert(offsetof(brisk_cache_stats, pinned_bytes) == 224, "pinned_bytes");
_Static_assert(offsetof(brisk_cache_stats, reclaim_bytes) == 232, "reclaim_bytes");
_Static_assert(offsetof(brisk_cache_stats, raw_bytes) == 240, "raw_bytes");
_Static_assert(offsetof(brisk_cache_stats, stored_bytes) == 248, "stored_bytes");
_Static_assert(offsetof(brisk_cache_stats, compressed_entries) == 256, "compressed_entries");
_Static_assert(offsetof(brisk_cache_stats, stale_hits) == 264, "stale_hits");
_Static_assert(offsetof(brisk_cache_stats, stale_errors) == 272, "stale_errors");
_Static_assert(offsetof(brisk_cache_stats, absent_hits) == 280, "absent_hits");
_Static_assert(offsetof(brisk_cache_stats, saved_cost) == 288, "saved_cost");

/*
 * Takes a dict of settings, or None for the defaults. Settings of a cache. A zero field selects the
 * documented default.
 */
static int take_cache_options(PyObject *from, brisk_cache_options *to, RawView *views) {
  /* clang-format off */
  static const char *const names[] = {
      "policy",
      "capacity_bytes",
      "max_entries",
      "ttl_ns",
      "idle_ns",
      "compression",
      "compression_level",
      "compression_threshold",
      "load_timeout_ns",
      "event_capacity",
      "name",
      "ttl_jitter",
      "stale_ns",
      "stale_if_error_ns",
      "early_beta",
      "hot_keys",
      "load_costs",
      "aim",
      NULL,
  };
  /* clang-format on */
  PyObject *item = NULL;
  (void)views;
  if (!raw_fields(from, "cache_options", names)) return 0;
  item = raw_field(from, "policy");
  if (item && !raw_i32(item, "policy", &to->policy)) return 0;
  item = raw_field(from, "capacity_bytes");
  if (item && !raw_u64(item, "capacity_bytes", &to->capacity_bytes)) return 0;
  item = raw_field(from, "max_entries");
  if (item && !raw_u64(item, "max_entries", &to->max_entries)) return 0;
  item = raw_field(from, "ttl_ns");
  if (item && !raw_u64(item, "ttl_ns", &to->ttl_ns)) return 0;
  item = raw_field(from, "idle_ns");
  if (item && !raw_u64(item, "idle_ns", &to->idle_ns)) return 0;
  item = raw_field(from, "compression");
  if (item && !raw_i32(item, "compression", &to->compression)) return 0;
  item = raw_field(from, "compression_level");
  if (item && !raw_i32(item, "compression_level", &to->compression_level)) return 0;
  item = raw_field(from, "compression_threshold");
  if (item && !raw_u64(item, "compression_threshold", &to->compression_threshold)) return 0;
  item = raw_field(from, "load_timeout_ns");
  if (item && !raw_u64(item, "load_timeout_ns", &to->load_timeout_ns)) return 0;
  item = raw_field(from, "event_capacity");
  if (item && !raw_u32(item, "event_capacity", &to->event_capacity)) return 0;
  item = raw_field(from, "name");
  if (item && !raw_member(item, "name", views, &to->name, &to->name_size)) return 0;
  item = raw_field(from, "ttl_jitter");
  if (item && !raw_f64(item, "ttl_jitter", &to->ttl_jitter)) return 0;
  item = raw_field(from, "stale_ns");
  if (item && !raw_u64(item, "stale_ns", &to->stale_ns)) return 0;
  item = raw_field(from, "stale_if_error_ns");
  if (item && !raw_u64(item, "stale_if_error_ns", &to->stale_if_error_ns)) return 0;
  item = raw_field(from, "early_beta");
  if (item && !raw_f64(item, "early_beta", &to->early_beta)) return 0;
  item = raw_field(from, "hot_keys");
  if (item && !raw_u64(item, "hot_keys", &to->hot_keys)) return 0;
  item = raw_field(from, "load_costs");
  if (item && !raw_u32(item, "load_costs", &to->load_costs)) return 0;
  item = raw_field(from, "aim");
  if (item && !raw_i32(item, "aim", &to->aim)) return 0;
  return 1;
}

static PyStructSequence_Field cache_stats_fields[] = {
    {"entries",
     "Entries now, those among them that are kept beyond their lifetime, or say that there is no "
     "value."},
    {"hits",
     "Lookups that found a live entry; one that needs a larger buffer counts when it comes again."},
    {"misses", "Lookups that did not."},
    {"hit_ratio", "hits / (hits + misses), 0 before the first lookup."},
    {"puts", "Values stored."},
    {"refusals", "Values not stored because nothing could be evicted."},
    {"loads", "Loads that completed."},
    {"load_failures", "Loads that failed or were abandoned."},
    {"load_ns", "Time spent in completed and failed loads, in nanoseconds."},
    {"evicted_capacity", "Entries evicted to make room."},
    {"evicted_expired", "Entries that expired."},
    {"evicted_erased", "Entries erased or cleared by callers."},
    {"evicted_replaced", "Entries replaced by newer values."},
    {"evicted_capacity_bytes", "Bytes of entries evicted to make room."},
    {"evicted_expired_bytes", "Bytes of entries that expired."},
    {"evicted_erased_bytes", "Bytes of entries erased or cleared by callers."},
    {"evicted_replaced_bytes", "Bytes of entries replaced by newer values."},
    {"events_dropped", "Events lost because the queue was full."},
    {"capacity_bytes", "The bound on held_bytes."},
    {"held_bytes", "Bytes held now, from the allocator's point of view."},
    {"peak_bytes", "The most bytes that were held at one time."},
    {"entry_bytes", "Part of held_bytes: live entries with their nodes."},
    {"index_bytes", "Part of held_bytes: the hash index."},
    {"policy_bytes", "Part of held_bytes: ghost lists, and what the default policy samples."},
    {"codec_bytes",
     "Part of held_bytes: compression contexts, dictionaries, and samples while one is trained."},
    {"slack_bytes", "Part of held_bytes: memory taken and not in use by an entry."},
    {"other_bytes",
     "Part of held_bytes: the cache object, its counters, its event queue and its hot keys."},
    {"pinned_bytes",
     "Part of held_bytes: values that left the cache or were unpacked, and that callers still "
     "pin."},
    {"reclaim_bytes",
     "Part of held_bytes: values whose last pin is gone and that the next write frees."},
    {"raw_bytes", "Bytes of all live values as callers see them."},
    {"stored_bytes",
     "Bytes of all live values as they are stored; raw_bytes / stored_bytes is the compression "
     "ratio."},
    {"compressed_entries", "Live entries whose value is compressed."},
    {"stale_hits",
     "Misses that were given a value whose lifetime is over, because a load makes a new one."},
    {"stale_errors", "Callers that were given the value from before because their load failed."},
    {"absent_hits", "Misses that loaded nothing, because the key was known to have no value."},
    {"saved_cost", "The costs of all values that were found, once for each hit."},
    {"bytes_held", "The same as held_bytes."},
    {NULL, NULL},
};
static PyStructSequence_Desc cache_stats_desc = {
    "brisk._brisk.CacheStats",
    "Figures of a cache. Counts run from its creation; a count may lag by the calls in flight on "
    "other threads. The parts of held_bytes add up to it.",
    cache_stats_fields,
    36,
};
static PyTypeObject *cache_stats_type;

static PyObject *give_cache_stats(const brisk_cache_stats *from) {
  PyObject *const to = PyStructSequence_New(cache_stats_type);
  Py_ssize_t at = 0;
  if (!to) return NULL;
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->entries));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->hits));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->misses));
  PyStructSequence_SetItem(to, at++, PyFloat_FromDouble(from->hit_ratio));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->puts));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->refusals));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->loads));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->load_failures));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->load_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_capacity));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_expired));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_erased));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_replaced));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_capacity_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_expired_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_erased_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->evicted_replaced_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->events_dropped));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->capacity_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->held_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->peak_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->entry_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->index_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->policy_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->codec_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->slack_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->other_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->pinned_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->reclaim_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->raw_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->stored_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->compressed_entries));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->stale_hits));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->stale_errors));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->absent_hits));
  PyStructSequence_SetItem(to, at++, PyFloat_FromDouble(from->saved_cost));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->held_bytes));
  return raw_whole(to, at);
}

static const char cache_new_doc[] =
    "cache_new(runtime, options, /)\n"
    "--\n"
    "\n"
    "Creates a cache. The caller owns one reference.";

static PyObject *call_cache_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  RawView options_views[RAW_VIEWS] = {{0}};
  brisk_cache *cache = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("cache_new", count, 2)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  if (!take_cache_options(args[1], &options, options_views)) goto done;
  status = brisk_cache_new(runtime, &options, &cache, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_CACHE, cache);
done:
  raw_drop_all(options_views);
  return result;
}

static const char cache_find_doc[] =
    "cache_find(runtime, name, /)\n"
    "--\n"
    "\n"
    "Finds a live cache by its name. The caller owns one more reference to it.";

static PyObject *call_cache_find(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  RawView name = {0};
  brisk_cache *cache = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("cache_find", count, 2)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  if (!raw_bytes(args[1], "name", &name)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(name.size));
    status = brisk_cache_find(runtime, name.data, name.size, &cache, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), raw_wrap(RAW_CACHE, cache));
done:
  raw_drop(&name);
  return result;
}

static const char cache_close_doc[] =
    "close($self, /)\n"
    "--\n"
    "\n"
    "Drops every entry, gives the name free, and answers waiting loads with BRISK_CLOSED.\n"
    "Idempotent; later calls on the cache return BRISK_CLOSED. Pinned values stay valid.";

static PyObject *call_cache_close(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("close", count, 0)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_cache_close(raw_self(self), &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char cache_put_doc[] =
    "put($self, key, value, ttl_ns, /)\n"
    "--\n"
    "\n"
    "Copies value under key, in place of an older one. Key and value together may take\n"
    "half of the capacity, in bytes, at most. On BRISK_REFUSED and BRISK_OUT_OF_MEMORY\n"
    "the key has no value afterwards, so that an older version never comes back.";

static PyObject *call_cache_put(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  RawView value = {0};
  uint64_t ttl_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("put", count, 3)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  if (!raw_bytes(args[1], "value", &value)) goto done;
  if (!raw_u64(args[2], "ttl_ns", &ttl_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size + value.size));
    status =
        brisk_cache_put(raw_self(self), key.data, key.size, value.data, value.size, ttl_ns, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&key);
  raw_drop(&value);
  return result;
}

static const char cache_put_cost_doc[] =
    "put_cost($self, key, value, ttl_ns, cost, /)\n"
    "--\n"
    "\n"
    "Does brisk_cache_put for a value that carries its cost, in 16 bytes more. Every hit\n"
    "adds the cost to saved_cost of brisk_cache_stats.";

static PyObject *call_cache_put_cost(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  RawView value = {0};
  uint64_t ttl_ns = 0;
  double cost = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("put_cost", count, 4)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  if (!raw_bytes(args[1], "value", &value)) goto done;
  if (!raw_u64(args[2], "ttl_ns", &ttl_ns)) goto done;
  if (!raw_f64(args[3], "cost", &cost)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size + value.size));
    status = brisk_cache_put_cost(raw_self(self), key.data, key.size, value.data, value.size,
                                  ttl_ns, cost, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&key);
  raw_drop(&value);
  return result;
}

static const char cache_put_many_doc[] =
    "put_many($self, keys, key_sizes, values, value_sizes, ttl_ns, /)\n"
    "--\n"
    "\n"
    "Does brisk_cache_put for each entry in turn and stops at the first that is not\n"
    "stored. The sizes must add up to the sizes of keys and values; they are all checked\n"
    "first, and nothing is stored when one is wrong.";

static PyObject *call_cache_put_many(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView keys = {0};
  RawView key_sizes = {0};
  RawView values = {0};
  RawView value_sizes = {0};
  uint64_t ttl_ns = 0;
  size_t stored = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("put_many", count, 5)) goto done;
  if (!raw_bytes(args[0], "keys", &keys)) goto done;
  if (!raw_array(args[1], "key_sizes", sizeof(uint32_t), &key_sizes)) goto done;
  if (!raw_bytes(args[2], "values", &values)) goto done;
  if (!raw_array(args[3], "value_sizes", sizeof(uint32_t), &value_sizes)) goto done;
  if (!raw_u64(args[4], "ttl_ns", &ttl_ns)) goto done;
  if (!raw_agree("key_sizes", key_sizes.size, "value_sizes", value_sizes.size)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(keys.size + values.size));
    status =
        brisk_cache_put_many(raw_self(self), key_sizes.size, keys.data, keys.size, key_sizes.data,
                             values.data, values.size, value_sizes.data, ttl_ns, &stored, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromSize_t(stored));
done:
  raw_drop(&keys);
  raw_drop(&key_sizes);
  raw_drop(&values);
  raw_drop(&value_sizes);
  return result;
}

static const char cache_get_doc[] =
    "get($self, key, /)\n"
    "--\n"
    "\n"
    "Pins the value of key, without a copy when it is stored raw. A compressed value is\n"
    "unpacked into memory that counts towards the bound; BRISK_REFUSED says that there is\n"
    "no room for that.";

static PyObject *call_cache_get(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  brisk_value *value = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("get", count, 1)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size));
    status = brisk_cache_get(raw_self(self), key.data, key.size, &value, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), raw_wrap(RAW_VALUE, value));
done:
  raw_drop(&key);
  return result;
}

static const char cache_get_many_doc[] =
    "get_many($self, keys, key_sizes, /)\n"
    "--\n"
    "\n"
    "Pins the values of many keys in one call, at a lower cost a key. A value that\n"
    "brisk_cache_get would refuse counts as not found. On failure every element is NULL.";

static PyObject *call_cache_get_many(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView keys = {0};
  RawView key_sizes = {0};
  brisk_value **values = NULL;
  size_t found = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("get_many", count, 2)) goto done;
  if (!raw_bytes(args[0], "keys", &keys)) goto done;
  if (!raw_array(args[1], "key_sizes", sizeof(uint32_t), &key_sizes)) goto done;
  if (!(values = raw_new(key_sizes.size, sizeof *values))) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(keys.size));
    status = brisk_cache_get_many(raw_self(self), key_sizes.size, keys.data, keys.size,
                                  key_sizes.data, values, &found, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, raw_wrap_all(RAW_VALUE, (void **)values, key_sizes.size),
                     PyLong_FromSize_t(found));
done:
  raw_drop(&keys);
  raw_drop(&key_sizes);
  PyMem_Free(values);
  return result;
}

static const char cache_read_doc[] =
    "read($self, key, buffer, /)\n"
    "--\n"
    "\n"
    "Copies the value of key into buffer. Takes no lock and allocates nothing when the\n"
    "value is stored raw and small.";

static PyObject *call_cache_read(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  RawView buffer = {0};
  size_t size = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read", count, 2)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  if (!raw_buffer(args[1], "buffer", &buffer)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size + buffer.size));
    status = brisk_cache_read(raw_self(self), key.data, key.size, buffer.data, buffer.size, &size,
                              &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromSize_t(size));
done:
  raw_drop(&key);
  raw_drop(&buffer);
  return result;
}

static const char cache_read_many_doc[] =
    "read_many($self, keys, key_sizes, buffer, /)\n"
    "--\n"
    "\n"
    "Copies the values of many keys in one call, at a lower cost a key. Stops at the\n"
    "first value that does not fit: BRISK_SHORT_BUFFER, with the size of that value in\n"
    "its element of value_sizes; go on from there.";

static PyObject *call_cache_read_many(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView keys = {0};
  RawView key_sizes = {0};
  RawView buffer = {0};
  uint32_t *value_sizes = NULL;
  size_t done = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read_many", count, 3)) goto done;
  if (!raw_bytes(args[0], "keys", &keys)) goto done;
  if (!raw_array(args[1], "key_sizes", sizeof(uint32_t), &key_sizes)) goto done;
  if (!raw_buffer(args[2], "buffer", &buffer)) goto done;
  if (!(value_sizes = raw_new(key_sizes.size, sizeof *value_sizes))) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(keys.size + buffer.size));
    status =
        brisk_cache_read_many(raw_self(self), key_sizes.size, keys.data, keys.size, key_sizes.data,
                              buffer.data, buffer.size, value_sizes, &done, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(3, PyLong_FromLong(status), raw_u32_list(value_sizes, key_sizes.size),
                     PyLong_FromSize_t(done));
done:
  raw_drop(&keys);
  raw_drop(&key_sizes);
  raw_drop(&buffer);
  PyMem_Free(value_sizes);
  return result;
}

static const char cache_contains_doc[] =
    "contains($self, key, /)\n"
    "--\n"
    "\n"
    "Tells whether key has a live value: BRISK_OK or BRISK_MISS. Does not count as a use.";

static PyObject *call_cache_contains(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("contains", count, 1)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size));
    status = brisk_cache_contains(raw_self(self), key.data, key.size, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&key);
  return result;
}

static const char cache_touch_doc[] =
    "touch($self, key, ttl_ns, /)\n"
    "--\n"
    "\n"
    "Starts the lifetime of an entry anew. Counts as a use.";

static PyObject *call_cache_touch(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  uint64_t ttl_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("touch", count, 2)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  if (!raw_u64(args[1], "ttl_ns", &ttl_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size));
    status = brisk_cache_touch(raw_self(self), key.data, key.size, ttl_ns, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&key);
  return result;
}

static const char cache_erase_doc[] =
    "erase($self, key, /)\n"
    "--\n"
    "\n"
    "Removes the entry of key. A load of key that is in flight reaches its waiters and is\n"
    "not stored.";

static PyObject *call_cache_erase(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("erase", count, 1)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size));
    status = brisk_cache_erase(raw_self(self), key.data, key.size, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&key);
  return result;
}

static const char cache_erase_matching_doc[] =
    "erase_matching($self, pattern, /)\n"
    "--\n"
    "\n"
    "Removes every entry whose key matches, for example user:123:*, and that was in the\n"
    "cache when the call began. Costs a walk over all keys; other writers go on in\n"
    "between.";

static PyObject *call_cache_erase_matching(PyObject *self, PyObject *const *args,
                                           Py_ssize_t count) {
  RawView pattern = {0};
  uint64_t erased = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("erase_matching", count, 1)) goto done;
  if (!raw_bytes(args[0], "pattern", &pattern)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status =
        brisk_cache_erase_matching(raw_self(self), pattern.data, pattern.size, &erased, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromUnsignedLongLong(erased);
done:
  raw_drop(&pattern);
  return result;
}

static const char cache_clear_doc[] =
    "clear($self, /)\n"
    "--\n"
    "\n"
    "Removes every entry that was in the cache when the call began.";

static PyObject *call_cache_clear(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("clear", count, 0)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_cache_clear(raw_self(self), &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char cache_keys_doc[] =
    "keys($self, /)\n"
    "--\n"
    "\n"
    "Begins a walk over the keys, in no order. A key that is in the cache for the whole\n"
    "walk is returned exactly once; one that comes or goes meanwhile at most once.";

static PyObject *call_cache_keys(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_cursor *cursor = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("keys", count, 0)) goto done;
  status = brisk_cache_keys(raw_self(self), &cursor, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_CURSOR, cursor);
done:
  return result;
}

static const char cursor_next_doc[] =
    "next($self, buffer, /)\n"
    "--\n"
    "\n"
    "Copies the next key into buffer. After BRISK_SHORT_BUFFER the same key comes again.";

static PyObject *call_cursor_next(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView buffer = {0};
  size_t size = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("next", count, 1)) goto done;
  if (!raw_buffer(args[0], "buffer", &buffer)) goto done;
  status = brisk_cursor_next(raw_self(self), buffer.data, buffer.size, &size, &error);
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromSize_t(size));
done:
  raw_drop(&buffer);
  return result;
}

static const char cursor_lookups_doc[] =
    "cursor_lookups(cursor, /)\n"
    "--\n"
    "\n"
    "Returns how often the key that brisk_cursor_next gave last was asked for, as far as\n"
    "that is known; 0 for a cursor of another kind.";

static PyObject *call_cursor_lookups(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  uint64_t returned = 0;
  void *cursor = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("cursor_lookups", count, 1)) goto done;
  if (!raw_handle(args[0], "cursor", RAW_CURSOR, 1, &cursor)) goto done;
  returned = brisk_cursor_lookups(cursor);
  result = PyLong_FromUnsignedLongLong(returned);
done:
  return result;
}

static const char cache_hot_keys_doc[] =
    "hot_keys($self, count, /)\n"
    "--\n"
    "\n"
    "Begins a walk over the keys that are asked for most, whether they are in the cache\n"
    "or not, the hottest first and as they are now. Every lookup counts that\n"
    "brisk_cache_read_stats counts: exactly for the first 4095 of a thread, then by\n"
    "sampling. Counts are halved every six hours, so that keys which nobody asks for any\n"
    "more make way.";

static PyObject *call_cache_hot_keys(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  size_t count_ = 0;
  brisk_cursor *cursor = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("hot_keys", count, 1)) goto done;
  if (!raw_size(args[0], "count", &count_)) goto done;
  status = brisk_cache_hot_keys(raw_self(self), count_, &cursor, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_CURSOR, cursor);
done:
  return result;
}

static const char cache_save_hot_doc[] =
    "save_hot($self, path, /)\n"
    "--\n"
    "\n"
    "Writes the hot keys with their counts to a file that only its owner may read, in\n"
    "place of an older one and as a whole. A file that cannot be written is\n"
    "BRISK_INVALID.";

static PyObject *call_cache_save_hot(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView path = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("save_hot", count, 1)) goto done;
  if (!raw_bytes(args[0], "path", &path)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_cache_save_hot(raw_self(self), path.data, path.size, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  raw_drop(&path);
  return result;
}

static const char cache_restore_hot_doc[] =
    "restore_hot($self, path, /)\n"
    "--\n"
    "\n"
    "Adds the hot keys of a file that brisk_cache_save_hot wrote, in an earlier process\n"
    "for example, to those of the cache; the hottest stay where not all have room.\n"
    "BRISK_MISS says that there is no such file. One that cannot be read, or is damaged,\n"
    "is BRISK_INVALID, and nothing is added.";

static PyObject *call_cache_restore_hot(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView path = {0};
  uint64_t restored = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("restore_hot", count, 1)) goto done;
  if (!raw_bytes(args[0], "path", &path)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_cache_restore_hot(raw_self(self), path.data, path.size, &restored, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromUnsignedLongLong(restored));
done:
  raw_drop(&path);
  return result;
}

static const char cache_next_event_doc[] =
    "next_event($self, buffer, /)\n"
    "--\n"
    "\n"
    "Takes the oldest event off the queue that event_capacity switches on: an entry that\n"
    "left the cache. After BRISK_SHORT_BUFFER the same event comes again.";

static PyObject *call_cache_next_event(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView buffer = {0};
  size_t size = 0;
  brisk_cause cause = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("next_event", count, 1)) goto done;
  if (!raw_buffer(args[0], "buffer", &buffer)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(buffer.size));
    status =
        brisk_cache_next_event(raw_self(self), buffer.data, buffer.size, &size, &cause, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(3, PyLong_FromLong(status), PyLong_FromSize_t(size), PyLong_FromLong(cause));
done:
  raw_drop(&buffer);
  return result;
}

static const char cache_read_stats_doc[] =
    "read_stats($self, /)\n"
    "--\n"
    "\n"
    "Reads the figures of a cache.";

static PyObject *call_cache_read_stats(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read_stats", count, 0)) goto done;
  status = brisk_cache_read_stats(raw_self(self), &stats, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = give_cache_stats(&stats);
done:
  return result;
}

/*
 * Not here:
 * brisk_value_data: the object has the buffer protocol.
 * brisk_cache_ref: what it does, the objects do by themselves.
 * brisk_cache_unref: what it does, the objects do by themselves.
 * brisk_value_ref: what it does, the objects do by themselves.
 * brisk_value_unref: what it does, the objects do by themselves.
 * brisk_cursor_unref: what it does, the objects do by themselves.
 */

static void cache_drop(void *pointer) { brisk_cache_unref(pointer); }

static void cache_dealloc(PyObject *self) {
  cache_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef cache_methods[] = {
    RAW_METHOD("close", cache_close),
    RAW_METHOD("put", cache_put),
    RAW_METHOD("put_cost", cache_put_cost),
    RAW_METHOD("put_many", cache_put_many),
    RAW_METHOD("get", cache_get),
    RAW_METHOD("get_many", cache_get_many),
    RAW_METHOD("read", cache_read),
    RAW_METHOD("read_many", cache_read_many),
    RAW_METHOD("contains", cache_contains),
    RAW_METHOD("touch", cache_touch),
    RAW_METHOD("erase", cache_erase),
    RAW_METHOD("erase_matching", cache_erase_matching),
    RAW_METHOD("clear", cache_clear),
    RAW_METHOD("keys", cache_keys),
    RAW_METHOD("hot_keys", cache_hot_keys),
    RAW_METHOD("save_hot", cache_save_hot),
    RAW_METHOD("restore_hot", cache_restore_hot),
    RAW_METHOD("next_event", cache_next_event),
    RAW_METHOD("read_stats", cache_read_stats),
    RAW_METHOD("begin", cache_begin),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot cache_slots[] = {
    {Py_tp_doc, "A bounded, compressed key/value cache in memory. May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(cache_dealloc)},
    {Py_tp_methods, cache_methods},
    {0, NULL},
};
static PyType_Spec cache_spec = {
    "brisk._brisk.CacheHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    cache_slots,
};

static void value_drop(void *pointer) { brisk_value_unref(pointer); }

static void value_dealloc(PyObject *self) {
  value_drop(raw_self(self));
  raw_free(self);
}

static int value_getbuffer(PyObject *self, Py_buffer *view, int flags) {
  size_t size = 0;
  const void *const data = brisk_value_data(raw_self(self), &size);
  return PyBuffer_FillInfo(view, self, (void *)data, (Py_ssize_t)size, 1, flags);
}

/* clang-format off */
static PyMethodDef value_methods[] = {
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot value_slots[] = {
    {Py_tp_doc,
     "One pinned value. Its bytes stay valid and unchanged until the last brisk_value_unref, "
     "even after the entry is evicted or the cache is closed and released."},
    {Py_tp_dealloc, RAW_SLOT(value_dealloc)},
    {Py_bf_getbuffer, RAW_SLOT(value_getbuffer)},
    {Py_tp_methods, value_methods},
    {0, NULL},
};
static PyType_Spec value_spec = {
    "brisk._brisk.ValueHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    value_slots,
};

static void cursor_drop(void *pointer) { brisk_cursor_unref(pointer); }

static void cursor_dealloc(PyObject *self) {
  cursor_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef cursor_methods[] = {
    RAW_METHOD("next", cursor_next),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot cursor_slots[] = {
    {Py_tp_doc, "A walk over the keys of a cache. One thread at a time; it keeps its cache alive."},
    {Py_tp_dealloc, RAW_SLOT(cursor_dealloc)},
    {Py_tp_methods, cursor_methods},
    {0, NULL},
};
static PyType_Spec cursor_spec = {
    "brisk._brisk.CursorHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    cursor_slots,
};

/* clang-format off */
static PyMethodDef functions[] = {
    RAW_METHOD("cache_new", cache_new),
    RAW_METHOD("cache_find", cache_find),
    RAW_METHOD("cursor_lookups", cursor_lookups),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */

int raw_add_cache(PyObject *module) {
  if (!raw_add_number(module, "POLICY_AUTO", BRISK_POLICY_AUTO)) return 0;
  if (!raw_add_number(module, "POLICY_LRU", BRISK_POLICY_LRU)) return 0;
  if (!raw_add_number(module, "POLICY_S3FIFO", BRISK_POLICY_S3FIFO)) return 0;
  if (!raw_add_number(module, "AIM_OBJECTS", BRISK_AIM_OBJECTS)) return 0;
  if (!raw_add_number(module, "AIM_BYTES", BRISK_AIM_BYTES)) return 0;
  if (!raw_add_number(module, "AIM_COST", BRISK_AIM_COST)) return 0;
  if (!raw_add_number(module, "COMPRESSION_AUTO", BRISK_COMPRESSION_AUTO)) return 0;
  if (!raw_add_number(module, "COMPRESSION_OFF", BRISK_COMPRESSION_OFF)) return 0;
  if (!raw_add_number(module, "CAUSE_CAPACITY", BRISK_CAUSE_CAPACITY)) return 0;
  if (!raw_add_number(module, "CAUSE_EXPIRED", BRISK_CAUSE_EXPIRED)) return 0;
  if (!raw_add_number(module, "CAUSE_ERASED", BRISK_CAUSE_ERASED)) return 0;
  if (!raw_add_number(module, "CAUSE_REPLACED", BRISK_CAUSE_REPLACED)) return 0;
  if (!raw_add_sequence(module, &cache_stats_desc, &cache_stats_type)) return 0;
  if (!raw_add_handle(module, RAW_CACHE, &cache_spec, cache_drop)) return 0;
  if (!raw_add_handle(module, RAW_VALUE, &value_spec, value_drop)) return 0;
  if (!raw_add_handle(module, RAW_CURSOR, &cursor_spec, cursor_drop)) return 0;
  return PyModule_AddFunctions(module, functions) == 0;
}
