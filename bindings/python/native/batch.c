/*
 * Many keys at once: get_many and set_many of CacheBase.
 *
 * A get packs up to BATCH keys on the stack and copies their values there, so that it allocates
 * nothing but its answer; what is too large for that is read by itself. A set packs everything
 * first, because nothing may be stored when a part of it is wrong.
 */

#include "hot.h"

enum {
  BATCH = 128,            /* keys of one call */
  KEY_ROOM = 4 * 1024,    /* and their bytes */
  VALUE_ROOM = 16 * 1024, /* and those of their values */
};

/* The keys of one call, packed. */
typedef struct {
  size_t count;
  size_t used;
  uint32_t sizes[BATCH];
  char bytes[KEY_ROOM];
} Batch;

/*
 * Keys of a large working set lie anywhere: what a loop would wait for one after the other arrives
 * together.
 */
static void prefetch(PyObject *keys, Py_ssize_t at, Py_ssize_t end) {
  for (const Py_ssize_t last = at + BATCH; at < end && at < last; at++) {
    const char *const key = (const char *)PyTuple_GetItem(keys, at);
    __builtin_prefetch(key);
    __builtin_prefetch(key + 48); /* a short key of 16 bytes ends here */
  }
}

/* Blocks of 8 bytes, the last one overlapping: cheaper than a call for the common key. */
static inline void copy_key(char *to, const char *from, size_t size) {
  if (size - 8 > 8) {
    memcpy(to, from, size);
  } else {
    memcpy(to, from, 8);
    memcpy(to + size - 8, from + size - 8, 8);
  }
}

static inline int add(Batch *batch, const char *key, size_t size) {
  if (size > KEY_ROOM - batch->used) return 0;
  copy_key(batch->bytes + batch->used, key, size);
  batch->sizes[batch->count++] = (uint32_t)size;
  batch->used += size;
  return 1;
}

/* Packs keys from `at` on, as many as there is room for; none when the first is too long. */
static int pack(PyObject *keys, Py_ssize_t at, Batch *batch) {
  const Py_ssize_t end = PyTuple_Size(keys);
  int fits = 1;
  prefetch(keys, at, end);
  for (batch->count = batch->used = 0; fits && at < end && batch->count < BATCH; at++) {
    PyObject *const key = PyTuple_GetItem(keys, at);
    if (Py_IS_TYPE(key, &PyBytes_Type)) { /* the common key: nothing to hold and to drop */
      fits = add(batch, PyBytes_AsString(key), (size_t)PyBytes_Size(key));
      continue;
    }
    RawView view = {0};
    if (!raw_bytes(key, "key", &view)) return 0;
    fits = add(batch, view.data, view.size);
    raw_drop(&view);
  }
  return 1;
}

/* Reads one key by itself into its place in the answer. */
static int read_one(Hot *self, PyObject *keys, Py_ssize_t at, PyObject *fallback, PyObject *list) {
  PyObject *value = NULL;
  const int found = hot_look_up(self, PyTuple_GetItem(keys, at), &value);
  return found >= 0 && PyList_SetItem(list, at, found ? value : Py_NewRef(fallback)) == 0;
}

/* Reads one batch from `at` on and moves it behind what was answered. */
static int read_batch(Hot *self, PyObject *keys, Py_ssize_t *at, PyObject *fallback,
                      PyObject *list) {
  Batch batch;
  uint32_t sizes[BATCH];
  char values[VALUE_ROOM];
  const char *data = values;
  char *key = batch.bytes;
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
    } else if (self->decode) {
      const RawView name = {.data = key, .size = batch.sizes[i]};
      value = hot_made(self, &name, data, sizes[i]);
      data += sizes[i];
    } else {
      value = PyBytes_FromStringAndSize(data, (Py_ssize_t)sizes[i]);
      data += sizes[i];
    }
    key += batch.sizes[i];
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

const char get_many_doc[] =
    "get_many($self, /, keys, default=None)\n--\n\n"
    "Gives the values of many keys as a list in their order, default where there is none.";
PyObject *call_get_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
                        PyObject *keywords) {
  static const char *const names[] = {"keys", "default"};
  PyObject *taken[2] = {NULL, Py_None};
  if (!hot_arguments("get_many", names, 2, 1, args, count, keywords, taken)) return NULL;
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
               hot_value(self, PyTuple_GetItem(pair, 1), &value) && append(keys, at, &key) &&
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

const char set_many_doc[] =
    "set_many($self, /, entries, ttl=None)\n--\n\n"
    "Stores the entries of a mapping, or pairs of key and value, in turn, up to the first that\n"
    "has no room. Returns how many were stored.\n\n"
    "A key or value that is wrong, or beyond the limits of all caches, raises before any is.";
PyObject *call_set_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
                        PyObject *keywords) {
  static const char *const names[] = {"entries", "ttl"};
  PyObject *taken[2] = {NULL, Py_None};
  Packed keys = {0};
  Packed values = {0};
  uint64_t ttl_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_INTERNAL;
  size_t stored = 0;
  if (!hot_arguments("set_many", names, 2, 1, args, count, keywords, taken)) return NULL;
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
