//! What several tests need.
#![allow(dead_code)] // no test needs all of it

use brisk::{Cache, Clock, Error, ErrorKind, Result, Runtime, Workers};
use std::time::{Duration, Instant};

pub const SECOND: Duration = Duration::from_secs(1);
pub const MS: Duration = Duration::from_millis(1);

/// A cache with default settings.
pub fn cache() -> Cache {
    Cache::builder().build().unwrap()
}

/// A pool of this many threads.
pub fn workers(threads: u32) -> Workers {
    Workers::builder().threads(threads).build().unwrap()
}

/// Whether something comes true within some seconds.
pub fn eventually(mut true_yet: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + 10 * SECOND;
    while !true_yet() && Instant::now() < end {
        std::thread::sleep(MS);
    }
    true_yet()
}

/// A runtime whose clock stands still until it is told.
pub fn manual() -> Runtime {
    Runtime::builder().clock(Clock::Manual).build().unwrap()
}

/// Bytes that do not compress, the same for the same seed.
pub fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2) + 1;
    let mut next = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (state >> 56) as u8
    };
    (0..size).map(|_| next()).collect()
}

/// The error of a call that must fail, and fail like this.
#[track_caller]
pub fn fails<T>(result: Result<T>, kind: ErrorKind) -> Error {
    let error = result.err().expect("the call fails");
    assert_eq!(error.kind(), kind, "{error:?}");
    error
}

/// The keys of a cache, sorted.
pub fn keys(cache: &Cache) -> Vec<Vec<u8>> {
    let mut keys = cache.keys().unwrap().collect::<Result<Vec<_>>>().unwrap();
    keys.sort();
    keys
}

/// A file of the source tree.
pub fn source(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
    std::fs::read_to_string(format!("{root}/{path}")).expect(path)
}
