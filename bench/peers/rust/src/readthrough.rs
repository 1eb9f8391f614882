//! W3, read-through of records: `../readthrough.h` in Rust, step by step; what and why is said there.

use crate::sequence::Sequence;
use crate::workload::{fail, key_of, mix, resident_bytes, Key, Work};
use std::{fs, hint::black_box, time::Instant};

pub const MOST: usize = 65536;

pub trait ByteCache {
    /// A cache with room for so many bytes, of records that are usually as large as this.
    fn new(bytes: usize, usual: usize) -> Self;
    /// Copies the value out; its size.
    fn get(&self, key: &Key, to: &mut [u8; MOST]) -> Option<usize>;
    /// Copies the value in.
    fn put(&self, key: &Key, from: &[u8]);
    fn version() -> &'static str;
}

struct Records {
    map: memmap2::Mmap,
    count: usize,
}

impl Records {
    fn open(path: &str) -> Self {
        let file = fs::File::open(path).unwrap_or_else(|_| fail(&format!("cannot read {path}")));
        // SAFETY: nobody writes to a file of records once it has its name.
        let map = unsafe { memmap2::MmapOptions::new().populate().map(&file) }
            .unwrap_or_else(|_| fail(&format!("cannot map {path}")));
        let mut records = Self { map, count: 0 };
        records.count = records.word(0);
        if records.word(records.count + 1) != records.map.len() {
            fail(&format!("not a file of records: {path}"));
        }
        records
    }

    #[inline]
    fn word(&self, at: usize) -> usize {
        let bytes = self.map[8 * at..8 * at + 8].try_into().unwrap();
        usize::try_from(u64::from_ne_bytes(bytes)).unwrap()
    }

    fn usual(&self) -> usize {
        self.map.len() / self.count
    }

    #[inline]
    fn of(&self, id: u32) -> &[u8] {
        let at = mix(u64::from(id).wrapping_add(0x5851f42d4c957f2d)) % self.count as u64;
        let at = at as usize;
        &self.map[self.word(at + 1)..self.word(at + 2)]
    }
}

pub fn run<C: ByteCache>(work: &Work, records: &str) {
    let sequence = Sequence::open(&work.sequence);
    let ids = sequence.ids();
    let records = Records::open(records);
    let before = resident_bytes();
    let cache = C::new(work.room, records.usual());
    let mut value = [0; MOST];
    let mut pass = |ids: &[u32]| {
        let mut misses = 0_usize;
        for (i, &id) in ids.iter().enumerate() {
            let key = key_of(id);
            let record = records.of(id);
            if let Some(size) = cache.get(&key, &mut value) {
                let wrong = size != record.len()
                    || value[size - 1] != record[size - 1]
                    || (i % 64 == 0 && value[..size] != *record);
                if wrong {
                    fail("a wrong value came back");
                }
            } else {
                misses += 1;
                value[..record.len()].copy_from_slice(record);
                cache.put(&key, &value[..record.len()]);
            }
            black_box(&value);
        }
        misses
    };
    let (first, second) = ids.split_at(ids.len() / 2);
    pass(first);
    let begin = Instant::now();
    let misses = pass(second);
    let ns = begin.elapsed().as_secs_f64() / second.len() as f64 * 1e9;
    let miss = misses as f64 / second.len() as f64;
    let (version, hit) = (C::version(), 1.0 - miss);
    let resident = (resident_bytes() - before) / work.room as f64;
    println!(
        r#"{{"version": "{version}", "ns": {ns:.3}, "hit": {hit:.6}, "miss": {miss:.6}, "resident": {resident:.4}}}"#
    );
}
