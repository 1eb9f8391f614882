/*
 * BatchBase: many calls of Python on a pool, with an outcome for each.
 *
 * What C calls an item is a block of calls here, so that the GIL is taken once for many; a block is
 * one call where there are few of them, because these may be long. How far each call is stands
 * here, what ended those that did not run is asked of C.
 */

#include "pool.h"

typedef struct {
  PyObject_HEAD PyObject *raw; /* the batch of C */
  PyObject *function;          /* NULL: the items are functions */
  PyObject *items;             /* a tuple; these two until the last call has returned */
  PyObject *values;            /* a list: what each gave or raised */
  PyObject *told;
  uint8_t *states;
  Py_ssize_t count;
  Py_ssize_t block;
  PyObject *tally; /* of the pool: two int64_t for calls beyond the blocks that C counts */
  unsigned long long deadline; /* by the monotonic clock, in nanoseconds; 0 for none */
  int race;
  int over; /* nothing will be told any more */
} Items;

typedef struct {
  Items *items;
  size_t at;
  brisk_batch *batch;
} Block;

/* Calls one item. Whether it succeeded. What it gives after the deadline is dropped. */
static int call_one(Items *self, Py_ssize_t at) {
  PyObject *const item = PyTuple_GetItem(self->items, at);
  self->states[at] = BRISK_TASK_STATE_RUNNING;
  PyObject *const value = self->function ? PyObject_CallFunctionObjArgs(self->function, item, NULL)
                                         : PyObject_CallNoArgs(item);
  const int done = value != NULL;
  PyObject *const made = done ? value : pool_exception();
  if (pool_is_late(self->deadline)) {
    Py_XDECREF(made);
    return done;
  }
  self->states[at] = done ? BRISK_TASK_STATE_DONE : BRISK_TASK_STATE_FAILED;
  PyList_SetItem(self->values, at, made);
  return done;
}

static brisk_status call_block(void *given) {
  const Block *const block = given;
  Items *const self = block->items;
  PoolFrame frame = {.batch = block->batch};
  const Py_ssize_t first = (Py_ssize_t)block->at * self->block;
  const Py_ssize_t end = first + self->block < self->count ? first + self->block : self->count;
  Py_ssize_t done = 0;
  Py_ssize_t at = first;
  pool_enter(&frame);
  for (; at < end && (at == first || !brisk_batch_is_cancelled(block->batch)); at++) {
    done += call_one(self, at);
  }
  pool_leave(&frame);
  const Py_ssize_t failed = at - first - done;
  int64_t *const tally = (int64_t *)(void *)PyByteArray_AsString(self->tally);
  tally[0] += done - (done != 0);
  tally[1] += failed - (done == 0);
  if (done && self->race) pool_tell(&self->told);
  return done ? BRISK_OK : BRISK_INTERNAL;
}

static brisk_status run_block(void *user, size_t index, brisk_batch *batch) {
  Block block = {user, index, batch};
  return pool_run(call_block, &block);
}

static void settle(void *user) {
  Items *const self = user;
  self->over = 1;
  pool_tell(&self->told);
  Py_CLEAR(self->function);
  Py_CLEAR(self->items);
  Py_DECREF(self);
}

static void release_items(void *user) { pool_visit(settle, user); }

/* A list of count times None. */
static PyObject *nothing(Py_ssize_t count) {
  PyObject *const list = PyList_New(count);
  for (Py_ssize_t i = 0; list && i < count; i++) PyList_SetItem(list, i, Py_NewRef(Py_None));
  return list;
}

static const char begin_doc[] =
    "begin_batch(type, workers, function, items, block, timeout_ns, race, token, tally, /)\n--\n\n"
    "Makes an object of type, a BatchBase, for calls of function with each item of a tuple, block\n"
    "of them at a time; without a function the items are called. None when the queue is full.";
static PyObject *begin_batch(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  void *workers = NULL;
  void *token = NULL;
  uint64_t block = 0;
  uint64_t timeout_ns = 0;
  brisk_error *error = NULL;
  brisk_batch *batch = NULL;
  int race = 0;
  (void)module;
  if (!raw_arguments("begin_batch", count, 9) ||
      !raw_handle(args[1], "workers", RAW_WORKERS, 0, &workers) ||
      !raw_u64(args[4], "block", &block) || !raw_u64(args[5], "timeout_ns", &timeout_ns) ||
      !raw_wanted(args[6], "race", &race) || !raw_handle(args[7], "token", RAW_TOKEN, 1, &token)) {
    return NULL;
  }
  PyTypeObject *const type = (PyTypeObject *)args[0];
  Items *const self = (Items *)((allocfunc)(uintptr_t)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (!self) return NULL;
  self->count = PyTuple_Size(args[3]);
  self->block = (Py_ssize_t)block;
  self->race = race;
  self->deadline = pool_deadline(timeout_ns);
  self->function = args[2] == Py_None ? NULL : Py_NewRef(args[2]);
  self->items = Py_NewRef(args[3]);
  self->tally = Py_NewRef(args[8]);
  self->states = raw_new((size_t)self->count, 1);
  self->values = self->states ? nothing(self->count) : NULL;
  if (!self->values) {
    Py_DECREF(self);
    return NULL;
  }
  Py_INCREF((PyObject *)self); /* for C */
  const size_t blocks = ((size_t)self->count + block - 1) / block;
  const brisk_status status =
      brisk_workers_batch(workers, blocks, timeout_ns, (uint32_t)race, run_block, self,
                          release_items, token, &batch, &error);
  if (status == BRISK_OK) self->raw = raw_wrap(RAW_BATCH, batch);
  if (self->raw) return (PyObject *)self;
  Py_DECREF(self);
  if (status < 0) raw_raise(status, error);
  return PyErr_Occurred() ? NULL : raw_none();
}

static const char tell_doc[] =
    "_tell($self, call, /)\n--\n\n"
    "Has call called when the batch ends, from any thread; False when it has ended, or is about\n"
    "to.";
static PyObject *tell(PyObject *self, PyObject *call) {
  Items *const items = (Items *)self;
  if (items->over) Py_RETURN_FALSE;
  PyObject *const before = items->told;
  items->told = Py_NewRef(call);
  Py_XDECREF(before);
  Py_RETURN_TRUE;
}

static const char own_doc[] =
    "_own($self, /)\n--\n\nHow far each call is by itself: queued, running, done or failed.";
static PyObject *own(PyObject *self, PyObject *unused) {
  (void)unused;
  return PyBytes_FromStringAndSize((const char *)((Items *)self)->states, ((Items *)self)->count);
}

static int items_traverse(PyObject *self, visitproc visit, void *arg) {
  Items *const items = (Items *)self;
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(items->function);
  Py_VISIT(items->items);
  Py_VISIT(items->values);
  Py_VISIT(items->told);
  return 0;
}

static int items_clear(PyObject *self) {
  Items *const items = (Items *)self;
  Py_CLEAR(items->function);
  Py_CLEAR(items->items);
  Py_CLEAR(items->values);
  Py_CLEAR(items->told);
  return 0;
}

static void items_dealloc(PyObject *self) {
  PyObject_GC_UnTrack(self);
  items_clear(self);
  Py_CLEAR(((Items *)self)->raw);
  Py_CLEAR(((Items *)self)->tally);
  PyMem_Free(((Items *)self)->states);
  raw_free(self);
}

static PyMethodDef methods[] = {
    {"_tell", tell, METH_O, tell_doc},
    {"_own", own, METH_NOARGS, own_doc},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef members[] = {
    {"_raw", T_OBJECT_EX, offsetof(Items, raw), READONLY, "The batch of the raw layer."},
    {"_values", T_OBJECT, offsetof(Items, values), READONLY, "What each call gave or raised."},
    {"_deadline", T_ULONGLONG, offsetof(Items, deadline), READONLY, "In nanoseconds, or 0."},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_doc, "Many calls on a pool; see brisk.Workers.batch."},
    {Py_tp_dealloc, RAW_SLOT(items_dealloc)},
    {Py_tp_traverse, RAW_SLOT(items_traverse)},
    {Py_tp_clear, RAW_SLOT(items_clear)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, NULL},
};
static PyType_Spec spec = {
    "brisk._brisk.BatchBase",
    (int)sizeof(Items),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
        Py_TPFLAGS_DISALLOW_INSTANTIATION,
    slots,
};
static PyMethodDef functions[] = {
    {"begin_batch", (PyCFunction)(void (*)(void))begin_batch, METH_FASTCALL, begin_doc},
    {NULL, NULL, 0, NULL},
};

int items_add(PyObject *module) {
  static PyTypeObject *type;
  if (!type) type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
  return type && PyModule_AddType(module, type) == 0 &&
         PyModule_AddFunctions(module, functions) == 0;
}
