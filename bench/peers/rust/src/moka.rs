//! The contestant moka, as its manual shows it.

use crate::workload::{pinned, Contestant, Key, Value, Work};

pub struct Moka(moka::sync::Cache<Key, Value>);

impl Contestant for Moka {
    fn new(work: &Work) -> Self {
        Self(moka::sync::Cache::new(work.room as u64))
    }

    #[inline]
    fn get(&self, key: &Key, value: &mut Value) -> bool {
        let found = self.0.get(key);
        found
            .inspect(|found| value.copy_from_slice(found))
            .is_some()
    }

    #[inline]
    fn put(&self, key: &Key, value: &Value) {
        self.0.insert(*key, *value);
    }

    fn version() -> &'static str {
        pinned("moka = { version = \"=")
    }
}
