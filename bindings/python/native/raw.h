/*
 * What the generated files of the raw layer stand on: handles as objects, arguments as C has them,
 * answers as Python has them, failures as exceptions.
 *
 * A raw_* function that takes something returns 1, or 0 with an exception set; one that makes an
 * object returns NULL with an exception set. Everything here needs the GIL but raw_retake.
 */
#ifndef BRISK_PYTHON_RAW_H
#define BRISK_PYTHON_RAW_H

#define PY_SSIZE_T_CLEAN
#include <Python.h> /* first, because it says what the system headers give */
#include <brisk/brisk.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <structmember.h>

#include "tables.h"

/* An object that holds one reference to a handle of C. Its pointer never changes. */
typedef struct {
  PyObject_HEAD void *pointer;
} RawHandle;

/* Bytes of an object, held until raw_drop. */
typedef struct {
  void *data;
  size_t size;
  PyObject *owner;
  Py_buffer view;
} RawView;

extern PyTypeObject *raw_types[RAW_TYPES];

/* A function as a void pointer, which ISO C has no cast for. */
#define RAW_SLOT(function) ((void *)(uintptr_t)(function))
#define RAW_METHOD(name, function) \
  {name, (PyCFunction)(void (*)(void))call_##function, METH_FASTCALL, function##_doc}

/* Input from here on is worth letting other threads run meanwhile: some microseconds of copying. */
enum { RAW_LARGE = 32 * 1024 };

static inline int raw_is_large(size_t size) { return size >= RAW_LARGE; }
static inline void *raw_self(PyObject *self) { return ((RawHandle *)self)->pointer; }

/* Gives the GIL up when that is asked for; raw_retake takes it back. */
static inline PyThreadState *raw_release(int when) { return when ? PyEval_SaveThread() : NULL; }
static inline void raw_retake(PyThreadState *thread) {
  if (thread) PyEval_RestoreThread(thread);
}

/* Raises the exception of a status and drops the error. Always NULL. */
PyObject *raw_raise(brisk_status status, brisk_error *error);
/* The exception class of a failure, borrowed. */
PyObject *raw_exception(brisk_status status);
/* Raises brisk.WrongType: what it is and what is due. Always 0. */
int raw_wrong_type(PyObject *object, const char *name, const char *due);
/* Adds the exceptions to the module. */
int raw_add_failures(PyObject *module);

/* Arguments. */
int raw_arguments(const char *function, Py_ssize_t count, Py_ssize_t due);
int raw_bytes(PyObject *from, const char *name, RawView *to);
int raw_buffer(PyObject *from, const char *name, RawView *to);
int raw_array(PyObject *from, const char *name, size_t item, RawView *to);
int raw_agree(const char *first, size_t size, const char *second, size_t other);
int raw_text(PyObject *from, const char *name, const char **to);
int raw_u64(PyObject *from, const char *name, uint64_t *to);
int raw_u32(PyObject *from, const char *name, uint32_t *to);
int raw_i32(PyObject *from, const char *name, int32_t *to);
int raw_size(PyObject *from, const char *name, size_t *to);
int raw_f64(PyObject *from, const char *name, double *to);
int raw_handle(PyObject *from, const char *name, int type, int nullable, void **to);
int raw_wanted(PyObject *from, const char *name, int *to);
void raw_drop(RawView *view);
void raw_drop_all(RawView *views);
void *raw_new(size_t count, size_t item);

/* Options: a dict, or None. */
int raw_fields(PyObject *from, const char *what, const char *const *names);
PyObject *raw_field(PyObject *from, const char *name); /* borrowed; NULL where there is none */
int raw_member(PyObject *from, const char *name, RawView *views, const void **data, uint32_t *size);

/* Answers. */
PyObject *raw_none(void);
PyObject *raw_string(const char *text);
PyObject *raw_copy(const void *data, size_t size); /* as bytes; None for NULL */
PyObject *raw_tuple(int count, ...); /* takes over its objects; NULL when one of them is */
PyObject *raw_wrap(int type, void *pointer);
PyObject *raw_wrap_all(int type, void **pointers, size_t count);
PyObject *raw_u32_list(const uint32_t *from, size_t count);
PyObject *raw_u64_list(const uint64_t *from, size_t count);
PyObject *raw_i32_list(const int32_t *from, size_t count);
PyObject *raw_size_list(const size_t *from, size_t count);
PyObject *raw_f64_list(const double *from, size_t count);
PyObject *raw_whole(PyObject *sequence, Py_ssize_t count);

/* The module. */
void raw_free(PyObject *self);
int raw_add_number(PyObject *module, const char *name, int32_t value);
int raw_add_unsigned(PyObject *module, const char *name, uint64_t value);
int raw_add_sequence(PyObject *module, PyStructSequence_Desc *desc, PyTypeObject **type);
int raw_add_handle(PyObject *module, int at, PyType_Spec *spec, void (*drop)(void *));

/* The hot layer (hot.c, time.c). */
int hot_add(PyObject *module);
int time_add(PyObject *module);
int time_lifetime(PyObject *seconds, const char *name, uint64_t *ns);
int time_timeout(PyObject *seconds, const char *name, uint64_t *ns);

#endif
