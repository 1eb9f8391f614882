//! The work that every contestant does: `../workload.h` in Rust, step by step; what and why is said
//! there.

use crate::sequence::Sequence;
use std::{fs, hint::black_box, process, sync::Barrier, thread, time::Instant};

pub type Key = [u8; 16];
pub type Value = [u8; 64];

pub trait Contestant: Sync {
    /// A cache with room for `work.room` entries.
    fn new(work: &Work) -> Self;
    /// Copies the value out, as the caller keeps it; whether it was there.
    fn get(&self, key: &Key, value: &mut Value) -> bool;
    /// Copies the value in.
    fn put(&self, key: &Key, value: &Value);
    fn version() -> &'static str;
}

/// A contestant that gets many keys at once.
pub trait Batches: Contestant {
    type Batch: Default;

    /// Copies the values out; how many were there.
    fn get_many(&self, keys: &[Key], batch: &mut Self::Batch) -> usize;
}

pub struct Work {
    pub name: String,
    pub keys: u32,
    pub room: usize,
    pub threads: usize,
    pub seconds: f64,
    pub sequence: String,
}

const BATCH: usize = 100;
const BLOCK: usize = 64 * BATCH;
const SET: u32 = 1 << 31;

pub fn run<C: Contestant>(work: &Work) {
    match work.name.as_str() {
        "W1" => all_hits::<C>(work),
        "W2" => mixed::<C>(work),
        "W4" => weight::<C>(work),
        other => fail(&format!("unknown work {other}")),
    }
}

fn all_hits<C: Contestant>(work: &Work) {
    let sequence = Sequence::open(&work.sequence);
    let ids = sequence.ids();
    let cache: C = filled(work);
    hits::<C>(work, ids, |position| {
        let mut value = [0; 64];
        let mut found = 0;
        for i in position..position + BLOCK {
            found += usize::from(cache.get(&key_of(ids[i & (ids.len() - 1)]), &mut value));
            black_box(&value);
        }
        found
    });
}

/// W1-batch: W1 in batches.
pub fn batches<C: Batches>(work: &Work) {
    let sequence = Sequence::open(&work.sequence);
    let ids = sequence.ids();
    let cache: C = filled(work);
    hits::<C>(work, ids, |position| {
        let mut keys = [[0; 16]; BATCH];
        let mut batch = C::Batch::default();
        let mut found = 0;
        for start in (position..position + BLOCK).step_by(BATCH) {
            for (i, key) in keys.iter_mut().enumerate() {
                *key = key_of(ids[(start + i) & (ids.len() - 1)]);
            }
            found += cache.get_many(&keys, &mut batch);
            black_box(&batch);
        }
        found
    });
}

/// Times a block that gets keys which are all there.
fn hits<C: Contestant>(work: &Work, ids: &[u32], block: impl Fn(usize) -> usize + Sync) {
    let block = |position| {
        if block(position) != BLOCK {
            fail("an entry was lost");
        }
    };
    (0..ids.len()).step_by(BLOCK).for_each(block);
    report::<C>(operations_per_second(work, ids.len(), block), 1.0);
}

fn mixed<C: Contestant>(work: &Work) {
    let sequence = Sequence::open(&work.sequence);
    let ids = sequence.ids();
    let cache = C::new(work);
    let set = |id: u32| {
        let key = key_of(id);
        cache.put(&key, &value_of(&key));
    };
    let (mut gets, mut hits) = (0, 0);
    for (i, &id) in ids.iter().enumerate() {
        if id & SET != 0 {
            set(id & !SET);
        } else {
            let hit = checked_get(&cache, id);
            if i < ids.len() / 2 {
                continue;
            }
            gets += 1;
            hits += usize::from(hit);
        }
    }
    let rate = operations_per_second(work, ids.len(), |position| {
        let mut value = [0; 64];
        for i in position..position + BLOCK {
            let id = ids[i & (ids.len() - 1)];
            if id & SET != 0 {
                set(id & !SET);
            } else {
                cache.get(&key_of(id), &mut value);
                black_box(&value);
            }
        }
    });
    report::<C>(rate, hits as f64 / f64::from(gets));
}

fn weight<C: Contestant>(work: &Work) {
    let before = resident_bytes();
    let cache = C::new(work);
    fill(&cache, work);
    let held = resident_bytes() - before;
    if !(0..work.keys).all(|id| checked_get(&cache, id)) {
        fail("an entry is missing although there is room");
    }
    let (version, bytes) = (C::version(), held / f64::from(work.keys));
    println!(r#"{{"version": "{version}", "bytes": {bytes:.2}}}"#);
}

fn filled<C: Contestant>(work: &Work) -> C {
    let cache = C::new(work);
    fill(&cache, work);
    if !(0..work.keys).all(|id| checked_get(&cache, id)) {
        fail("an entry is missing although there is room");
    }
    cache
}

fn fill<C: Contestant>(cache: &C, work: &Work) {
    for key in (0..work.keys).map(key_of) {
        cache.put(&key, &value_of(&key));
    }
}

fn checked_get<C: Contestant>(cache: &C, id: u32) -> bool {
    let key = key_of(id);
    let mut value = [0; 64];
    let found = cache.get(&key, &mut value);
    if found && value != value_of(&key) {
        fail("a wrong value came back");
    }
    found
}

fn operations_per_second(work: &Work, size: usize, block: impl Fn(usize) + Sync) -> f64 {
    let start = Barrier::new(work.threads);
    let run = |thread: usize| {
        let mut position = size / work.threads * thread;
        let mut done = 0;
        start.wait();
        let begin = Instant::now();
        loop {
            block(position);
            position += BLOCK;
            done += BLOCK;
            let elapsed = begin.elapsed().as_secs_f64();
            if elapsed >= work.seconds {
                return done as f64 / elapsed;
            }
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..work.threads)
            .map(|t| scope.spawn(move || run(t)))
            .collect();
        let own = run(0);
        own + others
            .into_iter()
            .map(|other| other.join().unwrap())
            .sum::<f64>()
    })
}

fn report<C: Contestant>(rate: f64, hit: f64) {
    let (version, ns, mops) = (C::version(), 1e9 / rate, rate / 1e6);
    println!(r#"{{"version": "{version}", "ns": {ns:.3}, "mops": {mops:.4}, "hit": {hit:.6}}}"#);
}

pub fn resident_bytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0
}

#[inline]
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d049bb133111eb);
    x ^ (x >> 31)
}

#[inline]
pub fn key_of(id: u32) -> Key {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&mix(u64::from(id).wrapping_add(0x9e3779b97f4a7c15)).to_ne_bytes());
    key[8..].copy_from_slice(&mix(u64::from(id).wrapping_add(0x3c6ef372fe94f82a)).to_ne_bytes());
    key
}

#[inline]
fn value_of(key: &Key) -> Value {
    let first = u64::from_ne_bytes(key[..8].try_into().unwrap());
    let mut value = [0; 64];
    for (i, word) in value.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&first.wrapping_add(i as u64).to_ne_bytes());
    }
    value
}

/// The version that Cargo.toml pins, behind these words.
pub fn pinned(words: &str) -> &'static str {
    let pin = include_str!("../Cargo.toml").split(words).nth(1);
    pin.and_then(|rest| rest.split('"').next()).unwrap()
}

pub fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1)
}
