//! Sizes: numbers of bytes, and text such as `64 MiB`.

use crate::error::call;
use crate::library::ready;
use crate::Result;

/// A size in bytes: a number, or text that [`parse_size`] reads.
pub trait Size {
    /// The number of bytes.
    fn bytes(self) -> Result<u64>;
}

impl Size for u64 {
    fn bytes(self) -> Result<u64> {
        Ok(self)
    }
}

impl Size for &str {
    fn bytes(self) -> Result<u64> {
        parse_size(self)
    }
}

/// Reads a size in bytes: a decimal number, then nothing, B, or k, M, G, T with an optional B
/// (powers of 1000) or iB (powers of 1024), in any case, with an optional space between. Rounds
/// down to whole bytes.
///
/// ```
/// assert_eq!(brisk::parse_size("1.5 KiB")?, 1536);
/// assert!(brisk::parse_size("1.5 parsecs").is_err());
/// # Ok::<(), brisk::Error>(())
/// ```
pub fn parse_size(text: &str) -> Result<u64> {
    ready()?;
    let mut size = 0;
    // SAFETY: the text is as long as said, and the place for the size is alive.
    call(|error| unsafe {
        brisk_sys::brisk_parse_size(text.as_ptr().cast(), text.len(), &mut size, error)
    })?;
    Ok(size)
}
