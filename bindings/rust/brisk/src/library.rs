//! The loaded library: what it is, and whether this crate can use it.

use std::ffi::{c_char, CStr};

use crate::Result;

/// The version of the loaded library, for example `0.1.0`.
pub fn version() -> &'static str {
    // SAFETY: the text is static and ends in NUL.
    let version = unsafe { CStr::from_ptr(brisk_sys::brisk_version()) };
    version.to_str().unwrap_or_default()
}

/// One line about the loaded library: versions, compiler, allocator in use, and the path it was
/// loaded from.
pub fn build_info() -> String {
    // SAFETY: the text is static and ends in NUL.
    unsafe { text(brisk_sys::brisk_build_info()) }
}

/// A copy of a text of the library; bytes that are not UTF-8, as in a path, are replaced.
///
/// # Safety
/// The text ends in NUL and lives until this function returns.
pub(crate) unsafe fn text(text: *const c_char) -> String {
    // SAFETY: as the caller says.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_string_lossy().into_owned()
}

/// Fails when the loaded library speaks another version of the interface. Everything that gives out
/// a first object asks this.
pub(crate) fn ready() -> Result<()> {
    Ok(brisk_sys::check()?)
}
