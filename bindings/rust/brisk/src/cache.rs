//! The cache: one entry at a time, and the cache as a whole.

use std::ptr;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::{CacheBuilder, Error, LoadError, Result, Runtime, Ttl, Value};

/// Figures of a cache at one moment, as C has them. Counts run from its creation.
pub type CacheStats = brisk_cache_stats;

/// A bounded, compressed key/value cache in memory, for any number of threads. A clone is one more
/// reference to the same cache.
///
/// Every method fails as closed after [`close`](Self::close), and as too large for a key of more
/// than [`KEY_SIZE_MAX`](crate::KEY_SIZE_MAX) bytes. None of them blocks but those that load.
#[derive(Clone, Debug)]
pub struct Cache(pub(crate) Handle<brisk_cache>);

impl Cache {
    /// Settings for a new cache.
    pub fn builder() -> CacheBuilder {
        CacheBuilder::default()
    }

    /// The live cache of this name in the default runtime, whatever language made it.
    pub fn find(name: impl AsRef<[u8]>) -> Result<Option<Self>> {
        Self::find_raw(ptr::null_mut(), name.as_ref())
    }

    /// The live cache of this name in a runtime.
    pub fn find_in(runtime: &Runtime, name: impl AsRef<[u8]>) -> Result<Option<Self>> {
        Self::find_raw(runtime.raw(), name.as_ref())
    }

    fn find_raw(runtime: *mut brisk_runtime, name: &[u8]) -> Result<Option<Self>> {
        ready()?;
        let (data, size) = (name.as_ptr().cast(), name.len());
        let mut raw = ptr::null_mut();
        // SAFETY: the runtime is alive or NULL for the default one, the name as long as said, and
        // the place for the cache is alive.
        call(|error| unsafe { brisk_cache_find(runtime, data, size, &mut raw, error) })?;
        // SAFETY: the call gave one reference, or NULL.
        Ok(unsafe { Handle::adopt(raw) }.map(Self))
    }

    /// Stores a copy of value in place of an older one, with the lifetime that the cache has for
    /// its entries. False when there is no room because callers pin what the cache holds; the key
    /// then has no value.
    ///
    /// Fails as too large when key and value take more than half of the capacity.
    #[inline]
    pub fn put(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<bool> {
        self.put_with_ttl(key, value, Ttl::Inherit)
    }

    /// [`put`](Self::put) with a lifetime of its own.
    #[inline]
    pub fn put_with_ttl(
        &self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        ttl: impl Into<Ttl>,
    ) -> Result<bool> {
        let (key, value, ttl) = (key.as_ref(), value.as_ref(), ttl.into().nanoseconds());
        // SAFETY: the cache is alive, key and value are as long as said.
        let status = call(|error| unsafe {
            brisk_cache_put(
                self.raw(),
                key.as_ptr().cast(),
                key.len(),
                value.as_ptr().cast(),
                value.len(),
                ttl,
                error,
            )
        })?;
        Ok(status == BRISK_OK)
    }

    /// [`put`](Self::put) for a value that carries what it costs to make, in any unit that is the
    /// same for all of the cache. Each hit adds it to `saved_cost` of [`stats`](Self::stats).
    pub fn put_with_cost(
        &self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        ttl: impl Into<Ttl>,
        cost: f64,
    ) -> Result<bool> {
        let ((key, key_size), (value, size)) = (parts(key.as_ref()), parts(value.as_ref()));
        let (cache, ttl) = (self.raw(), ttl.into().nanoseconds());
        // SAFETY: the cache is alive, key and value are as long as said.
        let status = call(|error| unsafe {
            brisk_cache_put_cost(cache, key, key_size, value, size, ttl, cost, error)
        })?;
        Ok(status == BRISK_OK)
    }

    /// Pins the value of key, without a copy when it is stored raw. Nothing on a miss, and when
    /// there is no room to unpack a compressed value.
    #[inline]
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Value>> {
        Ok(self.get_raw(key.as_ref())?.1)
    }

    /// Pins the value of key like [`get`](Self::get), and tells a value that there is no room to
    /// unpack, which is an error of kind [`Refused`](crate::ErrorKind::Refused), from a miss.
    pub fn pin(&self, key: impl AsRef<[u8]>) -> Result<Option<Value>> {
        match self.get_raw(key.as_ref())? {
            (BRISK_REFUSED, _) => Err(LoadError::<Error>::Refused.into()),
            (_, value) => Ok(value),
        }
    }

    /// Copies the value of key into buffer, in place of what it holds and in the memory it has
    /// where that is enough. False on a miss; buffer is then empty.
    ///
    /// The cheapest way to read small values: it takes no lock and, once buffer has grown, allocates
    /// nothing.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let cache = brisk::Cache::builder().build()?;
    /// cache.put("key", "value")?;
    /// let mut buffer = Vec::with_capacity(64);
    /// assert!(cache.read("key", &mut buffer)?);
    /// assert_eq!(buffer, b"value");
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn read(&self, key: impl AsRef<[u8]>, buffer: &mut Vec<u8>) -> Result<bool> {
        let key = key.as_ref();
        buffer.clear();
        loop {
            let room = buffer.spare_capacity_mut();
            let (place, capacity) = (room.as_mut_ptr().cast(), room.len());
            // SAFETY: buffer has room for as many bytes as said.
            let (status, size) = unsafe { self.read_raw(key, place, capacity) }?;
            match status {
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

    /// Copies the value of key to the start of buffer. Returns its size, which is more than buffer
    /// has when it did not fit and nothing was copied; nothing on a miss.
    #[inline]
    pub fn read_into(&self, key: impl AsRef<[u8]>, buffer: &mut [u8]) -> Result<Option<usize>> {
        let (place, capacity) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: buffer has room for as many bytes as said.
        let (status, size) = unsafe { self.read_raw(key.as_ref(), place, capacity) }?;
        Ok((status != BRISK_MISS).then_some(size))
    }

    /// Whether key has a live value. Does not count as a use.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> Result<bool> {
        let (key, size) = parts(key.as_ref());
        // SAFETY: the cache is alive, the key as long as said.
        let status = call(|error| unsafe { brisk_cache_contains(self.raw(), key, size, error) })?;
        Ok(status == BRISK_OK)
    }

    /// Starts the lifetime of an entry anew, with the lifetime that the cache has for its entries.
    /// False when there is no entry, or no room to keep track of it. Counts as a use.
    pub fn touch(&self, key: impl AsRef<[u8]>) -> Result<bool> {
        self.touch_with_ttl(key, Ttl::Inherit)
    }

    /// [`touch`](Self::touch) with a lifetime of its own.
    pub fn touch_with_ttl(&self, key: impl AsRef<[u8]>, ttl: impl Into<Ttl>) -> Result<bool> {
        let (key, size) = parts(key.as_ref());
        let ttl = ttl.into().nanoseconds();
        // SAFETY: the cache is alive, the key as long as said.
        let status = call(|error| unsafe { brisk_cache_touch(self.raw(), key, size, ttl, error) })?;
        Ok(status == BRISK_OK)
    }

    /// Removes the entry of key; whether there was one. A load of key that is in flight reaches
    /// its waiters and is not stored.
    pub fn erase(&self, key: impl AsRef<[u8]>) -> Result<bool> {
        let (key, size) = parts(key.as_ref());
        // SAFETY: the cache is alive, the key as long as said.
        let status = call(|error| unsafe { brisk_cache_erase(self.raw(), key, size, error) })?;
        Ok(status == BRISK_OK)
    }

    /// Removes every entry whose key matches a glob such as `user:123:*`, and returns how many.
    /// `?` is any byte, `*` any bytes, `[a-z]` and `[!a-z]` a set, a backslash takes the next byte
    /// as it is. Walks over all entries.
    pub fn erase_matching(&self, pattern: impl AsRef<[u8]>) -> Result<u64> {
        let (pattern, size) = parts(pattern.as_ref());
        let mut erased = 0;
        // SAFETY: the cache is alive, the pattern as long as said, and so is the place for the
        // count.
        call(|error| unsafe {
            brisk_cache_erase_matching(self.raw(), pattern, size, &mut erased, error)
        })?;
        Ok(erased)
    }

    /// Removes every entry that was in the cache when the call began. Walks over all entries.
    pub fn clear(&self) -> Result<()> {
        // SAFETY: the cache is alive.
        call(|error| unsafe { brisk_cache_clear(self.raw(), error) })?;
        Ok(())
    }

    /// The figures of this cache.
    pub fn stats(&self) -> Result<CacheStats> {
        let mut stats = CacheStats::INIT;
        // SAFETY: the cache is alive, and the struct as large as it says.
        call(|error| unsafe { brisk_cache_read_stats(self.raw(), &mut stats, error) })?;
        Ok(stats)
    }

    /// Drops every entry and gives the name free; waiting loads fail as closed, as do later calls.
    /// Pinned values stay valid. May be repeated. Walks over all entries.
    ///
    /// A cache that nothing refers to goes by itself, so that few programs need this.
    pub fn close(&self) -> Result<()> {
        // SAFETY: the cache is alive.
        call(|error| unsafe { brisk_cache_close(self.raw(), error) })?;
        Ok(())
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut brisk_cache {
        self.0.raw()
    }

    /// Pins the value of key, where there is one, and returns the status too.
    #[inline]
    fn get_raw(&self, key: &[u8]) -> Result<(brisk_status, Option<Value>)> {
        let (key, size) = parts(key);
        let mut raw = ptr::null_mut();
        // SAFETY: the cache is alive, the key as long as said, and so is the place for the value.
        let status =
            call(|error| unsafe { brisk_cache_get(self.raw(), key, size, &mut raw, error) })?;
        // SAFETY: the call gave one reference, or NULL.
        Ok((status, unsafe { Value::adopt(raw) }))
    }

    /// Copies the value of key to a place, and returns the status and the size of the value.
    ///
    /// # Safety
    /// The place has room for `capacity` bytes.
    #[inline]
    unsafe fn read_raw(
        &self,
        key: &[u8],
        place: *mut u8,
        capacity: usize,
    ) -> Result<(brisk_status, usize)> {
        let (key, key_size) = parts(key);
        let mut size = 0;
        // SAFETY: the cache is alive, the key as long as said, the place as the caller says.
        let status = call(|error| unsafe {
            brisk_cache_read(
                self.raw(),
                key,
                key_size,
                place.cast(),
                capacity,
                &mut size,
                error,
            )
        })?;
        Ok((status, size))
    }
}

/// Bytes as the C interface takes them.
#[inline]
pub(crate) fn parts(bytes: &[u8]) -> (*const std::ffi::c_void, usize) {
    (bytes.as_ptr().cast(), bytes.len())
}
