//! Warming: the keys that are asked for most, and loads of those that are missing.

use std::convert::Infallible;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{fmt, ptr};

use brisk_sys::*;

use crate::cache::parts;
use crate::error::call;
use crate::lease::Begin;
use crate::load::run;
use crate::walk::Keys;
use crate::{Cache, Result, Ttl, Workers};

/// A key and how often it was asked for; [`Cache::hot_keys`] gives them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HotKey {
    /// The key.
    pub key: Vec<u8>,
    /// Its lookups: exact for some thousand of them, then an estimate. Halved every six hours.
    pub lookups: u64,
}

impl Cache {
    /// The keys that are asked for most, whether they are in the cache or not, the hottest first;
    /// at most `count`, and at most as many as [`hot_keys`](crate::CacheBuilder::hot_keys) says.
    pub fn hot_keys(&self, count: usize) -> Result<Vec<HotKey>> {
        let mut raw = ptr::null_mut();
        // SAFETY: the cache and the place for the cursor are alive.
        call(|error| unsafe { brisk_cache_hot_keys(self.raw(), count, &mut raw, error) })?;
        // SAFETY: the call gave the cursor to this caller.
        let mut keys = unsafe { Keys::given(raw) };
        let mut hottest = Vec::new();
        while let Some(key) = keys.next() {
            let (key, lookups) = (key?, keys.lookups());
            hottest.push(HotKey { key, lookups });
        }
        Ok(hottest)
    }

    /// Loads those of the `top_n` hottest keys that are missing, one after the other, and returns
    /// how many were loaded. A loader that fails is passed over, and counted in the figures of the
    /// cache; a key that another caller loads at the time is left to them. A load counts as one
    /// lookup of its key.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// # let path = std::env::temp_dir().join(format!("brisk-doc-{}.hot", std::process::id()));
    /// let cache = brisk::Cache::builder().build()?;
    /// cache.restore_hot(&path)?;
    /// cache.warm(20, |key| std::fs::read(String::from_utf8_lossy(key).as_ref()))?;
    /// // ... and before the program ends:
    /// cache.save_hot(&path)?;
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    pub fn warm<V, E>(
        &self,
        top_n: usize,
        mut loader: impl FnMut(&[u8]) -> Result<V, E>,
    ) -> Result<usize>
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
    {
        let missing = self.missing(top_n)?;
        let loaded = missing.iter().filter(|key| self.warm_one(key, &mut loader));
        Ok(loaded.count())
    }

    /// [`warm`](Self::warm) with as many loads at once as `workers` has threads.
    pub fn warm_on<V, E>(
        &self,
        workers: &Workers,
        top_n: usize,
        loader: impl Fn(&[u8]) -> Result<V, E> + Send + Sync,
    ) -> Result<usize>
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
    {
        let load = |key: Vec<u8>, _: &_| Ok::<_, Infallible>(self.warm_one(&key, &loader));
        let outcomes = workers.map(self.missing(top_n)?, load)?;
        Ok(outcomes
            .iter()
            .filter(|one| matches!(one, Ok(true)))
            .count())
    }

    fn missing(&self, top_n: usize) -> Result<Vec<Vec<u8>>> {
        let mut missing = Vec::new();
        for hot in self.hot_keys(top_n)? {
            if !self.contains(&hot.key)? {
                missing.push(hot.key);
            }
        }
        Ok(missing)
    }

    /// Whether this call has loaded the key; whatever hinders it, others may go on.
    fn warm_one<V, E>(&self, key: &[u8], loader: impl FnOnce(&[u8]) -> Result<V, E>) -> bool
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
    {
        let Ok(Begin::Lead(lease) | Begin::Stale(lease, _)) = self.begin(key) else {
            return false;
        };
        let mut made = false;
        let ended = run(&lease, Ttl::Inherit, |_| {
            let value = loader(key)?;
            made = true;
            Ok::<V, E>(value)
        });
        // What a failure falls back on was not loaded.
        made && ended.is_ok()
    }

    /// Writes the hot keys with their counts to a file that only its owner may read, in place of
    /// an older one and as a whole. Fails as invalid when it cannot be written.
    pub fn save_hot(&self, path: impl AsRef<Path>) -> Result<()> {
        let (path, size) = parts(path.as_ref().as_os_str().as_bytes());
        // SAFETY: the cache is alive, the path as long as said.
        call(|error| unsafe { brisk_cache_save_hot(self.raw(), path, size, error) })?;
        Ok(())
    }

    /// Adds the hot keys of a file that [`save_hot`](Self::save_hot) wrote, in an earlier process
    /// for example, and returns how many it has, 0 when there is none. Fails as invalid when it
    /// cannot be read, or is damaged; nothing is added then.
    pub fn restore_hot(&self, path: impl AsRef<Path>) -> Result<u64> {
        let (path, size) = parts(path.as_ref().as_os_str().as_bytes());
        let mut restored = 0;
        // SAFETY: the cache is alive, the path as long as said, and so is the place for the count.
        call(|error| unsafe {
            brisk_cache_restore_hot(self.raw(), path, size, &mut restored, error)
        })?;
        Ok(restored)
    }
}
