//! What a mistake says, and what a closed cache answers.

mod common;

use brisk::{build_info, parse_size, version, Batch, Cache, Clock, ErrorKind, LoadError, Runtime};
use brisk::{Begin, KEY_SIZE_MAX};
use common::{cache, fails, manual, noise};
use std::time::Duration;

#[test]
fn name_the_input_and_the_way_out() {
    let error = fails(parse_size("64 bananas"), ErrorKind::Invalid);
    assert_eq!(error.status(), brisk_sys::BRISK_INVALID);
    assert_eq!(error.status_name(), "BRISK_INVALID");
    assert!(error.message().contains("bananas"), "{error}");
    assert_eq!(error.to_string(), error.message());
    assert_eq!(
        format!("{error:?}"),
        format!("BRISK_INVALID: {:?}", error.message())
    );
    let boxed: Box<dyn std::error::Error + Send + Sync> = error.clone().into();
    assert_eq!(boxed.to_string(), error.message());
}

#[test]
fn come_of_settings_out_of_range() {
    let invalid = |builder: brisk::CacheBuilder| fails(builder.build(), ErrorKind::Invalid);
    invalid(Cache::builder().compression_level(99));
    invalid(Cache::builder().capacity(1));
    invalid(Cache::builder().name(vec![b'n'; 256]));
    invalid(Cache::builder().event_capacity(u32::MAX));
    assert!(invalid(Cache::builder().capacity("lots"))
        .message()
        .contains("lots"));
    fails(
        Runtime::builder().budget_percent(101).build(),
        ErrorKind::Invalid,
    );
    fails(
        Runtime::builder().budget("lots").build(),
        ErrorKind::Invalid,
    );
}

#[test]
fn come_of_what_is_beyond_a_limit() {
    let cache = Cache::builder().capacity("1 MiB").build().unwrap();
    let key = vec![b'k'; KEY_SIZE_MAX + 1];
    assert!(fails(cache.put(&key, "v"), ErrorKind::TooLarge)
        .message()
        .contains("65536"));
    fails(cache.get(&key), ErrorKind::TooLarge);
    fails(cache.read_into(&key, &mut []), ErrorKind::TooLarge);
    fails(cache.put("key", noise(600 << 10, 1)), ErrorKind::TooLarge);
    // Never written to, so that it takes no memory: the size alone is wrong.
    let huge = vec![0; brisk::VALUE_SIZE_MAX + 1];
    fails(cache.put("key", &huge), ErrorKind::TooLarge);
    assert!(cache.put(&key[1..], "v").unwrap());
}

#[test]
fn come_of_everything_but_pins_after_close() {
    let cache = Cache::builder().event_capacity(1).build().unwrap();
    cache.put("key", "value").unwrap();
    let pinned = cache.get("key").unwrap().unwrap();
    let Begin::Lead(lead) = cache.begin("missing").unwrap() else {
        panic!("nobody loads");
    };
    cache.close().unwrap();
    cache.close().unwrap();
    let closed = ErrorKind::Closed;
    fails(cache.put("key", "value"), closed);
    fails(cache.put_many([("key", "value")]), closed);
    fails(cache.get("key"), closed);
    fails(cache.pin("key"), closed);
    fails(cache.get_many(["key"]), closed);
    fails(cache.read("key", &mut Vec::new()), closed);
    fails(cache.read_into("key", &mut []), closed);
    fails(cache.read_many(["key"], &mut Batch::new()), closed);
    fails(cache.contains("key"), closed);
    fails(cache.touch("key"), closed);
    fails(cache.erase("key"), closed);
    fails(cache.erase_matching("*"), closed);
    fails(cache.clear(), closed);
    fails(cache.keys(), closed);
    fails(cache.next_event(), closed);
    fails(cache.stats(), closed);
    fails(cache.begin("key"), closed);
    fails(lead.complete("value"), closed);
    fails(lead.fail("why"), closed);
    fails(lead.abandon(), closed);
    let load = cache.get_or_load("key", || Ok::<_, String>("value"));
    assert!(matches!(load, Err(LoadError::Cache(error)) if error.kind() == closed));
    assert_eq!(pinned, "value");
}

#[test]
fn of_a_load_become_plain_ones() {
    let plain = |error: LoadError<String>| brisk::Error::from(error);
    let error = plain(LoadError::Loader("no such page".into()));
    assert_eq!(error.kind(), ErrorKind::LoadFailed);
    assert_eq!(error.message(), "no such page");
    assert_eq!(plain(LoadError::Timeout).kind(), ErrorKind::Timeout);
    assert_eq!(plain(LoadError::Refused).kind(), ErrorKind::Refused);
    let own = parse_size("").unwrap_err();
    assert_eq!(plain(LoadError::Cache(own.clone())), own);
}

#[test]
fn library_says_what_it_is() {
    assert_eq!(version(), brisk_sys::BRISK_VERSION);
    assert!(build_info().contains(version()), "{}", build_info());
    assert_eq!(parse_size("64 MiB").unwrap(), 64 << 20);
    assert_eq!(parse_size("1.5GB").unwrap(), 1_500_000_000);
}

#[test]
fn runtime_of_the_process_is_one() {
    let _cache = cache();
    let process = Runtime::process().unwrap();
    assert!(process.stats().unwrap().caches >= 1);
    assert!(Runtime::process().unwrap().stats().unwrap().caches >= 1);
    fails(process.close(), ErrorKind::Invalid);
    fails(process.advance(Duration::from_secs(1)), ErrorKind::Invalid);
}

#[test]
fn runtime_with_a_manual_clock_moves_when_told() {
    let runtime = manual();
    assert_eq!(runtime.now().unwrap(), Duration::ZERO);
    runtime.advance(Duration::from_secs(90)).unwrap();
    runtime.advance(Duration::ZERO).unwrap();
    assert_eq!(runtime.now().unwrap(), Duration::from_secs(90));
    let system = Runtime::builder().clock(Clock::System).build().unwrap();
    let before = system.now().unwrap();
    std::thread::sleep(Duration::from_millis(20));
    assert!(system.now().unwrap() > before);
}

#[test]
fn runtime_holds_its_caches_within_a_budget() {
    let budgets = Runtime::builder().budget("1 MiB").budget_percent(100);
    let runtime = budgets.build().unwrap();
    let cache = Cache::builder().runtime(&runtime).build().unwrap();
    for i in 0..200_u64 {
        cache.put(i.to_ne_bytes(), noise(10_000, i)).unwrap();
    }
    let stats = runtime.stats().unwrap();
    assert_eq!(stats.caches, 1);
    assert_eq!(stats.budget_bytes, 1 << 20);
    assert!(
        stats.held_bytes > 500_000 && stats.peak_bytes <= 1 << 20,
        "{stats:?}"
    );
}

#[test]
fn runtime_that_closes_closes_its_caches() {
    let runtime = manual();
    let cache = Cache::builder().runtime(&runtime).build().unwrap();
    runtime.close().unwrap();
    runtime.close().unwrap();
    fails(runtime.now(), ErrorKind::Closed);
    fails(runtime.stats(), ErrorKind::Closed);
    fails(runtime.advance(Duration::ZERO), ErrorKind::Closed);
    fails(cache.put("key", "value"), ErrorKind::Closed);
    fails(
        Cache::builder().runtime(&runtime).build(),
        ErrorKind::Closed,
    );
    fails(Cache::find_in(&runtime, "name"), ErrorKind::Closed);
}
