//! The contestant quick_cache, with values of one size or of any.

use crate::workload::{pinned, Contestant, Key, Value, Work};
use quick_cache::sync::Cache;

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
