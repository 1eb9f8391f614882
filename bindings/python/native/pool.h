/*
 * What runs Python on threads of C: tasks.c has one call on a pool, items.c many, loaders.c the
 * loads of modules, which come on any thread.
 *
 * A pool thread keeps one thread state of Python for its whole life, and takes the GIL for each
 * task, or once for a block of items. A thread that wants the GIL of an interpreter that ends would
 * be unwound through frames of C++, so it stays where it is until the process is gone.
 */
#ifndef BRISK_PYTHON_POOL_H
#define BRISK_PYTHON_POOL_H

#include "raw.h"

/* What runs on this thread, for brisk.is_cancelled(). */
typedef struct PoolFrame {
  const brisk_task *task;
  const brisk_batch *batch;
  const struct PoolFrame *outer;
} PoolFrame;

/* Calls body with the GIL, on a thread of a pool. BRISK_CLOSED when the interpreter ends. */
brisk_status pool_run(brisk_status (*body)(void *), void *given);
/* Calls body with the GIL on any thread, or not at all when the interpreter ends. */
void pool_visit(void (*body)(void *), void *given);
void pool_enter(PoolFrame *frame);
void pool_leave(const PoolFrame *frame);
/* When so many nanoseconds have passed, by the monotonic clock; 0 for never. */
uint64_t pool_deadline(uint64_t ns);
int pool_is_late(uint64_t deadline);
/* Takes the exception that is set, whole. */
PyObject *pool_exception(void);
/* Calls whoever waits in Python, once. */
void pool_tell(PyObject **told);
/* Each adds its part to the module. */
int pool_add(PyObject *module);
int tasks_add(PyObject *module);
int items_add(PyObject *module);
int loaders_add(PyObject *module);

#endif
