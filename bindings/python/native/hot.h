/* CacheBase as its parts share it: hot.c has one key and the type, batch.c many keys. */
#ifndef BRISK_PYTHON_HOT_H
#define BRISK_PYTHON_HOT_H

#include "kept.h"
#include "raw.h"

typedef struct {
  PyObject_HEAD brisk_cache *cache; /* borrowed from raw; NULL before __init__, which C refuses */
  PyObject *raw;
  PyObject *encode; /* NULL without a codec */
  PyObject *decode;
  Kept *kept; /* NULL unless decoded values are shared */
} Hot;

/* Takes arguments by position or keyword. The first `least` must be there; others stay as they are.
 */
int hot_arguments(const char *function, const char *const *names, Py_ssize_t most, Py_ssize_t least,
                  PyObject *const *args, Py_ssize_t count, PyObject *keywords, PyObject **to);
/* Takes the bytes of a value, by the codec where there is one. */
int hot_value(Hot *self, PyObject *value, RawView *to);
/* The value that the bytes of a key stand for. */
PyObject *hot_made(Hot *self, const RawView *key, const char *data, size_t size);
/* Gives 1 and the value of a key, 0 where there is none, -1 with an exception. */
int hot_look_up(Hot *self, PyObject *key, PyObject **value);

/* The methods for many keys. */
extern const char get_many_doc[];
extern const char set_many_doc[];
PyObject *call_get_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
                        PyObject *keywords);
PyObject *call_set_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
                        PyObject *keywords);

#endif
