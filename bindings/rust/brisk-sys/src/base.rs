// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! Outcomes, errors and versions.
//!
//! What every other header stands on. A function that can fail returns a [`brisk_status`], and says
//! more in an error object only when it fails; nothing is kept per thread.
//!
//! The rules of the interface, which no function repeats:
//!
//! - A function that can fail returns [`brisk_status`]: 0 is success, a positive number an
//!   expected outcome, a negative one a failure. Refusals are outcomes. Nothing else reports
//!   errors, and nothing is kept per thread.
//! - The last parameter, [`brisk_error`] \*\*error, may be NULL. It is written only on failure;
//!   the caller then owns one reference. A handle that a function gives out is always written: NULL
//!   where there is none.
//! - What a function gives out carries one reference. A _ref adds one, an _unref drops one: NULL
//!   is ignored, on any thread, in any order, never failing, never blocking. Parents live as long
//!   as their children.
//! - A _close ends work, may block, and is idempotent. Using a closed handle is [`BRISK_CLOSED`],
//!   NULL where a handle or a place for a result is due [`BRISK_INVALID`]; only a released handle
//!   is undefined.
//! - A pointer that a function returns is borrowed from the object that its text names, or
//!   static. Nothing is ever passed to free.
//! - Bytes are pairs of pointer and size; the pointer may be NULL when the size is 0. Input is
//!   copied before the call returns.
//! - A callback comes with user data and a destroy function, which may be NULL. Callbacks run
//!   outside every lock and may call brisk; destroy runs exactly once, also when the call it was
//!   given to fails.
//! - A struct starts from its _INIT macro. In options zero means the documented default; a
//!   non-zero tail that the library does not know is [`BRISK_INVALID`]. Of figures, the library
//!   writes at most struct_size bytes. Structs grow only at the end, and enums may gain values.
//! - Times are durations in nanoseconds. Every wait has a timeout, and the default is finite. A
//!   call that gives up leaves what it waited for running.
//! - After fork the handles of the child keep working; nothing of the parent's is closed or
//!   committed by the child.

use core::ffi::{c_char, c_void};
use core::marker::{PhantomData, PhantomPinned};

/// As a lifetime, never expires; as a timeout, waits without end. Unit: nanoseconds.
pub const BRISK_FOREVER: u64 = u64::MAX;

/// The longest key, in bytes (64 KiB - 1).
pub const BRISK_KEY_SIZE_MAX: u64 = 65535;

/// The longest value, in bytes (2 GiB - 1).
pub const BRISK_VALUE_SIZE_MAX: u64 = 2147483647;

/// The result of a call. Zero is success, a positive number an expected outcome that creates no
/// error object, a negative number a failure. Later versions may add values.
pub type brisk_status = i32;
/// The call did what it says.
pub const BRISK_OK: brisk_status = 0;
/// No live entry, cache or other object has this key or name.
pub const BRISK_MISS: brisk_status = 1;
/// Nothing is left to return.
pub const BRISK_END: brisk_status = 2;
/// The timeout passed before an answer was there; what was waited for goes on.
pub const BRISK_TIMEOUT: brisk_status = 3;
/// The buffer is too small; the size that is needed was stored and nothing was taken.
pub const BRISK_SHORT_BUFFER: brisk_status = 4;
/// There is no room and none can be made: callers pin what is held, nothing of it may go, or a
/// queue is full.
pub const BRISK_REFUSED: brisk_status = 5;
/// The caller now leads the load of this key and must complete, fail or abandon it.
pub const BRISK_LEAD: brisk_status = 6;
/// Another caller leads the load of this key; wait on the lease.
pub const BRISK_WAIT: brisk_status = 7;
/// The load failed, and those who asked get the value from before, whose lifetime is over.
pub const BRISK_STALE: brisk_status = 8;
/// The key is known to have no value, and so nothing is loaded.
pub const BRISK_ABSENT: brisk_status = 9;
/// An argument is wrong; the message names it, its value and what is allowed.
pub const BRISK_INVALID: brisk_status = -1;
/// The handle was closed before the call, or while the call waited.
pub const BRISK_CLOSED: brisk_status = -2;
/// The system gave no memory; the call was not done, in part neither.
pub const BRISK_OUT_OF_MEMORY: brisk_status = -3;
/// A key, a value or an entry is beyond a limit; the message names size and limit.
pub const BRISK_TOO_LARGE: brisk_status = -4;
/// The name is taken by a live object.
pub const BRISK_EXISTS: brisk_status = -5;
/// The loader of this key, or of this module, failed; the message is its own.
pub const BRISK_LOAD_FAILED: brisk_status = -6;
/// A load waits, directly or through others, for itself.
pub const BRISK_DEADLOCK: brisk_status = -7;
/// An unexpected condition inside the library; please report the message.
pub const BRISK_INTERNAL: brisk_status = -8;
/// A driver does not offer this, or does not know this version.
pub const BRISK_UNSUPPORTED: brisk_status = -9;

/// Why a call failed: a status and a message that names the input, the limit and the way out.
/// Immutable; may be read from any thread. Counted by [`brisk_error_ref`] and
/// [`brisk_error_unref`].
#[repr(C)]
pub struct brisk_error {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Releases the user data of a callback: called exactly once, on any thread, also when the call it
/// was given to fails.
///
/// - `user`: The pointer that was registered.
pub type brisk_destroy_fn = Option<unsafe extern "C" fn(user: *mut c_void)>;

extern "C" {
    /// Returns the version of the loaded library, for example "0.1.0". The text is static.
    ///
    /// Any thread.
    pub fn brisk_version() -> *const c_char;

    /// Returns the version of the loaded binary interface: major \* 65536 + minor.
    ///
    /// Any thread.
    pub fn brisk_abi_version() -> u32;

    /// Returns the digest of the interface description that the loaded library was built from. It
    /// equals [`BRISK_ABI_DIGEST`](crate::BRISK_ABI_DIGEST) of the headers when both come from the
    /// same description.
    ///
    /// Any thread.
    pub fn brisk_abi_digest() -> u64;

    /// Returns one line about the loaded library: version, interface version, compiler, the
    /// allocator in use and the path it was loaded from. The text is static.
    ///
    /// Any thread.
    pub fn brisk_build_info() -> *const c_char;

    /// Returns the name of a status, for example "BRISK_MISS", or "BRISK_UNKNOWN". The text is
    /// static.
    ///
    /// - `status`: Any number.
    ///
    /// Any thread.
    pub fn brisk_status_name(status: brisk_status) -> *const c_char;

    /// Returns the status that the failing call returned.
    ///
    /// - `error`: An error; NULL reads as [`BRISK_OK`].
    ///
    /// Any thread.
    pub fn brisk_error_status(error: *const brisk_error) -> brisk_status;

    /// Returns the message of an error. The text lives as long as the error.
    ///
    /// - `error`: An error; NULL reads as the empty text.
    ///
    /// Any thread.
    pub fn brisk_error_message(error: *const brisk_error) -> *const c_char;

    /// Reads a size in bytes from text: a decimal number, then nothing, B, or k, M, G, T with an
    /// optional B (powers of 1000) or iB (powers of 1024), in any case, with an optional space
    /// between. Rounds down to whole bytes.
    ///
    /// - `text`: A number and a unit, such as "64 MiB", "1.5GB", "300 k" or "4096".
    /// - `size`: Receives the number of bytes.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread.
    pub fn brisk_parse_size(
        text: *const c_void,
        text_size: usize,
        size: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds a reference to error and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_error_ref(error: *mut brisk_error) -> *mut brisk_error;

    /// Drops a reference to error. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_error_unref(error: *mut brisk_error);
}
