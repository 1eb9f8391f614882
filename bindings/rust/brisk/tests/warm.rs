//! Warming: what is asked for most is found, loaded, and outlives the cache.

mod common;

use brisk::{Begin, Cache, ErrorKind};
use common::{cache, fails, manual, workers, Folder, SECOND};
use std::convert::Infallible;
use std::sync::Barrier;

fn ask(cache: &Cache, keys: &[(&str, usize)]) {
    for (key, times) in keys {
        for _ in 0..*times {
            cache.get(key).unwrap();
        }
    }
}

fn listed(cache: &Cache) -> Vec<(String, u64)> {
    let hottest = cache.hot_keys(usize::MAX).unwrap();
    let texts = hottest
        .into_iter()
        .map(|hot| (String::from_utf8(hot.key).unwrap(), hot.lookups));
    texts.collect()
}

fn doubled(key: &[u8]) -> Result<Vec<u8>, Infallible> {
    Ok(key.repeat(2))
}

#[test]
fn counts_every_lookup() {
    let cache = cache();
    assert_eq!(listed(&cache), []);
    let long = "k".repeat(300);
    ask(&cache, &[("a", 2), ("b", 3), (&long, 1)]);
    let all = [("b".to_owned(), 3), ("a".to_owned(), 2), (long, 1)];
    assert_eq!(listed(&cache), all);
    assert_eq!(cache.hot_keys(1).unwrap().len(), 1);
}

#[test]
fn keeps_as_many_as_it_is_told() {
    let few = Cache::builder().hot_keys(2).build().unwrap();
    ask(&few, &[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    assert_eq!(listed(&few).len(), 2);
    let none = Cache::builder().hot_keys(u64::MAX).build().unwrap();
    ask(&none, &[("a", 1)]);
    assert_eq!(listed(&none), []);
}

#[test]
fn loads_the_hottest_that_are_missing() {
    let cache = cache();
    cache.put("there", "value").unwrap();
    ask(&cache, &[("there", 5), ("a", 4), ("b", 3), ("c", 2)]);
    assert_eq!(cache.warm(3, doubled).unwrap(), 2);
    assert_eq!(cache.get("a").unwrap().unwrap(), "aa");
    assert_eq!(cache.get("there").unwrap().unwrap(), "value");
    assert!(!cache.contains("c").unwrap());
    assert_eq!(cache.warm(20, doubled).unwrap(), 1);
    assert_eq!(cache.warm(20, doubled).unwrap(), 0);
}

#[test]
fn passes_over_what_fails_or_is_loaded_elsewhere() {
    let cache = cache();
    ask(&cache, &[("a", 3), ("b", 2), ("c", 1)]);
    let Begin::Lead(lead) = cache.begin("b").unwrap() else {
        panic!("nobody leads yet");
    };
    let loaded = cache.warm(20, |key| match key {
        b"a" => Err("not this one"),
        key => Ok(key.to_vec()),
    });
    assert_eq!(loaded.unwrap(), 1);
    assert_eq!(cache.stats().unwrap().load_failures, 1);
    assert_eq!(lead.complete("theirs").unwrap(), "theirs");
}

#[test]
fn goes_on_where_the_cache_is_closed_meanwhile() {
    let closes = |cache: &Cache, key: &[u8]| {
        cache.close().unwrap();
        doubled(key)
    };
    for workers in [None, Some(workers(1))] {
        let cache = cache();
        ask(&cache, &[("a", 2), ("b", 1)]);
        let loaded = match workers {
            None => cache.warm(20, |key| closes(&cache, key)),
            Some(workers) => cache.warm_on(&workers, 20, |key| closes(&cache, key)),
        };
        assert_eq!(loaded.unwrap(), 0);
        fails(cache.warm(20, doubled), ErrorKind::Closed);
    }
}

#[test]
fn loads_anew_what_is_stale() {
    let clock = manual();
    let cache = Cache::builder()
        .ttl(10 * SECOND)
        .stale(100 * SECOND)
        .stale_if_error(100 * SECOND)
        .runtime(&clock)
        .build()
        .unwrap();
    cache.put_many([("a", "old"), ("b", "old")]).unwrap();
    ask(&cache, &[("a", 2), ("b", 1)]);
    clock.advance(11 * SECOND).unwrap();
    let loaded = cache.warm(20, |key| match key {
        b"a" => Ok("new"),
        _ => Err("not this one"),
    });
    assert_eq!(loaded.unwrap(), 1);
    assert_eq!(cache.get("a").unwrap().unwrap(), "new");
}

#[test]
fn loads_on_workers_at_once() {
    let cache = cache();
    ask(&cache, &[("a", 1), ("b", 1), ("c", 1)]);
    let together = Barrier::new(3);
    let loaded = cache.warm_on(&workers(3), 20, |key| {
        together.wait();
        if key == b"c" {
            panic!("passed over as well");
        }
        doubled(key)
    });
    assert_eq!(loaded.unwrap(), 2);
    assert!(!cache.contains("c").unwrap());
}

#[test]
fn outlives_the_cache_in_a_file() {
    let folder = Folder::new();
    let file = folder.path().join("hot");
    let first = cache();
    assert_eq!(first.restore_hot(&file).unwrap(), 0);
    ask(&first, &[("a", 3), ("b", 1)]);
    first.save_hot(&file).unwrap();
    let next = cache();
    assert_eq!(next.restore_hot(&file).unwrap(), 2);
    assert_eq!(listed(&next), listed(&first));

    let mut bytes = std::fs::read(&file).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let error = fails(next.restore_hot(&file), ErrorKind::Invalid);
    assert!(error.message().contains("damaged"), "{error}");
    assert!(error.message().contains(file.to_str().unwrap()), "{error}");
    fails(next.save_hot(file.join("no")), ErrorKind::Invalid);
}
