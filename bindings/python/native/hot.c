/*
 * CacheBase: what is hot in a cache. Subclassed by brisk.Cache, which adds the rest in Python.
 *
 * A get is one call of C into a buffer on the stack and one new bytes object; no Python frame runs
 * unless the cache has a codec. The GIL is kept for what takes less than some microseconds.
 */

#include "raw.h"

typedef struct {
  PyObject_HEAD brisk_cache *cache; /* borrowed from raw; NULL before __init__, which C refuses */
  PyObject *raw;
  PyObject *encode; /* NULL without a codec */
  PyObject *decode;
} Hot;

enum {
  SMALL = 1024,           /* values up to this are read in one call */
  BATCH = 128,            /* keys of one call */
  KEY_ROOM = 4 * 1024,    /* and their bytes */
  VALUE_ROOM = 16 * 1024, /* and those of their values */
};

/* ---- arguments ------------------------------------------------------------------------------- */

/* Takes arguments by position or keyword. The first `least` must be there; others stay as they are.
 */
static int take_arguments(const char *function, const char *const *names, Py_ssize_t most,
                          Py_ssize_t least, PyObject *const *args, Py_ssize_t count,
                          PyObject *keywords, PyObject **to) {
  Py_ssize_t given = count;
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
    given++;
  }
  for (Py_ssize_t i = 0; i < least; i++) {
    if (to[i]) continue;
    PyErr_Format(PyExc_TypeError, "%s() needs %s", function, names[i]);
    return 0;
  }
  return 1;
}

/* Takes the bytes of a value, by the codec where there is one. */
static int take_value(Hot *self, PyObject *value, RawView *to) {
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

/* The value that bytes stand for. Takes over the reference, also when it is NULL. */
static PyObject *decoded(Hot *self, PyObject *bytes) {
  if (!bytes || !self->decode) return bytes;
  PyObject *const value = PyObject_CallFunctionObjArgs(self->decode, bytes, NULL);
  Py_DECREF(bytes);
  return value;
}

/* ---- one key --------------------------------------------------------------------------------- */

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

/* Gives 1 and the value, 0 where there is none, -1 with an exception. */
static int look_up(Hot *self, PyObject *key, PyObject **value) {
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
    *value = PyBytes_FromStringAndSize(buffer, (Py_ssize_t)size);
  } else if (status == BRISK_SHORT_BUFFER) {
    *value = read_large(self, &view, size);
  } else if (status < 0) {
    *value = raw_raise(status, error);
  }
  raw_drop(&view);
  if (status == BRISK_MISS) return 0;
  *value = decoded(self, *value);
  return *value ? 1 : PyErr_Occurred() ? -1 : 0;
}

/* Gives 1 when the value was stored, 0 when there was no room, -1 with an exception. */
static int store(Hot *self, PyObject *key, PyObject *value, PyObject *ttl) {
  RawView name = {0};
  RawView bytes = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_INTERNAL;
  uint64_t ttl_ns = 0;
  if (!time_lifetime(ttl, "ttl", &ttl_ns) || !raw_bytes(key, "key", &name)) return -1;
  if (take_value(self, value, &bytes)) {
    PyThreadState *const thread = raw_release(raw_is_large(bytes.size + name.size));
    status =
        brisk_cache_put(self->cache, name.data, name.size, bytes.data, bytes.size, ttl_ns, &error);
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
  } else if (!take_arguments("get", names, 2, 1, args, count, keywords, taken)) {
    return NULL;
  }
  const int found = look_up((Hot *)self, taken[0], &value);
  return found < 0 ? NULL : found ? value : Py_NewRef(taken[1]);
}

static const char set_doc[] =
    "set($self, /, key, value, ttl=None)\n--\n\n"
    "Stores value under key for ttl seconds, or for the ttl of the cache.\n\n"
    "False when the cache has no room because callers pin what it holds; the key then has no\n"
    "value.";
static PyObject *call_set(PyObject *self, PyObject *const *args, Py_ssize_t count,
                          PyObject *keywords) {
  static const char *const names[] = {"key", "value", "ttl"};
  PyObject *taken[3] = {NULL, NULL, Py_None};
  if (!take_arguments("set", names, 3, 2, args, count, keywords, taken)) return NULL;
  const int stored = store((Hot *)self, taken[0], taken[1], taken[2]);
  return stored < 0 ? NULL : PyBool_FromLong(stored);
}

static PyObject *hot_subscript(PyObject *self, PyObject *key) {
  PyObject *value = NULL;
  const int found = look_up((Hot *)self, key, &value);
  if (found == 0) PyErr_SetObject(PyExc_KeyError, key);
  return found > 0 ? value : NULL;
}

static int hot_assign(PyObject *self, PyObject *key, PyObject *value) {
  if (value) return store((Hot *)self, key, value, Py_None) < 0 ? -1 : 0;
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

/* ---- many keys ------------------------------------------------------------------------------- */

/* The keys of one call, packed. */
typedef struct {
  size_t count;
  size_t used;
  uint32_t sizes[BATCH];
  char bytes[KEY_ROOM];
} Batch;

/* Packs keys from `at` on, as many as there is room for; none when the first is too long. */
static int pack(PyObject *keys, Py_ssize_t at, Batch *batch) {
  const Py_ssize_t end = PyTuple_Size(keys);
  for (batch->count = batch->used = 0; at < end && batch->count < BATCH; at++) {
    RawView key;
    key.owner = NULL;
    key.view.obj = NULL;
    if (!raw_bytes(PyTuple_GetItem(keys, at), "key", &key)) return 0;
    const int fits = key.size <= KEY_ROOM - batch->used;
    if (fits) {
      memcpy(batch->bytes + batch->used, key.data, key.size);
      batch->sizes[batch->count++] = (uint32_t)key.size;
      batch->used += key.size;
    }
    raw_drop(&key);
    if (!fits) break;
  }
  return 1;
}

/* Reads one key by itself into its place in the answer. */
static int read_one(Hot *self, PyObject *keys, Py_ssize_t at, PyObject *fallback, PyObject *list) {
  PyObject *value = NULL;
  const int found = look_up(self, PyTuple_GetItem(keys, at), &value);
  return found >= 0 && PyList_SetItem(list, at, found ? value : Py_NewRef(fallback)) == 0;
}

/* Reads one batch from `at` on and moves it behind what was answered. */
static int read_batch(Hot *self, PyObject *keys, Py_ssize_t *at, PyObject *fallback,
                      PyObject *list) {
  Batch batch;
  uint32_t sizes[BATCH];
  char values[VALUE_ROOM];
  const char *data = values;
  brisk_error *error = NULL;
  size_t done = 0;
  if (!pack(keys, *at, &batch)) return 0;
  if (batch.count == 0) return read_one(self, keys, (*at)++, fallback, list);
  const brisk_status status =
      brisk_cache_read_many(self->cache, batch.count, batch.bytes, batch.used, batch.sizes, values,
                            sizeof values, sizes, &done, &error);
  if (status < 0) {
    raw_raise(status, error);
    return 0;
  }
  for (size_t i = 0; i < done; i++) {
    PyObject *value = NULL;
    if (sizes[i] == UINT32_MAX) {
      value = Py_NewRef(fallback);
    } else {
      value = decoded(self, PyBytes_FromStringAndSize(data, (Py_ssize_t)sizes[i]));
      data += sizes[i];
    }
    if (!value || PyList_SetItem(list, (*at)++, value) != 0) return 0;
  }
  return status == BRISK_OK || read_one(self, keys, (*at)++, fallback, list);
}

/* A text is a sequence too, and never what was meant. */
static PyObject *items_of(PyObject *from, const char *name) {
  if (!PyUnicode_Check(from) && !PyBytes_Check(from)) return PySequence_Tuple(from);
  raw_wrong_type(from, name, "a list or another iterable");
  return NULL;
}

static const char get_many_doc[] =
    "get_many($self, /, keys, default=None)\n--\n\n"
    "Gives the values of many keys as a list in their order, default where there is none.";
static PyObject *call_get_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
                               PyObject *keywords) {
  static const char *const names[] = {"keys", "default"};
  PyObject *taken[2] = {NULL, Py_None};
  if (!take_arguments("get_many", names, 2, 1, args, count, keywords, taken)) return NULL;
  PyObject *const keys = items_of(taken[0], "keys");
  if (!keys) return NULL;
  const Py_ssize_t size = PyTuple_Size(keys);
  PyObject *list = PyList_New(size);
  for (Py_ssize_t at = 0; list && at < size;) {
    if (!read_batch((Hot *)self, keys, &at, taken[1], list)) Py_CLEAR(list);
  }
  Py_DECREF(keys);
  return list;
}

/* Many byte strings, one after the other, and their sizes. */
typedef struct {
  char *bytes;
  size_t used;
  size_t room;
  uint32_t *sizes;
} Packed;

static int append(Packed *packed, size_t at, const RawView *piece) {
  if (piece->size > BRISK_VALUE_SIZE_MAX) {
    PyErr_Format(raw_exception(BRISK_TOO_LARGE),
                 "%zu bytes are too many for a key or value; at most %llu", piece->size,
                 (unsigned long long)BRISK_VALUE_SIZE_MAX);
    return 0;
  }
  if (piece->size > packed->room - packed->used) {
    const size_t room = 2 * packed->room + piece->size;
    char *const more = PyMem_Realloc(packed->bytes, room);
    if (!more) return PyErr_NoMemory() != NULL;
    packed->bytes = more;
    packed->room = room;
  }
  if (piece->size != 0) memcpy(packed->bytes + packed->used, piece->data, piece->size);
  packed->used += piece->size;
  packed->sizes[at] = (uint32_t)piece->size;
  return 1;
}

static int append_entry(Hot *self, PyObject *entry, size_t at, Packed *keys, Packed *values) {
  RawView key = {0};
  RawView value = {0};
  PyObject *const pair = items_of(entry, "entry");
  int appended = 0;
  if (!pair) return 0;
  if (PyTuple_Size(pair) != 2) {
    PyErr_Format(raw_exception(BRISK_INVALID), "entry %zu is %R; give pairs of key and value", at,
                 entry);
  } else {
    appended = raw_bytes(PyTuple_GetItem(pair, 0), "key", &key) &&
               take_value(self, PyTuple_GetItem(pair, 1), &value) && append(keys, at, &key) &&
               append(values, at, &value);
  }
  raw_drop(&value);
  raw_drop(&key);
  Py_DECREF(pair);
  return appended;
}

/* The entries of a mapping, or of an iterable of pairs. */
static PyObject *entries_of(PyObject *from) {
  PyObject *const items = PyObject_HasAttrString(from, "items")
                              ? PyObject_CallMethod(from, "items", NULL)
                              : Py_NewRef(from);
  PyObject *const entries = items ? items_of(items, "entries") : NULL;
  Py_XDECREF(items);
  return entries;
}

static const char set_many_doc[] =
    "set_many($self, /, entries, ttl=None)\n--\n\n"
    "Stores the entries of a mapping, or pairs of key and value, in turn, up to the first that\n"
    "has no room. Returns how many were stored.\n\n"
    "A key or value that is wrong, or beyond the limits of all caches, raises before any is.";
static PyObject *call_set_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
                               PyObject *keywords) {
  static const char *const names[] = {"entries", "ttl"};
  PyObject *taken[2] = {NULL, Py_None};
  Packed keys = {0};
  Packed values = {0};
  uint64_t ttl_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_INTERNAL;
  size_t stored = 0;
  if (!take_arguments("set_many", names, 2, 1, args, count, keywords, taken)) return NULL;
  if (!time_lifetime(taken[1], "ttl", &ttl_ns)) return NULL;
  PyObject *const entries = entries_of(taken[0]);
  if (!entries) return NULL;
  const size_t size = (size_t)PyTuple_Size(entries);
  keys.sizes = raw_new(size, sizeof *keys.sizes);
  values.sizes = raw_new(size, sizeof *values.sizes);
  int whole = keys.sizes && values.sizes;
  for (size_t at = 0; whole && at < size; at++) {
    PyObject *const entry = PyTuple_GetItem(entries, (Py_ssize_t)at);
    whole = append_entry((Hot *)self, entry, at, &keys, &values);
  }
  if (whole) {
    PyThreadState *const thread = raw_release(raw_is_large(keys.used + values.used));
    status = brisk_cache_put_many(((Hot *)self)->cache, size, keys.bytes, keys.used, keys.sizes,
                                  values.bytes, values.used, values.sizes, ttl_ns, &stored, &error);
    raw_retake(thread);
    if (status < 0) raw_raise(status, error);
  }
  PyMem_Free(keys.bytes);
  PyMem_Free(keys.sizes);
  PyMem_Free(values.bytes);
  PyMem_Free(values.sizes);
  Py_DECREF(entries);
  return status < 0 ? NULL : PyLong_FromSize_t(stored);
}

/* ---- the type -------------------------------------------------------------------------------- */

static const char encode_doc[] =
    "_encode($self, value, /)\n--\n\nThe bytes that are stored for value.";
static PyObject *call_encode(PyObject *self, PyObject *value) {
  RawView bytes = {0};
  if (!take_value((Hot *)self, value, &bytes)) return NULL;
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
  void *cache = NULL;
  (void)keywords;
  if (!PyArg_ParseTuple(args, "O|OO", &raw, &encode, &decode)) return -1;
  if (!raw_handle(raw, "raw", RAW_CACHE, 0, &cache)) return -1;
  if (hot->raw) {
    PyErr_SetString(raw_exception(BRISK_INVALID), "the cache was made already; make another one");
    return -1;
  }
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
  return 0;
}

static int hot_clear(PyObject *self) {
  Hot *const hot = (Hot *)self;
  Py_CLEAR(hot->encode);
  Py_CLEAR(hot->decode);
  return 0;
}

static void hot_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  hot_clear(self);
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
