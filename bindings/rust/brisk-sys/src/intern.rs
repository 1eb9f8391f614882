// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! Interning.
//!
//! An interner keeps one copy of each byte string that it is given and a number for it, so that
//! programs store four bytes in place of a string, and compare numbers in place of strings. Ids
//! count from 0 in the order of the first coming. A string stays at its address, with its id, until
//! the interner is freed, and all are freed with it. Finding a string that is there takes no lock.

use core::ffi::c_void;
use core::marker::{PhantomData, PhantomPinned};

use crate::*;

/// The id of no string.
pub const BRISK_INTERN_NONE: u32 = u32::MAX;

/// A set of byte strings, each with an id and an address of its own. May be used from any thread.
/// Counted by [`brisk_intern_ref`] and [`brisk_intern_unref`].
#[repr(C)]
pub struct brisk_intern {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Settings of an interner. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_intern_options {
    /// Set by [`brisk_intern_options::INIT`].
    pub struct_size: u32,
    /// Must be zero.
    pub reserved: u32,
    /// Bound on all bytes held: strings, table, slack; at least 65536; default 64 MiB. Strings take
    /// 16 GiB at most.
    pub capacity_bytes: u64,
}

impl brisk_intern_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        reserved: 0,
        capacity_bytes: 0,
    };
}

impl Default for brisk_intern_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_intern_options: 16 {
        struct_size: 0,
        reserved: 4,
        capacity_bytes: 8,
    }
}

/// Figures of an interner. A count may lag by the calls in flight on other threads.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_intern_stats {
    /// Set by [`brisk_intern_stats::INIT`].
    pub struct_size: u32,
    /// Always zero.
    pub reserved: u32,
    /// Strings that have an id.
    pub strings: u64,
    /// Their bytes, as callers see them.
    pub string_bytes: u64,
    /// Lookups, of put and of find, that found their string.
    pub hits: u64,
    /// Strings that were refused for want of room.
    pub refusals: u64,
    /// The bound on held_bytes.
    pub capacity_bytes: u64,
    /// Bytes held now; they count towards the budget of the runtime.
    pub held_bytes: u64,
}

impl brisk_intern_stats {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        reserved: 0,
        strings: 0,
        string_bytes: 0,
        hits: 0,
        refusals: 0,
        capacity_bytes: 0,
        held_bytes: 0,
    };
}

impl Default for brisk_intern_stats {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_intern_stats: 56 {
        struct_size: 0,
        reserved: 4,
        strings: 8,
        string_bytes: 16,
        hits: 24,
        refusals: 32,
        capacity_bytes: 40,
        held_bytes: 48,
    }
}

extern "C" {
    /// Creates an interner. The caller owns one reference. It outlives the close of its runtime, so
    /// that addresses stay valid.
    ///
    /// - `runtime`: The runtime whose budget is charged; NULL for the default one.
    /// - `options`: Settings; NULL for the defaults. Start from [`brisk_intern_options::INIT`].
    /// - `intern`: Receives the interner.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_intern_new(
        runtime: *mut brisk_runtime,
        options: *const brisk_intern_options,
        intern: *mut *mut brisk_intern,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Gives the id of a string, which is copied and given the next id when it is new.
    /// [`BRISK_REFUSED`] says that the interner, or the budget of its runtime, has no room for it;
    /// strings that are there are still found.
    ///
    /// - `intern`: The interner.
    /// - `string`: The string, at most 2147483647 bytes; may be empty.
    /// - `id`: Receives the id, [`BRISK_INTERN_NONE`] where there is none.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_TOO_LARGE`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_intern_put(
        intern: *mut brisk_intern,
        string: *const c_void,
        string_size: usize,
        id: *mut u32,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Does [`brisk_intern_put`] for each string in turn, at a lower cost each, and stops at the
    /// first that is refused. The sizes must add up to the size of strings; they are all checked
    /// first, and nothing is interned when one is wrong.
    ///
    /// - `intern`: The interner.
    /// - `count`: The number of strings.
    /// - `strings`: All strings, one after the other.
    /// - `sizes`: The size of each string, in bytes.
    /// - `ids`: Receives the id of each string, [`BRISK_INTERN_NONE`] from the first that is
    ///   refused on.
    /// - `done`: Receives how many strings have an id.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_TOO_LARGE`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_intern_put_many(
        intern: *mut brisk_intern,
        count: usize,
        strings: *const c_void,
        strings_size: usize,
        sizes: *const u32,
        ids: *mut u32,
        done: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Gives the id of a string that is there, and adds none. Takes no lock and allocates nothing.
    ///
    /// - `intern`: The interner.
    /// - `id`: Receives the id, [`BRISK_INTERN_NONE`] on a miss.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_intern_find(
        intern: *mut brisk_intern,
        string: *const c_void,
        string_size: usize,
        id: *mut u32,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Does [`brisk_intern_find`] for each string, at a lower cost each. The sizes must add up to
    /// the size of strings.
    ///
    /// - `intern`: The interner.
    /// - `count`: The number of strings.
    /// - `strings`: All strings, one after the other.
    /// - `sizes`: The size of each string, in bytes.
    /// - `ids`: Receives the id of each string, [`BRISK_INTERN_NONE`] where it is not there.
    /// - `found`: Receives how many are there.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_intern_find_many(
        intern: *mut brisk_intern,
        count: usize,
        strings: *const c_void,
        strings_size: usize,
        sizes: *const u32,
        ids: *mut u32,
        found: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns the one address of the string that has this id, NULL when none has. A zero byte that
    /// does not count follows the string. Equal strings have equal addresses. They live as long as
    /// the interner.
    ///
    /// - `intern`: The interner; NULL reads as an empty one.
    /// - `id`: An id.
    /// - `size`: Receives the number of bytes; may be NULL.
    ///
    /// Any thread.
    pub fn brisk_intern_at(intern: *const brisk_intern, id: u32, size: *mut usize)
        -> *const c_void;

    /// Reads the figures of an interner.
    ///
    /// - `intern`: The interner.
    /// - `stats`: Receives the figures. Start from [`brisk_intern_stats::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_intern_read_stats(
        intern: *mut brisk_intern,
        stats: *mut brisk_intern_stats,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds a reference to intern and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_intern_ref(intern: *mut brisk_intern) -> *mut brisk_intern;

    /// Drops a reference to intern. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_intern_unref(intern: *mut brisk_intern);
}
