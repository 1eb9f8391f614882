//! A file of ids, a power of two of them, mapped and walked round and round.

use crate::workload::fail;
use std::fs;

pub struct Sequence(memmap2::Mmap);

impl Sequence {
    pub fn open(path: &str) -> Self {
        let file = fs::File::open(path).unwrap_or_else(|_| fail(&format!("cannot read {path}")));
        // SAFETY: nobody writes to a sequence once it has its name.
        let map = unsafe { memmap2::MmapOptions::new().populate().map(&file) }
            .unwrap_or_else(|_| fail(&format!("cannot map {path}")));
        if map.is_empty() || !(map.len() / 4).is_power_of_two() {
            fail(&format!("not a sequence: {path}"));
        }
        Self(map)
    }

    #[inline]
    pub fn ids(&self) -> &[u32] {
        // SAFETY: a mapping is aligned to a page, and every bit pattern is a u32.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() / 4) }
    }
}
