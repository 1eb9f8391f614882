//! Many keys in one call, and walks.

mod common;

use brisk::{Batch, Cause, ErrorKind, Ttl, KEY_SIZE_MAX};
use common::{cache, fails, keys, manual, noise};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

#[test]
fn take_any_collection() {
    let cache = cache();
    assert_eq!(cache.put_many([("a", "1"), ("b", "2")]).unwrap(), 2);
    let map = BTreeMap::from([(String::from("c"), vec![b'3'])]);
    assert_eq!(cache.put_many(&map).unwrap(), 1);
    let generated = (0..3_u8).map(|i| ([i], [i; 9]));
    assert_eq!(cache.put_many(generated).unwrap(), 3);

    let found = cache.get_many(["a", "x", "c"]).unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].as_deref(), Some(&b"1"[..]));
    assert!(found[1].is_none());
    assert_eq!(found[2].as_ref().unwrap(), "3");
    let found = cache.get_many(VecDeque::from([vec![0], vec![2]])).unwrap();
    assert!(found.iter().all(Option::is_some));

    let mut batch = Batch::new();
    cache.read_many((0..4_u8).map(|i| [i]), &mut batch).unwrap();
    assert_eq!(batch.len(), 4);
    assert_eq!(batch.iter().flatten().count(), 3);
    assert_eq!(batch.iter().len(), 4);
    assert_eq!((&batch).into_iter().last(), Some(None));
}

#[test]
fn may_be_empty_and_hold_any_bytes() {
    let cache = cache();
    let mut batch = Batch::new();
    assert_eq!(cache.put_many::<&str, &str>([]).unwrap(), 0);
    assert!(cache.get_many::<&str>([]).unwrap().is_empty());
    cache.read_many::<&str>([], &mut batch).unwrap();
    assert!(batch.is_empty());
    assert_eq!(batch.iter().next(), None);

    let entries: [(&[u8], &[u8]); 3] = [(b"", b"empty key"), (b"a\0b", b"\0"), (b"empty", b"")];
    assert_eq!(cache.put_many(entries).unwrap(), 3);
    cache
        .read_many(entries.map(|(key, _)| key), &mut batch)
        .unwrap();
    let pinned = cache.get_many(entries.map(|(key, _)| key)).unwrap();
    for (((_, value), pinned), copied) in entries.iter().zip(&pinned).zip(&batch) {
        assert_eq!(pinned.as_ref().unwrap(), value);
        assert_eq!(copied, Some(*value));
    }
}

#[test]
fn are_read_into_memory_that_grows_and_stays() {
    let cache = cache();
    let value = |i: usize| noise(if i % 7 == 0 { 40_000 } else { i }, i as u64);
    let names: Vec<String> = (0..300).map(|i| format!("key {i}")).collect();
    for (i, name) in names.iter().enumerate().filter(|(i, _)| i % 5 != 0) {
        cache.put(name, value(i)).unwrap();
    }
    let mut batch = Batch::new();
    for _ in 0..2 {
        cache.read_many(&names, &mut batch).unwrap();
        assert_eq!(batch.len(), names.len());
        for (i, found) in batch.iter().enumerate() {
            assert_eq!(found, (i % 5 != 0).then(|| value(i)).as_deref(), "{i}");
        }
    }
    cache.read_many(["key 1", "key 2"], &mut batch).unwrap();
    assert_eq!(batch.iter().flatten().map(<[u8]>::len).sum::<usize>(), 3);
}

#[test]
fn store_nothing_when_a_key_is_too_large() {
    let cache = cache();
    let long = vec![b'k'; KEY_SIZE_MAX + 1];
    let entries: [(&[u8], &[u8]); 3] = [(b"a", b"1"), (&long, b"2"), (b"c", b"3")];
    let error = fails(cache.put_many(entries), ErrorKind::TooLarge);
    assert!(error.message().contains("65536"), "{error}");
    assert!(keys(&cache).is_empty());
    // Never written to, so that it takes no memory.
    let huge = vec![0; brisk::VALUE_SIZE_MAX + 1];
    let entries: [(&[u8], &[u8]); 2] = [(b"a", b"1"), (b"b", &huge)];
    let error = fails(cache.put_many(entries), ErrorKind::TooLarge);
    assert!(error.message().contains("2147483648"), "{error}");
    assert!(keys(&cache).is_empty());
    fails(cache.get_many([&long]), ErrorKind::TooLarge);
    let mut batch = Batch::new();
    fails(cache.read_many([&long], &mut batch), ErrorKind::TooLarge);
    assert!(batch.is_empty());
}

#[test]
fn have_a_lifetime() {
    let runtime = manual();
    let cache = brisk::Cache::builder().runtime(&runtime).build().unwrap();
    let second = Duration::from_secs(1);
    cache
        .put_many_with_ttl([("a", "1"), ("b", "2")], second)
        .unwrap();
    cache.put_many_with_ttl([("c", "3")], Ttl::Forever).unwrap();
    runtime.advance(2 * second).unwrap();
    assert_eq!(keys(&cache), [b"c"]);
}

#[test]
fn stop_at_the_first_entry_without_room() {
    let cache = brisk::Cache::builder().capacity(256 << 10).build().unwrap();
    let mut pins = Vec::new();
    for i in 0..200_u8 {
        let values = [
            ([i, 0], noise(10_000, i.into())),
            ([i, 1], noise(10_000, 7)),
        ];
        let stored = cache.put_many(values).unwrap();
        if stored < 2 {
            assert!(!cache.contains([i, 1]).unwrap());
            return;
        }
        pins.push(cache.get_many([[i, 0], [i, 1]]).unwrap());
    }
    panic!("{} pairs of 10000 bytes in 256 KiB", pins.len());
}

#[test]
fn keys_are_walked_once_each_while_the_cache_changes() {
    let cache = cache();
    let long = vec![b'k'; KEY_SIZE_MAX];
    cache
        .put_many((0..1000_u32).map(|i| (i.to_be_bytes(), "")))
        .unwrap();
    cache.put(&long, "").unwrap();
    let mut seen = Vec::new();
    for (i, key) in cache.keys().unwrap().enumerate() {
        cache.put(format!("new {i}"), "").unwrap();
        seen.push(key.unwrap());
    }
    seen.retain(|key| !key.starts_with(b"new "));
    seen.sort();
    assert_eq!(seen.pop(), Some(long));
    let all: Vec<_> = (0..1000_u32).map(|i| i.to_be_bytes().to_vec()).collect();
    assert_eq!(seen, all);
}

#[test]
fn keys_end_for_good_after_an_error() {
    let cache = cache();
    cache.put_many([("a", ""), ("b", "")]).unwrap();
    let mut walk = cache.keys().unwrap();
    assert!(walk.next().unwrap().is_ok());
    cache.close().unwrap();
    fails(walk.next().unwrap(), ErrorKind::Closed);
    assert!(walk.next().is_none());
}

#[test]
fn events_say_what_left_and_why() {
    let runtime = manual();
    let builder = brisk::Cache::builder()
        .runtime(&runtime)
        .event_capacity(100);
    let cache = builder
        .max_entries(2)
        .policy(brisk::Policy::Lru)
        .build()
        .unwrap();
    assert_eq!(cache.next_event().unwrap(), None);
    let long = vec![b'k'; 1000];
    cache.put(&long, "1").unwrap();
    cache.put(&long, "2").unwrap();
    cache.erase(&long).unwrap();
    cache.put_many([("a", ""), ("b", ""), ("c", "")]).unwrap();
    cache.put_with_ttl("c", "", Duration::from_secs(1)).unwrap();
    runtime.advance(Duration::from_secs(2)).unwrap();

    let first = cache.next_event().unwrap().unwrap();
    assert_eq!((first.key, first.cause), (long.clone(), Cause::Replaced));
    let rest: Vec<_> = cache.events().map(|event| event.unwrap()).collect();
    let rest: Vec<_> = rest
        .iter()
        .map(|event| (&event.key[..], event.cause))
        .collect();
    let expected: [(&[u8], _); 4] = [
        (&long, Cause::Erased),
        (b"a", Cause::Capacity),
        (b"c", Cause::Replaced),
        (b"c", Cause::Expired),
    ];
    assert_eq!(rest, expected);
    assert_eq!(cache.events().count(), 0);
    cache.close().unwrap();
    let mut events = cache.events();
    fails(events.next().unwrap(), ErrorKind::Closed);
    assert!(events.next().is_none());
}
