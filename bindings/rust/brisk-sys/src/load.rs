// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! Loading missing values.
//!
//! A load fills a missing key exactly once, however many callers ask at the same time.
//! [`brisk_cache_begin`] answers with the value, with the lead, or with a lease to wait on; the
//! leader ends the load, and every waiter gets its value or its error. [`brisk_cache_get_or_load`]
//! is the same with a callback. A timeout bounds waiting: a running loader is not interrupted, and
//! no second load of its key starts while it lives. A cache with stale_ns gives the value from
//! before, whose lifetime is over, to all who ask while one makes the new one; one with
//! stale_if_error_ns gives it when that fails. A load may also end with the knowledge that there is
//! no value ([`brisk_lease_complete_absent`]), which spares the next loads. Every other call misses
//! all of these.

use core::ffi::c_void;
use core::marker::{PhantomData, PhantomPinned};

use crate::*;

/// A part in the load of one key: the lead, or a place among those who wait. May be used from any
/// thread. When the last reference to a lead goes and the load has not ended, it is abandoned.
/// Counted by [`brisk_lease_ref`] and [`brisk_lease_unref`].
#[repr(C)]
pub struct brisk_lease {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Makes the value of a key and ends the lease with [`brisk_lease_complete`] or
/// [`brisk_lease_fail`]. Runs on the calling thread, outside every lock. Its result counts only
/// when the lease was not ended: a failure then becomes the failure of the load, anything else
/// [`BRISK_LOAD_FAILED`]. A load that this one needs is begun with this lease as its parent. An
/// exception that leaves it becomes a failure of the load.
///
/// - `user`: The pointer that was given with the callback.
/// - `lease`: The lead of this load, borrowed for the call.
/// - `key`: The key, borrowed for the call.
pub type brisk_load_fn = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        lease: *mut brisk_lease,
        key: *const c_void,
        key_size: usize,
    ) -> brisk_status,
>;

extern "C" {
    /// Looks key up, and where it is missing joins its load. Never blocks. [`BRISK_OK`] gives the
    /// value, [`BRISK_LEAD`] the lead of a new load, [`BRISK_WAIT`] a place among those who wait
    /// for the load in flight. Within stale_ns of the end of its lifetime a value comes with the
    /// lead, and in place of a wait; with early_beta also before.
    ///
    /// - `parent`: The lead under which this load is needed, so that a circle of loads is found;
    ///   NULL for none.
    /// - `value`: Receives the pinned value on [`BRISK_OK`], and on [`BRISK_LEAD`] one that may
    ///   be used until the load ends; otherwise NULL.
    /// - `lease`: Receives the lease on [`BRISK_LEAD`] and [`BRISK_WAIT`], otherwise NULL.
    ///
    /// Outcomes: [`BRISK_LEAD`], [`BRISK_WAIT`], [`BRISK_REFUSED`], [`BRISK_ABSENT`]. Fails with
    /// [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_TOO_LARGE`], [`BRISK_DEADLOCK`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_begin(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        parent: *mut brisk_lease,
        value: *mut *mut brisk_value,
        lease: *mut *mut brisk_lease,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Ends the load with a value: every waiter gets it. It is stored unless the cache has no room,
    /// or the key was written or erased since the load began; waiters get it all the same. A lease
    /// that does not lead, or a load that has ended, answers [`BRISK_INVALID`].
    ///
    /// - `lease`: The lead.
    /// - `value`: The value; copied.
    /// - `ttl_ns`: Lifetime in nanoseconds; 0 inherits that of the cache, [`BRISK_FOREVER`] never
    ///   expires.
    /// - `pinned`: Receives the value, pinned; may be NULL.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_TOO_LARGE`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_lease_complete(
        lease: *mut brisk_lease,
        value: *const c_void,
        value_size: usize,
        ttl_ns: u64,
        pinned: *mut *mut brisk_value,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Gives the cost that the value will carry, in place of the time that the load takes; before
    /// [`brisk_lease_complete`]. A cache with early_beta takes it for nanoseconds.
    ///
    /// - `lease`: The lead.
    /// - `cost`: What it costs to make the value, in any unit that is the same for all values of
    ///   the cache; finite and not negative, 0 for none.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_lease_set_cost(
        lease: *mut brisk_lease,
        cost: f64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Ends the load with the knowledge that the key has no value: every waiter gets
    /// [`BRISK_ABSENT`], and so does everybody who asks for a load while it is known. Reads miss
    /// the key. An older value that was kept goes.
    ///
    /// - `lease`: The lead.
    /// - `ttl_ns`: For how long this is known, in nanoseconds; 0 inherits the lifetime of the
    ///   cache, [`BRISK_FOREVER`] until the key is written or erased.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_lease_complete_absent(
        lease: *mut brisk_lease,
        ttl_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Ends the load with a failure: every waiter gets [`BRISK_LOAD_FAILED`] with this message.
    /// Nothing is stored; the next caller begins a new load. [`BRISK_STALE`] says that every waiter
    /// gets the value from before instead, and so does this lease from [`brisk_lease_wait`].
    ///
    /// - `lease`: The lead.
    /// - `message`: Why, as text; copied.
    ///
    /// Outcomes: [`BRISK_STALE`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_lease_fail(
        lease: *mut brisk_lease,
        message: *const c_void,
        message_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Gives the lead to one of the waiters; without waiters the load ends.
    ///
    /// - `lease`: The lead.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_lease_abandon(
        lease: *mut brisk_lease,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Waits for the load to end. [`BRISK_LEAD`] says that the leader abandoned it and that this
    /// lease leads now. May be called again after [`BRISK_TIMEOUT`]. A lease that leads answers
    /// [`BRISK_INVALID`] until its load has ended.
    ///
    /// - `lease`: A lease that waits.
    /// - `timeout_ns`: How long to wait in nanoseconds; 0 inherits load_timeout_ns of the cache,
    ///   less than 1000 does not wait.
    /// - `value`: Receives the pinned value on [`BRISK_OK`], otherwise NULL.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`], [`BRISK_LEAD`], [`BRISK_ABSENT`]. Fails with [`BRISK_INVALID`],
    /// [`BRISK_CLOSED`], [`BRISK_LOAD_FAILED`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Blocks up to
    /// its timeout.
    pub fn brisk_lease_wait(
        lease: *mut brisk_lease,
        timeout_ns: u64,
        value: *mut *mut brisk_value,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Gives the value of key, loading it when it is missing: one caller runs load, for as long as
    /// that takes, the others wait for its value or its error up to their timeout.
    ///
    /// - `parent`: The lead under which this load is needed; NULL for none.
    /// - `load`: Makes the value when this caller leads; its user data is destroyed before the
    ///   call returns.
    /// - `user`: Handed to load as it is.
    /// - `destroy`: Releases user; may be NULL.
    /// - `timeout_ns`: How long to wait for a load that another caller leads, in nanoseconds; 0
    ///   inherits load_timeout_ns of the cache.
    /// - `value`: Receives the pinned value on [`BRISK_OK`], otherwise NULL.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`], [`BRISK_REFUSED`], [`BRISK_ABSENT`]. Fails with
    /// [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_TOO_LARGE`], [`BRISK_LOAD_FAILED`],
    /// [`BRISK_DEADLOCK`], [`BRISK_OUT_OF_MEMORY`], [`BRISK_INTERNAL`]. Any thread. Blocks up to
    /// its timeout. Calls back outside every lock.
    pub fn brisk_cache_get_or_load(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        parent: *mut brisk_lease,
        load: brisk_load_fn,
        user: *mut c_void,
        destroy: brisk_destroy_fn,
        timeout_ns: u64,
        value: *mut *mut brisk_value,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Does [`brisk_cache_get_or_load`], but where a value comes with the lead it is given at once,
    /// and load runs as a task of the pool. Where the pool takes no task, load runs on the calling
    /// thread. What a load in the pool fails with is counted and told to nobody.
    ///
    /// - `parent`: The lead under which this load is needed; NULL for none.
    /// - `load`: Makes the value when this caller leads; its user data is destroyed when the load
    ///   has run, or when it turns out that this caller does not lead.
    /// - `user`: Handed to load as it is.
    /// - `destroy`: Releases user; may be NULL.
    /// - `workers`: The pool on which a value is made anew while the one from before is given.
    /// - `timeout_ns`: How long to wait for a load that another caller leads, in nanoseconds; 0
    ///   inherits load_timeout_ns of the cache.
    /// - `value`: Receives the pinned value on [`BRISK_OK`], otherwise NULL.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`], [`BRISK_REFUSED`], [`BRISK_ABSENT`]. Fails with
    /// [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_TOO_LARGE`], [`BRISK_LOAD_FAILED`],
    /// [`BRISK_DEADLOCK`], [`BRISK_OUT_OF_MEMORY`], [`BRISK_INTERNAL`]. Any thread. Blocks up to
    /// its timeout. Calls back outside every lock.
    pub fn brisk_cache_get_or_refresh(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        parent: *mut brisk_lease,
        load: brisk_load_fn,
        user: *mut c_void,
        destroy: brisk_destroy_fn,
        workers: *mut brisk_workers,
        timeout_ns: u64,
        value: *mut *mut brisk_value,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds a reference to lease and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_lease_ref(lease: *mut brisk_lease) -> *mut brisk_lease;

    /// Drops a reference to lease. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_lease_unref(lease: *mut brisk_lease);
}
