/* Seconds of Python as nanoseconds of C. A number, or anything with total_seconds(). */

#include "raw.h"

static const double second = 1e9;

/* Gives seconds as a double; infinity where an int is too large for one. */
static int take_seconds(PyObject *from, const char *name, double *to) {
  *to = PyFloat_AsDouble(from);
  if (*to != -1.0 || !PyErr_Occurred()) return 1;
  if (PyErr_ExceptionMatches(PyExc_OverflowError)) {
    PyErr_Clear();
    PyErr_Format(raw_exception(BRISK_INVALID), "%s is out of range; give math.inf for ever", name);
    return 0;
  }
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) return 0;
  PyErr_Clear();
  if (!PyObject_HasAttrString(from, "total_seconds")) {
    return raw_wrong_type(from, name, "seconds as int or float, or a timedelta");
  }
  PyObject *const total = PyObject_CallMethod(from, "total_seconds", NULL);
  *to = total ? PyFloat_AsDouble(total) : -1.0;
  Py_XDECREF(total);
  return *to != -1.0 || !PyErr_Occurred();
}

/* Rounds up to a nanosecond; what is longer than 584 years is for ever. */
static uint64_t whole(double seconds) {
  const double ns = seconds * second + 0.5;
  if (ns >= (double)UINT64_MAX) return BRISK_FOREVER;
  return ns < 1 ? 1 : (uint64_t)ns;
}

int time_lifetime(PyObject *seconds, const char *name, uint64_t *ns) {
  double value = 0;
  *ns = 0;
  if (seconds == Py_None) return 1;
  if (!take_seconds(seconds, name, &value)) return 0;
  if (value > 0) {
    *ns = whole(value);
    return 1;
  }
  PyErr_Format(raw_exception(BRISK_INVALID),
               "%s is %R and must be more than 0 seconds; None takes the default, math.inf is for "
               "ever",
               name, seconds);
  return 0;
}

int time_timeout(PyObject *seconds, const char *name, uint64_t *ns) {
  double value = 0;
  *ns = 0;
  if (seconds == Py_None) return 1;
  if (!take_seconds(seconds, name, &value)) return 0;
  if (!isnan(value)) {
    *ns = value > 0 ? whole(value) : 1;
    return 1;
  }
  PyErr_Format(raw_exception(BRISK_INVALID), "%s is not a number; give seconds, or None", name);
  return 0;
}

static PyObject *answer(int (*take)(PyObject *, const char *, uint64_t *), PyObject *const *args,
                        Py_ssize_t count) {
  uint64_t ns = 0;
  const char *name = NULL;
  if (!raw_arguments("nanoseconds", count, 2) || !raw_text(args[1], "name", &name)) return NULL;
  return take(args[0], name, &ns) ? PyLong_FromUnsignedLongLong(ns) : NULL;
}

static const char nanoseconds_doc[] =
    "nanoseconds(seconds, name, /)\n--\n\n"
    "A lifetime as C has it: 0 for None, FOREVER for infinity.";
static PyObject *call_nanoseconds(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  return answer(time_lifetime, args, count);
}

static const char wait_nanoseconds_doc[] =
    "wait_nanoseconds(seconds, name, /)\n--\n\n"
    "A timeout as C has it: 0 for None, one nanosecond for what is not positive.";
static PyObject *call_wait_nanoseconds(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  return answer(time_timeout, args, count);
}

static PyMethodDef functions[] = {
    RAW_METHOD("nanoseconds", nanoseconds),
    RAW_METHOD("wait_nanoseconds", wait_nanoseconds),
    {NULL, NULL, 0, NULL},
};

int time_add(PyObject *module) { return PyModule_AddFunctions(module, functions) == 0; }
