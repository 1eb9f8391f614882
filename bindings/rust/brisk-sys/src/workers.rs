// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! Workers.
//!
//! A pool of threads that runs tasks: one at a time, in batches with an outcome for each, and in
//! races whose first success wins. Threads start when there is work for them, block every signal,
//! and start anew in the child of a fork. A wait inside a task runs other tasks meanwhile, so that
//! tasks that wait for tasks never use up the threads.

use core::ffi::c_void;
use core::marker::{PhantomData, PhantomPinned};

use crate::*;

/// Which tasks are taken first. Within one priority the oldest is. Later versions may add values.
pub type brisk_task_priority = i32;
/// After those of high priority.
pub const BRISK_TASK_PRIORITY_NORMAL: brisk_task_priority = 0;
/// First.
pub const BRISK_TASK_PRIORITY_HIGH: brisk_task_priority = 1;
/// When nothing else is queued.
pub const BRISK_TASK_PRIORITY_LOW: brisk_task_priority = 2;

/// How far a task is, or how it ended. Later versions may add values.
pub type brisk_task_state = i32;
/// It waits for a thread, or for memory.
pub const BRISK_TASK_STATE_QUEUED: brisk_task_state = 0;
/// A thread runs it.
pub const BRISK_TASK_STATE_RUNNING: brisk_task_state = 1;
/// It succeeded.
pub const BRISK_TASK_STATE_DONE: brisk_task_state = 2;
/// It failed.
pub const BRISK_TASK_STATE_FAILED: brisk_task_state = 3;
/// Its deadline passed while it ran; it is not interrupted, and what it gives is dropped.
pub const BRISK_TASK_STATE_TIMED_OUT: brisk_task_state = 4;
/// It was cancelled before it began, or failed after it was.
pub const BRISK_TASK_STATE_CANCELLED: brisk_task_state = 5;
/// Its deadline passed, or the pool was closed, before it began.
pub const BRISK_TASK_STATE_NEVER_STARTED: brisk_task_state = 6;

/// A pool of threads. May be used from any thread. When the last reference goes, tasks that have
/// not begun are never started. Counted by [`brisk_workers_ref`] and [`brisk_workers_unref`];
/// [`brisk_workers_close`] ends its work.
#[repr(C)]
pub struct brisk_workers {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One task. May be used from any thread. Counted by [`brisk_task_ref`] and [`brisk_task_unref`].
#[repr(C)]
pub struct brisk_task {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Many calls of one function, and the outcome of each. May be used from any thread. Counted by
/// [`brisk_batch_ref`] and [`brisk_batch_unref`].
#[repr(C)]
pub struct brisk_batch {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A cancellation: set once, seen by every task that was given it. May be used from any thread.
/// Counted by [`brisk_token_ref`] and [`brisk_token_unref`].
#[repr(C)]
pub struct brisk_token {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A queue of tasks that ended, for event loops: a file descriptor that polls as readable, and
/// their tags. May be used from any thread. Counted by [`brisk_completions_ref`] and
/// [`brisk_completions_unref`].
#[repr(C)]
pub struct brisk_completions {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A bound on how often something is done: a bucket that holds tokens up to its burst and fills at
/// its rate (Turner, New Directions in Communications, IEEE Communications Magazine 24, 1986). May
/// be used from any thread. Counted by [`brisk_limiter_ref`] and [`brisk_limiter_unref`].
#[repr(C)]
pub struct brisk_limiter {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// The work of a task. Runs on a thread of the pool, outside every lock. [`BRISK_OK`] is success; a
/// negative status is a failure, whose reason [`brisk_task_fail`] gives. It may look at
/// [`brisk_task_is_cancelled`] from time to time. An exception that leaves it is a failure.
///
/// - `user`: The pointer that was given with the callback.
/// - `task`: The task, borrowed for the call.
pub type brisk_task_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, task: *mut brisk_task) -> brisk_status>;

/// One call of a batch or a race. Runs on a thread of the pool, outside every lock, for many items
/// at once. [`BRISK_OK`] is success; a negative status is a failure, whose reason
/// [`brisk_batch_fail`] gives. It may look at [`brisk_batch_is_cancelled`] from time to time. An
/// exception that leaves it is a failure.
///
/// - `user`: The pointer that was given with the callback.
/// - `index`: Which item, from 0.
/// - `batch`: The batch, borrowed for the call.
pub type brisk_item_fn = Option<
    unsafe extern "C" fn(user: *mut c_void, index: usize, batch: *mut brisk_batch) -> brisk_status,
>;

/// The items of a batch or a race from first to last, one after the other. Runs on a thread of the
/// pool, outside every lock, for many ranges at once. Before each item it stores the item's index,
/// by which others know how far it is (with release order, as __atomic_store_n does). [`BRISK_OK`]
/// says that all of them succeeded. A negative status, or an exception that leaves it, is the
/// failure of the item that was stored last: those after it come in another call.
/// [`brisk_batch_fail`] gives the reason. How long a range is follows from how long the items take;
/// in a race it is one. Whether the batch is over is looked at between two.
///
/// - `user`: The pointer that was given with the callback.
/// - `first`: The first item, from 0.
/// - `last`: The one after the last, beyond first.
/// - `at`: Receives the index of each item before its call.
/// - `batch`: The batch, borrowed for the call.
pub type brisk_range_fn = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        first: usize,
        last: usize,
        at: *mut usize,
        batch: *mut brisk_batch,
    ) -> brisk_status,
>;

/// Settings of a pool. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_workers_options {
    /// Set by [`brisk_workers_options::INIT`].
    pub struct_size: u32,
    /// Threads at most, 1 to 1024; default one for each processor that this process may use.
    pub threads: u32,
    /// Tasks that may wait for a thread at a time; default 65536, at most 16777216.
    pub queue_tasks: u64,
    /// Bytes that tasks which wait may have declared together; default no bound but the budget.
    pub queue_bytes: u64,
    /// Bytes of name; default none. At most 12.
    pub name_size: u32,
    /// Must be zero.
    pub reserved: u32,
    /// The name of the threads, as a debugger shows it; copied; default brisk.
    pub name: *const c_void,
}

impl brisk_workers_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        threads: 0,
        queue_tasks: 0,
        queue_bytes: 0,
        name_size: 0,
        reserved: 0,
        name: core::ptr::null(),
    };
}

impl Default for brisk_workers_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_workers_options: 40 {
        struct_size: 0,
        threads: 4,
        queue_tasks: 8,
        queue_bytes: 16,
        name_size: 24,
        reserved: 28,
        name: 32,
    }
}

/// Settings of a task. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_task_options {
    /// Set by [`brisk_task_options::INIT`].
    pub struct_size: u32,
    /// When it is taken; default [`BRISK_TASK_PRIORITY_NORMAL`].
    pub priority: brisk_task_priority,
    /// Time from now in which it must end, in nanoseconds; default [`BRISK_FOREVER`].
    pub deadline_ns: u64,
    /// Memory that the task will take, in bytes: it starts when the budget of the runtime has them,
    /// which are given back when it ends; default none.
    pub bytes: u64,
    /// Given back by [`brisk_completions_next`]; default 0.
    pub tag: u64,
    /// Bytes of name; default none. At most 255.
    pub name_size: u32,
    /// Must be zero.
    pub reserved: u32,
    /// A name for reports; copied; default none.
    pub name: *const c_void,
}

impl brisk_task_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        priority: 0,
        deadline_ns: 0,
        bytes: 0,
        tag: 0,
        name_size: 0,
        reserved: 0,
        name: core::ptr::null(),
    };
}

impl Default for brisk_task_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_task_options: 48 {
        struct_size: 0,
        priority: 4,
        deadline_ns: 8,
        bytes: 16,
        tag: 24,
        name_size: 32,
        reserved: 36,
        name: 40,
    }
}

/// Figures of a pool. Counts run from its creation. Durations are to an eighth.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_workers_stats {
    /// Set by [`brisk_workers_stats::INIT`].
    pub struct_size: u32,
    /// Threads that were started.
    pub threads: u32,
    /// Tasks that wait for a thread or for memory.
    pub queued: u64,
    /// What these declared, in bytes.
    pub queued_bytes: u64,
    /// Tasks that run.
    pub running: u64,
    /// Tasks, and items of batches, that succeeded.
    pub done: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those whose deadline passed while they ran.
    pub timed_out: u64,
    /// Those that were cancelled.
    pub cancelled: u64,
    /// Those whose deadline passed before they began.
    pub never_started: u64,
    /// Tasks that found the queue full.
    pub refused: u64,
    /// Half of the tasks waited for less, in nanoseconds.
    pub wait_p50_ns: u64,
    /// 99 of 100 tasks waited for less, in nanoseconds.
    pub wait_p99_ns: u64,
    /// The longest wait, in nanoseconds.
    pub wait_max_ns: u64,
    /// Half of the tasks ran for less, in nanoseconds.
    pub run_p50_ns: u64,
    /// 99 of 100 tasks ran for less, in nanoseconds.
    pub run_p99_ns: u64,
    /// The longest run, in nanoseconds.
    pub run_max_ns: u64,
}

impl brisk_workers_stats {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        threads: 0,
        queued: 0,
        queued_bytes: 0,
        running: 0,
        done: 0,
        failed: 0,
        timed_out: 0,
        cancelled: 0,
        never_started: 0,
        refused: 0,
        wait_p50_ns: 0,
        wait_p99_ns: 0,
        wait_max_ns: 0,
        run_p50_ns: 0,
        run_p99_ns: 0,
        run_max_ns: 0,
    };
}

impl Default for brisk_workers_stats {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_workers_stats: 128 {
        struct_size: 0,
        threads: 4,
        queued: 8,
        queued_bytes: 16,
        running: 24,
        done: 32,
        failed: 40,
        timed_out: 48,
        cancelled: 56,
        never_started: 64,
        refused: 72,
        wait_p50_ns: 80,
        wait_p99_ns: 88,
        wait_max_ns: 96,
        run_p50_ns: 104,
        run_p99_ns: 112,
        run_max_ns: 120,
    }
}

/// Figures of a limiter. Counts run from its creation.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_limiter_stats {
    /// Set by [`brisk_limiter_stats::INIT`].
    pub struct_size: u32,
    /// Always zero.
    pub reserved: u32,
    /// Acquisitions that succeeded.
    pub acquired: u64,
    /// Acquisitions that did not come in time.
    pub refused: u64,
    /// Time spent waiting for tokens by those that succeeded, in nanoseconds.
    pub waited_ns: u64,
    /// Tokens that could be taken now; negative when some are taken in advance.
    pub available: f64,
}

impl brisk_limiter_stats {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        reserved: 0,
        acquired: 0,
        refused: 0,
        waited_ns: 0,
        available: 0.0,
    };
}

impl Default for brisk_limiter_stats {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_limiter_stats: 40 {
        struct_size: 0,
        reserved: 4,
        acquired: 8,
        refused: 16,
        waited_ns: 24,
        available: 32,
    }
}

extern "C" {
    /// Creates a pool. No thread is started yet. The caller owns one reference.
    ///
    /// - `runtime`: The runtime whose budget counts; NULL for the default one.
    /// - `options`: Settings; NULL for the defaults. Start from [`brisk_workers_options::INIT`].
    /// - `workers`: Receives the pool.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_workers_new(
        runtime: *mut brisk_runtime,
        options: *const brisk_workers_options,
        workers: *mut *mut brisk_workers,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Ends the pool: tasks that have not begun are never started, those that run are cancelled and
    /// waited for. [`BRISK_TIMEOUT`] says that some still run; the pool ends with them. Idempotent;
    /// later submissions return [`BRISK_CLOSED`]. A task that closes its own pool gets
    /// [`BRISK_DEADLOCK`].
    ///
    /// - `workers`: The pool.
    /// - `timeout_ns`: How long to wait for tasks that run, in nanoseconds; 0 is 30 seconds.
    /// - `stragglers`: Where the tasks that still run are named, each on a line with how long it
    ///   has run: import of events.h5 (1250 ms). Whole lines only.
    /// - `size`: Receives the bytes of all these lines, 0 when none runs.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`], [`BRISK_DEADLOCK`]. Any thread.
    /// Blocks up to its timeout.
    pub fn brisk_workers_close(
        workers: *mut brisk_workers,
        timeout_ns: u64,
        stragglers: *mut c_void,
        capacity: usize,
        size: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Queues a task. Its user data is released before its end is told. [`BRISK_REFUSED`] says that
    /// the queue had no room in time. A task whose bytes are beyond the budget is
    /// [`BRISK_TOO_LARGE`].
    ///
    /// - `workers`: The pool.
    /// - `options`: Settings; NULL for the defaults. Start from [`brisk_task_options::INIT`].
    /// - `run`: The work.
    /// - `user`: Handed to run as it is.
    /// - `destroy`: Releases user; may be NULL.
    /// - `timeout_ns`: How long to wait for room in a full queue, in nanoseconds; 0 is not at
    ///   all.
    /// - `token`: What cancels the task; NULL for nothing but [`brisk_task_cancel`].
    /// - `completions`: Where its end is told as well; NULL for nowhere.
    /// - `task`: Receives the task; may be NULL for one that nobody waits for.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Blocks up to its timeout. Calls
    /// back outside every lock.
    pub fn brisk_workers_submit(
        workers: *mut brisk_workers,
        options: *const brisk_task_options,
        run: brisk_task_fn,
        user: *mut c_void,
        destroy: brisk_destroy_fn,
        timeout_ns: u64,
        token: *mut brisk_token,
        completions: *mut brisk_completions,
        task: *mut *mut brisk_task,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Waits for the end of a task. Inside a task of the same pool it runs other tasks meanwhile,
    /// one of which may make it longer than its timeout. A task that waits for itself, directly or
    /// through the tasks it runs meanwhile, gets [`BRISK_DEADLOCK`].
    ///
    /// - `timeout_ns`: How long to wait in nanoseconds; 0 is 30 seconds.
    /// - `state`: Receives how it ended, or how far it is.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`], [`BRISK_DEADLOCK`]. Any thread.
    /// Blocks up to its timeout.
    pub fn brisk_task_wait(
        task: *mut brisk_task,
        timeout_ns: u64,
        state: *mut brisk_task_state,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns how far a task is.
    ///
    /// - `task`: The task; NULL reads as never started.
    ///
    /// Any thread.
    pub fn brisk_task_poll(task: *const brisk_task) -> brisk_task_state;

    /// Cancels a task: one that has not begun ends now, one that runs sees it when it looks.
    /// Idempotent.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_task_cancel(task: *mut brisk_task, error: *mut *mut brisk_error) -> brisk_status;

    /// Returns 1 when a task was cancelled, by itself, by its token or by the end of its pool, or
    /// its deadline has passed; otherwise 0.
    ///
    /// - `task`: The task; NULL reads as not cancelled.
    ///
    /// Any thread.
    pub fn brisk_task_is_cancelled(task: *const brisk_task) -> u32;

    /// Keeps the result of a task, called by the task itself. At most 2147483647 bytes.
    ///
    /// - `task`: The task that runs.
    /// - `result`: What it gives; copied.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_task_succeed(
        task: *mut brisk_task,
        result: *const c_void,
        result_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Keeps the reason of a failure, called by the task itself before it returns a negative
    /// status.
    ///
    /// - `task`: The task that runs.
    /// - `message`: Why it fails, as text; copied.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_task_fail(
        task: *mut brisk_task,
        message: *const c_void,
        message_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Copies the result of a task that succeeded. One that failed gives its own status and reason,
    /// any other end [`BRISK_INVALID`].
    ///
    /// - `task`: A task that ended.
    /// - `buffer`: Where the result is copied.
    /// - `size`: Receives the size of the result in bytes.
    ///
    /// Outcomes: [`BRISK_SHORT_BUFFER`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_LOAD_FAILED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_task_read(
        task: *mut brisk_task,
        buffer: *mut c_void,
        capacity: usize,
        size: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Begins to call a function for each index below count, on as many threads as there are. Its
    /// user data is released when the last call has returned, which is before the end is told
    /// unless the deadline passed. [`BRISK_REFUSED`] says that the queue has no room.
    ///
    /// - `workers`: The pool.
    /// - `count`: How many items, at most 16777216.
    /// - `timeout_ns`: Time from now in which all must end, in nanoseconds; 0 is
    ///   [`BRISK_FOREVER`].
    /// - `race`: 1 when the first success ends it and cancels the others; otherwise 0.
    /// - `run`: The work of an item.
    /// - `user`: Handed to run as it is.
    /// - `destroy`: Releases user; may be NULL.
    /// - `token`: What cancels the batch; NULL for nothing.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Calls back outside every lock.
    pub fn brisk_workers_batch(
        workers: *mut brisk_workers,
        count: usize,
        timeout_ns: u64,
        race: u32,
        run: brisk_item_fn,
        user: *mut c_void,
        destroy: brisk_destroy_fn,
        token: *mut brisk_token,
        batch: *mut *mut brisk_batch,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// The same as [`brisk_workers_batch`] for a function that loops over items by itself: a call
    /// across libraries or languages is paid once for many. Its user data is released when the last
    /// call has returned. [`BRISK_REFUSED`] says that the queue has no room.
    ///
    /// - `workers`: The pool.
    /// - `count`: How many items, at most 16777216.
    /// - `timeout_ns`: Time from now in which all must end, in nanoseconds; 0 is
    ///   [`BRISK_FOREVER`].
    /// - `race`: 1 when the first success ends it and cancels the others; otherwise 0.
    /// - `run`: The work of some items.
    /// - `user`: Handed to run as it is.
    /// - `destroy`: Releases user; may be NULL.
    /// - `token`: What cancels the batch; NULL for nothing.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Calls back outside every lock.
    pub fn brisk_workers_batch_ranges(
        workers: *mut brisk_workers,
        count: usize,
        timeout_ns: u64,
        race: u32,
        run: brisk_range_fn,
        user: *mut c_void,
        destroy: brisk_destroy_fn,
        token: *mut brisk_token,
        batch: *mut *mut brisk_batch,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Waits for the end of a batch, which is that of its last item, of its deadline, or in a race
    /// the first success. Inside a task of the same pool it runs items of the batch and other tasks
    /// meanwhile.
    ///
    /// - `timeout_ns`: How long to wait in nanoseconds; 0 is 30 seconds.
    /// - `winner`: Receives the index of the first success, or [`BRISK_FOREVER`] when there is
    ///   none.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`], [`BRISK_DEADLOCK`]. Any thread.
    /// Blocks up to its timeout.
    pub fn brisk_batch_wait(
        batch: *mut brisk_batch,
        timeout_ns: u64,
        winner: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads how each item of a batch ended, or how far it is. Room for fewer items gets the first
    /// ones.
    ///
    /// - `count`: How many items there is room for.
    /// - `states`: Receives the state of each item, a [`brisk_task_state`].
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_batch_states(
        batch: *mut brisk_batch,
        count: usize,
        states: *mut i32,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Succeeds unless this item failed, and then fails with the status and the reason that it
    /// gave.
    ///
    /// - `index`: Which item, from 0.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_LOAD_FAILED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_batch_check(
        batch: *mut brisk_batch,
        index: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Cancels a batch: items that have not begun end now, those that run see it when they look.
    /// Idempotent.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_batch_cancel(
        batch: *mut brisk_batch,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns 1 when a batch was cancelled, a race is won, or the deadline has passed; otherwise
    /// 0.
    ///
    /// - `batch`: The batch; NULL reads as not cancelled.
    ///
    /// Any thread.
    pub fn brisk_batch_is_cancelled(batch: *const brisk_batch) -> u32;

    /// Keeps the reason of a failure, called by the item itself before it returns a negative
    /// status.
    ///
    /// - `index`: The item that runs.
    /// - `message`: Why it fails, as text; copied.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_batch_fail(
        batch: *mut brisk_batch,
        index: usize,
        message: *const c_void,
        message_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads the figures of a pool.
    ///
    /// - `workers`: The pool.
    /// - `stats`: Receives the figures. Start from [`brisk_workers_stats::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_workers_read_stats(
        workers: *mut brisk_workers,
        stats: *mut brisk_workers_stats,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Creates a token. The caller owns one reference.
    ///
    /// - `parent`: What cancels this one too; NULL for nothing.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_token_new(
        parent: *mut brisk_token,
        token: *mut *mut brisk_token,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Cancels everything that was given this token or one below it. Idempotent.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_token_cancel(
        token: *mut brisk_token,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns 1 when a token or one above it was cancelled, otherwise 0.
    ///
    /// - `token`: The token; NULL reads as not cancelled.
    ///
    /// Any thread.
    pub fn brisk_token_is_cancelled(token: *const brisk_token) -> u32;

    /// Creates a queue of ended tasks. The caller owns one reference.
    ///
    /// - `completions`: Receives the queue.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_completions_new(
        completions: *mut *mut brisk_completions,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns a file descriptor that polls as readable while the queue is not empty, borrowed from
    /// it; -1 when there is none.
    ///
    /// - `completions`: The queue; NULL has none.
    ///
    /// Any thread.
    pub fn brisk_completions_fd(completions: *const brisk_completions) -> i32;

    /// Takes tags off the queue. Never blocks; [`BRISK_END`] says that there are none.
    ///
    /// - `completions`: The queue.
    /// - `count`: How many tags there is room for.
    /// - `tags`: Receives the tags of tasks that ended, the first first.
    /// - `taken`: Receives how many there are.
    ///
    /// Outcomes: [`BRISK_END`]. Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_completions_next(
        completions: *mut brisk_completions,
        count: usize,
        tags: *mut u64,
        taken: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Creates a limiter. The caller owns one reference.
    ///
    /// - `rate`: Tokens that come back in a second; more than 0.
    /// - `burst`: Tokens that are there at most, and at the start; at least 1.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_limiter_new(
        rate: f64,
        burst: f64,
        limiter: *mut *mut brisk_limiter,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Takes tokens, waiting for them in turn. [`BRISK_TIMEOUT`] comes at once when they would not
    /// be there in time, and takes nothing.
    ///
    /// - `tokens`: How many to take, more than 0, at most the burst.
    /// - `timeout_ns`: How long to wait for them in nanoseconds; 0 is 30 seconds.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`]. Any thread. Blocks up to its
    /// timeout.
    pub fn brisk_limiter_acquire(
        limiter: *mut brisk_limiter,
        tokens: f64,
        timeout_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads the figures of a limiter.
    ///
    /// - `stats`: Receives the figures. Start from [`brisk_limiter_stats::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_limiter_read_stats(
        limiter: *mut brisk_limiter,
        stats: *mut brisk_limiter_stats,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds a reference to workers and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_workers_ref(workers: *mut brisk_workers) -> *mut brisk_workers;

    /// Drops a reference to workers. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_workers_unref(workers: *mut brisk_workers);

    /// Adds a reference to task and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_task_ref(task: *mut brisk_task) -> *mut brisk_task;

    /// Drops a reference to task. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_task_unref(task: *mut brisk_task);

    /// Adds a reference to batch and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_batch_ref(batch: *mut brisk_batch) -> *mut brisk_batch;

    /// Drops a reference to batch. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_batch_unref(batch: *mut brisk_batch);

    /// Adds a reference to token and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_token_ref(token: *mut brisk_token) -> *mut brisk_token;

    /// Drops a reference to token. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_token_unref(token: *mut brisk_token);

    /// Adds a reference to completions and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_completions_ref(completions: *mut brisk_completions) -> *mut brisk_completions;

    /// Drops a reference to completions. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_completions_unref(completions: *mut brisk_completions);

    /// Adds a reference to limiter and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_limiter_ref(limiter: *mut brisk_limiter) -> *mut brisk_limiter;

    /// Drops a reference to limiter. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_limiter_unref(limiter: *mut brisk_limiter);
}
