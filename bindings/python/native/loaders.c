/*
 * Modules that Python loads: what C calls when their turn has come, on whichever thread it is.
 *
 * C keeps a weak reference to a loader. The loader itself belongs to the set in Python, because its
 * function may refer to the set: the collector sees through that circle, and not through C.
 */

#include "pool.h"

typedef struct {
  PyObject *loader; /* weak */
  brisk_module_step step;
  char *message;
  size_t capacity;
  brisk_status status;
} Turn;

/* As much of a reason as there is room for, without half a character at its end. */
static void leave_reason(const Turn *turn, PyObject *reason) {
  char *text = NULL;
  Py_ssize_t length = 0;
  if (PyBytes_AsStringAndSize(reason, &text, &length) != 0) {
    PyErr_WriteUnraisable(reason);
    return;
  }
  size_t size = (size_t)length;
  if (size >= turn->capacity) {
    size = turn->capacity - 1;
    while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80) --size;
  }
  memcpy(turn->message, text, size);
  turn->message[size] = '\0';
}

static void take_turn(void *given) {
  Turn *const turn = given;
  PyObject *const loader = PyObject_CallNoArgs(turn->loader);
  if (loader && loader != Py_None) {
    PyObject *const reason = PyObject_CallFunction(loader, "i", (int)turn->step);
    turn->status = reason == Py_None ? BRISK_OK : BRISK_LOAD_FAILED;
    if (!reason) PyErr_WriteUnraisable(loader);
    if (reason && reason != Py_None) leave_reason(turn, reason);
    Py_XDECREF(reason);
  }
  Py_XDECREF(loader);
}

/* BRISK_CLOSED when the interpreter ends, or the set in Python is gone. */
static brisk_status load(void *user, brisk_module_step step, void *message, size_t capacity) {
  Turn turn = {user, step, message, capacity, BRISK_CLOSED};
  pool_visit(take_turn, &turn);
  return turn.status;
}

static void drop(void *user) { Py_DECREF((PyObject *)user); }

static void release(void *user) { pool_visit(drop, user); }

static int take_text(PyObject *options, const char *name, RawView *view, const void **data,
                     uint32_t *size) {
  PyObject *const text = raw_field(options, name);
  return !text || raw_member(text, name, view, data, size);
}

static int take_options(PyObject *from, brisk_module_options *to, RawView *views) {
  static const char *const names[] = {"name", "version", "dependencies", "warm_up", NULL};
  if (!raw_fields(from, "module_options", names)) return 0;
  PyObject *const warm_up = raw_field(from, "warm_up");
  return take_text(from, "name", &views[0], &to->name, &to->name_size) &&
         take_text(from, "version", &views[1], &to->version, &to->version_size) &&
         take_text(from, "dependencies", &views[2], &to->dependencies, &to->dependencies_size) &&
         (!warm_up || raw_u32(warm_up, "warm_up", &to->warm_up));
}

static const char modules_add_doc[] =
    "modules_add(modules, options, loader, /)\n--\n\n"
    "Adds a module that loader loads: it is called with a step, and gives the reason of a failure\n"
    "as bytes, or None. C keeps a weak reference to it.";
static PyObject *call_modules_add(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  brisk_module_options options = BRISK_MODULE_OPTIONS_INIT;
  RawView views[3] = {{0}};
  void *modules = NULL;
  brisk_error *error = NULL;
  PyObject *result = NULL;
  (void)self;
  if (!raw_arguments("modules_add", count, 3)) return NULL;
  if (!raw_handle(args[0], "modules", RAW_MODULES, 0, &modules)) return NULL;
  PyObject *const loader = PyWeakref_NewRef(args[2], NULL);
  if (loader && take_options(args[1], &options, views)) {
    PyThreadState *const thread = raw_release(1); /* an eager set loads here */
    const brisk_status status = brisk_modules_add(modules, &options, load, loader, release, &error);
    raw_retake(thread);
    result = status < 0 ? raw_raise(status, error) : raw_none();
  } else {
    Py_XDECREF(loader);
  }
  for (size_t i = 0; i < sizeof views / sizeof *views; i++) raw_drop(&views[i]);
  return result;
}

static PyMethodDef functions[] = {
    RAW_METHOD("modules_add", modules_add),
    {NULL, NULL, 0, NULL},
};

int loaders_add(PyObject *module) { return PyModule_AddFunctions(module, functions) == 0; }
