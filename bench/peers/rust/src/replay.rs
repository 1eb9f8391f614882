//! Replays a trace of requests: `../replay.h` in Rust, step by step; what and why is said there.

use crate::workload::{fail, pinned};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread, time::Instant};

const RECORD: usize = 12;
const TURN: usize = 64;

/// A cache in which every entry counts as one.
pub trait Objects: Sync {
    fn new(entries: usize) -> Self;
    fn get(&self, key: u64) -> Option<u64>;
    fn put(&self, key: u64, value: u64);
    fn held(&self) -> usize;
    fn version() -> &'static str;
}

impl Objects for quick_cache::sync::Cache<u64, u64> {
    fn new(entries: usize) -> Self {
        Self::new(entries)
    }
    #[inline]
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    #[inline]
    fn put(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
    fn held(&self) -> usize {
        self.len()
    }
    fn version() -> &'static str {
        pinned("quick_cache = \"=")
    }
}

/// Counted by hand: its own count waits for maintenance, as its bound does.
impl Objects for moka::sync::Cache<u64, u64> {
    fn new(entries: usize) -> Self {
        Self::new(entries as u64)
    }
    #[inline]
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    #[inline]
    fn put(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
    fn held(&self) -> usize {
        self.iter().count()
    }
    fn version() -> &'static str {
        pinned("moka = { version = \"=")
    }
}

/// FILE THREADS ENTRIES..., a line of JSON for each number of entries.
pub fn run<C: Objects>(arguments: &[String]) {
    let [path, threads, sizes @ ..] = arguments else {
        fail("usage: SHAPE trace FILE THREADS ENTRIES...")
    };
    let file = fs::File::open(path).unwrap_or_else(|_| fail(&format!("cannot read {path}")));
    // SAFETY: nobody writes to the file while this runs.
    let trace = unsafe { memmap2::MmapOptions::new().populate().map(&file) }
        .unwrap_or_else(|_| fail(&format!("cannot map {path}")));
    if trace.len() % RECORD != 0 {
        fail(&format!("not a trace: {path}"));
    }
    let threads = threads.parse().unwrap();
    for entries in sizes {
        replay::<C>(&trace, entries.parse().unwrap(), threads);
    }
}

fn replay<C: Objects>(trace: &[u8], entries: usize, threads: usize) {
    let requests = trace.len() / RECORD;
    let key = |at: usize| {
        let bytes = &trace[at * RECORD..at * RECORD + 8];
        u64::from_le_bytes(bytes.try_into().unwrap())
    };
    let cache = C::new(entries);
    let next = AtomicUsize::new(0);
    let run = || {
        let mut hits = 0_usize;
        loop {
            let at = next.fetch_add(TURN, Ordering::Relaxed);
            if at >= requests {
                return hits;
            }
            for key in (at..requests.min(at + TURN)).map(key) {
                match cache.get(key) {
                    None => cache.put(key, !key),
                    Some(value) if value == !key => hits += 1,
                    Some(_) => fail("a wrong value came back"),
                }
            }
        }
    };
    let begin = Instant::now();
    let hits = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let own = run();
        own + others.into_iter().map(|t| t.join().unwrap()).sum::<usize>()
    });
    let ns = begin.elapsed().as_secs_f64() / requests as f64 * 1e9;
    let (version, hit, held) = (C::version(), hits as f64 / requests as f64, cache.held());
    println!(
        r#"{{"version": "{version}", "capacity": {entries}, "threads": {threads}, "hit": {hit:.6}, "ns": {ns:.2}, "held": {held}}}"#
    );
}
