/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* Modules that load on first use: the raw layer of brisk/modules.h in Python. */

#include "raw.h"

_Static_assert(sizeof(brisk_module_state) == 4, "brisk_module_state");
_Static_assert(BRISK_MODULE_STATE_UNLOADED == 0, "BRISK_MODULE_STATE_UNLOADED");
_Static_assert(BRISK_MODULE_STATE_LOADING == 1, "BRISK_MODULE_STATE_LOADING");
_Static_assert(BRISK_MODULE_STATE_LOADED == 2, "BRISK_MODULE_STATE_LOADED");
_Static_assert(BRISK_MODULE_STATE_FAILED == 3, "BRISK_MODULE_STATE_FAILED");

_Static_assert(sizeof(brisk_module_step) == 4, "brisk_module_step");
_Static_assert(BRISK_MODULE_STEP_LOAD == 0, "BRISK_MODULE_STEP_LOAD");
_Static_assert(BRISK_MODULE_STEP_WARM_UP == 1, "BRISK_MODULE_STEP_WARM_UP");

_Static_assert(sizeof(brisk_module_text) == 4, "brisk_module_text");
_Static_assert(BRISK_MODULE_TEXT_NAME == 0, "BRISK_MODULE_TEXT_NAME");
_Static_assert(BRISK_MODULE_TEXT_KINDS == 1, "BRISK_MODULE_TEXT_KINDS");
_Static_assert(BRISK_MODULE_TEXT_SCHEMES == 2, "BRISK_MODULE_TEXT_SCHEMES");
_Static_assert(BRISK_MODULE_TEXT_VERSION == 3, "BRISK_MODULE_TEXT_VERSION");
_Static_assert(BRISK_MODULE_TEXT_DEPENDENCIES == 4, "BRISK_MODULE_TEXT_DEPENDENCIES");
_Static_assert(BRISK_MODULE_TEXT_DEPENDENTS == 5, "BRISK_MODULE_TEXT_DEPENDENTS");
_Static_assert(BRISK_MODULE_TEXT_SOURCE == 6, "BRISK_MODULE_TEXT_SOURCE");
_Static_assert(BRISK_MODULE_TEXT_LIBRARY == 7, "BRISK_MODULE_TEXT_LIBRARY");
_Static_assert(BRISK_MODULE_TEXT_REASON == 8, "BRISK_MODULE_TEXT_REASON");
_Static_assert(BRISK_MODULE_TEXT_LOG == 9, "BRISK_MODULE_TEXT_LOG");

_Static_assert(sizeof(brisk_report_format) == 4, "brisk_report_format");
_Static_assert(BRISK_REPORT_FORMAT_TEXT == 0, "BRISK_REPORT_FORMAT_TEXT");
_Static_assert(BRISK_REPORT_FORMAT_JSON == 1, "BRISK_REPORT_FORMAT_JSON");

_Static_assert(sizeof(brisk_modules_options) == 16, "brisk_modules_options");
_Static_assert(offsetof(brisk_modules_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_modules_options, eager) == 4, "eager");
_Static_assert(offsetof(brisk_modules_options, load_timeout_ns) == 8, "load_timeout_ns");

_Static_assert(sizeof(brisk_module_options) == 48, "brisk_module_options");
_Static_assert(offsetof(brisk_module_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_module_options, name_size) == 4, "name_size");
_Static_assert(offsetof(brisk_module_options, name) == 8, "name");
_Static_assert(offsetof(brisk_module_options, version) == 16, "version");
_Static_assert(offsetof(brisk_module_options, dependencies) == 24, "dependencies");
_Static_assert(offsetof(brisk_module_options, version_size) == 32, "version_size");
_Static_assert(offsetof(brisk_module_options, dependencies_size) == 36, "dependencies_size");
_Static_assert(offsetof(brisk_module_options, warm_up) == 40, "warm_up");
_Static_assert(offsetof(brisk_module_options, reserved) == 44, "reserved");

_Static_assert(sizeof(brisk_module_figures) == 48, "brisk_module_figures");
_Static_assert(offsetof(brisk_module_figures, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_module_figures, state) == 4, "state");
_Static_assert(offsetof(brisk_module_figures, load_ns) == 8, "load_ns");
_Static_assert(offsetof(brisk_module_figures, warm_up_ns) == 16, "warm_up_ns");
_Static_assert(offsetof(brisk_module_figures, gained_bytes) == 24, "gained_bytes");
_Static_assert(offsetof(brisk_module_figures, thread) == 32, "thread");
_Static_assert(offsetof(brisk_module_figures, attempts) == 40, "attempts");
_Static_assert(offsetof(brisk_module_figures, dependents) == 44, "dependents");

/*
 * Takes a dict of settings, or None for the defaults. Settings of a set of modules. A zero field
 * selects the documented default.
 */
static int take_modules_options(PyObject *from, brisk_modules_options *to, RawView *views) {
  /* clang-format off */
  static const char *const names[] = {
      "eager",
      "load_timeout_ns",
      NULL,
  };
  /* clang-format on */
  PyObject *item = NULL;
  (void)views;
  if (!raw_fields(from, "modules_options", names)) return 0;
  item = raw_field(from, "eager");
  if (item && !raw_u32(item, "eager", &to->eager)) return 0;
  item = raw_field(from, "load_timeout_ns");
  if (item && !raw_u64(item, "load_timeout_ns", &to->load_timeout_ns)) return 0;
  return 1;
}

static PyStructSequence_Field module_figures_fields[] = {
    {"state", "How far it is."},
    {"load_ns",
     "How long the load took in nanoseconds, without what it waited for; so far, where it goes "
     "on."},
    {"warm_up_ns", "How long the warm-up took in nanoseconds."},
    {"gained_bytes",
     "Bytes of memory that the process gained meanwhile; loads at the same time count in each "
     "other's."},
    {"thread", "The system's number of the thread that loaded it; 0 before."},
    {"attempts", "How often it was loaded, successfully or not."},
    {"dependents", "How many modules need it directly."},
    {NULL, NULL},
};
static PyStructSequence_Desc module_figures_desc = {
    "brisk._brisk.ModuleFigures",
    "Figures of a module at the moment of its report.",
    module_figures_fields,
    7,
};
static PyTypeObject *module_figures_type;

static PyObject *give_module_figures(const brisk_module_figures *from) {
  PyObject *const to = PyStructSequence_New(module_figures_type);
  Py_ssize_t at = 0;
  if (!to) return NULL;
  PyStructSequence_SetItem(to, at++, PyLong_FromLong(from->state));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->load_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->warm_up_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->gained_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->thread));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLong(from->attempts));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLong(from->dependents));
  return raw_whole(to, at);
}

static const char modules_new_doc[] =
    "modules_new(runtime, options, /)\n"
    "--\n"
    "\n"
    "Creates a set without modules. Touches no file. The caller owns one reference.";

static PyObject *call_modules_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  brisk_modules_options options = BRISK_MODULES_OPTIONS_INIT;
  RawView options_views[RAW_VIEWS] = {{0}};
  brisk_modules *modules = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("modules_new", count, 2)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  if (!take_modules_options(args[1], &options, options_views)) goto done;
  status = brisk_modules_new(runtime, &options, &modules, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_MODULES, modules);
done:
  raw_drop_all(options_views);
  return result;
}

static const char modules_close_doc[] =
    "close($self, /)\n"
    "--\n"
    "\n"
    "Ends waiting, and loading in the background after the module in hand. Idempotent;\n"
    "later calls return BRISK_CLOSED. What was loaded stays.";

static PyObject *call_modules_close(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("close", count, 0)) goto done;
  status = brisk_modules_close(raw_self(self), &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char modules_scan_doc[] =
    "scan($self, folder, /)\n"
    "--\n"
    "\n"
    "Reads every manifest (NAME.module) of a folder and opens no library. A manifest that\n"
    "is wrong, too large, or open to be written by everyone becomes a module that has\n"
    "failed, with that reason; a name that is taken stays with the first. A folder that\n"
    "cannot be read, or that everyone may write to, is BRISK_INVALID. BRISK_LOAD_FAILED\n"
    "is for eager sets, whose modules are loaded here.";

static PyObject *call_modules_scan(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView folder = {0};
  uint64_t found = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("scan", count, 1)) goto done;
  if (!raw_bytes(args[0], "folder", &folder)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_modules_scan(raw_self(self), folder.data, folder.size, &found, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromUnsignedLongLong(found);
done:
  raw_drop(&folder);
  return result;
}

static const char modules_load_doc[] =
    "load($self, name, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Loads a module that is not loaded yet, after all that it depends on, on this thread.\n"
    "A loader that runs is not interrupted. A failure is that of the first time, until\n"
    "brisk_modules_retry; a circle of dependencies, or of loads that wait for each other,\n"
    "is BRISK_DEADLOCK and names it.";

static PyObject *call_modules_load(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView name = {0};
  uint64_t timeout_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("load", count, 2)) goto done;
  if (!raw_bytes(args[0], "name", &name)) goto done;
  if (!raw_u64(args[1], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_modules_load(raw_self(self), name.data, name.size, timeout_ns, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&name);
  return result;
}

static const char modules_load_all_doc[] =
    "load_all($self, threads, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Loads every module, in parallel where dependencies allow. A failure comes after all\n"
    "have been tried and names each module that failed, and why. A call from the load of\n"
    "a module would wait for itself and is BRISK_DEADLOCK.";

static PyObject *call_modules_load_all(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  uint32_t threads = 0;
  uint64_t timeout_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("load_all", count, 2)) goto done;
  if (!raw_u32(args[0], "threads", &threads)) goto done;
  if (!raw_u64(args[1], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_modules_load_all(raw_self(self), threads, timeout_ns, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  return result;
}

static const char modules_preload_doc[] =
    "preload($self, /)\n"
    "--\n"
    "\n"
    "Loads what is not loaded yet in idle time, and returns at once: one module at a time\n"
    "on one thread of its own, never while a caller loads one, with pauses as long as the\n"
    "loads. Failures are kept for who uses the module.";

static PyObject *call_modules_preload(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("preload", count, 0)) goto done;
  status = brisk_modules_preload(raw_self(self), &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char modules_retry_doc[] =
    "retry($self, name, /)\n"
    "--\n"
    "\n"
    "Forgets the failure of a module and of those that it depends on, reading their\n"
    "manifests anew; the next use tries again. BRISK_MISS when there is no such module.";

static PyObject *call_modules_retry(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView name = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("retry", count, 1)) goto done;
  if (!raw_bytes(args[0], "name", &name)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(name.size));
    status = brisk_modules_retry(raw_self(self), name.data, name.size, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&name);
  return result;
}

static const char modules_state_doc[] =
    "state($self, name, /)\n"
    "--\n"
    "\n"
    "Tells how far a module is, and loads nothing. BRISK_MISS when there is no such\n"
    "module.";

static PyObject *call_modules_state(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView name = {0};
  brisk_module_state state = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("state", count, 1)) goto done;
  if (!raw_bytes(args[0], "name", &name)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(name.size));
    status = brisk_modules_state(raw_self(self), name.data, name.size, &state, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromLong(state));
done:
  raw_drop(&name);
  return result;
}

static const char modules_symbol_doc[] =
    "symbol($self, name, symbol, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Loads a native module and gives the address of a symbol, which is good for as long\n"
    "as the process lives: keep it, and a call costs what any call through a pointer\n"
    "does. A module without a library, or without this symbol, answers BRISK_INVALID.";

static PyObject *call_modules_symbol(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView name = {0};
  const char *symbol = NULL;
  uint64_t timeout_ns = 0;
  uint64_t address = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("symbol", count, 3)) goto done;
  if (!raw_bytes(args[0], "name", &name)) goto done;
  if (!raw_text(args[1], "symbol", &symbol)) goto done;
  if (!raw_u64(args[2], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_modules_symbol(raw_self(self), name.data, name.size, symbol, timeout_ns,
                                  &address, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromUnsignedLongLong(address));
done:
  raw_drop(&name);
  return result;
}

static const char modules_report_doc[] =
    "report($self, /)\n"
    "--\n"
    "\n"
    "Describes every module as it is now, and loads nothing.";

static PyObject *call_modules_report(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_module_report *report = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("report", count, 0)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_modules_report(raw_self(self), &report, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_MODULE_REPORT, report);
done:
  return result;
}

static const char module_report_count_doc[] =
    "module_report_count(report, /)\n"
    "--\n"
    "\n"
    "Returns how many modules a report has.";

static PyObject *call_module_report_count(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  size_t returned = 0;
  void *report = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("module_report_count", count, 1)) goto done;
  if (!raw_handle(args[0], "report", RAW_MODULE_REPORT, 1, &report)) goto done;
  returned = brisk_module_report_count(report);
  result = PyLong_FromSize_t(returned);
done:
  return result;
}

static const char module_report_read_doc[] =
    "read($self, index, /)\n"
    "--\n"
    "\n"
    "Reads the figures of a module.";

static PyObject *call_module_report_read(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  size_t index = 0;
  brisk_module_figures figures = BRISK_MODULE_FIGURES_INIT;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read", count, 1)) goto done;
  if (!raw_size(args[0], "index", &index)) goto done;
  status = brisk_module_report_read(raw_self(self), index, &figures, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = give_module_figures(&figures);
done:
  return result;
}

static const char module_report_text_doc[] =
    "module_report_text(report, index, part, /)\n"
    "--\n"
    "\n"
    "Returns a text about a module, empty where there is none. The text lives as long as\n"
    "the report.";

static PyObject *call_module_report_text(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  const char *returned = 0;
  void *report = NULL;
  size_t index = 0;
  brisk_module_text part = 0;
  PyObject *result = NULL;
  if (!raw_arguments("module_report_text", count, 3)) goto done;
  if (!raw_handle(args[0], "report", RAW_MODULE_REPORT, 1, &report)) goto done;
  if (!raw_size(args[1], "index", &index)) goto done;
  if (!raw_i32(args[2], "part", &part)) goto done;
  returned = brisk_module_report_text(report, index, part);
  result = raw_string(returned);
done:
  return result;
}

static const char module_report_format_doc[] =
    "module_report_format(report, format, /)\n"
    "--\n"
    "\n"
    "Returns the whole report as one text, which lives as long as the report.";

static PyObject *call_module_report_format(PyObject *self, PyObject *const *args,
                                           Py_ssize_t count) {
  (void)self;
  const char *returned = 0;
  void *report = NULL;
  brisk_report_format format = 0;
  PyObject *result = NULL;
  if (!raw_arguments("module_report_format", count, 2)) goto done;
  if (!raw_handle(args[0], "report", RAW_MODULE_REPORT, 1, &report)) goto done;
  if (!raw_i32(args[1], "format", &format)) goto done;
  returned = brisk_module_report_format(report, format);
  result = raw_string(returned);
done:
  return result;
}

/*
 * Not here:
 * brisk_modules_add: what calls into Python is written by hand; loads are by lease.
 * brisk_modules_ref: what it does, the objects do by themselves.
 * brisk_modules_unref: what it does, the objects do by themselves.
 * brisk_module_report_ref: what it does, the objects do by themselves.
 * brisk_module_report_unref: what it does, the objects do by themselves.
 */

static void modules_drop(void *pointer) { brisk_modules_unref(pointer); }

static void modules_dealloc(PyObject *self) {
  modules_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef modules_methods[] = {
    RAW_METHOD("close", modules_close),
    RAW_METHOD("scan", modules_scan),
    RAW_METHOD("load", modules_load),
    RAW_METHOD("load_all", modules_load_all),
    RAW_METHOD("preload", modules_preload),
    RAW_METHOD("retry", modules_retry),
    RAW_METHOD("state", modules_state),
    RAW_METHOD("symbol", modules_symbol),
    RAW_METHOD("report", modules_report),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot modules_slots[] = {
    {Py_tp_doc, "A set of modules. May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(modules_dealloc)},
    {Py_tp_methods, modules_methods},
    {0, NULL},
};
static PyType_Spec modules_spec = {
    "brisk._brisk.ModulesHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    modules_slots,
};

static void module_report_drop(void *pointer) { brisk_module_report_unref(pointer); }

static void module_report_dealloc(PyObject *self) {
  module_report_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef module_report_methods[] = {
    RAW_METHOD("read", module_report_read),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot module_report_slots[] = {
    {Py_tp_doc, "What a set of modules was at one moment. Immutable; may be read from any thread."},
    {Py_tp_dealloc, RAW_SLOT(module_report_dealloc)},
    {Py_tp_methods, module_report_methods},
    {0, NULL},
};
static PyType_Spec module_report_spec = {
    "brisk._brisk.ModuleReportHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    module_report_slots,
};

/* clang-format off */
static PyMethodDef functions[] = {
    RAW_METHOD("modules_new", modules_new),
    RAW_METHOD("module_report_count", module_report_count),
    RAW_METHOD("module_report_text", module_report_text),
    RAW_METHOD("module_report_format", module_report_format),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */

int raw_add_modules(PyObject *module) {
  if (!raw_add_number(module, "MODULE_STATE_UNLOADED", BRISK_MODULE_STATE_UNLOADED)) return 0;
  if (!raw_add_number(module, "MODULE_STATE_LOADING", BRISK_MODULE_STATE_LOADING)) return 0;
  if (!raw_add_number(module, "MODULE_STATE_LOADED", BRISK_MODULE_STATE_LOADED)) return 0;
  if (!raw_add_number(module, "MODULE_STATE_FAILED", BRISK_MODULE_STATE_FAILED)) return 0;
  if (!raw_add_number(module, "MODULE_STEP_LOAD", BRISK_MODULE_STEP_LOAD)) return 0;
  if (!raw_add_number(module, "MODULE_STEP_WARM_UP", BRISK_MODULE_STEP_WARM_UP)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_NAME", BRISK_MODULE_TEXT_NAME)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_KINDS", BRISK_MODULE_TEXT_KINDS)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_SCHEMES", BRISK_MODULE_TEXT_SCHEMES)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_VERSION", BRISK_MODULE_TEXT_VERSION)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_DEPENDENCIES", BRISK_MODULE_TEXT_DEPENDENCIES)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_DEPENDENTS", BRISK_MODULE_TEXT_DEPENDENTS)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_SOURCE", BRISK_MODULE_TEXT_SOURCE)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_LIBRARY", BRISK_MODULE_TEXT_LIBRARY)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_REASON", BRISK_MODULE_TEXT_REASON)) return 0;
  if (!raw_add_number(module, "MODULE_TEXT_LOG", BRISK_MODULE_TEXT_LOG)) return 0;
  if (!raw_add_number(module, "REPORT_FORMAT_TEXT", BRISK_REPORT_FORMAT_TEXT)) return 0;
  if (!raw_add_number(module, "REPORT_FORMAT_JSON", BRISK_REPORT_FORMAT_JSON)) return 0;
  if (!raw_add_sequence(module, &module_figures_desc, &module_figures_type)) return 0;
  if (!raw_add_handle(module, RAW_MODULES, &modules_spec, modules_drop)) return 0;
  if (!raw_add_handle(module, RAW_MODULE_REPORT, &module_report_spec, module_report_drop)) return 0;
  return PyModule_AddFunctions(module, functions) == 0;
}
