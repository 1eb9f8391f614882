//! Walks: the keys of a cache, and the events of entries that left it.

use std::{iter::FusedIterator, ptr};

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::{Cache, Result};

impl Cache {
    /// The keys of the cache, each once, in no order. A key that comes or goes during the walk may
    /// be missing. Keeps the cache alive.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let cache = brisk::Cache::builder().build()?;
    /// cache.put_many([("a", "1"), ("b", "2")])?;
    /// let mut keys = cache.keys()?.collect::<brisk::Result<Vec<_>>>()?;
    /// keys.sort();
    /// assert_eq!(keys, [b"a", b"b"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys(&self) -> Result<Keys> {
        let mut raw = ptr::null_mut();
        // SAFETY: the cache and the place for the cursor are alive.
        call(|error| unsafe { brisk_cache_keys(self.raw(), &mut raw, error) })?;
        // SAFETY: the call gave the cursor to this caller.
        Ok(unsafe { Keys::given(raw) })
    }

    /// Takes the oldest event off the queue that
    /// [`event_capacity`](crate::CacheBuilder::event_capacity) switches on; nothing when there is
    /// none.
    pub fn next_event(&self) -> Result<Option<Event>> {
        let mut key = Vec::with_capacity(64);
        let mut cause = 0;
        let found = fill(&mut key, |place, capacity, size, error| {
            // SAFETY: the cache is alive, `fill` gives a place with room for this many bytes, and
            // the place for the cause is alive.
            unsafe {
                brisk_cache_next_event(self.raw(), place.cast(), capacity, size, &mut cause, error)
            }
        })?;
        Ok(found.then(|| Event {
            key,
            cause: Cause::of(cause),
        }))
    }

    /// The events that are in the queue, oldest first, taken off it one by one. Ends when the queue
    /// is empty; events may come later.
    pub fn events(&self) -> Events<'_> {
        Events { cache: Some(self) }
    }
}

/// The keys of a cache; [`Cache::keys`] makes it. Ends after an error.
#[derive(Debug)]
pub struct Keys {
    cursor: Option<Handle<brisk_cursor>>,
    buffer: Vec<u8>,
}

impl Keys {
    /// # Safety
    /// The caller owns the cursor, and gives it away.
    pub(crate) unsafe fn given(raw: *mut brisk_cursor) -> Self {
        Self {
            // SAFETY: as the caller says.
            cursor: Some(unsafe { Handle::given(raw) }),
            buffer: Vec::with_capacity(64),
        }
    }

    /// How often the key before was asked for, when this is a walk over hot keys.
    pub(crate) fn lookups(&self) -> u64 {
        let cursor = self.cursor.as_ref().map_or(ptr::null_mut(), Handle::raw);
        // SAFETY: the cursor is alive, or NULL, and no other thread uses it.
        unsafe { brisk_cursor_lookups(cursor) }
    }
}

impl Iterator for Keys {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let cursor = self.cursor.as_ref()?.raw();
        let found = fill(&mut self.buffer, |place, capacity, size, error| {
            // SAFETY: the cursor is alive and no other thread uses it, and `fill` gives a place
            // with room for this many bytes.
            unsafe { brisk_cursor_next(cursor, place.cast(), capacity, size, error) }
        });
        match found {
            Ok(true) => Some(Ok(self.buffer.clone())),
            end => {
                self.cursor = None;
                end.err().map(Err)
            }
        }
    }
}

impl FusedIterator for Keys {}

/// An entry that left the cache.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Event {
    /// The key of the entry.
    pub key: Vec<u8>,
    /// Why it left.
    pub cause: Cause,
}

/// Why an entry left the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Evicted to make room.
    Capacity,
    /// Its lifetime, or its time without use, ended.
    Expired,
    /// Erased or cleared by a caller.
    Erased,
    /// A newer value took its key.
    Replaced,
    /// A cause that this version of the crate does not know, as C numbers it.
    Other(i32),
}

impl Cause {
    fn of(cause: brisk_cause) -> Self {
        match cause {
            BRISK_CAUSE_CAPACITY => Self::Capacity,
            BRISK_CAUSE_EXPIRED => Self::Expired,
            BRISK_CAUSE_ERASED => Self::Erased,
            BRISK_CAUSE_REPLACED => Self::Replaced,
            other => Self::Other(other),
        }
    }
}

/// The events of a cache; [`Cache::events`] makes it. Ends after an error.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    cache: Option<&'a Cache>,
}

impl Iterator for Events<'_> {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Self::Item> {
        let event = self.cache?.next_event().transpose();
        if !matches!(event, Some(Ok(_))) {
            self.cache = None;
        }
        event
    }
}

impl FusedIterator for Events<'_> {}

/// Lets a call fill buffer, in place of what it holds, as often as it takes until the buffer is
/// large enough. Whether there was anything left to return.
fn fill(
    buffer: &mut Vec<u8>,
    mut next: impl FnMut(*mut u8, usize, &mut usize, *mut *mut brisk_error) -> brisk_status,
) -> Result<bool> {
    buffer.clear();
    loop {
        let room = buffer.spare_capacity_mut();
        let (place, capacity) = (room.as_mut_ptr().cast(), room.len());
        let mut size = 0;
        match call(|error| next(place, capacity, &mut size, error))? {
            BRISK_OK => {
                // SAFETY: the call has written this many bytes, which fit.
                unsafe { buffer.set_len(size) };
                return Ok(true);
            }
            BRISK_SHORT_BUFFER => buffer.reserve(size),
            _ => return Ok(false),
        }
    }
}
