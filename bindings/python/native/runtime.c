/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* The runtime: the raw layer of brisk/runtime.h in Python. */

#include "raw.h"

_Static_assert(sizeof(brisk_clock) == 4, "brisk_clock");
_Static_assert(BRISK_CLOCK_SYSTEM == 0, "BRISK_CLOCK_SYSTEM");
_Static_assert(BRISK_CLOCK_MANUAL == 1, "BRISK_CLOCK_MANUAL");

_Static_assert(sizeof(brisk_runtime_options) == 24, "brisk_runtime_options");
_Static_assert(offsetof(brisk_runtime_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_runtime_options, clock) == 4, "clock");
_Static_assert(offsetof(brisk_runtime_options, budget_bytes) == 8, "budget_bytes");
_Static_assert(offsetof(brisk_runtime_options, budget_percent) == 16, "budget_percent");
_Static_assert(offsetof(brisk_runtime_options, reserved) == 20, "reserved");

_Static_assert(sizeof(brisk_runtime_stats) == 32, "brisk_runtime_stats");
_Static_assert(offsetof(brisk_runtime_stats, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_runtime_stats, caches) == 4, "caches");
_Static_assert(offsetof(brisk_runtime_stats, budget_bytes) == 8, "budget_bytes");
_Static_assert(offsetof(brisk_runtime_stats, held_bytes) == 16, "held_bytes");
_Static_assert(offsetof(brisk_runtime_stats, peak_bytes) == 24, "peak_bytes");

/*
 * Takes a dict of settings, or None for the defaults. Settings of a runtime. A zero field selects
 * the documented default.
 */
static int take_runtime_options(PyObject *from, brisk_runtime_options *to, RawView *views) {
  /* clang-format off */
  static const char *const names[] = {
      "clock",
      "budget_bytes",
      "budget_percent",
      NULL,
  };
  /* clang-format on */
  PyObject *item = NULL;
  (void)views;
  if (!raw_fields(from, "runtime_options", names)) return 0;
  item = raw_field(from, "clock");
  if (item && !raw_i32(item, "clock", &to->clock)) return 0;
  item = raw_field(from, "budget_bytes");
  if (item && !raw_u64(item, "budget_bytes", &to->budget_bytes)) return 0;
  item = raw_field(from, "budget_percent");
  if (item && !raw_u32(item, "budget_percent", &to->budget_percent)) return 0;
  return 1;
}

static PyStructSequence_Field runtime_stats_fields[] = {
    {"caches", "Caches that live in this runtime."},
    {"budget_bytes", "The bound on bytes held; BRISK_FOREVER when there is none."},
    {"held_bytes", "Bytes that everything in this runtime holds now."},
    {"peak_bytes", "The most bytes that were held at one time."},
    {"bytes_held", "The same as held_bytes."},
    {NULL, NULL},
};
static PyStructSequence_Desc runtime_stats_desc = {
    "brisk._brisk.RuntimeStats",
    "Figures of a runtime at one moment.",
    runtime_stats_fields,
    4,
};
static PyTypeObject *runtime_stats_type;

static PyObject *give_runtime_stats(const brisk_runtime_stats *from) {
  PyObject *const to = PyStructSequence_New(runtime_stats_type);
  Py_ssize_t at = 0;
  if (!to) return NULL;
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLong(from->caches));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->budget_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->held_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->peak_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->held_bytes));
  return raw_whole(to, at);
}

static const char runtime_new_doc[] =
    "runtime_new(options, /)\n"
    "--\n"
    "\n"
    "Creates a runtime of its own, apart from the default one. The caller owns one\n"
    "reference.";

static PyObject *call_runtime_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  brisk_runtime_options options = BRISK_RUNTIME_OPTIONS_INIT;
  RawView options_views[RAW_VIEWS] = {{0}};
  brisk_runtime *runtime = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("runtime_new", count, 1)) goto done;
  if (!take_runtime_options(args[0], &options, options_views)) goto done;
  status = brisk_runtime_new(&options, &runtime, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_RUNTIME, runtime);
done:
  raw_drop_all(options_views);
  return result;
}

static const char runtime_default_doc[] =
    "runtime_default()\n"
    "--\n"
    "\n"
    "Gives the default runtime of this process, created at the first use with default\n"
    "settings. The caller owns one reference. It cannot be closed.";

static PyObject *call_runtime_default(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  (void)args;
  brisk_runtime *runtime = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("runtime_default", count, 0)) goto done;
  status = brisk_runtime_default(&runtime, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_RUNTIME, runtime);
done:
  return result;
}

static const char runtime_close_doc[] =
    "close($self, /)\n"
    "--\n"
    "\n"
    "Closes every cache of the runtime and ends its background work. Idempotent; later\n"
    "calls on the runtime return BRISK_CLOSED. The default runtime answers BRISK_INVALID.";

static PyObject *call_runtime_close(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("close", count, 0)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_runtime_close(raw_self(self), &error);
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

static const char runtime_now_doc[] =
    "runtime_now(runtime, /)\n"
    "--\n"
    "\n"
    "Reads the clock of a runtime, to the tick that decides about expiry.";

static PyObject *call_runtime_now(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  uint64_t now_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("runtime_now", count, 1)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  status = brisk_runtime_now(runtime, &now_ns, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromUnsignedLongLong(now_ns);
done:
  return result;
}

static const char runtime_advance_doc[] =
    "advance($self, step_ns, /)\n"
    "--\n"
    "\n"
    "Moves a manual clock forward and frees, before it returns, every entry that has\n"
    "expired by then. A system clock answers BRISK_INVALID.";

static PyObject *call_runtime_advance(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  uint64_t step_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("advance", count, 1)) goto done;
  if (!raw_u64(args[0], "step_ns", &step_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_runtime_advance(raw_self(self), step_ns, &error);
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

static const char runtime_read_stats_doc[] =
    "runtime_read_stats(runtime, /)\n"
    "--\n"
    "\n"
    "Reads the figures of a runtime.";

static PyObject *call_runtime_read_stats(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  brisk_runtime_stats stats = BRISK_RUNTIME_STATS_INIT;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("runtime_read_stats", count, 1)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  status = brisk_runtime_read_stats(runtime, &stats, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = give_runtime_stats(&stats);
done:
  return result;
}

/*
 * Not here:
 * brisk_runtime_ref: what it does, the objects do by themselves.
 * brisk_runtime_unref: what it does, the objects do by themselves.
 */

static void runtime_drop(void *pointer) { brisk_runtime_unref(pointer); }

static void runtime_dealloc(PyObject *self) {
  runtime_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef runtime_methods[] = {
    RAW_METHOD("close", runtime_close),
    RAW_METHOD("advance", runtime_advance),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot runtime_slots[] = {
    {Py_tp_doc, "One memory budget, one clock and one set of names. May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(runtime_dealloc)},
    {Py_tp_methods, runtime_methods},
    {0, NULL},
};
static PyType_Spec runtime_spec = {
    "brisk._brisk.RuntimeHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    runtime_slots,
};

/* clang-format off */
static PyMethodDef functions[] = {
    RAW_METHOD("runtime_new", runtime_new),
    RAW_METHOD("runtime_default", runtime_default),
    RAW_METHOD("runtime_now", runtime_now),
    RAW_METHOD("runtime_read_stats", runtime_read_stats),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */

int raw_add_runtime(PyObject *module) {
  if (!raw_add_number(module, "CLOCK_SYSTEM", BRISK_CLOCK_SYSTEM)) return 0;
  if (!raw_add_number(module, "CLOCK_MANUAL", BRISK_CLOCK_MANUAL)) return 0;
  if (!raw_add_sequence(module, &runtime_stats_desc, &runtime_stats_type)) return 0;
  if (!raw_add_handle(module, RAW_RUNTIME, &runtime_spec, runtime_drop)) return 0;
  return PyModule_AddFunctions(module, functions) == 0;
}
