//! One entry at a time.

mod common;

use brisk::{Compression, ErrorKind, Policy, Ttl};
use common::{cache, fails, keys, manual, noise};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn are_put_and_got() {
    let cache = cache();
    assert!(cache.get("key").unwrap().is_none());
    assert!(cache.put("key", "value").unwrap());
    assert_eq!(cache.get("key").unwrap().unwrap(), "value");
    assert!(cache.put("key", "other").unwrap());
    assert_eq!(cache.get("key").unwrap().unwrap(), "other");
    assert_eq!(cache.pin("key").unwrap().unwrap(), "other");
    assert!(cache.pin("missing").unwrap().is_none());
}

#[test]
fn have_any_bytes_of_any_type() {
    let cache = cache();
    cache.put(b"a\0b\xff", [0, 0, b'c']).unwrap();
    cache.put("a", "not this one").unwrap();
    cache.put("", "empty key").unwrap();
    cache.put(String::from("empty value"), Vec::new()).unwrap();
    assert_eq!(cache.get(b"a\0b\xff").unwrap().unwrap(), b"\0\0c");
    assert_eq!(cache.get([]).unwrap().unwrap(), "empty key");
    assert_eq!(cache.get(&b"empty value"[..]).unwrap().unwrap(), "");
    let value = cache.get("a").unwrap().unwrap();
    cache.put(&value, &value).unwrap();
    assert_eq!(cache.get("not this one").unwrap().unwrap(), value);
    cache.erase("not this one").unwrap();
    let all: [&[u8]; 4] = [b"", b"a", b"a\0b\xff", b"empty value"];
    assert_eq!(keys(&cache), all);
}

#[test]
fn come_back_as_they_were_when_compressed() {
    let cache = cache();
    let (text, bytes) = (vec![b'x'; 100_000], noise(100_000, 1));
    cache.put("text", &text).unwrap();
    cache.put("noise", &bytes).unwrap();
    assert_eq!(cache.get("text").unwrap().unwrap(), text);
    assert_eq!(cache.get("noise").unwrap().unwrap(), bytes);
    assert_eq!(cache.stats().unwrap().compressed_entries, 1);
}

#[test]
fn are_read_into_a_vector() {
    let cache = cache();
    let mut buffer = b"before".to_vec();
    assert!(!cache.read("missing", &mut buffer).unwrap());
    assert!(buffer.is_empty());
    for size in [0, 5, 64, 512, 513, 70_000, 3] {
        let value = noise(size, 2);
        cache.put("key", &value).unwrap();
        assert!(cache.read("key", &mut buffer).unwrap());
        assert_eq!(buffer, value);
        let mut fresh = Vec::new();
        assert!(cache.read("key", &mut fresh).unwrap());
        assert_eq!(fresh, value);
    }
    let place = buffer.as_ptr();
    assert!(cache.read("key", &mut buffer).unwrap());
    assert_eq!(buffer.as_ptr(), place, "the memory is used again");
}

#[test]
fn are_read_into_a_slice() {
    let cache = cache();
    cache.put("key", "value").unwrap();
    let mut buffer = *b"-------";
    assert_eq!(cache.read_into("missing", &mut buffer).unwrap(), None);
    assert_eq!(cache.read_into("key", &mut buffer[..4]).unwrap(), Some(5));
    assert_eq!(&buffer, b"-------", "nothing is written that does not fit");
    assert_eq!(cache.read_into("key", &mut buffer).unwrap(), Some(5));
    assert_eq!(&buffer, b"value--");
    assert_eq!(cache.read_into("key", &mut []).unwrap(), Some(5));
}

#[test]
fn are_found_touched_and_erased() {
    let cache = cache();
    cache.put("key", "value").unwrap();
    assert!(cache.contains("key").unwrap());
    assert!(cache.touch("key").unwrap());
    assert!(cache.erase("key").unwrap());
    assert!(!cache.contains("key").unwrap());
    assert!(!cache.touch("key").unwrap());
    assert!(!cache.erase("key").unwrap());
}

#[test]
fn are_erased_by_pattern_and_all_at_once() {
    let cache = cache();
    for key in ["user:1:a", "user:1:b", "user:2:a", "*"] {
        cache.put(key, key).unwrap();
    }
    assert_eq!(cache.erase_matching("user:1:*").unwrap(), 2);
    assert_eq!(cache.erase_matching("\\*").unwrap(), 1);
    assert_eq!(keys(&cache), [b"user:2:a"]);
    fails(cache.erase_matching("[a"), ErrorKind::Invalid);
    cache.clear().unwrap();
    assert!(keys(&cache).is_empty());
}

#[test]
fn live_as_long_as_they_are_told() {
    let runtime = manual();
    let builder = brisk::Cache::builder().runtime(&runtime);
    let cache = builder.ttl(10 * SECOND).build().unwrap();
    cache.put("cache's", "").unwrap();
    cache.put_with_ttl("own", "", SECOND).unwrap();
    cache.put_with_ttl("forever", "", Ttl::Forever).unwrap();
    cache.put_with_ttl("too long", "", Duration::MAX).unwrap();
    cache.put_with_ttl("none", "", Duration::ZERO).unwrap();
    runtime.advance(Duration::from_nanos(1)).unwrap();
    assert!(!cache.contains("none").unwrap());
    runtime.advance(2 * SECOND).unwrap();
    assert!(!cache.contains("own").unwrap());
    assert!(cache.contains("cache's").unwrap());
    cache.touch_with_ttl("cache's", 20 * SECOND).unwrap();
    runtime.advance(19 * SECOND).unwrap();
    assert!(cache.contains("cache's").unwrap());
    runtime
        .advance(Duration::from_secs(3600 * 24 * 365 * 500))
        .unwrap();
    let all: [&[u8]; 2] = [b"forever", b"too long"];
    assert_eq!(keys(&cache), all);
}

#[test]
fn die_of_idleness() {
    let runtime = manual();
    let builder = brisk::Cache::builder().runtime(&runtime);
    let cache = builder.idle(SECOND).build().unwrap();
    cache.put("used", "").unwrap();
    cache.put("idle", "").unwrap();
    for _ in 0..3 {
        runtime.advance(SECOND * 3 / 4).unwrap();
        assert!(cache.get("used").unwrap().is_some());
    }
    assert!(!cache.contains("idle").unwrap());
}

#[test]
fn go_by_the_settings() {
    let builder = brisk::Cache::builder()
        .capacity("1 MiB")
        .max_entries(2)
        .policy(Policy::Lru)
        .compression_level(3)
        .compression_threshold(64)
        .load_timeout(SECOND)
        .compression(Compression::Auto);
    let cache = builder.clone().build().unwrap();
    cache
        .put_many([("a", [0; 100]), ("b", [0; 100]), ("c", [0; 100])])
        .unwrap();
    assert_eq!(keys(&cache), [b"b", b"c"]);
    let stats = cache.stats().unwrap();
    assert_eq!(stats.capacity_bytes, 1 << 20);
    assert_eq!(stats.compressed_entries, 2);
    assert_eq!(stats.evicted_capacity, 1);
    assert_eq!(stats.puts, 3);

    let raw = builder.compression(Compression::Off).policy(Policy::S3Fifo);
    let raw = raw.max_entries(0).capacity(1 << 21).build().unwrap();
    raw.put("a", [0; 100]).unwrap();
    assert_eq!(raw.stats().unwrap().compressed_entries, 0);
    assert_eq!(raw.stats().unwrap().capacity_bytes, 1 << 21);
}

#[test]
fn find_their_cache_by_name() {
    let runtime = manual();
    let builder = || brisk::Cache::builder().runtime(&runtime).name(b"a\0b");
    let cache = builder().build().unwrap();
    cache.put("key", "value").unwrap();
    let found = brisk::Cache::find_in(&runtime, b"a\0b").unwrap().unwrap();
    assert_eq!(found.get("key").unwrap().unwrap(), "value");
    assert!(
        brisk::Cache::find(b"a\0b").unwrap().is_none(),
        "in another runtime"
    );
    fails(builder().build(), ErrorKind::Exists);
    cache.close().unwrap();
    assert!(brisk::Cache::find_in(&runtime, b"a\0b").unwrap().is_none());

    let named = brisk::Cache::builder()
        .name("tests/entries.rs")
        .build()
        .unwrap();
    named.put("key", "value").unwrap();
    let found = brisk::Cache::find("tests/entries.rs").unwrap().unwrap();
    assert!(found.contains("key").unwrap());
}

#[test]
fn without_room_are_refused() {
    let cache = brisk::Cache::builder().capacity(256 << 10).build().unwrap();
    let mut pins = Vec::new();
    for i in 0..200_u32 {
        let key = i.to_ne_bytes();
        if !cache.put(key, noise(20_000, i.into())).unwrap() {
            assert!(!cache.contains(key).unwrap());
            assert!(cache.stats().unwrap().refusals > 0);
            return;
        }
        pins.push(cache.get(key).unwrap());
    }
    panic!("{} values of 20000 bytes in 256 KiB", pins.len());
}

#[test]
fn without_room_to_unpack_are_misses_but_for_pin() {
    let cache = brisk::Cache::builder().capacity("4 MiB").build().unwrap();
    assert!(cache.put("packed", vec![b'a'; 1 << 20]).unwrap());
    let pins: Vec<_> = std::iter::from_fn(|| cache.get("packed").unwrap())
        .take(100)
        .collect();
    assert!((2..4).contains(&pins.len()), "{}", pins.len());
    let error = fails(cache.pin("packed"), ErrorKind::Refused);
    assert_eq!(error.status_name(), "BRISK_REFUSED");
    assert!(cache.get("packed").unwrap().is_none());
    assert!(matches!(
        cache.begin("packed").unwrap(),
        brisk::Begin::Refused
    ));
    let load = cache.get_or_load("packed", || Ok::<_, String>("not called"));
    assert_eq!(load.unwrap_err(), brisk::LoadError::Refused);
    drop(pins);
    assert!(cache.pin("packed").unwrap().is_some());
}
