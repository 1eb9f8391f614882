/* Answers of C as Python has them: handles, numbers, tuples, and failures as exceptions. */

#include "raw.h"

PyTypeObject *raw_types[RAW_TYPES];
/* Each drops one reference of C. */
static void (*drops[RAW_TYPES])(void *pointer);

/* The exceptions, in the order of failures.inc, and their base. */
static const struct {
  brisk_status status;
  const char *name;
  PyObject **also;
  const char *doc;
} failures[] = {
#define FAILURE(status, name, also, doc) {status, name, also, doc},
#include "failures.inc"
#undef FAILURE
};
enum { FAILURES = sizeof failures / sizeof *failures };
static PyObject *exceptions[FAILURES];
static PyObject *base;
static PyObject *wrong_type;

PyObject *raw_exception(brisk_status status) {
  for (int i = 0; i < FAILURES; i++) {
    if (failures[i].status == status) return exceptions[i];
  }
  return base;
}

int raw_wrong_type(PyObject *object, const char *name, const char *due) {
  PyObject *const type = PyType_GetName(Py_TYPE(object));
  if (type) PyErr_Format(wrong_type, "%s is of type %U; give %s", name, type, due);
  Py_XDECREF(type);
  return 0;
}

PyObject *raw_raise(brisk_status status, brisk_error *error) {
  PyObject *const type = raw_exception(status);
  /* Without memory for an error object there is none. */
  const char *const text = error ? brisk_error_message(error) : brisk_status_name(status);
  PyObject *const message = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
  brisk_error_unref(error);
  if (!message) return NULL;
  PyObject *const raised = PyObject_CallFunctionObjArgs(type, message, NULL);
  Py_DECREF(message);
  if (!raised) return NULL;
  if (type == base) { /* a status that this extension does not know has no class */
    PyObject *const number = PyLong_FromLong(status);
    PyObject *const name = PyUnicode_FromString(brisk_status_name(status));
    if (number && name && PyObject_SetAttrString(raised, "status", number) == 0) {
      PyObject_SetAttrString(raised, "status_name", name);
    }
    Py_XDECREF(number);
    Py_XDECREF(name);
  }
  if (!PyErr_Occurred()) PyErr_SetObject(type, raised);
  Py_DECREF(raised);
  return NULL;
}

/* Makes an exception at the first call, and adds it to the module. */
static int add_exception(PyObject *module, PyObject **made, const char *name, PyObject *also,
                         const char *doc, brisk_status status) {
  if (!*made) {
    PyObject *const full = PyUnicode_FromFormat("brisk.%s", name);
    PyObject *const bases = also ? PyTuple_Pack(2, base, also) : Py_NewRef(base ? base : Py_None);
    PyObject *const dict =
        Py_BuildValue("{s:i,s:s}", "status", (int)status, "status_name", brisk_status_name(status));
    const char *const text = full ? PyUnicode_AsUTF8AndSize(full, NULL) : NULL;
    if (text && bases && dict) {
      *made = PyErr_NewExceptionWithDoc(text, doc, bases == Py_None ? NULL : bases, dict);
    }
    Py_XDECREF(full);
    Py_XDECREF(bases);
    Py_XDECREF(dict);
  }
  return *made && PyModule_AddObjectRef(module, name, *made) == 0;
}

int raw_add_failures(PyObject *module) {
  if (!add_exception(module, &base, "Error", NULL,
                     "A failure of brisk; the classes derived from this one say which.\n\n"
                     "status is its number and status_name its name in C.",
                     BRISK_INTERNAL) ||
      !add_exception(module, &wrong_type, "WrongType", PyExc_TypeError,
                     "An argument is of a type that has no place there.", BRISK_INVALID)) {
    return 0;
  }
  for (int i = 0; i < FAILURES; i++) {
    if (!add_exception(module, &exceptions[i], failures[i].name,
                       failures[i].also ? *failures[i].also : NULL, failures[i].doc,
                       failures[i].status)) {
      return 0;
    }
  }
  return 1;
}

PyObject *raw_none(void) { Py_RETURN_NONE; }

PyObject *raw_string(const char *text) {
  if (!text) Py_RETURN_NONE;
  return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

PyObject *raw_copy(const void *data, size_t size) {
  if (!data) Py_RETURN_NONE;
  return PyBytes_FromStringAndSize(data, (Py_ssize_t)size);
}

PyObject *raw_tuple(int count, ...) {
  PyObject *const tuple = PyTuple_New(count);
  int whole = tuple != NULL;
  va_list objects;
  va_start(objects, count);
  for (int i = 0; i < count; i++) {
    PyObject *const object = va_arg(objects, PyObject *);
    whole = whole && object;
    if (tuple) {
      PyTuple_SetItem(tuple, i, object);
    } else {
      Py_XDECREF(object);
    }
  }
  va_end(objects);
  if (whole) return tuple;
  Py_XDECREF(tuple);
  return NULL;
}

PyObject *raw_wrap(int type, void *pointer) {
  if (!pointer) Py_RETURN_NONE;
  const allocfunc make = (allocfunc)(uintptr_t)PyType_GetSlot(raw_types[type], Py_tp_alloc);
  PyObject *const self = make(raw_types[type], 0);
  if (!self) {
    drops[type](pointer);
    return NULL;
  }
  ((RawHandle *)self)->pointer = pointer;
  return self;
}

PyObject *raw_wrap_all(int type, void **pointers, size_t count) {
  PyObject *const list = PyList_New((Py_ssize_t)count);
  int whole = list != NULL;
  for (size_t i = 0; i < count; i++) {
    if (whole) {
      PyObject *const object = raw_wrap(type, pointers[i]);
      PyList_SetItem(list, (Py_ssize_t)i, object);
      whole = object != NULL;
    } else if (pointers[i]) {
      drops[type](pointers[i]);
    }
  }
  if (whole) return list;
  Py_XDECREF(list);
  return NULL;
}

#define NUMBER_LIST(name, c_type, make)                   \
  PyObject *name(const c_type *from, size_t count) {      \
    PyObject *const list = PyList_New((Py_ssize_t)count); \
    for (size_t i = 0; list && i < count; i++) {          \
      PyObject *const object = make(from[i]);             \
      if (!object) {                                      \
        Py_DECREF(list);                                  \
        return NULL;                                      \
      }                                                   \
      PyList_SetItem(list, (Py_ssize_t)i, object);        \
    }                                                     \
    return list;                                          \
  }
NUMBER_LIST(raw_u32_list, uint32_t, PyLong_FromUnsignedLong)
NUMBER_LIST(raw_u64_list, uint64_t, PyLong_FromUnsignedLongLong)
NUMBER_LIST(raw_i32_list, int32_t, PyLong_FromLong)
NUMBER_LIST(raw_size_list, size_t, PyLong_FromSize_t)
NUMBER_LIST(raw_f64_list, double, PyFloat_FromDouble)

PyObject *raw_whole(PyObject *sequence, Py_ssize_t count) {
  for (Py_ssize_t i = 0; i < count; i++) {
    if (PyStructSequence_GetItem(sequence, i)) continue;
    Py_DECREF(sequence);
    return NULL;
  }
  return sequence;
}

void raw_free(PyObject *self) {
  PyTypeObject *const type = Py_TYPE(self);
  ((freefunc)(uintptr_t)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

int raw_add_number(PyObject *module, const char *name, int32_t value) {
  return PyModule_AddIntConstant(module, name, value) == 0;
}

int raw_add_unsigned(PyObject *module, const char *name, uint64_t value) {
  PyObject *const number = PyLong_FromUnsignedLongLong(value);
  const int added = number && PyModule_AddObjectRef(module, name, number) == 0;
  Py_XDECREF(number);
  return added;
}

int raw_add_sequence(PyObject *module, PyStructSequence_Desc *desc, PyTypeObject **type) {
  if (!*type) *type = PyStructSequence_NewType(desc);
  return *type && PyModule_AddType(module, *type) == 0;
}

int raw_add_handle(PyObject *module, int at, PyType_Spec *spec, void (*drop)(void *)) {
  drops[at] = drop;
  if (!raw_types[at]) {
    raw_types[at] = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
  }
  return raw_types[at] && PyModule_AddType(module, raw_types[at]) == 0;
}
