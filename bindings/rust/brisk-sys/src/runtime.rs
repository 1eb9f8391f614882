// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! The runtime.
//!
//! A runtime is what the objects of one program share: a memory budget, a clock, and the names
//! under which caches are found again. Most programs use the default one of their process by
//! passing NULL where a runtime is due.

use core::marker::{PhantomData, PhantomPinned};

use crate::*;

/// Which clock a runtime reads. Later versions may add values.
pub type brisk_clock = i32;
/// The monotonic clock of the system, read to a tick of 4 milliseconds.
pub const BRISK_CLOCK_SYSTEM: brisk_clock = 0;
/// A clock that starts at zero and moves only by [`brisk_runtime_advance`], for tests.
pub const BRISK_CLOCK_MANUAL: brisk_clock = 1;

/// One memory budget, one clock and one set of names. May be used from any thread. Counted by
/// [`brisk_runtime_ref`] and [`brisk_runtime_unref`]; [`brisk_runtime_close`] ends its work.
#[repr(C)]
pub struct brisk_runtime {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Settings of a runtime. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_runtime_options {
    /// Set by [`brisk_runtime_options::INIT`].
    pub struct_size: u32,
    /// The clock to read; default [`BRISK_CLOCK_SYSTEM`].
    pub clock: brisk_clock,
    /// Bound on the bytes held by everything in this runtime; default none.
    pub budget_bytes: u64,
    /// The same bound as a share of the memory that the container or machine has, 1 to 100; default
    /// none. The smaller bound counts.
    pub budget_percent: u32,
    /// Must be zero.
    pub reserved: u32,
}

impl brisk_runtime_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        clock: 0,
        budget_bytes: 0,
        budget_percent: 0,
        reserved: 0,
    };
}

impl Default for brisk_runtime_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_runtime_options: 24 {
        struct_size: 0,
        clock: 4,
        budget_bytes: 8,
        budget_percent: 16,
        reserved: 20,
    }
}

/// Figures of a runtime at one moment.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_runtime_stats {
    /// Set by [`brisk_runtime_stats::INIT`].
    pub struct_size: u32,
    /// Caches that live in this runtime.
    pub caches: u32,
    /// The bound on bytes held; [`BRISK_FOREVER`] when there is none.
    pub budget_bytes: u64,
    /// Bytes that everything in this runtime holds now.
    pub held_bytes: u64,
    /// The most bytes that were held at one time.
    pub peak_bytes: u64,
}

impl brisk_runtime_stats {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        caches: 0,
        budget_bytes: 0,
        held_bytes: 0,
        peak_bytes: 0,
    };
}

impl Default for brisk_runtime_stats {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_runtime_stats: 32 {
        struct_size: 0,
        caches: 4,
        budget_bytes: 8,
        held_bytes: 16,
        peak_bytes: 24,
    }
}

extern "C" {
    /// Creates a runtime of its own, apart from the default one. The caller owns one reference.
    ///
    /// - `options`: Settings; NULL for the defaults. Start from [`brisk_runtime_options::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_runtime_new(
        options: *const brisk_runtime_options,
        runtime: *mut *mut brisk_runtime,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Gives the default runtime of this process, created at the first use with default settings.
    /// The caller owns one reference. It cannot be closed.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_runtime_default(
        runtime: *mut *mut brisk_runtime,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Closes every cache of the runtime and ends its background work. Idempotent; later calls on
    /// the runtime return [`BRISK_CLOSED`]. The default runtime answers [`BRISK_INVALID`].
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread. May block. Walks over all entries.
    pub fn brisk_runtime_close(
        runtime: *mut brisk_runtime,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads the clock of a runtime, to the tick that decides about expiry.
    ///
    /// - `runtime`: The runtime; NULL for the default one.
    /// - `now_ns`: Receives nanoseconds since an arbitrary start.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_runtime_now(
        runtime: *mut brisk_runtime,
        now_ns: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Moves a manual clock forward and frees, before it returns, every entry that has expired by
    /// then. A system clock answers [`BRISK_INVALID`].
    ///
    /// - `runtime`: A runtime with a manual clock.
    /// - `step_ns`: Nanoseconds to move the clock forward by.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread. Walks over all entries.
    pub fn brisk_runtime_advance(
        runtime: *mut brisk_runtime,
        step_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads the figures of a runtime.
    ///
    /// - `runtime`: The runtime; NULL for the default one.
    /// - `stats`: Receives the figures. Start from [`brisk_runtime_stats::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_runtime_read_stats(
        runtime: *mut brisk_runtime,
        stats: *mut brisk_runtime_stats,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds a reference to runtime and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_runtime_ref(runtime: *mut brisk_runtime) -> *mut brisk_runtime;

    /// Drops a reference to runtime. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_runtime_unref(runtime: *mut brisk_runtime);
}
