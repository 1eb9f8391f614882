/*
 * The module brisk._brisk: what every part adds to it, and which libraries it accepts.
 *
 * Its types are shared by all its objects and belong to one interpreter, so a second interpreter of
 * the process is refused.
 */

#define _GNU_SOURCE
#include <dlfcn.h>

#include "pool.h"

static int64_t home = -1; /* the interpreter that has the types */
static int over;          /* the interpreter has ended, and the types with it */

static void end(void) { over = 1; }

/* Before 1.0 every minor is an interface of its own. */
static int is_known(void) {
  const uint32_t loaded = brisk_abi_version();
  if (loaded == BRISK_ABI_VERSION) return 1;
  PyErr_Format(PyExc_ImportError,
               "brisk._brisk was built for version %d.%d of the interface and the loaded libbrisk "
               "has %d.%d; install the Python package again beside this library",
               (int)(BRISK_ABI_VERSION >> 16), (int)(BRISK_ABI_VERSION & 0xffff),
               (int)(loaded >> 16), (int)(loaded & 0xffff));
  return 0;
}

static int is_home(void) {
  const int64_t here = PyInterpreterState_GetID(PyInterpreterState_Get());
  if (home == here && !over) return 1;
  if (home == -1 && Py_AtExit(end) == 0) {
    home = here;
    return 1;
  }
  PyErr_SetString(PyExc_ImportError,
                  "brisk._brisk belongs to the first interpreter of the process that imported it; "
                  "use threads or processes in place of subinterpreters");
  return 0;
}

static PyObject *library(PyObject *self, PyObject *unused) {
  Dl_info info = {0};
  (void)self;
  (void)unused;
  if (dladdr((const void *)(uintptr_t)brisk_version, &info) == 0) info.dli_fname = "";
  const uint32_t abi = brisk_abi_version();
  return raw_tuple(3, raw_string(brisk_version()),
                   PyUnicode_FromFormat("%d.%d", (int)(abi >> 16), (int)(abi & 0xffff)),
                   PyUnicode_DecodeFSDefault(info.dli_fname));
}

static PyMethodDef functions[] = {
    {"library", library, METH_NOARGS,
     "library()\n--\n\nThe version, the binary interface and the path of the loaded library."},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module) {
  static int (*const parts[])(PyObject *) = {raw_add_failures, RAW_PARTS, time_add,  hot_add,
                                             pool_add,         tasks_add, items_add, loaders_add};
  if (!is_known() || !is_home()) return -1;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!parts[i](module)) return -1;
  }
  return PyModule_AddFunctions(module, functions);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, RAW_SLOT(fill)}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "brisk._brisk",
    .m_doc = "The C interface of brisk as it is, and the hot part of brisk.Cache.",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__brisk(void) { return PyModuleDef_Init(&definition); }
