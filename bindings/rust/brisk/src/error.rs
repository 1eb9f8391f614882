//! Why a call failed, and how a call of the C interface becomes a result.

use std::{fmt, ptr};

use brisk_sys::*;

use crate::library::text;

/// What a call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed: a kind to tell failures apart, and a message that names the input, the limit
/// and the way out.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    status: i32,
    message: Box<str>,
}

/// The kinds of failures. Later versions may add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is wrong.
    Invalid,
    /// The cache, pool, set of modules or runtime was closed before the call, or while it waited.
    Closed,
    /// The system gave no memory; the call was not done, in part neither.
    OutOfMemory,
    /// A key, a value, an entry, a batch or the bytes of a task are beyond a limit.
    TooLarge,
    /// The name is taken by a live cache, or by a module of the set.
    Exists,
    /// The loader of this key, or the task, failed, and the message is its own; or a module did, or
    /// there is none of this name.
    LoadFailed,
    /// A load or a task waits, directly or through others, for itself.
    Deadlock,
    /// A driver does not offer this.
    Unsupported,
    /// An unexpected condition inside the library; please report the message.
    Internal,
    /// A load took longer than the timeout, and goes on; or a task did.
    Timeout,
    /// There is no room, because callers pin what is held, or the queue of a pool is full.
    Refused,
    /// The key is known to have no value.
    Absent,
    /// The loaded library speaks another version of the interface than this crate.
    Incompatible,
    /// A status that this version of the crate does not know.
    Other,
}

impl ErrorKind {
    fn of(status: brisk_status) -> Self {
        match status {
            BRISK_INVALID => Self::Invalid,
            BRISK_CLOSED => Self::Closed,
            BRISK_OUT_OF_MEMORY => Self::OutOfMemory,
            BRISK_TOO_LARGE => Self::TooLarge,
            BRISK_EXISTS => Self::Exists,
            BRISK_LOAD_FAILED => Self::LoadFailed,
            BRISK_DEADLOCK => Self::Deadlock,
            BRISK_UNSUPPORTED => Self::Unsupported,
            BRISK_INTERNAL => Self::Internal,
            BRISK_TIMEOUT => Self::Timeout,
            BRISK_REFUSED => Self::Refused,
            BRISK_ABSENT => Self::Absent,
            _ => Self::Other,
        }
    }
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The status of the C interface, a negative number; positive for a timeout and a refusal,
    /// which are failures only where a value had to come.
    pub fn status(&self) -> i32 {
        self.status
    }

    /// The name of the status in C, for example `BRISK_CLOSED`.
    pub fn status_name(&self) -> &'static str {
        // SAFETY: any number will do, and the text is static.
        let name = unsafe { std::ffi::CStr::from_ptr(brisk_status_name(self.status)) };
        name.to_str().unwrap_or("BRISK_UNKNOWN")
    }

    /// The message, which is also what the error displays.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn new(status: brisk_status, message: impl Into<Box<str>>) -> Self {
        Self {
            kind: ErrorKind::of(status),
            status,
            message: message.into(),
        }
    }

    /// An outcome that the function does not have in the version of the interface known here.
    pub(crate) fn unexpected(status: brisk_status) -> Self {
        Self::new(
            status,
            format!("the library answered with outcome {status}"),
        )
    }
}

impl From<Incompatible> for Error {
    fn from(why: Incompatible) -> Self {
        Self {
            kind: ErrorKind::Incompatible,
            ..Self::new(BRISK_INVALID, why.to_string())
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.status_name(), self.message)
    }
}

impl std::error::Error for Error {}

/// Calls a function of the C interface with the place for its error. Success and outcomes come
/// back, a failure becomes an [`Error`].
#[inline]
pub(crate) fn call(function: impl FnOnce(*mut *mut brisk_error) -> brisk_status) -> Result<i32> {
    let mut error = ptr::null_mut();
    let status = function(&mut error);
    if status >= 0 {
        return Ok(status);
    }
    // SAFETY: the call failed and gave the error to this caller, or left the NULL.
    Err(unsafe { take(status, error) })
}

/// Turns an error object into an [`Error`] and releases it.
///
/// # Safety
/// `error` is NULL or one reference that the caller owns.
#[cold]
unsafe fn take(status: brisk_status, error: *mut brisk_error) -> Error {
    // SAFETY: both texts end in NUL; that of the error lives until its release below. Without
    // memory for an error object there is none.
    unsafe {
        let message = if error.is_null() {
            text(brisk_status_name(status))
        } else {
            text(brisk_error_message(error))
        };
        brisk_error_unref(error);
        Error::new(status, message)
    }
}
