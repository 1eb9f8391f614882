/*
 * TaskBase: one call of Python on a pool. Subclassed by brisk.Task, which adds waiting in Python.
 *
 * The task is its own user data: C holds one reference to it until the call has returned, or never
 * will come. The call itself drops that reference while it still has the GIL, and says so to the
 * release that C calls next on its thread; otherwise each task would take the GIL twice.
 */

#include "pool.h"

typedef struct {
  PyObject_HEAD PyObject *raw; /* its handle */
  PyObject *function;          /* these two until it has run */
  PyObject *args;
  PyObject *value; /* one of these two once it has */
  PyObject *error;
  PyObject *told;
  unsigned long long deadline; /* by the monotonic clock, in nanoseconds; 0 for none */
  int over;                    /* nothing will be told any more */
} Job;

typedef struct {
  Job *job;
  brisk_task *task;
} Run;

static PyObject *qualname;
static _Thread_local const void *released; /* what the call that just returned has let go of */

static void settle(Job *job) {
  job->over = 1;
  pool_tell(&job->told);
  Py_CLEAR(job->function);
  Py_CLEAR(job->args);
}

static brisk_status call(void *given) {
  const Run *const run = given;
  Job *const job = run->job;
  PoolFrame frame = {.task = run->task};
  pool_enter(&frame);
  job->value = PyObject_CallObject(job->function, job->args);
  pool_leave(&frame);
  const brisk_status status = job->value ? BRISK_OK : BRISK_INTERNAL;
  if (!job->value) job->error = pool_exception();
  settle(job);
  released = job;
  Py_DECREF(job);
  return status;
}

static brisk_status run_job(void *user, brisk_task *task) {
  Run run = {user, task};
  return pool_run(call, &run);
}

static void never_ran(void *user) {
  settle(user);
  Py_DECREF((PyObject *)user);
}

static void release_job(void *user) {
  if (released != user) pool_visit(never_ran, user);
  released = NULL;
}

/* The name of a task: given, or that of its function. */
static int take_name(PyObject *given, PyObject *function, brisk_task_options *options,
                     PyObject **holder) {
  Py_ssize_t size = 0;
  if (given != Py_None && !PyUnicode_Check(given)) return raw_wrong_type(given, "name", "str");
  *holder = given == Py_None ? PyObject_GetAttr(function, qualname) : Py_NewRef(given);
  if (!*holder || !PyUnicode_Check(*holder)) {
    PyErr_Clear();
    Py_CLEAR(*holder);
    return 1;
  }
  options->name = PyUnicode_AsUTF8AndSize(*holder, &size);
  if (!options->name) return 0;
  if (given == Py_None && size > 255) size = 0;
  options->name_size = (uint32_t)size;
  return 1;
}

/* A number of bytes, or a text like "64 MiB". */
static int take_bytes(PyObject *given, uint64_t *bytes) {
  RawView text = {0};
  brisk_error *error = NULL;
  if (!PyUnicode_Check(given)) return raw_u64(given, "bytes", bytes);
  if (!raw_bytes(given, "bytes", &text)) return 0;
  const brisk_status status = brisk_parse_size(text.data, text.size, bytes, &error);
  raw_drop(&text);
  if (status != BRISK_OK) raw_raise(status, error);
  return status == BRISK_OK;
}

static const char submit_doc[] =
    "submit(type, workers, function, args, priority, timeout, bytes, name, room, token, "
    "completions, tag, /)\n--\n\n"
    "Makes an object of type, a TaskBase, for a call of function on a pool; None when the queue\n"
    "has no room in time.";
static PyObject *submit(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  brisk_task_options options = BRISK_TASK_OPTIONS_INIT;
  void *workers = NULL;
  void *token = NULL;
  void *completions = NULL;
  uint64_t room_ns = 0;
  PyObject *name = NULL;
  brisk_error *error = NULL;
  brisk_task *task = NULL;
  (void)self;
  if (!raw_arguments("submit", count, 12)) return NULL;
  if (!raw_handle(args[1], "workers", RAW_WORKERS, 0, &workers) ||
      !raw_i32(args[4], "priority", &options.priority) ||
      !time_lifetime(args[5], "timeout", &options.deadline_ns) ||
      !take_bytes(args[6], &options.bytes) || !time_timeout(args[8], "room", &room_ns) ||
      !raw_handle(args[9], "token", RAW_TOKEN, 1, &token) ||
      !raw_handle(args[10], "completions", RAW_COMPLETIONS, 1, &completions) ||
      !raw_u64(args[11], "tag", &options.tag)) {
    return NULL;
  }
  if (!PyCallable_Check(args[2])) {
    raw_wrong_type(args[2], "function", "something to call");
    return NULL;
  }
  PyTypeObject *const type = (PyTypeObject *)args[0];
  Job *const job = (Job *)((allocfunc)(uintptr_t)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (!job) return NULL;
  job->function = Py_NewRef(args[2]);
  job->args = Py_NewRef(args[3]);
  job->deadline = pool_deadline(options.deadline_ns);
  if (!take_name(args[7], args[2], &options, &name)) {
    Py_DECREF(job);
    return NULL;
  }
  Py_INCREF((PyObject *)job); /* for C */
  PyThreadState *const thread = raw_release(room_ns != 0);
  const brisk_status status = brisk_workers_submit(workers, &options, run_job, job, release_job,
                                                   room_ns, token, completions, &task, &error);
  raw_retake(thread);
  Py_XDECREF(name);
  if (status == BRISK_OK) job->raw = raw_wrap(RAW_TASK, task);
  if (job->raw) return (PyObject *)job;
  Py_DECREF(job);
  if (status < 0) raw_raise(status, error);
  return PyErr_Occurred() ? NULL : raw_none();
}

static const char tell_doc[] =
    "_tell($self, call, /)\n--\n\n"
    "Has call called when the task ends, from any thread; False when it has ended, or is about to.";
static PyObject *tell(PyObject *self, PyObject *call_) {
  Job *const job = (Job *)self;
  if (job->over) Py_RETURN_FALSE;
  PyObject *const before = job->told;
  job->told = Py_NewRef(call_);
  Py_XDECREF(before);
  Py_RETURN_TRUE;
}

static int job_traverse(PyObject *self, visitproc visit, void *arg) {
  Job *const job = (Job *)self;
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(job->function);
  Py_VISIT(job->args);
  Py_VISIT(job->value);
  Py_VISIT(job->error);
  Py_VISIT(job->told);
  return 0;
}

static int job_clear(PyObject *self) {
  Job *const job = (Job *)self;
  Py_CLEAR(job->function);
  Py_CLEAR(job->args);
  Py_CLEAR(job->value);
  Py_CLEAR(job->error);
  Py_CLEAR(job->told);
  return 0;
}

static void job_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  job_clear(self);
  Py_CLEAR(((Job *)self)->raw);
  raw_free(self);
}

static PyMethodDef methods[] = {
    {"_tell", tell, METH_O, tell_doc},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef members[] = {
    {"_raw", T_OBJECT_EX, offsetof(Job, raw), READONLY, "The task of the raw layer."},
    {"_value", T_OBJECT, offsetof(Job, value), READONLY, "What the call gave."},
    {"_error", T_OBJECT, offsetof(Job, error), READONLY, "What the call raised."},
    {"_deadline", T_ULONGLONG, offsetof(Job, deadline), READONLY, "In nanoseconds, or 0."},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_doc, "One call on a pool; see brisk.Task."},
    {Py_tp_dealloc, RAW_SLOT(job_dealloc)},
    {Py_tp_traverse, RAW_SLOT(job_traverse)},
    {Py_tp_clear, RAW_SLOT(job_clear)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, NULL},
};
static PyType_Spec spec = {
    "brisk._brisk.TaskBase",
    (int)sizeof(Job),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
        Py_TPFLAGS_DISALLOW_INSTANTIATION,
    slots,
};
static PyMethodDef functions[] = {
    {"submit", (PyCFunction)(void (*)(void))submit, METH_FASTCALL, submit_doc},
    {NULL, NULL, 0, NULL},
};

int tasks_add(PyObject *module) {
  static PyTypeObject *type;
  if (!qualname) qualname = PyUnicode_InternFromString("__qualname__");
  if (!type) type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
  return qualname && type && PyModule_AddType(module, type) == 0 &&
         PyModule_AddFunctions(module, functions) == 0;
}
