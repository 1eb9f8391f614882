//! What several tests need.
#![allow(dead_code)] // no test needs all of it

use brisk::{Cache, Clock, Error, ErrorKind, Result, Runtime, Workers};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex};
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
    let end = Instant::now() + 30 * SECOND;
    while !true_yet() && Instant::now() < end {
        std::thread::sleep(MS);
    }
    true_yet()
}

/// For what must begin before a deadline and be ended by it: on a machine that pauses it may not
/// begin, and is tried again with a later one.
#[track_caller]
pub fn unhurried(holds: impl FnMut(&Duration) -> bool) {
    let deadlines = [50 * MS, SECOND, 10 * SECOND];
    assert!(deadlines.iter().any(holds), "it never begins in time");
}

/// A runtime whose clock stands still until it is told.
pub fn manual() -> Runtime {
    Runtime::builder().clock(Clock::Manual).build().unwrap()
}

/// The system's number of this thread.
pub fn thread_number() -> u64 {
    let path = std::fs::read_link("/proc/thread-self").unwrap();
    let number = path.file_name().unwrap().to_str().unwrap();
    number.parse().unwrap()
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

/// Holds who passes until it is opened.
#[derive(Default)]
pub struct Gate {
    came: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Gate {
    /// Waits until the gate is open.
    pub fn pass(&self) {
        self.came.lock().unwrap().0 += 1;
        self.changed.notify_all();
        assert!(self.until(|&(_, open)| open), "the gate is never opened");
    }

    /// Waits until so many have come.
    pub fn wait_for(&self, many: usize) {
        assert!(self.until(|&(came, _)| came >= many), "they never come");
    }

    /// Comes, and waits for others; whether they come.
    pub fn meet(&self, many: usize) -> bool {
        self.came.lock().unwrap().0 += 1;
        self.changed.notify_all();
        self.until(|&(came, _)| came >= many)
    }

    pub fn open(&self) {
        self.came.lock().unwrap().1 = true;
        self.changed.notify_all();
    }

    fn until(&self, done: impl Fn(&(usize, bool)) -> bool) -> bool {
        let came = self.came.lock().unwrap();
        let wait = |came: &mut _| !done(came);
        let (_came, ended) = self
            .changed
            .wait_timeout_while(came, 30 * SECOND, wait)
            .unwrap();
        !ended.timed_out()
    }
}

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("brisk-rust-{}-{next}", std::process::id());
        let path = std::env::temp_dir().canonicalize().unwrap().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
