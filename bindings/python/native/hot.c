/*
 * CacheBase: what is hot in a cache. Subclassed by brisk.Cache, which adds the rest in Python.
 *
 * A get is one call of C into a buffer on the stack and one new bytes object; no Python frame runs
 * unless the cache has a codec. The GIL is kept for what takes less than some microseconds.
 */

#include "hot.h"

enum { SMALL = 1024 }; /* values up to this are read in one call */

int hot_arguments(const char *function, const char *const *names, Py_ssize_t most, Py_ssize_t least,
                  PyObject *const *args, Py_ssize_t count, PyObject *keywords, PyObject **to) {
  if (count > most) {
    PyErr_Format(PyExc_TypeError, "%s() takes at most %zd arguments and was given %zd", function,
                 most, count);
    return 0;
  }
  for (Py_ssize_t i = 0; i < count; i++) to[i] = args[i];
  const Py_ssize_t named = keywords ? PyTuple_Size(keywords) : 0;
  for (Py_ssize_t i = 0; i < named; i++) {
    PyObject *const keyword = PyTuple_GetItem(keywords, i);
    Py_ssize_t at = 0;
    while (at < most && PyUnicode_CompareWithASCIIString(keyword, names[at]) != 0) at++;
    if (at == most || at < count) {
      PyErr_Format(PyExc_TypeError, at == most ? "%s() has no argument %R" : "%s() got %R twice",
                   function, keyword);
      return 0;
    }
    to[at] = args[count + i];
  }
  for (Py_ssize_t i = 0; i < least; i++) {
    if (to[i]) continue;
    PyErr_Format(PyExc_TypeError, "%s() needs %s", function, names[i]);
    return 0;
  }
  return 1;
}

int hot_value(Hot *self, PyObject *value, RawView *to) {
  if (self->encode) {
    PyObject *const made = PyObject_CallFunctionObjArgs(self->encode, value, NULL);
    if (!made) return 0;
    const int taken = PyUnicode_Check(made) || !PyObject_CheckBuffer(made)
                          ? raw_wrong_type(made, "what the codec's encode returned", "bytes")
                          : raw_bytes(made, "value", to);
    Py_DECREF(made);
    return taken;
  }
  if (PyBytes_Check(value) || (!PyUnicode_Check(value) && PyObject_CheckBuffer(value))) {
    return raw_bytes(value, "value", to);
  }
  return raw_wrong_type(value, "value",
                        "bytes, or make the cache with codec=\"str\", codec=\"json\" or a pair of "
                        "functions (encode, decode)");
}

/* Takes over the reference to bytes, also when it is NULL; so does the next. */
static PyObject *decoded(Hot *self, PyObject *bytes) {
  if (!bytes || !self->decode) return bytes;
  PyObject *const value = PyObject_CallFunctionObjArgs(self->decode, bytes, NULL);
  Py_DECREF(bytes);
  return value;
}

static PyObject *decoded_and_kept(Hot *self, const RawView *key, PyObject *bytes) {
  if (!bytes || !self->kept) return decoded(self, bytes);
  PyObject *const value = decoded(self, Py_NewRef(bytes));
  if (value) kept_add(self->kept, key, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes), value);
  Py_DECREF(bytes);
  return value;
}

PyObject *hot_made(Hot *self, const RawView *key, const char *data, size_t size) {
  PyObject *const kept = self->kept ? kept_find(self->kept, key, data, size) : NULL;
  if (kept) return kept;
  return decoded_and_kept(self, key, PyBytes_FromStringAndSize(data, (Py_ssize_t)size));
}

/* The same for bytes that are an object already, whose reference it takes over. */
static PyObject *made_of(Hot *self, const RawView *key, PyObject *bytes) {
  if (!bytes || !self->kept) return decoded(self, bytes);
  PyObject *const kept =
      kept_find(self->kept, key, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
  if (!kept) return decoded_and_kept(self, key, bytes);
  Py_DECREF(bytes);
  return kept;
}

/* Reads a value that did not fit on the stack. NULL without an exception says that it is gone. */
static PyObject *read_large(Hot *self, const RawView *key, size_t size) {
  while (1) {
    brisk_error *error = NULL;
    size_t found = 0;
    PyObject *const bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (!bytes) return NULL;
    char *const data = PyBytes_AsString(bytes);
    PyThreadState *const thread = raw_release(raw_is_large(size));
    const brisk_status status =
        brisk_cache_read(self->cache, key->data, key->size, data, size, &found, &error);
    raw_retake(thread);
    if (status == BRISK_OK && found == size) return bytes;
    PyObject *const shorter =
        status == BRISK_OK ? PyBytes_FromStringAndSize(data, (Py_ssize_t)found) : NULL;
    Py_DECREF(bytes);
    if (status < 0) return raw_raise(status, error);
    if (status != BRISK_SHORT_BUFFER) return shorter;
    size = found; /* somebody stored a larger value meanwhile */
  }
}

int hot_look_up(Hot *self, PyObject *key, PyObject **value) {
  char buffer[SMALL];
  RawView view;
  brisk_error *error = NULL;
  size_t size = 0;
  view.owner = NULL;
  view.view.obj = NULL;
  if (!raw_bytes(key, "key", &view)) return -1;
  const brisk_status status =
      brisk_cache_read(self->cache, view.data, view.size, buffer, sizeof buffer, &size, &error);
  if (status == BRISK_OK) {
    *value = hot_made(self, &view, buffer, size);
  } else if (status == BRISK_SHORT_BUFFER) {
    *value = made_of(self, &view, read_large(self, &view, size));
  } else if (status < 0) {
    *value = raw_raise(status, error);
  }
  raw_drop(&view);
  if (status == BRISK_MISS) return 0;
  return *value ? 1 : PyErr_Occurred() ? -1 : 0;
}

/* Gives 1 when the value was stored, 0 when there was no room, -1 with an exception. */
static int store(Hot *self, PyObject *key, PyObject *value, PyObject *ttl, double cost) {
  RawView name = {0};
  RawView bytes = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_INTERNAL;
  uint64_t ttl_ns = 0;
  if (!time_lifetime(ttl, "ttl", &ttl_ns) || !raw_bytes(key, "key", &name)) return -1;
  if (hot_value(self, value, &bytes)) {
    PyThreadState *const thread = raw_release(raw_is_large(bytes.size + name.size));
    status = brisk_cache_put_cost(self->cache, name.data, name.size, bytes.data, bytes.size, ttl_ns,
                                  cost, &error);
    raw_retake(thread);
    if (status < 0) raw_raise(status, error);
  }
  raw_drop(&bytes);
  raw_drop(&name);
  return status < 0 ? -1 : status == BRISK_OK;
}

typedef brisk_status (*KeyCall)(brisk_cache *, const void *, size_t, brisk_error **);

/* Gives 1 for BRISK_OK, 0 for BRISK_MISS, -1 with an exception. */
static int ask(Hot *self, PyObject *key, KeyCall call) {
  RawView view = {0};
  brisk_error *error = NULL;
  if (!raw_bytes(key, "key", &view)) return -1;
  const brisk_status status = call(self->cache, view.data, view.size, &error);
  raw_drop(&view);
  if (status < 0) raw_raise(status, error);
  return status < 0 ? -1 : status == BRISK_OK;
}

static const char get_doc[] =
    "get($self, /, key, default=None)\n--\n\n"
    "Gives the value of key, or default where there is none.";
static PyObject *call_get(PyObject *self, PyObject *const *args, Py_ssize_t count,
                          PyObject *keywords) {
  static const char *const names[] = {"key", "default"};
  PyObject *taken[2] = {NULL, Py_None};
  PyObject *value = NULL;
  if (!keywords && count == 1) {
    taken[0] = args[0];
  } else if (!hot_arguments("get", names, 2, 1, args, count, keywords, taken)) {
    return NULL;
  }
  const int found = hot_look_up((Hot *)self, taken[0], &value);
  return found < 0 ? NULL : found ? value : Py_NewRef(taken[1]);
}

static const char set_doc[] =
    "set($self, /, key, value, ttl=None, cost=0.0)\n--\n\n"
    "Stores value under key for ttl seconds, or for the ttl of the cache.\n\n"
    "cost is what it takes to make the value, in any unit that is the same for all of the cache.\n"
    "Each hit adds it to stats().saved_cost.\n\n"
    "False when the cache has no room because callers pin what it holds; the key then has no\n"
    "value.";
static PyObject *call_set(PyObject *self, PyObject *const *args, Py_ssize_t count,
                          PyObject *keywords) {
  static const char *const names[] = {"key", "value", "ttl", "cost"};
  PyObject *taken[4] = {NULL, NULL, Py_None, NULL};
  double cost = 0;
  if (!hot_arguments("set", names, 4, 2, args, count, keywords, taken)) return NULL;
  if (taken[3] && !raw_f64(taken[3], "cost", &cost)) return NULL;
  const int stored = store((Hot *)self, taken[0], taken[1], taken[2], cost);
  return stored < 0 ? NULL : PyBool_FromLong(stored);
}

static PyObject *hot_subscript(PyObject *self, PyObject *key) {
  PyObject *value = NULL;
  const int found = hot_look_up((Hot *)self, key, &value);
  if (found == 0) PyErr_SetObject(PyExc_KeyError, key);
  return found > 0 ? value : NULL;
}

static int hot_assign(PyObject *self, PyObject *key, PyObject *value) {
  if (value) return store((Hot *)self, key, value, Py_None, 0) < 0 ? -1 : 0;
  const int erased = ask((Hot *)self, key, brisk_cache_erase);
  if (erased == 0) PyErr_SetObject(PyExc_KeyError, key);
  return erased > 0 ? 0 : -1;
}

static int hot_contains(PyObject *self, PyObject *key) {
  return ask((Hot *)self, key, brisk_cache_contains);
}

static const char discard_doc[] =
    "discard($self, key, /)\n--\n\nErases key. Whether there was an entry to erase.";
static PyObject *call_discard(PyObject *self, PyObject *key) {
  const int erased = ask((Hot *)self, key, brisk_cache_erase);
  return erased < 0 ? NULL : PyBool_FromLong(erased);
}

static const char begin_doc[] =
    "_begin($self, key, parent, /)\n--\n\n"
    "The value, whether there is one, the lease of a load, and the outcome. A value that comes\n"
    "with a lease is one from before.";
static PyObject *call_begin(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  Hot *const hot = (Hot *)self;
  RawView key = {0};
  void *parent = NULL;
  brisk_value *pinned = NULL;
  brisk_lease *lease = NULL;
  brisk_error *error = NULL;
  if (!raw_arguments("_begin", count, 2) || !raw_handle(args[1], "parent", RAW_LEASE, 1, &parent) ||
      !raw_bytes(args[0], "key", &key)) {
    return NULL;
  }
  const brisk_status status =
      brisk_cache_begin(hot->cache, key.data, key.size, parent, &pinned, &lease, &error);
  PyObject *value = NULL;
  if (pinned) {
    size_t size = 0;
    const char *const data = brisk_value_data(pinned, &size);
    value = hot_made(hot, &key, data, size);
    brisk_value_unref(pinned);
  } else {
    value = status < 0 ? raw_raise(status, error) : Py_NewRef(Py_None);
  }
  raw_drop(&key);
  if (status < 0) return NULL;
  return raw_tuple(4, value, PyBool_FromLong(pinned != NULL), raw_wrap(RAW_LEASE, lease),
                   PyLong_FromLong(status));
}

static const char encode_doc[] =
    "_encode($self, value, /)\n--\n\nThe bytes that are stored for value.";
static PyObject *call_encode(PyObject *self, PyObject *value) {
  RawView bytes = {0};
  if (!hot_value((Hot *)self, value, &bytes)) return NULL;
  PyObject *const made = PyBytes_FromStringAndSize(bytes.data, (Py_ssize_t)bytes.size);
  raw_drop(&bytes);
  return made;
}

static const char decode_doc[] =
    "_decode($self, data, /)\n--\n\nThe value that stored bytes stand for.";
static PyObject *call_decode(PyObject *self, PyObject *data) {
  return decoded((Hot *)self, PyBytes_FromObject(data));
}

static int hot_init(PyObject *self, PyObject *args, PyObject *keywords) {
  Hot *const hot = (Hot *)self;
  PyObject *raw = NULL;
  PyObject *encode = Py_None;
  PyObject *decode = Py_None;
  unsigned long long kept = 0;
  void *cache = NULL;
  (void)keywords;
  if (!PyArg_ParseTuple(args, "O|OOK", &raw, &encode, &decode, &kept)) return -1;
  if (!raw_handle(raw, "raw", RAW_CACHE, 0, &cache)) return -1;
  if (hot->raw) {
    PyErr_SetString(raw_exception(BRISK_INVALID), "the cache was made already; make another one");
    return -1;
  }
  if (kept != 0 && !(hot->kept = kept_new(kept))) return -1;
  hot->raw = Py_NewRef(raw);
  hot->cache = cache;
  if (encode != Py_None) hot->encode = Py_NewRef(encode);
  if (decode != Py_None) hot->decode = Py_NewRef(decode);
  return 0;
}

static int hot_traverse(PyObject *self, visitproc visit, void *arg) {
  Hot *const hot = (Hot *)self;
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(hot->encode);
  Py_VISIT(hot->decode);
  return kept_traverse(hot->kept, visit, arg);
}

static int hot_clear(PyObject *self) {
  Hot *const hot = (Hot *)self;
  Py_CLEAR(hot->encode);
  Py_CLEAR(hot->decode);
  kept_clear(hot->kept);
  return 0;
}

static void hot_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  hot_clear(self);
  kept_free(((Hot *)self)->kept);
  Py_CLEAR(((Hot *)self)->raw);
  raw_free(self);
}

#define HOT_METHOD(function)                                                               \
  {#function, (PyCFunction)(void (*)(void))call_##function, METH_FASTCALL | METH_KEYWORDS, \
   function##_doc}

static PyMethodDef methods[] = {
    HOT_METHOD(get),
    HOT_METHOD(set),
    HOT_METHOD(get_many),
    HOT_METHOD(set_many),
    {"discard", call_discard, METH_O, discard_doc},
    {"_begin", (PyCFunction)(void (*)(void))call_begin, METH_FASTCALL, begin_doc},
    {"_encode", call_encode, METH_O, encode_doc},
    {"_decode", call_decode, METH_O, decode_doc},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef members[] = {
    {"_raw", T_OBJECT_EX, offsetof(Hot, raw), READONLY, "The cache of the raw layer."},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_doc, "The hot part of a cache; see brisk.Cache."},
    {Py_tp_init, RAW_SLOT(hot_init)},
    {Py_tp_dealloc, RAW_SLOT(hot_dealloc)},
    {Py_tp_traverse, RAW_SLOT(hot_traverse)},
    {Py_tp_clear, RAW_SLOT(hot_clear)},
    {Py_mp_subscript, RAW_SLOT(hot_subscript)},
    {Py_mp_ass_subscript, RAW_SLOT(hot_assign)},
    {Py_sq_contains, RAW_SLOT(hot_contains)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, NULL},
};
static PyType_Spec spec = {
    "brisk._brisk.CacheBase",
    (int)sizeof(Hot),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    slots,
};

int hot_add(PyObject *module) {
  static PyTypeObject *type;
  if (!type) type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
  return type && PyModule_AddType(module, type) == 0;
}
