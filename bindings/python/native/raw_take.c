/* Arguments of Python as C takes them. */

#include "raw.h"

int raw_arguments(const char *function, Py_ssize_t count, Py_ssize_t due) {
  if (count == due) return 1;
  PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments and was given %zd", function, due, count);
  return 0;
}

static int take_view(PyObject *from, int flags, RawView *to) {
  if (PyObject_GetBuffer(from, &to->view, flags) != 0) return 0;
  to->data = to->view.buf;
  to->size = (size_t)to->view.len;
  return 1;
}

int raw_bytes(PyObject *from, const char *name, RawView *to) {
  Py_ssize_t size = 0;
  if (Py_IS_TYPE(from, &PyBytes_Type) || PyBytes_Check(from)) {
    if (PyBytes_AsStringAndSize(from, (char **)&to->data, &size) != 0) return 0;
  } else if (PyUnicode_Check(from)) {
    to->data = (void *)(uintptr_t)PyUnicode_AsUTF8AndSize(from, &size);
    if (!to->data) return 0;
  } else if (PyObject_CheckBuffer(from)) {
    return take_view(from, PyBUF_SIMPLE, to);
  } else {
    return raw_wrong_type(from, name, "str, bytes or another object with bytes");
  }
  Py_INCREF(from);
  to->owner = from;
  to->size = (size_t)size;
  return 1;
}

int raw_buffer(PyObject *from, const char *name, RawView *to) {
  if (!PyObject_CheckBuffer(from)) return raw_wrong_type(from, name, "a bytearray");
  return take_view(from, PyBUF_WRITABLE, to);
}

int raw_array(PyObject *from, const char *name, size_t item, RawView *to) {
  if (!PyObject_CheckBuffer(from)) return raw_wrong_type(from, name, "an array.array");
  if (!take_view(from, PyBUF_ND, to)) return 0;
  if ((size_t)to->view.itemsize != item) {
    PyErr_Format(PyExc_TypeError, "%s has items of %zd bytes; give an array.array with %zu", name,
                 to->view.itemsize, item);
    return 0;
  }
  to->size /= item;
  return 1;
}

int raw_agree(const char *first, size_t size, const char *second, size_t other) {
  if (size == other) return 1;
  PyErr_Format(raw_exception(BRISK_INVALID), "%s has %zu items and %s %zu; give as many", first,
               size, second, other);
  return 0;
}

int raw_text(PyObject *from, const char *name, const char **to) {
  Py_ssize_t size = 0;
  if (!PyUnicode_Check(from)) return raw_wrong_type(from, name, "str");
  *to = PyUnicode_AsUTF8AndSize(from, &size);
  if (!*to) return 0;
  if (strlen(*to) == (size_t)size) return 1;
  PyErr_Format(raw_exception(BRISK_INVALID), "%s holds a NUL character; leave it out", name);
  return 0;
}

static int beyond(PyObject *from, const char *name, const char *due) {
  PyErr_Clear();
  PyErr_Format(raw_exception(BRISK_INVALID), "%s is %R; give %s", name, from, due);
  return 0;
}

int raw_u64(PyObject *from, const char *name, uint64_t *to) {
  if (!PyLong_Check(from)) return raw_wrong_type(from, name, "int");
  *to = PyLong_AsUnsignedLongLong(from);
  if (*to != UINT64_MAX || !PyErr_Occurred()) return 1;
  return beyond(from, name, "an int of 0 to 18446744073709551615");
}

int raw_u32(PyObject *from, const char *name, uint32_t *to) {
  uint64_t wide = 0;
  if (!raw_u64(from, name, &wide)) return 0;
  if (wide > UINT32_MAX) return beyond(from, name, "an int of 0 to 4294967295");
  *to = (uint32_t)wide;
  return 1;
}

int raw_i32(PyObject *from, const char *name, int32_t *to) {
  if (!PyLong_Check(from)) return raw_wrong_type(from, name, "int");
  const long wide = PyLong_AsLong(from);
  if ((wide == -1 && PyErr_Occurred()) || wide < INT32_MIN || wide > INT32_MAX) {
    return beyond(from, name, "an int of -2147483648 to 2147483647");
  }
  *to = (int32_t)wide;
  return 1;
}

int raw_size(PyObject *from, const char *name, size_t *to) {
  uint64_t wide = 0;
  if (!raw_u64(from, name, &wide)) return 0;
  *to = wide;
  return 1;
}

int raw_f64(PyObject *from, const char *name, double *to) {
  if (!PyFloat_Check(from) && !PyLong_Check(from)) return raw_wrong_type(from, name, "float");
  *to = PyFloat_AsDouble(from);
  return *to != -1.0 || !PyErr_Occurred();
}

int raw_handle(PyObject *from, const char *name, int type, int nullable, void **to) {
  if (nullable && from == Py_None) {
    *to = NULL;
    return 1;
  }
  if (!PyObject_TypeCheck(from, raw_types[type])) {
    PyObject *const due = PyType_GetName(raw_types[type]);
    const char *const text = due ? PyUnicode_AsUTF8AndSize(due, NULL) : NULL;
    if (text) raw_wrong_type(from, name, text);
    Py_XDECREF(due);
    return 0;
  }
  *to = raw_self(from);
  return 1;
}

int raw_wanted(PyObject *from, const char *name, int *to) {
  if (!PyBool_Check(from)) return raw_wrong_type(from, name, "bool: whether the object is wanted");
  *to = from == Py_True;
  return 1;
}

void raw_drop(RawView *view) {
  if (view->view.obj) PyBuffer_Release(&view->view);
  Py_CLEAR(view->owner);
}

void raw_drop_all(RawView *views) {
  for (int i = 0; i < RAW_VIEWS; i++) raw_drop(&views[i]);
}

void *raw_new(size_t count, size_t item) {
  void *const room = count <= PTRDIFF_MAX / item ? PyMem_Calloc(count ? count : 1, item) : NULL;
  return room ? room : PyErr_NoMemory();
}

int raw_fields(PyObject *from, const char *what, const char *const *names) {
  PyObject *name = NULL;
  Py_ssize_t at = 0;
  if (from == Py_None) return 1;
  if (!PyDict_Check(from)) return raw_wrong_type(from, what, "a dict, or None");
  while (PyDict_Next(from, &at, &name, NULL)) {
    const char *const *known = names;
    while (*known && PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, *known) != 0) {
      known++;
    }
    if (*known && PyUnicode_Check(name)) continue;
    PyErr_Format(PyExc_TypeError, "%s has no %R", what, name);
    return 0;
  }
  return 1;
}

PyObject *raw_field(PyObject *from, const char *name) {
  return from == Py_None ? NULL : PyDict_GetItemString(from, name);
}

int raw_member(PyObject *from, const char *name, RawView *views, const void **data,
               uint32_t *size) {
  RawView *view = views;
  while (view->owner || view->view.obj) view++;
  if (!raw_bytes(from, name, view)) return 0;
  if (view->size > UINT32_MAX) {
    PyErr_Format(raw_exception(BRISK_INVALID), "%s has %zu bytes; give at most 4294967295", name,
                 view->size);
    return 0;
  }
  *data = view->data;
  *size = (uint32_t)view->size;
  return 1;
}
