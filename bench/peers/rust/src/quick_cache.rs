//! The contestant quick_cache, with values of one size or of any.

use crate::readthrough::{ByteCache, MOST};
use crate::workload::{pinned, Contestant, Key, Value, Work};
use quick_cache::{sync::Cache, Weighter};
use std::{mem::size_of, sync::Arc};

/// How a value is held.
pub trait Shape: From<Value> + AsRef<[u8]> + Clone + Send + Sync {}
impl Shape for Value {}
impl Shape for Box<[u8]> {}

pub struct QuickCache<V>(Cache<Key, V>);

impl<V: Shape> Contestant for QuickCache<V> {
    fn new(work: &Work) -> Self {
        Self(Cache::new(work.room))
    }

    #[inline]
    fn get(&self, key: &Key, value: &mut Value) -> bool {
        let found = self.0.get(key);
        found
            .inspect(|found| value.copy_from_slice(found.as_ref()))
            .is_some()
    }

    #[inline]
    fn put(&self, key: &Key, value: &Value) {
        self.0.insert(*key, (*value).into());
    }

    fn version() -> &'static str {
        pinned("quick_cache = \"=")
    }
}

/// Weighs a value by its bytes and those of its key, as the user of a cache bounded in bytes would,
/// and by so many more.
#[derive(Clone)]
struct BySize<const MORE: u64>;

impl<const MORE: u64> Weighter<Key, Arc<[u8]>> for BySize<MORE> {
    fn weight(&self, key: &Key, value: &Arc<[u8]>) -> u64 {
        (key.len() + value.len()) as u64 + MORE
    }
}

/// Shared values: a get copies no more than the caller asks for.
pub struct Bytes<const MORE: u64>(Cache<Key, Arc<[u8]>, BySize<MORE>>);

/// What an entry takes of the memory of the process beside its key and value, with the half of a
/// key that is remembered without one.
pub const BESIDE: u64 = 104;

impl<const MORE: u64> ByteCache for Bytes<MORE> {
    // How many it will hold decides how many keys it remembers that it no longer holds.
    fn new(bytes: usize, usual: usize) -> Self {
        let entry = size_of::<Key>() + usual + MORE as usize;
        Self(Cache::with_weighter(bytes / entry, bytes as u64, BySize))
    }

    #[inline]
    fn get(&self, key: &Key, to: &mut [u8; MOST]) -> Option<usize> {
        let found = self.0.get(key)?;
        to[..found.len()].copy_from_slice(&found);
        Some(found.len())
    }

    #[inline]
    fn put(&self, key: &Key, from: &[u8]) {
        self.0.insert(*key, from.into());
    }

    fn version() -> &'static str {
        pinned("quick_cache = \"=")
    }
}
