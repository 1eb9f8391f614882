//! The contestants in Rust: SHAPE WORK KEYS ROOM THREADS SECONDS [SEQUENCE [RECORDS]], one line of JSON out,
//! or SHAPE trace FILE THREADS ENTRIES..., a line for each number of entries.
//!
//! The shape is `brisk`, `moka`, or one of quick_cache: `inline` holds arrays of 64 bytes, the
//! cheapest that this cache knows (no allocation at a set, one copy at a get, a size fixed when the
//! program is compiled), `boxed` holds values of any size, as brisk does. Bounded in bytes, both hold
//! values of any size, and `boxed` counts what they take beside those bytes.

mod brisk;
mod moka;
mod quick_cache;
mod readthrough;
mod replay;
mod sequence;
mod workload;

use std::env;
use workload::{fail, Value, Work};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [shape, work, trace @ ..] if shape == "moka" && work == "trace" => {
            return replay::run::<::moka::sync::Cache<u64, u64>>(trace);
        }
        [shape, work, trace @ ..] if shape == "inline" && work == "trace" => {
            return replay::run::<::quick_cache::sync::Cache<u64, u64>>(trace);
        }
        _ => {}
    }
    let [shape, name, keys, room, threads, seconds, sequence @ ..] = arguments.as_slice() else {
        fail("usage: SHAPE WORK KEYS ROOM THREADS SECONDS [SEQUENCE [RECORDS]]")
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
        "brisk" if work.name == "W1-batch" => workload::batches::<brisk::Brisk>(&work),
        "brisk" => workload::run::<brisk::Brisk>(&work),
        "moka" => workload::run::<moka::Moka>(&work),
        "inline" | "boxed" if work.name == "W3" => match (shape.as_str(), sequence.get(1)) {
            (_, None) => fail("W3 needs a file of records"),
            ("inline", Some(records)) => readthrough::run::<quick_cache::Bytes<0>>(&work, records),
            (_, Some(records)) => {
                readthrough::run::<quick_cache::Bytes<{ quick_cache::BESIDE }>>(&work, records)
            }
        },
        "inline" => workload::run::<quick_cache::QuickCache<Value>>(&work),
        "boxed" => workload::run::<quick_cache::QuickCache<Box<[u8]>>>(&work),
        other => fail(&format!("unknown shape {other}")),
    }
}
