//! The contestant quick_cache: `../workload.h` in Rust, step by step; what and why is said there.
//!
//! The first argument is the shape of the values. `inline` holds arrays of 64 bytes, the cheapest
//! that this cache knows: no allocation at a set, one copy at a get, a size fixed when the program
//! is compiled. `boxed` holds values of any size, as brisk does.
use quick_cache::sync::Cache;
use std::{env, fs, hint::black_box, process, sync::Barrier, thread, time::Instant};

type Key = [u8; 16];
type Value = [u8; 64];

trait Shape: From<Value> + AsRef<[u8]> + Clone + Send + Sync {}
impl Shape for Value {}
impl Shape for Box<[u8]> {}

const BLOCK: usize = 6400;
const SET: u32 = 1 << 31;

#[inline]
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d049bb133111eb);
    x ^ (x >> 31)
}

#[inline]
fn key_of(id: u32) -> Key {
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

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1)
}

struct Sequence(memmap2::Mmap);

impl Sequence {
    fn open(path: &str) -> Self {
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
    fn ids(&self) -> &[u32] {
        // SAFETY: a mapping is aligned to a page, and every bit pattern is a u32.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() / 4) }
    }
}

struct Work {
    name: String,
    keys: u32,
    room: usize,
    threads: usize,
    seconds: f64,
    sequence: String,
}

impl Work {
    fn cache<V: Shape>(&self) -> Cache<Key, V> {
        Cache::new(self.room)
    }

    fn fill<V: Shape>(&self, cache: &Cache<Key, V>) {
        for key in (0..self.keys).map(key_of) {
            cache.insert(key, value_of(&key).into());
        }
    }
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
        run(0)
            + others
                .into_iter()
                .map(|other| other.join().unwrap())
                .sum::<f64>()
    })
}

fn resident_bytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0
}

fn checked_get<V: Shape>(cache: &Cache<Key, V>, id: u32) -> bool {
    let key = key_of(id);
    match cache.get(&key) {
        Some(value) if value.as_ref() != value_of(&key) => fail("a wrong value came back"),
        found => found.is_some(),
    }
}

fn report(rate: f64, hit: f64) {
    let (ns, mops) = (1e9 / rate, rate / 1e6);
    println!(
        r#"{{"version": "{}", "ns": {ns:.3}, "mops": {mops:.4}, "hit": {hit:.6}}}"#,
        version()
    );
}

/// The version that Cargo.toml pins.
fn version() -> &'static str {
    let pin = include_str!("../Cargo.toml")
        .split("quick_cache = \"=")
        .nth(1);
    pin.and_then(|rest| rest.split('"').next()).unwrap()
}

fn all_hits<V: Shape>(work: &Work) {
    let sequence = Sequence::open(&work.sequence);
    let ids = sequence.ids();
    let cache: Cache<Key, V> = work.cache();
    work.fill(&cache);
    if !(0..work.keys).all(|id| checked_get(&cache, id)) {
        fail("an entry is missing although there is room");
    }
    let block = |position: usize| {
        let mut buffer: Value = [0; 64];
        let mut found = 0;
        for i in position..position + BLOCK {
            if let Some(value) = cache.get(&key_of(ids[i & (ids.len() - 1)])) {
                buffer.copy_from_slice(value.as_ref());
                found += 1;
            }
            black_box(&buffer);
        }
        if found != BLOCK {
            fail("an entry was lost");
        }
    };
    (0..ids.len()).step_by(BLOCK).for_each(block);
    report(operations_per_second(work, ids.len(), block), 1.0);
}

fn mixed<V: Shape>(work: &Work) {
    let sequence = Sequence::open(&work.sequence);
    let ids = sequence.ids();
    let cache: Cache<Key, V> = work.cache();
    let set = |id: u32| {
        let key = key_of(id);
        cache.insert(key, value_of(&key).into());
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
        let mut buffer: Value = [0; 64];
        for i in position..position + BLOCK {
            let id = ids[i & (ids.len() - 1)];
            if id & SET != 0 {
                set(id & !SET);
            } else {
                if let Some(value) = cache.get(&key_of(id)) {
                    buffer.copy_from_slice(value.as_ref());
                }
                black_box(&buffer);
            }
        }
    });
    report(rate, hits as f64 / f64::from(gets));
}

fn weight<V: Shape>(work: &Work) {
    let before = resident_bytes();
    let cache: Cache<Key, V> = work.cache();
    work.fill(&cache);
    let held = resident_bytes() - before;
    if !(0..work.keys).all(|id| checked_get(&cache, id)) {
        fail("an entry is missing although there is room");
    }
    let bytes = held / f64::from(work.keys);
    println!(r#"{{"version": "{}", "bytes": {bytes:.2}}}"#, version());
}

fn run<V: Shape>(work: &Work) {
    match work.name.as_str() {
        "W1" => all_hits::<V>(work),
        "W2" => mixed::<V>(work),
        "W4" => weight::<V>(work),
        other => fail(&format!("unknown work {other}")),
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [shape, name, keys, room, threads, seconds, sequence @ ..] = arguments.as_slice() else {
        fail("usage: SHAPE WORK KEYS ROOM THREADS SECONDS [SEQUENCE]")
    };
    let work = Work {
        name: name.clone(),
        keys: keys.parse().unwrap(),
        room: room.parse().unwrap(),
        threads: threads.parse().unwrap(),
        seconds: seconds.parse().unwrap(),
        sequence: sequence.first().cloned().unwrap_or_default(),
    };
    match shape.as_str() {
        "inline" => run::<Value>(&work),
        "boxed" => run::<Box<[u8]>>(&work),
        other => fail(&format!("unknown shape {other}")),
    }
}
