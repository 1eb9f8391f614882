// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! Modules that load on first use.
//!
//! A set of modules knows many and loads few: a native one is a shared object with a manifest
//! beside it ([`brisk_modules_scan`]), any other is given by a callback ([`brisk_modules_add`]).
//! Finding them opens no library. The first use loads a module, once, after those that it depends
//! on; who comes meanwhile waits up to a timeout. What failed stays failed, with its whole reason,
//! until [`brisk_modules_retry`]. Nothing is ever unloaded.

use core::ffi::{c_char, c_void};
use core::marker::{PhantomData, PhantomPinned};

use crate::*;

/// How far a module is. Later versions may add values.
pub type brisk_module_state = i32;
/// Known, and not used yet.
pub const BRISK_MODULE_STATE_UNLOADED: brisk_module_state = 0;
/// Some thread loads it.
pub const BRISK_MODULE_STATE_LOADING: brisk_module_state = 1;
/// Ready, for as long as the process lives.
pub const BRISK_MODULE_STATE_LOADED: brisk_module_state = 2;
/// Its load failed, or its manifest; the reason is kept until it is tried again.
pub const BRISK_MODULE_STATE_FAILED: brisk_module_state = 3;

/// What a callback is asked to do. Later versions may add values.
pub type brisk_module_step = i32;
/// Load the module.
pub const BRISK_MODULE_STEP_LOAD: brisk_module_step = 0;
/// Do what makes the first use fast. Runs after the load, only where it was asked for.
pub const BRISK_MODULE_STEP_WARM_UP: brisk_module_step = 1;

/// What a report tells about a module in words. Later versions may add values.
pub type brisk_module_text = i32;
/// Its name.
pub const BRISK_MODULE_TEXT_NAME: brisk_module_text = 0;
/// What it offers: kinds of drivers, or "library" or "host".
pub const BRISK_MODULE_TEXT_KINDS: brisk_module_text = 1;
/// The schemes of addresses that it serves.
pub const BRISK_MODULE_TEXT_SCHEMES: brisk_module_text = 2;
/// Its version.
pub const BRISK_MODULE_TEXT_VERSION: brisk_module_text = 3;
/// The modules that it needs, separated by spaces.
pub const BRISK_MODULE_TEXT_DEPENDENCIES: brisk_module_text = 4;
/// The modules that need it, separated by spaces.
pub const BRISK_MODULE_TEXT_DEPENDENTS: brisk_module_text = 5;
/// The path of its manifest; empty for one given by a callback.
pub const BRISK_MODULE_TEXT_SOURCE: brisk_module_text = 6;
/// The path of the library that was opened.
pub const BRISK_MODULE_TEXT_LIBRARY: brisk_module_text = 7;
/// Why it failed.
pub const BRISK_MODULE_TEXT_REASON: brisk_module_text = 8;
/// The latest messages of its driver, a line each.
pub const BRISK_MODULE_TEXT_LOG: brisk_module_text = 9;

/// How a report is written. Later versions may add values.
pub type brisk_report_format = i32;
/// A table to read, slowest module first.
pub const BRISK_REPORT_FORMAT_TEXT: brisk_report_format = 0;
/// One object, with all that is known.
pub const BRISK_REPORT_FORMAT_JSON: brisk_report_format = 1;

/// A set of modules. May be used from any thread. Counted by [`brisk_modules_ref`] and
/// [`brisk_modules_unref`]; [`brisk_modules_close`] ends its work.
#[repr(C)]
pub struct brisk_modules {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// What a set of modules was at one moment. Immutable; may be read from any thread. Counted by
/// [`brisk_module_report_ref`] and [`brisk_module_report_unref`].
#[repr(C)]
pub struct brisk_module_report {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Loads a module of the host, outside every lock, on the thread that needs it first or on one of
/// those that load many. May load other modules. A negative result is a failure, whose reason it
/// may leave in message. An exception that leaves it is a failure as well.
///
/// - `user`: The pointer that was given with the callback.
/// - `step`: What to do.
/// - `message`: Room for the reason of a failure: text that ends in NUL.
pub type brisk_module_fn = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        step: brisk_module_step,
        message: *mut c_void,
        capacity: usize,
    ) -> brisk_status,
>;

/// Settings of a set of modules. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_modules_options {
    /// Set by [`brisk_modules_options::INIT`].
    pub struct_size: u32,
    /// 1 loads each module as soon as it and all that it needs are known, so that what is broken
    /// shows at once; default 0, which "BRISK_EAGER=1" in the environment turns into 1.
    pub eager: u32,
    /// How long a call that names no timeout waits for a load in another thread, in nanoseconds;
    /// default 30 seconds.
    pub load_timeout_ns: u64,
}

impl brisk_modules_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        eager: 0,
        load_timeout_ns: 0,
    };
}

impl Default for brisk_modules_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_modules_options: 16 {
        struct_size: 0,
        eager: 4,
        load_timeout_ns: 8,
    }
}

/// A module that is given by a callback. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_module_options {
    /// Set by [`brisk_module_options::INIT`].
    pub struct_size: u32,
    /// Size of name in bytes; there is no default.
    pub name_size: u32,
    /// The name: letters, digits and any of "_-.", at most 255 bytes; there is no default.
    pub name: *const c_void,
    /// The version, for the report; default none.
    pub version: *const c_void,
    /// Names of the modules that are loaded first, separated by spaces or commas; default none.
    pub dependencies: *const c_void,
    /// Size of version in bytes; default 0.
    pub version_size: u32,
    /// Size of dependencies in bytes; default 0.
    pub dependencies_size: u32,
    /// 1 calls back a second time, with [`BRISK_MODULE_STEP_WARM_UP`]; default 0.
    pub warm_up: u32,
    /// Must be zero.
    pub reserved: u32,
}

impl brisk_module_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        name_size: 0,
        name: core::ptr::null(),
        version: core::ptr::null(),
        dependencies: core::ptr::null(),
        version_size: 0,
        dependencies_size: 0,
        warm_up: 0,
        reserved: 0,
    };
}

impl Default for brisk_module_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_module_options: 48 {
        struct_size: 0,
        name_size: 4,
        name: 8,
        version: 16,
        dependencies: 24,
        version_size: 32,
        dependencies_size: 36,
        warm_up: 40,
        reserved: 44,
    }
}

/// Figures of a module at the moment of its report.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_module_figures {
    /// Set by [`brisk_module_figures::INIT`].
    pub struct_size: u32,
    /// How far it is.
    pub state: brisk_module_state,
    /// How long the load took in nanoseconds, without what it waited for; so far, where it goes on.
    pub load_ns: u64,
    /// How long the warm-up took in nanoseconds.
    pub warm_up_ns: u64,
    /// Bytes of memory that the process gained meanwhile; loads at the same time count in each
    /// other's.
    pub gained_bytes: u64,
    /// The system's number of the thread that loaded it; 0 before.
    pub thread: u64,
    /// How often it was loaded, successfully or not.
    pub attempts: u32,
    /// How many modules need it directly.
    pub dependents: u32,
}

impl brisk_module_figures {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        state: 0,
        load_ns: 0,
        warm_up_ns: 0,
        gained_bytes: 0,
        thread: 0,
        attempts: 0,
        dependents: 0,
    };
}

impl Default for brisk_module_figures {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_module_figures: 48 {
        struct_size: 0,
        state: 4,
        load_ns: 8,
        warm_up_ns: 16,
        gained_bytes: 24,
        thread: 32,
        attempts: 40,
        dependents: 44,
    }
}

extern "C" {
    /// Creates a set without modules. Touches no file. The caller owns one reference.
    ///
    /// - `runtime`: The runtime to live in; NULL for the default one.
    /// - `options`: Settings; NULL for the defaults. Start from [`brisk_modules_options::INIT`].
    /// - `modules`: Receives the set.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_modules_new(
        runtime: *mut brisk_runtime,
        options: *const brisk_modules_options,
        modules: *mut *mut brisk_modules,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Ends waiting, and loading in the background after the module in hand. Idempotent; later
    /// calls return [`BRISK_CLOSED`]. What was loaded stays.
    ///
    /// - `modules`: The set.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_modules_close(
        modules: *mut brisk_modules,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads every manifest (NAME.module) of a folder and opens no library. A manifest that is
    /// wrong, too large, or open to be written by everyone becomes a module that has failed, with
    /// that reason; a name that is taken stays with the first. A folder that cannot be read, or
    /// that everyone may write to, is [`BRISK_INVALID`]. [`BRISK_LOAD_FAILED`] is for eager sets,
    /// whose modules are loaded here.
    ///
    /// - `modules`: The set.
    /// - `folder`: The folder. Empty scans the search path: each folder of "BRISK_MODULE_PATH" in
    ///   the environment, "brisk/modules" in the user's data folder, and the one of the
    ///   installation; what does not exist is passed over.
    /// - `found`: Receives how many modules are new.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_LOAD_FAILED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread. Walks over all entries.
    pub fn brisk_modules_scan(
        modules: *mut brisk_modules,
        folder: *const c_void,
        folder_size: usize,
        found: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds a module that a callback loads. Modules that it depends on may be added later.
    /// [`BRISK_LOAD_FAILED`] is for eager sets, whose modules are loaded here.
    ///
    /// - `modules`: The set.
    /// - `options`: The module. Start from [`brisk_module_options::INIT`].
    /// - `load`: Loads it; its user data is destroyed with the set.
    /// - `user`: Handed to load as it is.
    /// - `destroy`: Releases user; may be NULL.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_EXISTS`], [`BRISK_LOAD_FAILED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread. Calls back outside every lock.
    pub fn brisk_modules_add(
        modules: *mut brisk_modules,
        options: *const brisk_module_options,
        load: brisk_module_fn,
        user: *mut c_void,
        destroy: brisk_destroy_fn,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Loads a module that is not loaded yet, after all that it depends on, on this thread. A
    /// loader that runs is not interrupted. A failure is that of the first time, until
    /// [`brisk_modules_retry`]; a circle of dependencies, or of loads that wait for each other, is
    /// [`BRISK_DEADLOCK`] and names it.
    ///
    /// - `modules`: The set.
    /// - `name`: The name of a module.
    /// - `timeout_ns`: How long to wait for loads in other threads, in nanoseconds; 0 inherits
    ///   load_timeout_ns.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_LOAD_FAILED`], [`BRISK_DEADLOCK`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Blocks up to
    /// its timeout.
    pub fn brisk_modules_load(
        modules: *mut brisk_modules,
        name: *const c_void,
        name_size: usize,
        timeout_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Loads every module, in parallel where dependencies allow. A failure comes after all have
    /// been tried and names each module that failed, and why. A call from the load of a module
    /// would wait for itself and is [`BRISK_DEADLOCK`].
    ///
    /// - `modules`: The set.
    /// - `threads`: The most threads to load on; 0 for 4. More than one are used only while loads
    ///   take long.
    /// - `timeout_ns`: How long to wait in nanoseconds; 0 inherits load_timeout_ns. Loads go on
    ///   after it.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_LOAD_FAILED`], [`BRISK_DEADLOCK`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Blocks up to
    /// its timeout.
    pub fn brisk_modules_load_all(
        modules: *mut brisk_modules,
        threads: u32,
        timeout_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Loads what is not loaded yet in idle time, and returns at once: one module at a time on one
    /// thread of its own, never while a caller loads one, with pauses as long as the loads.
    /// Failures are kept for who uses the module.
    ///
    /// - `modules`: The set.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_modules_preload(
        modules: *mut brisk_modules,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Forgets the failure of a module and of those that it depends on, reading their manifests
    /// anew; the next use tries again. [`BRISK_MISS`] when there is no such module.
    ///
    /// - `modules`: The set.
    /// - `name`: The name of a module.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_modules_retry(
        modules: *mut brisk_modules,
        name: *const c_void,
        name_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Tells how far a module is, and loads nothing. [`BRISK_MISS`] when there is no such module.
    ///
    /// - `modules`: The set.
    /// - `name`: The name of a module.
    /// - `state`: Receives how far it is.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_modules_state(
        modules: *mut brisk_modules,
        name: *const c_void,
        name_size: usize,
        state: *mut brisk_module_state,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Loads a native module and gives the address of a symbol, which is good for as long as the
    /// process lives: keep it, and a call costs what any call through a pointer does. A module
    /// without a library, or without this symbol, answers [`BRISK_INVALID`].
    ///
    /// - `modules`: The set.
    /// - `name`: The name of a native module.
    /// - `symbol`: The name of a function or variable.
    /// - `timeout_ns`: How long to wait for loads in other threads, in nanoseconds; 0 inherits
    ///   load_timeout_ns.
    /// - `address`: Receives its address, to be cast to its type.
    ///
    /// Outcomes: [`BRISK_TIMEOUT`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_LOAD_FAILED`], [`BRISK_DEADLOCK`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Blocks up to
    /// its timeout.
    pub fn brisk_modules_symbol(
        modules: *mut brisk_modules,
        name: *const c_void,
        name_size: usize,
        symbol: *const c_char,
        timeout_ns: u64,
        address: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Describes every module as it is now, and loads nothing.
    ///
    /// - `modules`: The set.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Walks
    /// over all entries.
    pub fn brisk_modules_report(
        modules: *mut brisk_modules,
        report: *mut *mut brisk_module_report,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns how many modules a report has.
    ///
    /// - `report`: A report; NULL has no modules.
    ///
    /// Any thread.
    pub fn brisk_module_report_count(report: *const brisk_module_report) -> usize;

    /// Reads the figures of a module.
    ///
    /// - `index`: Which module, from 0, in the order in which they were found.
    /// - `figures`: Receives the figures. Start from [`brisk_module_figures::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_module_report_read(
        report: *const brisk_module_report,
        index: usize,
        figures: *mut brisk_module_figures,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns a text about a module, empty where there is none. The text lives as long as the
    /// report.
    ///
    /// - `report`: A report; NULL has no modules.
    /// - `index`: Which module, from 0.
    /// - `part`: What to tell.
    ///
    /// Any thread.
    pub fn brisk_module_report_text(
        report: *const brisk_module_report,
        index: usize,
        part: brisk_module_text,
    ) -> *const c_char;

    /// Returns the whole report as one text, which lives as long as the report.
    ///
    /// - `report`: A report; NULL reads as the empty text.
    /// - `format`: How to write it.
    ///
    /// Any thread.
    pub fn brisk_module_report_format(
        report: *const brisk_module_report,
        format: brisk_report_format,
    ) -> *const c_char;

    /// Adds a reference to modules and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_modules_ref(modules: *mut brisk_modules) -> *mut brisk_modules;

    /// Drops a reference to modules. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_modules_unref(modules: *mut brisk_modules);

    /// Adds a reference to module_report and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_module_report_ref(
        module_report: *mut brisk_module_report,
    ) -> *mut brisk_module_report;

    /// Drops a reference to module_report. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_module_report_unref(module_report: *mut brisk_module_report);
}
