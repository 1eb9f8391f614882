//! Values: the pinned bytes of an entry.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::{fmt, ops::Deref, slice};

use brisk_sys::{brisk_value, brisk_value_data};

use crate::handle::Handle;

/// One pinned value: a slice of bytes that stays where it is, unchanged, as long as a clone of it
/// lives, even when its entry is evicted or the cache is gone. What it takes counts towards the
/// capacity of the cache meanwhile.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// let cache = brisk::Cache::builder().build()?;
/// cache.put("key", "value")?;
/// let value = cache.get("key")?.expect("just stored");
/// assert!(value.starts_with(b"val"));
/// assert_eq!(value, b"value");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Value {
    // Asked for once: the bytes do not move.
    data: *const u8,
    size: usize,
    _handle: Handle<brisk_value>,
}

// SAFETY: the bytes are not written to while the handle lives, and the handle may be shared.
unsafe impl Send for Value {}
// SAFETY: as above.
unsafe impl Sync for Value {}

impl Value {
    /// Takes over a pinned value; nothing for NULL.
    ///
    /// # Safety
    /// `raw` is NULL or one reference that the caller owns and gives away.
    #[inline]
    pub(crate) unsafe fn adopt(raw: *mut brisk_value) -> Option<Self> {
        // SAFETY: as the caller says.
        let handle = unsafe { Handle::adopt(raw) }?;
        let mut size = 0;
        // SAFETY: the value is alive, and so is the place for its size.
        let data = unsafe { brisk_value_data(handle.raw(), &mut size) }.cast();
        Some(Self {
            data,
            size,
            _handle: handle,
        })
    }
}

impl Deref for Value {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: the handle keeps the bytes alive and unchanged; the data of a value is not NULL.
        unsafe { slice::from_raw_parts(self.data, self.size) }
    }
}

impl AsRef<[u8]> for Value {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Value {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Value {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}
