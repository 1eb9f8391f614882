/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* Workers: the raw layer of brisk/workers.h in Python. */

#include "raw.h"

_Static_assert(sizeof(brisk_task_priority) == 4, "brisk_task_priority");
_Static_assert(BRISK_TASK_PRIORITY_NORMAL == 0, "BRISK_TASK_PRIORITY_NORMAL");
_Static_assert(BRISK_TASK_PRIORITY_HIGH == 1, "BRISK_TASK_PRIORITY_HIGH");
_Static_assert(BRISK_TASK_PRIORITY_LOW == 2, "BRISK_TASK_PRIORITY_LOW");

_Static_assert(sizeof(brisk_task_state) == 4, "brisk_task_state");
_Static_assert(BRISK_TASK_STATE_QUEUED == 0, "BRISK_TASK_STATE_QUEUED");
_Static_assert(BRISK_TASK_STATE_RUNNING == 1, "BRISK_TASK_STATE_RUNNING");
_Static_assert(BRISK_TASK_STATE_DONE == 2, "BRISK_TASK_STATE_DONE");
_Static_assert(BRISK_TASK_STATE_FAILED == 3, "BRISK_TASK_STATE_FAILED");
_Static_assert(BRISK_TASK_STATE_TIMED_OUT == 4, "BRISK_TASK_STATE_TIMED_OUT");
_Static_assert(BRISK_TASK_STATE_CANCELLED == 5, "BRISK_TASK_STATE_CANCELLED");
_Static_assert(BRISK_TASK_STATE_NEVER_STARTED == 6, "BRISK_TASK_STATE_NEVER_STARTED");

_Static_assert(sizeof(brisk_workers_options) == 40, "brisk_workers_options");
_Static_assert(offsetof(brisk_workers_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_workers_options, threads) == 4, "threads");
_Static_assert(offsetof(brisk_workers_options, queue_tasks) == 8, "queue_tasks");
_Static_assert(offsetof(brisk_workers_options, queue_bytes) == 16, "queue_bytes");
_Static_assert(offsetof(brisk_workers_options, name_size) == 24, "name_size");
_Static_assert(offsetof(brisk_workers_options, reserved) == 28, "reserved");
_Static_assert(offsetof(brisk_workers_options, name) == 32, "name");

_Static_assert(sizeof(brisk_task_options) == 48, "brisk_task_options");
_Static_assert(offsetof(brisk_task_options, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_task_options, priority) == 4, "priority");
_Static_assert(offsetof(brisk_task_options, deadline_ns) == 8, "deadline_ns");
_Static_assert(offsetof(brisk_task_options, bytes) == 16, "bytes");
_Static_assert(offsetof(brisk_task_options, tag) == 24, "tag");
_Static_assert(offsetof(brisk_task_options, name_size) == 32, "name_size");
_Static_assert(offsetof(brisk_task_options, reserved) == 36, "reserved");
_Static_assert(offsetof(brisk_task_options, name) == 40, "name");

_Static_assert(sizeof(brisk_workers_stats) == 128, "brisk_workers_stats");
_Static_assert(offsetof(brisk_workers_stats, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_workers_stats, threads) == 4, "threads");
_Static_assert(offsetof(brisk_workers_stats, queued) == 8, "queued");
_Static_assert(offsetof(brisk_workers_stats, queued_bytes) == 16, "queued_bytes");
_Static_assert(offsetof(brisk_workers_stats, running) == 24, "running");
_Static_assert(offsetof(brisk_workers_stats, done) == 32, "done");
_Static_assert(offsetof(brisk_workers_stats, failed) == 40, "failed");
_Static_assert(offsetof(brisk_workers_stats, timed_out) == 48, "timed_out");
_Static_assert(offsetof(brisk_workers_stats, cancelled) == 56, "cancelled");
_Static_assert(offsetof(brisk_workers_stats, never_started) == 64, "never_started");
_Static_assert(offsetof(brisk_workers_stats, refused) == 72, "refused");
_Static_assert(offsetof(brisk_workers_stats, wait_p50_ns) == 80, "wait_p50_ns");
_Static_assert(offsetof(brisk_workers_stats, wait_p99_ns) == 88, "wait_p99_ns");
_Static_assert(offsetof(brisk_workers_stats, wait_max_ns) == 96, "wait_max_ns");
_Static_assert(offsetof(brisk_workers_stats, run_p50_ns) == 104, "run_p50_ns");
_Static_assert(offsetof(brisk_workers_stats, run_p99_ns) == 112, "run_p99_ns");
_Static_assert(offsetof(brisk_workers_stats, run_max_ns) == 120, "run_max_ns");

_Static_assert(sizeof(brisk_limiter_stats) == 40, "brisk_limiter_stats");
_Static_assert(offsetof(brisk_limiter_stats, struct_size) == 0, "struct_size");
_Static_assert(offsetof(brisk_limiter_stats, reserved) == 4, "reserved");
_Static_assert(offsetof(brisk_limiter_stats, acquired) == 8, "acquired");
_Static_assert(offsetof(brisk_limiter_stats, refused) == 16, "refused");
_Static_assert(offsetof(brisk_limiter_stats, waited_ns) == 24, "waited_ns");
_Static_assert(offsetof(brisk_limiter_stats, available) == 32, "available");

/*
 * Takes a dict of settings, or None for the defaults. Settings of a pool. A zero field selects the
 * documented default.
 */
static int take_workers_options(PyObject *from, brisk_workers_options *to, RawView *views) {
  /* clang-format off */
  static const char *const names[] = {
      "threads",
      "queue_tasks",
      "queue_bytes",
      "name",
      NULL,
  };
  /* clang-format on */
  PyObject *item = NULL;
  (void)views;
  if (!raw_fields(from, "workers_options", names)) return 0;
  item = raw_field(from, "threads");
  if (item && !raw_u32(item, "threads", &to->threads)) return 0;
  item = raw_field(from, "queue_tasks");
  if (item && !raw_u64(item, "queue_tasks", &to->queue_tasks)) return 0;
  item = raw_field(from, "queue_bytes");
  if (item && !raw_u64(item, "queue_bytes", &to->queue_bytes)) return 0;
  item = raw_field(from, "name");
  if (item && !raw_member(item, "name", views, &to->name, &to->name_size)) return 0;
  return 1;
}

static PyStructSequence_Field workers_stats_fields[] = {
    {"threads", "Threads that were started."},
    {"queued", "Tasks that wait for a thread or for memory."},
    {"queued_bytes", "What these declared, in bytes."},
    {"running", "Tasks that run."},
    {"done", "Tasks, and items of batches, that succeeded."},
    {"failed", "Those that failed."},
    {"timed_out", "Those whose deadline passed while they ran."},
    {"cancelled", "Those that were cancelled."},
    {"never_started", "Those whose deadline passed before they began."},
    {"refused", "Tasks that found the queue full."},
    {"wait_p50_ns", "Half of the tasks waited for less, in nanoseconds."},
    {"wait_p99_ns", "99 of 100 tasks waited for less, in nanoseconds."},
    {"wait_max_ns", "The longest wait, in nanoseconds."},
    {"run_p50_ns", "Half of the tasks ran for less, in nanoseconds."},
    {"run_p99_ns", "99 of 100 tasks ran for less, in nanoseconds."},
    {"run_max_ns", "The longest run, in nanoseconds."},
    {NULL, NULL},
};
static PyStructSequence_Desc workers_stats_desc = {
    "brisk._brisk.WorkersStats",
    "Figures of a pool. Counts run from its creation. Durations are to an eighth.",
    workers_stats_fields,
    16,
};
static PyTypeObject *workers_stats_type;

static PyObject *give_workers_stats(const brisk_workers_stats *from) {
  PyObject *const to = PyStructSequence_New(workers_stats_type);
  Py_ssize_t at = 0;
  if (!to) return NULL;
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLong(from->threads));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->queued));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->queued_bytes));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->running));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->done));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->failed));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->timed_out));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->cancelled));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->never_started));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->refused));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->wait_p50_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->wait_p99_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->wait_max_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->run_p50_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->run_p99_ns));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->run_max_ns));
  return raw_whole(to, at);
}

static PyStructSequence_Field limiter_stats_fields[] = {
    {"acquired", "Acquisitions that succeeded."},
    {"refused", "Acquisitions that did not come in time."},
    {"waited_ns", "Time spent waiting for tokens by those that succeeded, in nanoseconds."},
    {"available", "Tokens that could be taken now; negative when some are taken in advance."},
    {NULL, NULL},
};
static PyStructSequence_Desc limiter_stats_desc = {
    "brisk._brisk.LimiterStats",
    "Figures of a limiter. Counts run from its creation.",
    limiter_stats_fields,
    4,
};
static PyTypeObject *limiter_stats_type;

static PyObject *give_limiter_stats(const brisk_limiter_stats *from) {
  PyObject *const to = PyStructSequence_New(limiter_stats_type);
  Py_ssize_t at = 0;
  if (!to) return NULL;
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->acquired));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->refused));
  PyStructSequence_SetItem(to, at++, PyLong_FromUnsignedLongLong(from->waited_ns));
  PyStructSequence_SetItem(to, at++, PyFloat_FromDouble(from->available));
  return raw_whole(to, at);
}

static const char workers_new_doc[] =
    "workers_new(runtime, options, /)\n"
    "--\n"
    "\n"
    "Creates a pool. No thread is started yet. The caller owns one reference.";

static PyObject *call_workers_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *runtime = NULL;
  brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
  RawView options_views[RAW_VIEWS] = {{0}};
  brisk_workers *workers = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("workers_new", count, 2)) goto done;
  if (!raw_handle(args[0], "runtime", RAW_RUNTIME, 1, &runtime)) goto done;
  if (!take_workers_options(args[1], &options, options_views)) goto done;
  status = brisk_workers_new(runtime, &options, &workers, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_WORKERS, workers);
done:
  raw_drop_all(options_views);
  return result;
}

static const char workers_close_doc[] =
    "close($self, timeout_ns, stragglers, /)\n"
    "--\n"
    "\n"
    "Ends the pool: tasks that have not begun are never started, those that run are\n"
    "cancelled and waited for. BRISK_TIMEOUT says that some still run; the pool ends with\n"
    "them. Idempotent; later submissions return BRISK_CLOSED. A task that closes its own\n"
    "pool gets BRISK_DEADLOCK.";

static PyObject *call_workers_close(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  uint64_t timeout_ns = 0;
  RawView stragglers = {0};
  size_t size = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("close", count, 2)) goto done;
  if (!raw_u64(args[0], "timeout_ns", &timeout_ns)) goto done;
  if (!raw_buffer(args[1], "stragglers", &stragglers)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_workers_close(raw_self(self), timeout_ns, stragglers.data, stragglers.size,
                                 &size, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromSize_t(size));
done:
  raw_drop(&stragglers);
  return result;
}

static const char task_wait_doc[] =
    "wait($self, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Waits for the end of a task. Inside a task of the same pool it runs other tasks\n"
    "meanwhile, one of which may make it longer than its timeout. A task that waits for\n"
    "itself, directly or through the tasks it runs meanwhile, gets BRISK_DEADLOCK.";

static PyObject *call_task_wait(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  uint64_t timeout_ns = 0;
  brisk_task_state state = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("wait", count, 1)) goto done;
  if (!raw_u64(args[0], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_task_wait(raw_self(self), timeout_ns, &state, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromLong(state));
done:
  return result;
}

static const char task_poll_doc[] =
    "task_poll(task, /)\n"
    "--\n"
    "\n"
    "Returns how far a task is.";

static PyObject *call_task_poll(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  brisk_task_state returned = 0;
  void *task = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("task_poll", count, 1)) goto done;
  if (!raw_handle(args[0], "task", RAW_TASK, 1, &task)) goto done;
  returned = brisk_task_poll(task);
  result = PyLong_FromLong(returned);
done:
  return result;
}

static const char task_cancel_doc[] =
    "cancel($self, /)\n"
    "--\n"
    "\n"
    "Cancels a task: one that has not begun ends now, one that runs sees it when it\n"
    "looks. Idempotent.";

static PyObject *call_task_cancel(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("cancel", count, 0)) goto done;
  status = brisk_task_cancel(raw_self(self), &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char task_is_cancelled_doc[] =
    "task_is_cancelled(task, /)\n"
    "--\n"
    "\n"
    "Returns 1 when a task was cancelled, by itself, by its token or by the end of its\n"
    "pool, or its deadline has passed; otherwise 0.";

static PyObject *call_task_is_cancelled(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  uint32_t returned = 0;
  void *task = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("task_is_cancelled", count, 1)) goto done;
  if (!raw_handle(args[0], "task", RAW_TASK, 1, &task)) goto done;
  returned = brisk_task_is_cancelled(task);
  result = PyLong_FromUnsignedLong(returned);
done:
  return result;
}

static const char task_succeed_doc[] =
    "succeed($self, result, /)\n"
    "--\n"
    "\n"
    "Keeps the result of a task, called by the task itself. At most 2147483647 bytes.";

static PyObject *call_task_succeed(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView result_ = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("succeed", count, 1)) goto done;
  if (!raw_bytes(args[0], "result", &result_)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(result_.size));
    status = brisk_task_succeed(raw_self(self), result_.data, result_.size, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  raw_drop(&result_);
  return result;
}

static const char task_fail_doc[] =
    "fail($self, message, /)\n"
    "--\n"
    "\n"
    "Keeps the reason of a failure, called by the task itself before it returns a\n"
    "negative status.";

static PyObject *call_task_fail(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView message = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("fail", count, 1)) goto done;
  if (!raw_bytes(args[0], "message", &message)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(message.size));
    status = brisk_task_fail(raw_self(self), message.data, message.size, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  raw_drop(&message);
  return result;
}

static const char task_read_doc[] =
    "read($self, buffer, /)\n"
    "--\n"
    "\n"
    "Copies the result of a task that succeeded. One that failed gives its own status and\n"
    "reason, any other end BRISK_INVALID.";

static PyObject *call_task_read(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  RawView buffer = {0};
  size_t size = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read", count, 1)) goto done;
  if (!raw_buffer(args[0], "buffer", &buffer)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(buffer.size));
    status = brisk_task_read(raw_self(self), buffer.data, buffer.size, &size, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromSize_t(size));
done:
  raw_drop(&buffer);
  return result;
}

static const char batch_wait_doc[] =
    "wait($self, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Waits for the end of a batch, which is that of its last item, of its deadline, or in\n"
    "a race the first success. Inside a task of the same pool it runs items of the batch\n"
    "and other tasks meanwhile.";

static PyObject *call_batch_wait(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  uint64_t timeout_ns = 0;
  uint64_t winner = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("wait", count, 1)) goto done;
  if (!raw_u64(args[0], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_batch_wait(raw_self(self), timeout_ns, &winner, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_tuple(2, PyLong_FromLong(status), PyLong_FromUnsignedLongLong(winner));
done:
  return result;
}

static const char batch_states_doc[] =
    "states($self, count, /)\n"
    "--\n"
    "\n"
    "Reads how each item of a batch ended, or how far it is. Room for fewer items gets\n"
    "the first ones.";

static PyObject *call_batch_states(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  size_t count_ = 0;
  int32_t *states = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("states", count, 1)) goto done;
  if (!raw_size(args[0], "count", &count_)) goto done;
  if (!(states = raw_new(count_, sizeof *states))) goto done;
  status = brisk_batch_states(raw_self(self), count_, states, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_i32_list(states, count_);
done:
  PyMem_Free(states);
  return result;
}

static const char batch_check_doc[] =
    "check($self, index, /)\n"
    "--\n"
    "\n"
    "Succeeds unless this item failed, and then fails with the status and the reason that\n"
    "it gave.";

static PyObject *call_batch_check(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  size_t index = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("check", count, 1)) goto done;
  if (!raw_size(args[0], "index", &index)) goto done;
  status = brisk_batch_check(raw_self(self), index, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char batch_cancel_doc[] =
    "cancel($self, /)\n"
    "--\n"
    "\n"
    "Cancels a batch: items that have not begun end now, those that run see it when they\n"
    "look. Idempotent.";

static PyObject *call_batch_cancel(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("cancel", count, 0)) goto done;
  status = brisk_batch_cancel(raw_self(self), &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char batch_is_cancelled_doc[] =
    "batch_is_cancelled(batch, /)\n"
    "--\n"
    "\n"
    "Returns 1 when a batch was cancelled, a race is won, or the deadline has passed;\n"
    "otherwise 0.";

static PyObject *call_batch_is_cancelled(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  uint32_t returned = 0;
  void *batch = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("batch_is_cancelled", count, 1)) goto done;
  if (!raw_handle(args[0], "batch", RAW_BATCH, 1, &batch)) goto done;
  returned = brisk_batch_is_cancelled(batch);
  result = PyLong_FromUnsignedLong(returned);
done:
  return result;
}

static const char batch_fail_doc[] =
    "fail($self, index, message, /)\n"
    "--\n"
    "\n"
    "Keeps the reason of a failure, called by the item itself before it returns a\n"
    "negative status.";

static PyObject *call_batch_fail(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  size_t index = 0;
  RawView message = {0};
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("fail", count, 2)) goto done;
  if (!raw_size(args[0], "index", &index)) goto done;
  if (!raw_bytes(args[1], "message", &message)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(message.size));
    status = brisk_batch_fail(raw_self(self), index, message.data, message.size, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  raw_drop(&message);
  return result;
}

static const char workers_read_stats_doc[] =
    "read_stats($self, /)\n"
    "--\n"
    "\n"
    "Reads the figures of a pool.";

static PyObject *call_workers_read_stats(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_workers_stats stats = BRISK_WORKERS_STATS_INIT;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read_stats", count, 0)) goto done;
  status = brisk_workers_read_stats(raw_self(self), &stats, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = give_workers_stats(&stats);
done:
  return result;
}

static const char token_new_doc[] =
    "token_new(parent, /)\n"
    "--\n"
    "\n"
    "Creates a token. The caller owns one reference.";

static PyObject *call_token_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  void *parent = NULL;
  brisk_token *token = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("token_new", count, 1)) goto done;
  if (!raw_handle(args[0], "parent", RAW_TOKEN, 1, &parent)) goto done;
  status = brisk_token_new(parent, &token, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_TOKEN, token);
done:
  return result;
}

static const char token_cancel_doc[] =
    "cancel($self, /)\n"
    "--\n"
    "\n"
    "Cancels everything that was given this token or one below it. Idempotent.";

static PyObject *call_token_cancel(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("cancel", count, 0)) goto done;
  status = brisk_token_cancel(raw_self(self), &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_none();
done:
  return result;
}

static const char token_is_cancelled_doc[] =
    "token_is_cancelled(token, /)\n"
    "--\n"
    "\n"
    "Returns 1 when a token or one above it was cancelled, otherwise 0.";

static PyObject *call_token_is_cancelled(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  uint32_t returned = 0;
  void *token = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("token_is_cancelled", count, 1)) goto done;
  if (!raw_handle(args[0], "token", RAW_TOKEN, 1, &token)) goto done;
  returned = brisk_token_is_cancelled(token);
  result = PyLong_FromUnsignedLong(returned);
done:
  return result;
}

static const char completions_new_doc[] =
    "completions_new()\n"
    "--\n"
    "\n"
    "Creates a queue of ended tasks. The caller owns one reference.";

static PyObject *call_completions_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  (void)args;
  brisk_completions *completions = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("completions_new", count, 0)) goto done;
  status = brisk_completions_new(&completions, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_COMPLETIONS, completions);
done:
  return result;
}

static const char completions_fd_doc[] =
    "completions_fd(completions, /)\n"
    "--\n"
    "\n"
    "Returns a file descriptor that polls as readable while the queue is not empty,\n"
    "borrowed from it; -1 when there is none.";

static PyObject *call_completions_fd(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  int32_t returned = 0;
  void *completions = NULL;
  PyObject *result = NULL;
  if (!raw_arguments("completions_fd", count, 1)) goto done;
  if (!raw_handle(args[0], "completions", RAW_COMPLETIONS, 1, &completions)) goto done;
  returned = brisk_completions_fd(completions);
  result = PyLong_FromLong(returned);
done:
  return result;
}

static const char completions_next_doc[] =
    "next($self, count, /)\n"
    "--\n"
    "\n"
    "Takes tags off the queue. Never blocks; BRISK_END says that there are none.";

static PyObject *call_completions_next(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  size_t count_ = 0;
  uint64_t *tags = NULL;
  size_t taken = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("next", count, 1)) goto done;
  if (!raw_size(args[0], "count", &count_)) goto done;
  if (!(tags = raw_new(count_, sizeof *tags))) goto done;
  status = brisk_completions_next(raw_self(self), count_, tags, &taken, &error);
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result =
      raw_tuple(3, PyLong_FromLong(status), raw_u64_list(tags, count_), PyLong_FromSize_t(taken));
done:
  PyMem_Free(tags);
  return result;
}

static const char limiter_new_doc[] =
    "limiter_new(rate, burst, /)\n"
    "--\n"
    "\n"
    "Creates a limiter. The caller owns one reference.";

static PyObject *call_limiter_new(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  double rate = 0;
  double burst = 0;
  brisk_limiter *limiter = NULL;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("limiter_new", count, 2)) goto done;
  if (!raw_f64(args[0], "rate", &rate)) goto done;
  if (!raw_f64(args[1], "burst", &burst)) goto done;
  status = brisk_limiter_new(rate, burst, &limiter, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = raw_wrap(RAW_LIMITER, limiter);
done:
  return result;
}

static const char limiter_acquire_doc[] =
    "acquire($self, tokens, timeout_ns, /)\n"
    "--\n"
    "\n"
    "Takes tokens, waiting for them in turn. BRISK_TIMEOUT comes at once when they would\n"
    "not be there in time, and takes nothing.";

static PyObject *call_limiter_acquire(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  double tokens = 0;
  uint64_t timeout_ns = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("acquire", count, 2)) goto done;
  if (!raw_f64(args[0], "tokens", &tokens)) goto done;
  if (!raw_u64(args[1], "timeout_ns", &timeout_ns)) goto done;
  {
    PyThreadState *const thread = raw_release(1);
    status = brisk_limiter_acquire(raw_self(self), tokens, timeout_ns, &error);
    raw_retake(thread);
  }
  if (status < 0) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromLong(status);
done:
  return result;
}

static const char limiter_read_stats_doc[] =
    "read_stats($self, /)\n"
    "--\n"
    "\n"
    "Reads the figures of a limiter.";

static PyObject *call_limiter_read_stats(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args;
  brisk_limiter_stats stats = BRISK_LIMITER_STATS_INIT;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("read_stats", count, 0)) goto done;
  status = brisk_limiter_read_stats(raw_self(self), &stats, &error);
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = give_limiter_stats(&stats);
done:
  return result;
}

/*
 * Not here:
 * brisk_workers_submit: what calls into Python is written by hand; loads are by lease.
 * brisk_workers_batch: what calls into Python is written by hand; loads are by lease.
 * brisk_workers_batch_ranges: what calls into Python is written by hand; loads are by lease.
 * brisk_workers_ref: what it does, the objects do by themselves.
 * brisk_workers_unref: what it does, the objects do by themselves.
 * brisk_task_ref: what it does, the objects do by themselves.
 * brisk_task_unref: what it does, the objects do by themselves.
 * brisk_batch_ref: what it does, the objects do by themselves.
 * brisk_batch_unref: what it does, the objects do by themselves.
 * brisk_token_ref: what it does, the objects do by themselves.
 * brisk_token_unref: what it does, the objects do by themselves.
 * brisk_completions_ref: what it does, the objects do by themselves.
 * brisk_completions_unref: what it does, the objects do by themselves.
 * brisk_limiter_ref: what it does, the objects do by themselves.
 * brisk_limiter_unref: what it does, the objects do by themselves.
 */

static void workers_drop(void *pointer) { brisk_workers_unref(pointer); }

static void workers_dealloc(PyObject *self) {
  workers_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef workers_methods[] = {
    RAW_METHOD("close", workers_close),
    RAW_METHOD("read_stats", workers_read_stats),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot workers_slots[] = {
    {Py_tp_doc,
     "A pool of threads. May be used from any thread. When the last reference goes, tasks that "
     "have not begun are never started."},
    {Py_tp_dealloc, RAW_SLOT(workers_dealloc)},
    {Py_tp_methods, workers_methods},
    {0, NULL},
};
static PyType_Spec workers_spec = {
    "brisk._brisk.WorkersHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    workers_slots,
};

static void task_drop(void *pointer) { brisk_task_unref(pointer); }

static void task_dealloc(PyObject *self) {
  task_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef task_methods[] = {
    RAW_METHOD("wait", task_wait),
    RAW_METHOD("cancel", task_cancel),
    RAW_METHOD("succeed", task_succeed),
    RAW_METHOD("fail", task_fail),
    RAW_METHOD("read", task_read),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot task_slots[] = {
    {Py_tp_doc, "One task. May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(task_dealloc)},
    {Py_tp_methods, task_methods},
    {0, NULL},
};
static PyType_Spec task_spec = {
    "brisk._brisk.TaskHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    task_slots,
};

static void batch_drop(void *pointer) { brisk_batch_unref(pointer); }

static void batch_dealloc(PyObject *self) {
  batch_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef batch_methods[] = {
    RAW_METHOD("wait", batch_wait),
    RAW_METHOD("states", batch_states),
    RAW_METHOD("check", batch_check),
    RAW_METHOD("cancel", batch_cancel),
    RAW_METHOD("fail", batch_fail),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot batch_slots[] = {
    {Py_tp_doc,
     "Many calls of one function, and the outcome of each. May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(batch_dealloc)},
    {Py_tp_methods, batch_methods},
    {0, NULL},
};
static PyType_Spec batch_spec = {
    "brisk._brisk.BatchHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    batch_slots,
};

static void token_drop(void *pointer) { brisk_token_unref(pointer); }

static void token_dealloc(PyObject *self) {
  token_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef token_methods[] = {
    RAW_METHOD("cancel", token_cancel),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot token_slots[] = {
    {Py_tp_doc,
     "A cancellation: set once, seen by every task that was given it. May be used from any "
     "thread."},
    {Py_tp_dealloc, RAW_SLOT(token_dealloc)},
    {Py_tp_methods, token_methods},
    {0, NULL},
};
static PyType_Spec token_spec = {
    "brisk._brisk.TokenHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    token_slots,
};

static void completions_drop(void *pointer) { brisk_completions_unref(pointer); }

static void completions_dealloc(PyObject *self) {
  completions_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef completions_methods[] = {
    RAW_METHOD("next", completions_next),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot completions_slots[] = {
    {Py_tp_doc,
     "A queue of tasks that ended, for event loops: a file descriptor that polls as readable, "
     "and their tags. May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(completions_dealloc)},
    {Py_tp_methods, completions_methods},
    {0, NULL},
};
static PyType_Spec completions_spec = {
    "brisk._brisk.CompletionsHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    completions_slots,
};

static void limiter_drop(void *pointer) { brisk_limiter_unref(pointer); }

static void limiter_dealloc(PyObject *self) {
  limiter_drop(raw_self(self));
  raw_free(self);
}

/* clang-format off */
static PyMethodDef limiter_methods[] = {
    RAW_METHOD("acquire", limiter_acquire),
    RAW_METHOD("read_stats", limiter_read_stats),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */
static PyType_Slot limiter_slots[] = {
    {Py_tp_doc,
     "A bound on how often something is done: a bucket that holds tokens up to its burst and "
     "fills at its rate (Turner, New Directions in Communications, IEEE Communications Magazine "
     "24, 1986). May be used from any thread."},
    {Py_tp_dealloc, RAW_SLOT(limiter_dealloc)},
    {Py_tp_methods, limiter_methods},
    {0, NULL},
};
static PyType_Spec limiter_spec = {
    "brisk._brisk.LimiterHandle",
    (int)sizeof(RawHandle),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    limiter_slots,
};

/* clang-format off */
static PyMethodDef functions[] = {
    RAW_METHOD("workers_new", workers_new),
    RAW_METHOD("task_poll", task_poll),
    RAW_METHOD("task_is_cancelled", task_is_cancelled),
    RAW_METHOD("batch_is_cancelled", batch_is_cancelled),
    RAW_METHOD("token_new", token_new),
    RAW_METHOD("token_is_cancelled", token_is_cancelled),
    RAW_METHOD("completions_new", completions_new),
    RAW_METHOD("completions_fd", completions_fd),
    RAW_METHOD("limiter_new", limiter_new),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */

int raw_add_workers(PyObject *module) {
  if (!raw_add_number(module, "TASK_PRIORITY_NORMAL", BRISK_TASK_PRIORITY_NORMAL)) return 0;
  if (!raw_add_number(module, "TASK_PRIORITY_HIGH", BRISK_TASK_PRIORITY_HIGH)) return 0;
  if (!raw_add_number(module, "TASK_PRIORITY_LOW", BRISK_TASK_PRIORITY_LOW)) return 0;
  if (!raw_add_number(module, "TASK_STATE_QUEUED", BRISK_TASK_STATE_QUEUED)) return 0;
  if (!raw_add_number(module, "TASK_STATE_RUNNING", BRISK_TASK_STATE_RUNNING)) return 0;
  if (!raw_add_number(module, "TASK_STATE_DONE", BRISK_TASK_STATE_DONE)) return 0;
  if (!raw_add_number(module, "TASK_STATE_FAILED", BRISK_TASK_STATE_FAILED)) return 0;
  if (!raw_add_number(module, "TASK_STATE_TIMED_OUT", BRISK_TASK_STATE_TIMED_OUT)) return 0;
  if (!raw_add_number(module, "TASK_STATE_CANCELLED", BRISK_TASK_STATE_CANCELLED)) return 0;
  if (!raw_add_number(module, "TASK_STATE_NEVER_STARTED", BRISK_TASK_STATE_NEVER_STARTED)) return 0;
  if (!raw_add_sequence(module, &workers_stats_desc, &workers_stats_type)) return 0;
  if (!raw_add_sequence(module, &limiter_stats_desc, &limiter_stats_type)) return 0;
  if (!raw_add_handle(module, RAW_WORKERS, &workers_spec, workers_drop)) return 0;
  if (!raw_add_handle(module, RAW_TASK, &task_spec, task_drop)) return 0;
  if (!raw_add_handle(module, RAW_BATCH, &batch_spec, batch_drop)) return 0;
  if (!raw_add_handle(module, RAW_TOKEN, &token_spec, token_drop)) return 0;
  if (!raw_add_handle(module, RAW_COMPLETIONS, &completions_spec, completions_drop)) return 0;
  if (!raw_add_handle(module, RAW_LIMITER, &limiter_spec, limiter_drop)) return 0;
  return PyModule_AddFunctions(module, functions) == 0;
}
