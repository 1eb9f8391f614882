/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_PYTHON_TABLES_H
#define BRISK_PYTHON_TABLES_H

/* What the parts of the raw layer know of one another. */

#include <Python.h>

/* The types of handles, as raw_types[] has them. */
enum {
  RAW_RUNTIME,
  RAW_CACHE,
  RAW_VALUE,
  RAW_CURSOR,
  RAW_INTERN,
  RAW_MODULES,
  RAW_MODULE_REPORT,
  RAW_WORKERS,
  RAW_TASK,
  RAW_BATCH,
  RAW_TOKEN,
  RAW_COMPLETIONS,
  RAW_LIMITER,
  RAW_LEASE,
  RAW_TYPES,
};

/* Bytes that one struct of options can hold on to. */
enum { RAW_VIEWS = 3 };

/* Methods of a handle that another module of the interface defines. */
extern const char cache_begin_doc[];
PyObject *call_cache_begin(PyObject *self, PyObject *const *args, Py_ssize_t count);

/* Each adds what one part of the interface has to the module. */
int raw_add_base(PyObject *module);
int raw_add_runtime(PyObject *module);
int raw_add_cache(PyObject *module);
int raw_add_intern(PyObject *module);
int raw_add_modules(PyObject *module);
int raw_add_workers(PyObject *module);
int raw_add_load(PyObject *module);

/* clang-format off */
#define RAW_PARTS \
  raw_add_base, \
  raw_add_runtime, \
  raw_add_cache, \
  raw_add_intern, \
  raw_add_modules, \
  raw_add_workers, \
  raw_add_load
/* clang-format on */

#endif
