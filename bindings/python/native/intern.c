/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* Interning: the raw layer of brisk/intern.h in Python. */

#include "raw.h"

_Static_assert(sizeof(brisk_intern_options) == 16, "brisk_intern_options");
_Static_assert(offsetof(brisk_intern_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_intern_options, reserved) == 4, "reserved");
_Static_assert(offsetof(brisk_intern_options, capacity_bytes) == 8, "capacity_bytes");

_Static_assert(sizeof(brisk_intern_stats) == 56, "brisk_intern_stats");
_Static_assert(offsetof(brisk_intern_stats, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_intern_stats, reserved) == 4, "reserved");
_Static_assert(offsetof(brisk_intern_stats, strings) == 8, "strings");
_Static_assert(offsetof(brisk_intern_stats, string_bytes) == 16, "string_bytes");
_Static_assert(offsetof(brisk_intern_stats, hits) == 24, "hits");
_Static_assert(offsetof(brisk_intern_stats, refusals) == 32, "refusals");
_Static_assert(offsetof(brisk_intern_stats, capacity_bytes) == 40, "capacity_bytes");
_Static_assert(offsetof(brisk_intern_stats, held_bytes) == 48, "held_bytes");

/*
 * Takes a dict of settings, or None for the defaults. Settings of an interner. A zero field selects
 * the documented default.
 */
static int take_intern_options(PyObject *from, brisk_intern_options *to, RawView *views) {
  /* clang-format off */
  static const char *const names[] = {
      "capacity_bytes",
      NULL,
  };
  /* clang-format on */
  PyObject *item = NULL;
  (void)views;
  if (!raw_fields(from, "intern_options", names)) return 0;
  item = raw_field(from, "capacity_bytes");
  if (item && !raw_u64(item, "capacity_bytes", &to->capacity_bytes)) return 0;
  return 1;
}

static PyStructSequence_Field intern_stats_fields[] = {
    {"strings", "Strings that have an id."},
    {"string_bytes", "Their bytes, as callers see them."},
    {"hits", "Lookups, of put and of find, that found their string."},
    {"refusals", "Strings that were refused for want of room."},
    {"capacity_bytes", "The bound on held_bytes."},
    {"held_bytes", "Bytes held now; they count towards the budget of the runtime."},
    {"bytes_held", "The same as held_bytes."},
    {NULL, NULL},
};
static PyStructSequence_Desc intern_stats_desc = {
    "brisk._brisk.InternStats",
    "Figures of an interner. A count may lag by the calls in flight on other threads.",
    intern_stats_fields,
    6,
};
static PyTypeObject *intern_stats_type;

static PyObject *give_intern_stats(const brisk_intern_stats *from) {
  PyObject *const to = PyStructSequence_New(intern_stats_type);
  Py_ssize_t at = 0;
  if (!to) return NULL;
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->strings));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->string_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->hits));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->refusals));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->capacity_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->held_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->held_bytes));
  return raw_whole(to, at);
}

static const char intern_new_doc[] =
    "intern_new(runtime, options, /)\n"
    "--\n"
    "\n"
    "Creates an interner. The caller owns one reference. It outlives the close of its\n"
    "runtime, so that addresses stay valid.";

static PyObject *call_intern_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  brisk_intern_options options = BRISK_INTERN_OPTIONS_INIT;
  RawView options_views[RAW_VIEWS] = {{0}};
  brisk_intern *intern = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("intern_new", count, 2)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  if (!take_intern_options(args[1], &options, options_views)) goto done;
  status = brisk_intern_new(runtime, &options, &intern, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_INTERN, intern);
done:
  raw_drop_all(options_views);
  return result;
}

static const char intern_put_doc[] =
    "put($self, string, /)\n"
    "--\n"
    "\n"
    "Gives the id of a string, which is copied and given the next id when it is new.\n"
    "BRISK_REFUSED says that the interner, or the budget of its runtime, has no room for\n"
    "it; strings that are there are still found.";

static PyObject *call_intern_put(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView string = {0};
  uint32_t id = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("put", count, 1)) goto done;
  if (!raw_bytes(args[0], "string", &string)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(string.size));
    status = brisk_intern_put(raw_self(self), string.data, string.size, &id, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromUnsignedLong(id));
done:
  raw_drop(&string);
  return result;
}

static const char intern_put_many_doc[] =
    "put_many($self, strings, sizes, /)\n"
    "--\n"
    "\n"
    "Does brisk_intern_put for each string in turn, at a lower cost each, and stops at\n"
    "the first that is refused. The sizes must add up to the size of strings; they are\n"
    "all checked first, and nothing is interned when one is wrong.";

static PyObject *call_intern_put_many(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView strings = {0};
  RawView sizes = {0};
  uint32_t *ids = NULL;
  size_t done = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("put_many", count, 2)) goto done;
  if (!raw_bytes(args[0], "strings", &strings)) goto done;
  if (!raw_array(args[1], "sizes", sizeof(uint32_t), &sizes)) goto done;
  if (!(ids = raw_new(sizes.size, sizeof *ids))) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(strings.size));
    status = brisk_intern_put_many(raw_self(self), sizes.size, strings.data, strings.size,
                                   sizes.data, ids, &done, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result =
      raw_tuple(3, PyLong_FromLong(status), raw_u32_list(ids, sizes.size), PyLong_FromSize_t(done));
done:
  raw_drop(&strings);
  raw_drop(&sizes);
  PyMem_Free(ids);
  return result;
}

static const char intern_find_doc[] =
    "find($self, string, /)\n"
    "--\n"
    "\n"
    "Gives the id of a string that is there, and adds none. Takes no lock and allocates\n"
    "nothing.";

static PyObject *call_intern_find(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView string = {0};
  uint32_t id = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("find", count, 1)) goto done;
  if (!raw_bytes(args[0], "string", &string)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(string.size));
    status = brisk_intern_find(raw_self(self), string.data, string.size, &id, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromUnsignedLong(id));
done:
  raw_drop(&string);
  return result;
}

static const char intern_find_many_doc[] =
    "find_many($self, strings, sizes, /)\n"
    "--\n"
    "\n"
    "Does brisk_intern_find for each string, at a lower cost each. The sizes must add up\n"
    "to the size of strings.";

static PyObject *call_intern_find_many(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView strings = {0};
  RawView sizes = {0};
  uint32_t *ids = NULL;
  size_t found = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("find_many", count, 2)) goto done;
  if (!raw_bytes(args[0], "strings", &strings)) goto done;
  if (!raw_array(args[1], "sizes", sizeof(uint32_t), &sizes)) goto done;
  if (!(ids = raw_new(sizes.size, sizeof *ids))) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(strings.size));
    status = brisk_intern_find_many(raw_self(self), sizes.size, strings.data, strings.size,
                                    sizes.data, ids, &found, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, raw_u32_list(ids, sizes.size), PyLong_FromSize_t(found));
done:
  raw_drop(&strings);
  raw_drop(&sizes);
  PyMem_Free(ids);
  return result;
}

static const char intern_at_doc[] =
    "intern_at(intern, id, /)\n"
    "--\n"
    "\n"
    "Returns the one address of the string that has this id, NULL when none has. A zero\n"
    "byte that does not count follows the string. Equal strings have equal addresses.\n"
    "They live as long as the interner.";

static PyObject *call_intern_at(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  const void *returned = 0;
  void *intern = NULL;
  uint32_t id = 0;
  size_t size = 0;
  PyObject *result = NULL;
  if (!raw_arguments("intern_at", count, 2)) goto done;
  if (!raw_handle(args[0], "intern", RAW_INTERN, 1, &intern)) goto done;
  if (!raw_u32(args[1], "id", &id)) goto done;
  returned = brisk_intern_at(intern, id, &size);
  result = raw_copy(returned, size);
done:
  return result;
}

static const char intern_read_stats_doc[] =
    "read_stats($self, /)\n"
    "--\n"
    "\n"
    "Reads the figures of an interner.";

static PyObject *call_intern_read_stats(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_intern_stats stats = BRISK_INTERN_STATS_INIT;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read_stats", count, 0)) goto done;
  status = brisk_intern_read_stats(raw_self(self), &stats, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = give_intern_stats(&stats);
done:
  return result;
}

/*
 * Not here:
 * brisk_intern_ref: what it does, the objects do by themselves.
 * brisk_intern_unref: what it does, the objects do by themselves.
 */

static void intern_drop(void *pointer) { brisk_intern_unref(pointer); }

static void intern_dealloc(PyObject *self) {
  intern_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef intern_methods[] = {
    RAW_METHOD("put", intern_put),
    RAW_METHOD("put_many", intern_put_many),
    RAW_METHOD("find", intern_find),
    RAW_METHOD("find_many", intern_find_many),
    RAW_METHOD("read_stats", intern_read_stats),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot intern_slots[] = {
    {Py_tp_doc,
     "A set of byte strings, each with an id and an address of its own. May be used from any "
     "thread."},
    {Py_tp_dealloc, RAW_SLOT(intern_dealloc)},
    {Py_tp_methods, intern_methods},
    {0, NULL},
};
static PyType_Spec intern_spec = {
    "brisk._brisk.InternHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    intern_slots,
};

/* clang-format off */
static PyMethodDef functions[] = {
    RAW_METHOD("intern_new", intern_new),
    RAW_METHOD("intern_at", intern_at),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */

int raw_add_intern(PyObject *module) {
  if (!raw_add_unsigned(module, "INTERN_NONE", BRISK_INTERN_NONE)) return 0;
  if (!raw_add_sequence(module, &intern_stats_desc, &intern_stats_type)) return 0;
  if (!raw_add_handle(module, RAW_INTERN, &intern_spec, intern_drop)) return 0;
  return PyModule_AddFunctions(module, functions) == 0;
}
