//! The contestant brisk, through its own crate.

use crate::workload::{Batches, Contestant, Key, Value, Work};
use brisk::{Batch, Cache};

pub struct Brisk(Cache);

impl Contestant for Brisk {
    /// Room counts entries only in W2, where it is less than the keys; the bytes are ample for all.
    fn new(work: &Work) -> Self {
        let mut builder = Cache::builder().capacity("256 MiB");
        if work.room < work.keys as usize {
            builder = builder.max_entries(work.room as u64);
        }
        Self(builder.build().unwrap())
    }

    #[inline]
    fn get(&self, key: &Key, value: &mut Value) -> bool {
        matches!(self.0.read_into(key, value), Ok(Some(_)))
    }

    #[inline]
    fn put(&self, key: &Key, value: &Value) {
        assert!(self.0.put(key, value).unwrap());
    }

    fn version() -> &'static str {
        brisk::version()
    }
}

impl Batches for Brisk {
    type Batch = Batch;

    fn get_many(&self, keys: &[Key], batch: &mut Batch) -> usize {
        self.0.read_many(keys, batch).unwrap();
        batch.iter().flatten().count()
    }
}
