/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_WORKERS_H
#define BRISK_WORKERS_H

/**
 * Workers.
 *
 * A pool of threads that runs tasks: one at a time, in batches with an outcome for each, and in
 * races whose first success wins. Threads start when there is work for them, block every signal,
 * and start anew in the child of a fork. A wait inside a task runs other tasks meanwhile, so that
 * tasks that wait for tasks never use up the threads.
 */

#include <brisk/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Which tasks are taken first. Within one priority the oldest is. Later versions may add values.
 */
typedef int32_t brisk_task_priority;
enum {
  BRISK_TASK_PRIORITY_NORMAL = 0, /**< After those of high priority. */
  BRISK_TASK_PRIORITY_HIGH = 1,   /**< First. */
  BRISK_TASK_PRIORITY_LOW = 2,    /**< When nothing else is queued. */
};

/** How far a task is, or how it ended. Later versions may add values. */
typedef int32_t brisk_task_state;
enum {
  BRISK_TASK_STATE_QUEUED = 0,        /**< It waits for a thread, or for memory. */
  BRISK_TASK_STATE_RUNNING = 1,       /**< A thread runs it. */
  BRISK_TASK_STATE_DONE = 2,          /**< It succeeded. */
  BRISK_TASK_STATE_FAILED = 3,        /**< It failed. */
  BRISK_TASK_STATE_TIMED_OUT = 4,     /**< Its deadline passed while it ran; it is not
                                           interrupted, and what it gives is dropped. */
  BRISK_TASK_STATE_CANCELLED = 5,     /**< It was cancelled before it began, or failed after it
                                           was. */
  BRISK_TASK_STATE_NEVER_STARTED = 6, /**< Its deadline passed, or the pool was closed, before it
                                           began. */
};

/**
 * A pool of threads. May be used from any thread. When the last reference goes, tasks that have not
 * begun are never started. Counted by brisk_workers_ref and brisk_workers_unref;
 * brisk_workers_close ends its work.
 */
typedef struct brisk_workers brisk_workers;

/** One task. May be used from any thread. Counted by brisk_task_ref and brisk_task_unref. */
typedef struct brisk_task brisk_task;

/**
 * Many calls of one function, and the outcome of each. May be used from any thread. Counted by
 * brisk_batch_ref and brisk_batch_unref.
 */
typedef struct brisk_batch brisk_batch;

/**
 * A cancellation: set once, seen by every task that was given it. May be used from any thread.
 * Counted by brisk_token_ref and brisk_token_unref.
 */
typedef struct brisk_token brisk_token;

/**
 * A queue of tasks that ended, for event loops: a file descriptor that polls as readable, and their
 * tags. May be used from any thread. Counted by brisk_completions_ref and brisk_completions_unref.
 */
typedef struct brisk_completions brisk_completions;

/**
 * A bound on how often something is done: a bucket that holds tokens up to its burst and fills at
 * its rate (Turner, New Directions in Communications, IEEE Communications Magazine 24, 1986). May
 * be used from any thread. Counted by brisk_limiter_ref and brisk_limiter_unref.
 */
typedef struct brisk_limiter brisk_limiter;

/**
 * The work of a task. Runs on a thread of the pool, outside every lock. BRISK_OK is success; a
 * negative status is a failure, whose reason brisk_task_fail gives. It may look at
 * brisk_task_is_cancelled from time to time. An exception that leaves it is a failure.
 *
 * @param user  The pointer that was given with the callback.
 * @param task  The task, borrowed for the call.
 */
typedef brisk_status (*brisk_task_fn)(void *user, brisk_task *task);

/**
 * One call of a batch or a race. Runs on a thread of the pool, outside every lock, for many items
 * at once. BRISK_OK is success; a negative status is a failure, whose reason brisk_batch_fail
 * gives. It may look at brisk_batch_is_cancelled from time to time. An exception that leaves it is
 * a failure.
 *
 * @param user   The pointer that was given with the callback.
 * @param index  Which item, from 0.
 * @param batch  The batch, borrowed for the call.
 */
typedef brisk_status (*brisk_item_fn)(void *user, size_t index, brisk_batch *batch);

/**
 * The items of a batch or a race from first to last, one after the other. Runs on a thread of the
 * pool, outside every lock, for many ranges at once. Before each item it stores the item's index,
 * by which others know how far it is (with release order, as __atomic_store_n does). BRISK_OK says
 * that all of them succeeded. A negative status, or an exception that leaves it, is the failure of
 * the item that was stored last: those after it come in another call. brisk_batch_fail gives the
 * reason. How long a range is follows from how long the items take; in a race it is one. Whether
 * the batch is over is looked at between two.
 *
 * @param user   The pointer that was given with the callback.
 * @param first  The first item, from 0.
 * @param last   The one after the last, beyond first.
 * @param at     Receives the index of each item before its call.
 * @param batch  The batch, borrowed for the call.
 */
typedef brisk_status (*brisk_range_fn)(void *user, size_t first, size_t last, size_t *at,
                                       brisk_batch *batch);

/** Settings of a pool. A zero field selects the documented default. */
typedef struct brisk_workers_options {
  uint32_t struct_size; /**< Set by BRISK_WORKERS_OPTIONS_INIT. */
  uint32_t threads;     /**< Threads at most, 1 to 1024; default one for each processor that this
                             process may use. */
  uint64_t queue_tasks; /**< Tasks that may wait for a thread at a time; default 65536, at most
                             16777216. */
  uint64_t queue_bytes; /**< Bytes that tasks which wait may have declared together; default no
                             bound but the budget. */
  uint32_t name_size;   /**< Bytes of name; default none. At most 12. */
  uint32_t reserved;    /**< Must be zero. */
  const void *name;     /**< The name of the threads, as a debugger shows it; copied; default
                             brisk. */
} brisk_workers_options;

#define BRISK_WORKERS_OPTIONS_INIT {(uint32_t)sizeof(brisk_workers_options), 0, 0, 0, 0, 0, NULL}

/** Settings of a task. A zero field selects the documented default. */
typedef struct brisk_task_options {
  uint32_t struct_size;         /**< Set by BRISK_TASK_OPTIONS_INIT. */
  brisk_task_priority priority; /**< When it is taken; default BRISK_TASK_PRIORITY_NORMAL. */
  uint64_t deadline_ns;         /**< Time from now in which it must end, in nanoseconds; default
                                     BRISK_FOREVER. */
  uint64_t bytes;               /**< Memory that the task will take, in bytes: it starts when the
                                     budget of the runtime has them, which are given back when it
                                     ends; default none. */
  uint64_t tag;                 /**< Given back by brisk_completions_next; default 0. */
  uint32_t name_size;           /**< Bytes of name; default none. At most 255. */
  uint32_t reserved;            /**< Must be zero. */
  const void *name;             /**< A name for reports; copied; default none. */
} brisk_task_options;

#define BRISK_TASK_OPTIONS_INIT {(uint32_t)sizeof(brisk_task_options), 0, 0, 0, 0, 0, 0, NULL}

/** Figures of a pool. Counts run from its creation. Durations are to an eighth. */
typedef struct brisk_workers_stats {
  uint32_t struct_size;   /**< Set by BRISK_WORKERS_STATS_INIT. */
  uint32_t threads;       /**< Threads that were started. */
  uint64_t queued;        /**< Tasks that wait for a thread or for memory. */
  uint64_t queued_bytes;  /**< What these declared, in bytes. */
  uint64_t running;       /**< Tasks that run. */
  uint64_t done;          /**< Tasks, and items of batches, that succeeded. */
  uint64_t failed;        /**< Those that failed. */
  uint64_t timed_out;     /**< Those whose deadline passed while they ran. */
  uint64_t cancelled;     /**< Those that were cancelled. */
  uint64_t never_started; /**< Those whose deadline passed before they began. */
  uint64_t refused;       /**< Tasks that found the queue full. */
  uint64_t wait_p50_ns;   /**< Half of the tasks waited for less, in nanoseconds. */
  uint64_t wait_p99_ns;   /**< 99 of 100 tasks waited for less, in nanoseconds. */
  uint64_t wait_max_ns;   /**< The longest wait, in nanoseconds. */
  uint64_t run_p50_ns;    /**< Half of the tasks ran for less, in nanoseconds. */
  uint64_t run_p99_ns;    /**< 99 of 100 tasks ran for less, in nanoseconds. */
  uint64_t run_max_ns;    /**< The longest run, in nanoseconds. */
} brisk_workers_stats;

#define BRISK_WORKERS_STATS_INIT \
  {(uint32_t)sizeof(brisk_workers_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/** Figures of a limiter. Counts run from its creation. */
typedef struct brisk_limiter_stats {
  uint32_t struct_size; /**< Set by BRISK_LIMITER_STATS_INIT. */
  uint32_t reserved;    /**< Always zero. */
  uint64_t acquired;    /**< Acquisitions that succeeded. */
  uint64_t refused;     /**< Acquisitions that did not come in time. */
  uint64_t waited_ns;   /**< Time spent waiting for tokens by those that succeeded, in
                             nanoseconds. */
  double available;     /**< Tokens that could be taken now; negative when some are taken in
                             advance. */
} brisk_limiter_stats;

#define BRISK_LIMITER_STATS_INIT {(uint32_t)sizeof(brisk_limiter_stats), 0, 0, 0, 0, 0.0}

/**
 * Creates a pool. No thread is started yet. The caller owns one reference.
 *
 * @param runtime  The runtime whose budget counts; NULL for the default one.
 * @param options  Settings; NULL for the defaults. Start from BRISK_WORKERS_OPTIONS_INIT.
 * @param workers  Receives the pool.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_workers_new(brisk_runtime *runtime,
                                         const brisk_workers_options *options,
                                         brisk_workers **workers, brisk_error **error);

/**
 * Ends the pool: tasks that have not begun are never started, those that run are cancelled and
 * waited for. BRISK_TIMEOUT says that some still run; the pool ends with them. Idempotent; later
 * submissions return BRISK_CLOSED. A task that closes its own pool gets BRISK_DEADLOCK.
 *
 * @param workers     The pool.
 * @param timeout_ns  How long to wait for tasks that run, in nanoseconds; 0 is 30 seconds.
 * @param stragglers  Where the tasks that still run are named, each on a line with how long it has
 *                    run: import of events.h5 (1250 ms). Whole lines only.
 * @param size        Receives the bytes of all these lines, 0 when none runs.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_DEADLOCK. Any thread. Blocks up to its
 * timeout.
 */
BRISK_API brisk_status brisk_workers_close(brisk_workers *workers, uint64_t timeout_ns,
                                           void *stragglers, size_t capacity, size_t *size,
                                           brisk_error **error);

/**
 * Queues a task. Its user data is released before its end is told. BRISK_REFUSED says that the
 * queue had no room in time. A task whose bytes are beyond the budget is BRISK_TOO_LARGE.
 *
 * @param workers      The pool.
 * @param options      Settings; NULL for the defaults. Start from BRISK_TASK_OPTIONS_INIT.
 * @param run          The work.
 * @param user         Handed to run as it is.
 * @param destroy      Releases user; may be NULL.
 * @param timeout_ns   How long to wait for room in a full queue, in nanoseconds; 0 is not at all.
 * @param token        What cancels the task; NULL for nothing but brisk_task_cancel.
 * @param completions  Where its end is told as well; NULL for nowhere.
 * @param task         Receives the task; may be NULL for one that nobody waits for.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_workers_submit(brisk_workers *workers,
                                            const brisk_task_options *options, brisk_task_fn run,
                                            void *user, brisk_destroy_fn destroy,
                                            uint64_t timeout_ns, brisk_token *token,
                                            brisk_completions *completions, brisk_task **task,
                                            brisk_error **error);

/**
 * Waits for the end of a task. Inside a task of the same pool it runs other tasks meanwhile, one of
 * which may make it longer than its timeout. A task that waits for itself, directly or through the
 * tasks it runs meanwhile, gets BRISK_DEADLOCK.
 *
 * @param timeout_ns  How long to wait in nanoseconds; 0 is 30 seconds.
 * @param state       Receives how it ended, or how far it is.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_DEADLOCK. Any thread. Blocks up to its
 * timeout.
 */
BRISK_API brisk_status brisk_task_wait(brisk_task *task, uint64_t timeout_ns,
                                       brisk_task_state *state, brisk_error **error);

/**
 * Returns how far a task is.
 *
 * @param task  The task; NULL reads as never started.
 *
 * Any thread.
 */
BRISK_API brisk_task_state brisk_task_poll(const brisk_task *task);

/**
 * Cancels a task: one that has not begun ends now, one that runs sees it when it looks. Idempotent.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_task_cancel(brisk_task *task, brisk_error **error);

/**
 * Returns 1 when a task was cancelled, by itself, by its token or by the end of its pool, or its
 * deadline has passed; otherwise 0.
 *
 * @param task  The task; NULL reads as not cancelled.
 *
 * Any thread.
 */
BRISK_API uint32_t brisk_task_is_cancelled(const brisk_task *task);

/**
 * Keeps the result of a task, called by the task itself. At most 2147483647 bytes.
 *
 * @param task    The task that runs.
 * @param result  What it gives; copied.
 *
 * Fails with BRISK_INVALID, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_task_succeed(brisk_task *task, const void *result, size_t result_size,
                                          brisk_error **error);

/**
 * Keeps the reason of a failure, called by the task itself before it returns a negative status.
 *
 * @param task     The task that runs.
 * @param message  Why it fails, as text; copied.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_task_fail(brisk_task *task, const void *message, size_t message_size,
                                       brisk_error **error);

/**
 * Copies the result of a task that succeeded. One that failed gives its own status and reason, any
 * other end BRISK_INVALID.
 *
 * @param task    A task that ended.
 * @param buffer  Where the result is copied.
 * @param size    Receives the size of the result in bytes.
 *
 * Outcomes: BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_task_read(brisk_task *task, void *buffer, size_t capacity,
                                       size_t *size, brisk_error **error);

/**
 * Begins to call a function for each index below count, on as many threads as there are. Its user
 * data is released when the last call has returned, which is before the end is told unless the
 * deadline passed. BRISK_REFUSED says that the queue has no room.
 *
 * @param workers     The pool.
 * @param count       How many items, at most 16777216.
 * @param timeout_ns  Time from now in which all must end, in nanoseconds; 0 is BRISK_FOREVER.
 * @param race        1 when the first success ends it and cancels the others; otherwise 0.
 * @param run         The work of an item.
 * @param user        Handed to run as it is.
 * @param destroy     Releases user; may be NULL.
 * @param token       What cancels the batch; NULL for nothing.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_workers_batch(brisk_workers *workers, size_t count,
                                           uint64_t timeout_ns, uint32_t race, brisk_item_fn run,
                                           void *user, brisk_destroy_fn destroy,
                                           brisk_token *token, brisk_batch **batch,
                                           brisk_error **error);

/**
 * The same as brisk_workers_batch for a function that loops over items by itself: a call across
 * libraries or languages is paid once for many. Its user data is released when the last call has
 * returned. BRISK_REFUSED says that the queue has no room.
 *
 * @param workers     The pool.
 * @param count       How many items, at most 16777216.
 * @param timeout_ns  Time from now in which all must end, in nanoseconds; 0 is BRISK_FOREVER.
 * @param race        1 when the first success ends it and cancels the others; otherwise 0.
 * @param run         The work of some items.
 * @param user        Handed to run as it is.
 * @param destroy     Releases user; may be NULL.
 * @param token       What cancels the batch; NULL for nothing.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_workers_batch_ranges(brisk_workers *workers, size_t count,
                                                  uint64_t timeout_ns, uint32_t race,
                                                  brisk_range_fn run, void *user,
                                                  brisk_destroy_fn destroy, brisk_token *token,
                                                  brisk_batch **batch, brisk_error **error);

/**
 * Waits for the end of a batch, which is that of its last item, of its deadline, or in a race the
 * first success. Inside a task of the same pool it runs items of the batch and other tasks
 * meanwhile.
 *
 * @param timeout_ns  How long to wait in nanoseconds; 0 is 30 seconds.
 * @param winner      Receives the index of the first success, or BRISK_FOREVER when there is none.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID, BRISK_DEADLOCK. Any thread. Blocks up to its
 * timeout.
 */
BRISK_API brisk_status brisk_batch_wait(brisk_batch *batch, uint64_t timeout_ns, uint64_t *winner,
                                        brisk_error **error);

/**
 * Reads how each item of a batch ended, or how far it is. Room for fewer items gets the first ones.
 *
 * @param count   How many items there is room for.
 * @param states  Receives the state of each item, a brisk_task_state.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_batch_states(brisk_batch *batch, size_t count, int32_t *states,
                                          brisk_error **error);

/**
 * Succeeds unless this item failed, and then fails with the status and the reason that it gave.
 *
 * @param index  Which item, from 0.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_batch_check(brisk_batch *batch, size_t index, brisk_error **error);

/**
 * Cancels a batch: items that have not begun end now, those that run see it when they look.
 * Idempotent.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_batch_cancel(brisk_batch *batch, brisk_error **error);

/**
 * Returns 1 when a batch was cancelled, a race is won, or the deadline has passed; otherwise 0.
 *
 * @param batch  The batch; NULL reads as not cancelled.
 *
 * Any thread.
 */
BRISK_API uint32_t brisk_batch_is_cancelled(const brisk_batch *batch);

/**
 * Keeps the reason of a failure, called by the item itself before it returns a negative status.
 *
 * @param index    The item that runs.
 * @param message  Why it fails, as text; copied.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_batch_fail(brisk_batch *batch, size_t index, const void *message,
                                        size_t message_size, brisk_error **error);

/**
 * Reads the figures of a pool.
 *
 * @param workers  The pool.
 * @param stats    Receives the figures. Start from BRISK_WORKERS_STATS_INIT.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_workers_read_stats(brisk_workers *workers, brisk_workers_stats *stats,
                                                brisk_error **error);

/**
 * Creates a token. The caller owns one reference.
 *
 * @param parent  What cancels this one too; NULL for nothing.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_token_new(brisk_token *parent, brisk_token **token,
                                       brisk_error **error);

/**
 * Cancels everything that was given this token or one below it. Idempotent.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_token_cancel(brisk_token *token, brisk_error **error);

/**
 * Returns 1 when a token or one above it was cancelled, otherwise 0.
 *
 * @param token  The token; NULL reads as not cancelled.
 *
 * Any thread.
 */
BRISK_API uint32_t brisk_token_is_cancelled(const brisk_token *token);

/**
 * Creates a queue of ended tasks. The caller owns one reference.
 *
 * @param completions  Receives the queue.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_completions_new(brisk_completions **completions, brisk_error **error);

/**
 * Returns a file descriptor that polls as readable while the queue is not empty, borrowed from it;
 * -1 when there is none.
 *
 * @param completions  The queue; NULL has none.
 *
 * Any thread.
 */
BRISK_API int32_t brisk_completions_fd(const brisk_completions *completions);

/**
 * Takes tags off the queue. Never blocks; BRISK_END says that there are none.
 *
 * @param completions  The queue.
 * @param count        How many tags there is room for.
 * @param tags         Receives the tags of tasks that ended, the first first.
 * @param taken        Receives how many there are.
 *
 * Outcomes: BRISK_END. Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_completions_next(brisk_completions *completions, size_t count,
                                              uint64_t *tags, size_t *taken, brisk_error **error);

/**
 * Creates a limiter. The caller owns one reference.
 *
 * @param rate   Tokens that come back in a second; more than 0.
 * @param burst  Tokens that are there at most, and at the start; at least 1.
 *
 * Fails with BRISK_INVALID, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_limiter_new(double rate, double burst, brisk_limiter **limiter,
                                         brisk_error **error);

/**
 * Takes tokens, waiting for them in turn. BRISK_TIMEOUT comes at once when they would not be there
 * in time, and takes nothing.
 *
 * @param tokens      How many to take, more than 0, at most the burst.
 * @param timeout_ns  How long to wait for them in nanoseconds; 0 is 30 seconds.
 *
 * Outcomes: BRISK_TIMEOUT. Fails with BRISK_INVALID. Any thread. Blocks up to its timeout.
 */
BRISK_API brisk_status brisk_limiter_acquire(brisk_limiter *limiter, double tokens,
                                             uint64_t timeout_ns, brisk_error **error);

/**
 * Reads the figures of a limiter.
 *
 * @param stats  Receives the figures. Start from BRISK_LIMITER_STATS_INIT.
 *
 * Fails with BRISK_INVALID. Any thread.
 */
BRISK_API brisk_status brisk_limiter_read_stats(brisk_limiter *limiter, brisk_limiter_stats *stats,
                                                brisk_error **error);

/**
 * Adds a reference to workers and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_workers *brisk_workers_ref(brisk_workers *workers);

/**
 * Drops a reference to workers. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_workers_unref(brisk_workers *workers);

/**
 * Adds a reference to task and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_task *brisk_task_ref(brisk_task *task);

/**
 * Drops a reference to task. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_task_unref(brisk_task *task);

/**
 * Adds a reference to batch and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_batch *brisk_batch_ref(brisk_batch *batch);

/**
 * Drops a reference to batch. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_batch_unref(brisk_batch *batch);

/**
 * Adds a reference to token and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_token *brisk_token_ref(brisk_token *token);

/**
 * Drops a reference to token. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_token_unref(brisk_token *token);

/**
 * Adds a reference to completions and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_completions *brisk_completions_ref(brisk_completions *completions);

/**
 * Drops a reference to completions. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_completions_unref(brisk_completions *completions);

/**
 * Adds a reference to limiter and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_limiter *brisk_limiter_ref(brisk_limiter *limiter);

/**
 * Drops a reference to limiter. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_limiter_unref(brisk_limiter *limiter);

#ifdef __cplusplus
}
#endif

#endif
