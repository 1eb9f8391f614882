/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* Loading missing values: the raw layer of brisk/load.h in Python. */

#include "raw.h"

const char cache_begin_doc[] =
    "begin($self, key, parent, /)\n"
    "--\n"
    "\n"
    "Looks key up, and where it is missing joins its load. Never blocks. BRISK_OK gives\n"
    "the value, BRISK_LEAD the lead of a new load, BRISK_WAIT a place among those who\n"
    "wait for the load in flight. Within stale_ns of the end of its lifetime a value\n"
    "comes with the lead, and in place of a wait; with early_beta also before.";

PyObject *call_cache_begin(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView key = {0};
  void *parent = NULL;
  brisk_value *value = NULL;
  brisk_lease *lease = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("begin", count, 2)) goto done;
  if (!raw_bytes(args[0], "key", &key)) goto done;
  if (!raw_handle(args[1], "parent", RAW_LEASE, 1, &parent)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(key.size));
    status = brisk_cache_begin(raw_self(self), key.data, key.size, parent, &value, &lease, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result =
      raw_tuple(3, PyLong_FromLong(status), raw_wrap(RAW_VALUE, value), raw_wrap(RAW_LEASE, lease));
done:
  raw_drop(&key);
  return result;
}

static const char lease_complete_doc[] =
    "complete($self, value, ttl_ns, pinned, /)\n"
    "--\n"
    "\n"
    "Ends the load with a value: every waiter gets it. It is stored unless the cache has\n"
    "no room, or the key was written or erased since the load began; waiters get it all\n"
    "the same. A lease that does not lead, or a load that has ended, answers\n"
    "BRISK_INVALID.";

static PyObject *call_lease_complete(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView value = {0};
  uint64_t ttl_ns = 0;
  brisk_value *pinned = NULL;
  int pinned_wanted = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("complete", count, 3)) goto done;
  if (!raw_bytes(args[0], "value", &value)) goto done;
  if (!raw_u64(args[1], "ttl_ns", &ttl_ns)) goto done;
  if (!raw_wanted(args[2], "pinned", &pinned_wanted)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(value.size));
    status = brisk_lease_complete(raw_self(self), value.data, value.size, ttl_ns,
                                  pinned_wanted ? &pinned : NULL, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_VALUE, pinned);
done:
  raw_drop(&value);
  return result;
}

static const char lease_set_cost_doc[] =
    "set_cost($self, cost, /)\n"
    "--\n"
    "\n"
    "Gives the cost that the value will carry, in place of the time that the load takes;\n"
    "before brisk_lease_complete. A cache with early_beta takes it for nanoseconds.";

static PyObject *call_lease_set_cost(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  double cost = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("set_cost", count, 1)) goto done;
  if (!raw_f64(args[0], "cost", &cost)) goto done;
  status = brisk_lease_set_cost(raw_self(self), cost, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char lease_complete_absent_doc[] =
    "complete_absent($self, ttl_ns, /)\n"
    "--\n"
    "\n"
    "Ends the load with the knowledge that the key has no value: every waiter gets\n"
    "BRISK_ABSENT, and so does everybody who asks for a load while it is known. Reads\n"
    "miss the key. An older value that was kept goes.";

static PyObject *call_lease_complete_absent(PyObject *self, PyObject *const *args,
                                            Py_ssize_t count) {
  uint64_t ttl_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("complete_absent", count, 1)) goto done;
  if (!raw_u64(args[0], "ttl_ns", &ttl_ns)) goto done;
  status = brisk_lease_complete_absent(raw_self(self), ttl_ns, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char lease_fail_doc[] =
    "fail($self, message, /)\n"
    "--\n"
    "\n"
    "Ends the load with a failure: every waiter gets BRISK_LOAD_FAILED with this message.\n"
    "Nothing is stored; the next caller begins a new load. BRISK_STALE says that every\n"
    "waiter gets the value from before instead, and so does this lease from\n"
    "brisk_lease_wait.";

static PyObject *call_lease_fail(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView message = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("fail", count, 1)) goto done;
  if (!raw_bytes(args[0], "message", &message)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(message.size));
    status = brisk_lease_fail(raw_self(self), message.data, message.size, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  raw_drop(&message);
  return result;
}

static const char lease_abandon_doc[] =
    "abandon($self, /)\n"
    "--\n"
    "\n"
    "Gives the lead to one of the waiters; without waiters the load ends.";

static PyObject *call_lease_abandon(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("abandon", count, 0)) goto done;
  status = brisk_lease_abandon(raw_self(self), &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char lease_wait_doc[] =
    "wait($self, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Waits for the load to end. BRISK_LEAD says that the leader abandoned it and that\n"
    "this lease leads now. May be called again after BRISK_TIMEOUT. A lease that leads\n"
    "answers BRISK_INVALID until its load has ended.";

static PyObject *call_lease_wait(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  uint64_t timeout_ns = 0;
  brisk_value *value = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("wait", count, 1)) goto done;
  if (!raw_u64(args[0], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_lease_wait(raw_self(self), timeout_ns, &value, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), raw_wrap(RAW_VALUE, value));
done:
  return result;
}

/*
 * Not here:
 * brisk_cache_get_or_load: what calls into Python is written by hand; loads are by lease.
 * brisk_cache_get_or_refresh: what calls into Python is written by hand; loads are by lease.
 * brisk_lease_ref: what it does, the objects do by themselves.
 * brisk_lease_unref: what it does, the objects do by themselves.
 */

static void lease_drop(void *pointer) { brisk_lease_unref(pointer); }

static void lease_dealloc(PyObject *self) {
  lease_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef lease_methods[] = {
    RAW_METHOD("complete", lease_complete),
    RAW_METHOD("set_cost", lease_set_cost),
    RAW_METHOD("complete_absent", lease_complete_absent),
    RAW_METHOD("fail", lease_fail),
    RAW_METHOD("abandon", lease_abandon),
    RAW_METHOD("wait", lease_wait),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot lease_slots[] = {
    {Py_tp_doc,
     "A part in the load of one key: the lead, or a place among those who wait. May be used from "
     "any thread. When the last reference to a lead goes and the load has not ended, it is "
     "abandoned."},
    {Py_tp_dealloc, RAW_SLOT(lease_dealloc)},
    {Py_tp_methods, lease_methods},
    {0, NULL},
};
static PyType_Spec lease_spec = {
    "brisk._brisk.LeaseHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    lease_slots,
};

int raw_add_load(PyObject *module) {
  if (!raw_add_handle(module, RAW_LEASE, &lease_spec, lease_drop)) return 0;
  return 1;
}
