//! Handles and values: who owns what, on any thread and in any order.

mod common;

use brisk::{Batch, Begin, Cache, Error, Event, Keys, Lease, LoadError, Runtime, Value, Waited};
use brisk::{Completions, Limiter, TaskError, TaskHandle, Token, Workers};
use brisk::{ModuleInfo, ModuleReport, Modules};
use common::{cache, keys, noise};
use std::collections::HashSet;
use std::mem::size_of;
use std::thread;

/// Compiles for what may go to other threads, and be used from them.
fn shared<T: Send + Sync + Clone + 'static>() {}
fn sent<T: Send + 'static>() {}

#[test]
fn go_to_other_threads() {
    shared::<Cache>();
    shared::<Runtime>();
    shared::<Value>();
    shared::<Lease>();
    shared::<Error>();
    shared::<LoadError<Error>>();
    shared::<Event>();
    shared::<Batch>();
    shared::<brisk::CacheBuilder>();
    shared::<brisk::RuntimeBuilder>();
    sent::<Keys>();
    shared::<Workers>();
    shared::<Token>();
    shared::<Completions>();
    shared::<Limiter>();
    shared::<brisk::Interner>();
    shared::<Modules>();
    shared::<ModuleReport>();
    shared::<ModuleInfo<'static>>();
    sent::<brisk::Module<'static>>();
    sent::<TaskHandle<std::cell::Cell<u8>, Error>>();
    sent::<TaskError<Error>>();
}

#[test]
fn are_small_and_have_room_for_none() {
    assert_eq!(size_of::<Option<Cache>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Runtime>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Lease>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Value>>(), 3 * size_of::<usize>());
}

#[test]
fn a_clone_is_the_same_object() {
    let one = cache();
    let other = one.clone();
    one.put("key", "value").unwrap();
    drop(one);
    assert_eq!(other.get("key").unwrap().unwrap(), "value");
}

#[test]
fn may_be_dropped_in_any_order() {
    // All orders of seven handles would be 5040; each handle is first, and last, in one of these.
    for turn in 0..7 {
        let runtime = Runtime::builder().build().unwrap();
        let cache = Cache::builder().runtime(&runtime).build().unwrap();
        let large = vec![b'x'; 100_000];
        cache.put("key", "value").unwrap();
        cache.put("large", &large).unwrap();
        let value = cache.get("key").unwrap().unwrap();
        let unpacked = cache.get("large").unwrap().unwrap();
        let walk = cache.keys().unwrap();
        let Begin::Lead(lead) = cache.begin("missing").unwrap() else {
            panic!("nobody loads");
        };
        let Begin::Wait(waiter) = cache.begin("missing").unwrap() else {
            panic!("the load has begun");
        };
        let mut ends: Vec<Box<dyn FnOnce()>> = vec![
            Box::new(move || drop(runtime)),
            Box::new(move || drop(cache)),
            Box::new(move || assert!(walk.count() >= 2)),
            Box::new(move || drop(lead.complete("found").unwrap())),
            Box::new(move || drop(waiter.wait(std::time::Duration::ZERO).unwrap())),
            Box::new(move || assert_eq!(value, "value")),
            Box::new(move || assert_eq!(unpacked, large)),
        ];
        ends.rotate_left(turn);
        ends.into_iter().for_each(|end| end());
    }
}

#[test]
fn keep_alive_what_they_need() {
    let cache = cache();
    let Begin::Lead(lead) = cache.begin("key").unwrap() else {
        panic!("nobody loads");
    };
    let Begin::Wait(waiter) = cache.begin("key").unwrap() else {
        panic!("the load has begun");
    };
    drop(cache);
    assert_eq!(lead.complete("value").unwrap(), "value");
    drop(lead);
    assert!(matches!(waiter.wait(None).unwrap(), Waited::Value(value) if value == "value"));
}

#[test]
fn are_released_when_they_are_dropped() {
    let runtime = Runtime::builder().build().unwrap();
    let caches = || runtime.stats().unwrap().caches;
    let cache = Cache::builder().runtime(&runtime).build().unwrap();
    cache.put("key", noise(10_000, 1)).unwrap();
    let value = cache.get("key").unwrap().unwrap();
    let copy = value.clone();
    cache.erase("key").unwrap();
    drop(value);
    assert!(cache.stats().unwrap().pinned_bytes >= 10_000);
    drop(copy);
    assert_eq!(cache.stats().unwrap().pinned_bytes, 0);

    let walk = cache.keys().unwrap();
    let Begin::Lead(lead) = cache.begin("missing").unwrap() else {
        panic!("nobody loads");
    };
    drop(cache.clone());
    drop(cache);
    assert_eq!(caches(), 1);
    drop(walk);
    assert_eq!(caches(), 1);
    drop(lead);
    assert_eq!(caches(), 0);
}

#[test]
fn may_be_cloned_and_dropped_by_many_threads() {
    let cache = cache();
    cache.put("key", "value").unwrap();
    let value = cache.get("key").unwrap().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    let (mine, copy) = (cache.clone(), value.clone());
                    assert_eq!(mine.get("key").unwrap().unwrap(), copy);
                }
            });
        }
    });
}

#[test]
fn may_be_used_by_many_threads_at_once() {
    let cache = Cache::builder()
        .capacity("1 MiB")
        .event_capacity(64)
        .build()
        .unwrap();
    let value = |key: u64| noise(1 + key as usize * 37 % 3000, key);
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (cache, value) = (&cache, &value);
            scope.spawn(move || {
                let mut buffer = Vec::new();
                let mut batch = Batch::new();
                for round in 0..2000 {
                    let key = (round * 7 + thread * 13) % 500;
                    let name = key.to_ne_bytes();
                    match round % 8 {
                        0 | 1 => drop(cache.put(name, value(key)).unwrap()),
                        2 => drop(cache.erase(name).unwrap()),
                        3 => {
                            cache.read_many([name, name], &mut batch).unwrap();
                            for found in batch.iter().flatten() {
                                assert_eq!(found, value(key));
                            }
                        }
                        4 if cache.read(name, &mut buffer).unwrap() => {
                            assert_eq!(buffer, value(key));
                        }
                        5 => drop(cache.next_event().unwrap()),
                        6 if round % 100 == 6 => drop(keys(cache)),
                        _ => {
                            if let Some(found) = cache.get(name).unwrap() {
                                assert_eq!(found, value(key));
                            }
                        }
                    }
                }
            });
        }
    });
    let stats = cache.stats().unwrap();
    assert!(stats.held_bytes <= stats.capacity_bytes, "{stats:?}");
}

#[test]
fn values_are_slices() {
    let cache = cache();
    cache.put("key", b"va\"l\0ue").unwrap();
    let value = cache.get("key").unwrap().unwrap();
    assert_eq!(value.len(), 7);
    assert_eq!(&value[..2], b"va");
    assert_eq!(format!("{value:?}"), r#"b"va\"l\x00ue""#);
    assert_eq!(value, value.clone());
    assert_eq!(value, value.to_vec());
    assert_ne!(value, b"other");
    assert_eq!(
        value.clone().as_ptr(),
        value.as_ptr(),
        "a clone copies nothing"
    );
    let set = HashSet::from([value.clone()]);
    assert!(set.contains(&b"va\"l\0ue"[..]));
}

#[test]
fn values_stay_when_their_entry_goes() {
    let cache = cache();
    let put_and_get = |value| {
        cache.put("key", value).unwrap();
        cache.get("key").unwrap().unwrap()
    };
    let erased = put_and_get("erased");
    cache.erase("key").unwrap();
    let replaced = put_and_get("replaced");
    let cleared = put_and_get("cleared");
    cache.clear().unwrap();
    let closed = put_and_get("closed");
    cache.close().unwrap();
    let orphan = closed.clone();
    drop((cache, closed));
    assert_eq!(erased, "erased");
    assert_eq!(replaced, "replaced");
    assert_eq!(cleared, "cleared");
    assert_eq!(orphan, "closed");
}
