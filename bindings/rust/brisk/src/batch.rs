//! Batches: many keys in one call, at a lower cost a key.

use std::{iter::FusedIterator, ptr, slice};

use brisk_sys::*;

use crate::cache::parts;
use crate::error::call;
use crate::{Cache, Error, Result, Ttl, Value};

/// What `brisk_cache_read_many` gives as the size of a value that is not there.
const MISSING: u32 = u32::MAX;

impl Cache {
    /// Stores pairs of key and value in turn, up to the first that has no room, and returns how
    /// many were stored. All sizes are checked before any is.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let cache = brisk::Cache::builder().build()?;
    /// assert_eq!(cache.put_many([("a", "1"), ("b", "2")])?, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn put_many<K, V>(&self, entries: impl IntoIterator<Item = (K, V)>) -> Result<usize>
    where
        K: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        self.put_many_with_ttl(entries, Ttl::Inherit)
    }

    /// [`put_many`](Self::put_many) with a lifetime for all of these entries.
    pub fn put_many_with_ttl<K, V>(
        &self,
        entries: impl IntoIterator<Item = (K, V)>,
        ttl: impl Into<Ttl>,
    ) -> Result<usize>
    where
        K: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        let mut keys = Packed::default();
        let mut values = Packed::default();
        for (key, value) in entries {
            keys.add(key.as_ref())?;
            values.add(value.as_ref())?;
        }
        let ttl = ttl.into().nanoseconds();
        let mut stored = 0;
        // SAFETY: the cache is alive, each pointer is to as much as said, and the place for the
        // count is alive.
        call(|error| unsafe {
            brisk_cache_put_many(
                self.raw(),
                keys.sizes.len(),
                keys.bytes.as_ptr().cast(),
                keys.bytes.len(),
                keys.sizes.as_ptr(),
                values.bytes.as_ptr().cast(),
                values.bytes.len(),
                values.sizes.as_ptr(),
                ttl,
                &mut stored,
                error,
            )
        })?;
        Ok(stored)
    }

    /// Pins the values of many keys in one call, and answers in the order of the keys.
    pub fn get_many<K: AsRef<[u8]>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<Option<Value>>> {
        let mut packed = Packed::default();
        packed.fill(keys)?;
        let mut pinned = vec![ptr::null_mut(); packed.sizes.len()];
        let (bytes, size) = parts(&packed.bytes);
        let mut found = 0;
        // SAFETY: the cache is alive, the keys are as many and as long as said, and there is a
        // place for the value of each and for the count.
        call(|error| unsafe {
            brisk_cache_get_many(
                self.raw(),
                packed.sizes.len(),
                bytes,
                size,
                packed.sizes.as_ptr(),
                pinned.as_mut_ptr(),
                &mut found,
                error,
            )
        })?;
        // SAFETY: the call gave one reference for each value, NULL where there is none.
        let values = pinned.into_iter().map(|raw| unsafe { Value::adopt(raw) });
        Ok(values.collect())
    }

    /// Copies the values of many keys into batch, in place of what it holds, in the order of the
    /// keys. A batch that is used again keeps its memory, so that nothing is allocated.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let cache = brisk::Cache::builder().build()?;
    /// cache.put("a", "1")?;
    /// let mut batch = brisk::Batch::new();
    /// cache.read_many(["a", "b"], &mut batch)?;
    /// let values: Vec<Option<&[u8]>> = batch.iter().collect();
    /// assert_eq!(values, [Some(&b"1"[..]), None]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_many<K: AsRef<[u8]>>(
        &self,
        keys: impl IntoIterator<Item = K>,
        batch: &mut Batch,
    ) -> Result<()> {
        let Batch {
            keys: packed,
            values,
            sizes,
        } = batch;
        sizes.clear();
        values.clear();
        packed.fill(keys)?;
        let count = packed.sizes.len();
        values.reserve(64 * count);
        let mut key_used = 0;
        while sizes.len() < count {
            let done = sizes.len();
            sizes.resize(count, MISSING);
            let (keys, keys_size) = parts(&packed.bytes[key_used..]);
            let room = values.spare_capacity_mut();
            let mut answered = 0;
            // SAFETY: the cache is alive; keys, sizes and room are as long as said, and the place
            // for the count is alive.
            let call = call(|error| unsafe {
                brisk_cache_read_many(
                    self.raw(),
                    count - done,
                    keys,
                    keys_size,
                    packed.sizes[done..].as_ptr(),
                    room.as_mut_ptr().cast(),
                    room.len(),
                    sizes[done..].as_mut_ptr(),
                    &mut answered,
                    error,
                )
            });
            let status = call.map_err(|error| {
                sizes.clear();
                error
            })?;
            let end = done + answered;
            // SAFETY: the call has written these bytes, which fit.
            unsafe { values.set_len(values.len() + total(&sizes[done..end])) };
            if status == BRISK_SHORT_BUFFER {
                values.reserve(sizes[end] as usize);
                key_used += total(&packed.sizes[done..end]);
            }
            sizes.truncate(end);
        }
        Ok(())
    }
}

/// The bytes of the pieces that are there.
fn total(sizes: &[u32]) -> usize {
    let found = sizes.iter().filter(|&&size| size != MISSING);
    found.map(|&size| size as usize).sum()
}

/// Values that [`Cache::read_many`] copied out.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    keys: Packed,
    values: Vec<u8>,
    sizes: Vec<u32>,
}

impl Batch {
    /// A batch without values, which allocates nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys were asked for.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether no keys were asked for.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// The values in the order of the keys, nothing for each that is missing.
    pub fn iter(&self) -> BatchIter<'_> {
        BatchIter {
            sizes: self.sizes.iter(),
            rest: &self.values,
        }
    }
}

impl<'a> IntoIterator for &'a Batch {
    type Item = Option<&'a [u8]>;
    type IntoIter = BatchIter<'a>;

    fn into_iter(self) -> BatchIter<'a> {
        self.iter()
    }
}

/// The values of a [`Batch`].
#[derive(Clone, Debug)]
pub struct BatchIter<'a> {
    sizes: slice::Iter<'a, u32>,
    rest: &'a [u8],
}

impl<'a> Iterator for BatchIter<'a> {
    type Item = Option<&'a [u8]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match *self.sizes.next()? {
            MISSING => Some(None),
            size => {
                let (value, rest) = self.rest.split_at(size as usize);
                self.rest = rest;
                Some(Some(value))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.sizes.size_hint()
    }
}

impl ExactSizeIterator for BatchIter<'_> {}
impl FusedIterator for BatchIter<'_> {}

/// Many byte strings, one after the other, and their sizes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packed {
    pub bytes: Vec<u8>,
    pub sizes: Vec<u32>,
}

impl Packed {
    pub fn fill<K: AsRef<[u8]>>(&mut self, pieces: impl IntoIterator<Item = K>) -> Result<()> {
        self.bytes.clear();
        self.sizes.clear();
        pieces
            .into_iter()
            .try_for_each(|piece| self.add(piece.as_ref()))
    }

    #[inline]
    fn add(&mut self, piece: &[u8]) -> Result<()> {
        if piece.len() as u64 > BRISK_VALUE_SIZE_MAX {
            return Err(too_large(piece.len()));
        }
        self.bytes.extend_from_slice(piece);
        self.sizes.push(piece.len() as u32);
        Ok(())
    }
}

#[cold]
fn too_large(size: usize) -> Error {
    let limit = BRISK_VALUE_SIZE_MAX;
    let message = format!("{size} bytes are too many for a key or value; at most {limit}");
    Error::new(BRISK_TOO_LARGE, message)
}
