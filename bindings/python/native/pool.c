/* Threads of C in Python: their thread states, the GIL, and the end of the interpreter. */

#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static atomic_int ending;  /* the interpreter is about to end: no thread may enter it */
static pthread_key_t kept; /* the thread state of a pool thread */
static _Thread_local int has_state;
static _Thread_local const PoolFrame *current;

static void stay(void *unused) {
  (void)unused;
  while (1) pause();
}

/*
 * Every CPython has it, and only the headers of the limited interface do not. What they have,
 * PyThreadState_Delete, takes away the caller's own state as well since 3.12.
 */
PyAPI_FUNC(void) PyThreadState_DeleteCurrent(void);

/*
 * A pool thread ends, and its thread state with it. What Python keeps for a thread may be gone by
 * now, and then it makes another state for this call.
 */
static void forget(void *given) {
  PyThreadState *const state = given;
  if (atomic_load(&ending)) return;
  pthread_cleanup_push(stay, NULL);
  const PyGILState_STATE gil = PyGILState_Ensure();
  if (PyThreadState_Get() == state) {
    PyGILState_Release(PyGILState_LOCKED); /* what pool_run took and never released */
    PyGILState_Release(gil);
  } else {
    PyThreadState_Clear(state);
    PyGILState_Release(gil);
    PyEval_RestoreThread(state);
    PyThreadState_DeleteCurrent();
  }
  pthread_cleanup_pop(0);
}

brisk_status pool_run(brisk_status (*body)(void *), void *given) {
  brisk_status status = BRISK_CLOSED;
  if (atomic_load(&ending)) return BRISK_CLOSED;
  pthread_cleanup_push(stay, NULL);
  if (!has_state) {
    has_state = 1;
    PyGILState_Ensure(); /* never released, so that the state stays */
    pthread_setspecific(kept, PyThreadState_Get());
    PyEval_SaveThread();
  }
  const PyGILState_STATE gil = PyGILState_Ensure();
  status = body(given);
  PyGILState_Release(gil);
  pthread_cleanup_pop(0);
  return status;
}

void pool_visit(void (*body)(void *), void *given) {
  if (atomic_load(&ending)) return;
  pthread_cleanup_push(stay, NULL);
  const PyGILState_STATE gil = PyGILState_Ensure();
  body(given);
  PyGILState_Release(gil);
  pthread_cleanup_pop(0);
}

void pool_enter(PoolFrame *frame) {
  frame->outer = current;
  current = frame;
}

void pool_leave(const PoolFrame *frame) { current = frame->outer; }

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t pool_deadline(uint64_t ns) {
  if (ns == 0) return 0;
  const uint64_t at = now();
  return ns < UINT64_MAX - at ? at + ns : 0;
}

int pool_is_late(uint64_t deadline) { return deadline != 0 && now() >= deadline; }

PyObject *pool_exception(void) {
  PyObject *type = NULL;
  PyObject *value = NULL;
  PyObject *trace = NULL;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  Py_XDECREF(type);
  Py_XDECREF(trace);
  return value;
}

void pool_tell(PyObject **told) {
  PyObject *const call = *told;
  *told = NULL;
  if (!call) return;
  PyObject *const answer = PyObject_CallNoArgs(call);
  if (!answer) PyErr_WriteUnraisable(call);
  Py_XDECREF(answer);
  Py_DECREF(call);
}

static const char is_cancelled_doc[] =
    "is_cancelled()\n--\n\n"
    "Whether the task or batch that runs in this thread was cancelled, or is past its deadline.\n\n"
    "False outside of tasks. Of tasks that run in one another, because one waits, the inner one.";
static PyObject *is_cancelled(PyObject *self, PyObject *unused) {
  (void)self;
  (void)unused;
  if (!current) Py_RETURN_FALSE;
  return PyBool_FromLong(current->task ? brisk_task_is_cancelled(current->task) != 0
                                       : brisk_batch_is_cancelled(current->batch) != 0);
}

static const char end_doc[] =
    "end_of_python()\n--\n\nKeeps threads of C out of Python from now on.";
static PyObject *end_of_python(PyObject *self, PyObject *unused) {
  (void)self;
  (void)unused;
  atomic_store(&ending, 1);
  Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"is_cancelled", is_cancelled, METH_NOARGS, is_cancelled_doc},
    {"end_of_python", end_of_python, METH_NOARGS, end_doc},
    {NULL, NULL, 0, NULL},
};

int pool_add(PyObject *module) {
  static int made;
  if (!made && pthread_key_create(&kept, forget) != 0) {
    PyErr_SetString(PyExc_ImportError, "brisk._brisk: the process has no thread-specific key left");
    return 0;
  }
  made = 1;
  return PyModule_AddFunctions(module, functions) == 0;
}
