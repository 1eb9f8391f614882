//! Loads: one loader a key, its answers, errors and panics.

mod common;

use brisk::{Begin, Cache, ErrorKind, Lease, LoadError, LoadOptions, Value, Waited};
use common::{cache, fails, manual};
use std::convert::Infallible;
use std::fmt;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// An error that only these loaders have.
#[derive(Debug, PartialEq)]
struct Broken(&'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Broken {}

fn broken() -> Result<&'static str, Broken> {
    Err(Broken("no such page"))
}

fn never() -> Result<&'static str, Broken> {
    panic!("this loader must not run")
}

/// Joins a load that another caller leads.
fn join(cache: &Cache, key: &str) -> Lease {
    match cache.begin(key).unwrap() {
        Begin::Wait(lease) => lease,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fill_what_is_missing() {
    let cache = cache();
    let first = cache.get_or_load("key", || Ok::<_, Infallible>("value"));
    assert_eq!(first.unwrap(), "value");
    assert_eq!(cache.get_or_load("key", never).unwrap(), "value");
    assert_eq!(cache.stats().unwrap().loads, 1);
    let any = cache.get_or_load(b"a\0b", || Ok::<_, Infallible>(vec![0, 1]));
    assert_eq!(any.unwrap(), b"\0\x01");
    assert_eq!(
        cache.get_or_load("", || Ok::<_, Infallible>([])).unwrap(),
        ""
    );
}

#[test]
fn give_back_the_error_of_the_loader_as_it_is() {
    let cache = cache();
    let error = cache.get_or_load("key", broken).unwrap_err();
    assert_eq!(error, LoadError::Loader(Broken("no such page")));
    assert_eq!(cache.stats().unwrap().load_failures, 1);
    assert!(!cache.contains("key").unwrap());

    let plain = || -> brisk::Result<Value> { Ok(cache.get_or_load("key", broken)?) };
    let error = fails(plain(), ErrorKind::LoadFailed);
    assert_eq!(error.message(), "no such page");
    type Boxed = Box<dyn std::error::Error>;
    let boxed = || -> Result<Value, Boxed> { Ok(cache.get_or_load("key", broken)?) };
    assert_eq!(boxed().unwrap_err().to_string(), "no such page");

    assert_eq!(
        cache
            .get_or_load("key", || Ok::<_, Broken>("value"))
            .unwrap(),
        "value"
    );
}

#[test]
fn give_the_text_of_the_error_to_those_who_wait() {
    let cache = cache();
    let mut waiter = None;
    let load = cache.get_or_load("key", || {
        waiter = Some(join(&cache, "key"));
        broken()
    });
    assert_eq!(load.unwrap_err(), LoadError::Loader(Broken("no such page")));
    let error = fails(waiter.unwrap().wait(None), ErrorKind::LoadFailed);
    assert_eq!(error.message(), "no such page");
}

#[test]
fn time_out_and_go_on() {
    let cache = Cache::builder()
        .load_timeout(Duration::from_millis(1))
        .build()
        .unwrap();
    let load = cache.get_or_load("key", || {
        let begin = Instant::now();
        let late = cache.get_or_load("key", never);
        assert_eq!(late.unwrap_err(), LoadError::Timeout);
        let waited = join(&cache, "key").wait(None).unwrap();
        assert!(matches!(waited, Waited::Timeout));
        assert!(begin.elapsed() < 20 * SECOND, "the default is 30");
        Ok::<_, Infallible>("value")
    });
    assert_eq!(load.unwrap(), "value");
}

#[test]
fn time_out_when_their_callers_say() {
    let cache = cache();
    let load = cache.get_or_load("key", || {
        let begin = Instant::now();
        for timeout in [Duration::from_millis(1), Duration::ZERO] {
            let options = LoadOptions::new().timeout(timeout);
            let late = cache.get_or_load_with("key", options, |_| never());
            assert_eq!(late.unwrap_err(), LoadError::Timeout);
            let waited = join(&cache, "key").wait(timeout).unwrap();
            assert!(matches!(waited, Waited::Timeout));
        }
        assert!(begin.elapsed() < 20 * SECOND, "the cache says 30");
        Ok::<_, Infallible>("value")
    });
    assert_eq!(load.unwrap(), "value");
}

#[test]
fn wait_as_long_as_it_takes() {
    let cache = cache();
    let mut waiting = None;
    let load = cache.get_or_load("key", || {
        let waiter = join(&cache, "key");
        waiting = Some(thread::spawn(move || waiter.wait(Duration::MAX)));
        thread::sleep(Duration::from_millis(20));
        Ok::<_, Infallible>("value")
    });
    assert_eq!(load.unwrap(), "value");
    let waited = waiting.unwrap().join().unwrap().unwrap();
    assert!(matches!(waited, Waited::Value(value) if value == "value"));
}

#[test]
fn find_circles() {
    let cache = cache();
    // Loads each key of a path under the load of the one before it.
    fn load(cache: &Cache, path: &[&str], parent: Option<&Lease>) -> brisk::Result<Value> {
        let [key, rest @ ..] = path else {
            return cache.begin_under("end", parent).map(|begin| match begin {
                Begin::Lead(lead) => lead.complete("value").unwrap(),
                other => panic!("{other:?}"),
            });
        };
        let mut options = LoadOptions::new().timeout(30 * SECOND);
        if let Some(parent) = parent {
            options = options.parent(parent);
        }
        Ok(cache.get_or_load_with(key, options, |lease| load(cache, rest, Some(lease)))?)
    }
    // The innermost load is the deadlock; those around it fail with its message.
    let error = fails(load(&cache, &["a", "a"], None), ErrorKind::LoadFailed);
    let text = error.message().to_owned();
    fails(
        load(&cache, &["a", "b", "c", "a"], None),
        ErrorKind::LoadFailed,
    );
    assert_eq!(load(&cache, &["a", "b", "c"], None).unwrap(), "value");

    let Begin::Lead(lead) = cache.begin("alone").unwrap() else {
        panic!("nobody loads");
    };
    let error = fails(cache.begin_under("alone", Some(&lead)), ErrorKind::Deadlock);
    assert_eq!(error.message().replace("alone", "a"), text);
}

#[test]
fn that_call_back_into_their_own_key_say_so() {
    let cache = cache();
    let load = cache.get_or_load_with("key", LoadOptions::new(), |lease| {
        cache.get_or_load_with("key", LoadOptions::new().parent(lease), |_| never())
    });
    let Err(LoadError::Loader(LoadError::Cache(error))) = load else {
        panic!("{load:?}");
    };
    assert_eq!(error.kind(), ErrorKind::Deadlock);
}

#[test]
fn have_a_lifetime() {
    let runtime = manual();
    let cache = Cache::builder().runtime(&runtime).build().unwrap();
    let load = |key, options| cache.get_or_load_with(key, options, |_| Ok::<_, Infallible>(""));
    load("short", LoadOptions::new().ttl(SECOND)).unwrap();
    load("long", LoadOptions::new()).unwrap();
    runtime.advance(2 * SECOND).unwrap();
    assert!(!cache.contains("short").unwrap());
    assert!(cache.contains("long").unwrap());
}

#[test]
fn fail_with_a_value_that_is_too_large() {
    let cache = Cache::builder().capacity("1 MiB").build().unwrap();
    let mut waiter = None;
    let load = cache.get_or_load("key", || {
        waiter = Some(join(&cache, "key"));
        Ok::<_, Infallible>(vec![0; brisk::VALUE_SIZE_MAX + 1])
    });
    let Err(LoadError::Cache(error)) = load else {
        panic!("{load:?}");
    };
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let told = fails(waiter.unwrap().wait(None), ErrorKind::LoadFailed);
    assert_eq!(told.message(), error.message());
}

#[test]
fn that_panic_hand_the_lead_on_and_the_panic_too() {
    let cache = cache();
    let mut kept = None;
    let load = AssertUnwindSafe(|| {
        cache.get_or_load_with("key", LoadOptions::new(), |lease| {
            kept = Some((lease.clone(), join(&cache, "key")));
            if kept.is_some() {
                panic!("out of luck");
            }
            broken()
        })
    });
    let panic = catch_unwind(load).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"out of luck"));
    // The clone of the old lead is alive, and leads no more.
    let (lead, waiter) = kept.unwrap();
    assert!(matches!(waiter.wait(None).unwrap(), Waited::Lead));
    fails(lead.complete("value"), ErrorKind::Invalid);
    assert_eq!(waiter.complete("value").unwrap(), "value");
    assert_eq!(cache.get_or_load("key", never).unwrap(), "value");
}

#[test]
fn that_panic_on_one_thread_run_on_another() {
    let cache = cache();
    let begun = Barrier::new(2);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            cache.get_or_load("key", || -> Result<&str, Broken> {
                begun.wait();
                thread::sleep(Duration::from_millis(20));
                panic!("out of luck");
            })
        });
        begun.wait();
        let second = cache.get_or_load("key", || Ok::<_, Broken>("second"));
        assert_eq!(second.unwrap(), "second");
        assert!(first.join().is_err());
    });
}

#[test]
fn keep_the_error_of_a_loader_whose_cache_closed() {
    let cache = cache();
    let load = cache.get_or_load("key", || {
        cache.close().unwrap();
        broken()
    });
    assert_eq!(load.unwrap_err(), LoadError::Loader(Broken("no such page")));
    let other = common::cache();
    let load = other.get_or_load("key", || {
        other.close().unwrap();
        Ok::<_, Broken>("value")
    });
    assert!(matches!(load, Err(LoadError::Cache(error)) if error.kind() == ErrorKind::Closed));
}

#[test]
fn run_one_loader_for_many_threads() {
    let cache = cache();
    let calls = AtomicUsize::new(0);
    let start = Barrier::new(16);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                start.wait();
                let value = cache.get_or_load("key", || {
                    calls.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(20));
                    Ok::<_, Infallible>("value")
                });
                assert_eq!(value.unwrap(), "value");
            });
        }
    });
    assert_eq!(calls.into_inner(), 1);
}

#[test]
fn race_over_many_keys_and_failures() {
    let cache = cache();
    let calls: Vec<_> = (0..100).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..1000_usize {
                    let key = round % calls.len();
                    let load = cache.get_or_load(key.to_ne_bytes(), || {
                        let call = calls[key].fetch_add(1, Ordering::Relaxed);
                        match call {
                            0 => Err(Broken("bad luck")),
                            _ => Ok(key.to_ne_bytes()),
                        }
                    });
                    match load {
                        Ok(value) => assert_eq!(value, key.to_ne_bytes()),
                        Err(LoadError::Loader(error)) => assert_eq!(error, Broken("bad luck")),
                        Err(LoadError::Cache(error)) => assert_eq!(error.message(), "bad luck"),
                        Err(other) => panic!("{other}"),
                    }
                }
            });
        }
    });
    assert!(calls.into_iter().all(|calls| calls.into_inner() == 2));
}

#[test]
fn by_lease_lead_wait_and_end() {
    let cache = cache();
    let Begin::Lead(lead) = cache.begin("key").unwrap() else {
        panic!("nobody loads");
    };
    let waiter = join(&cache, "key");
    fails(lead.wait(None), ErrorKind::Invalid);
    fails(waiter.complete("value"), ErrorKind::Invalid);
    fails(waiter.fail("why"), ErrorKind::Invalid);
    let runs = thread::spawn({
        let lead = lead.clone();
        move || lead.complete("value").unwrap()
    });
    assert!(matches!(waiter.wait(10 * SECOND).unwrap(), Waited::Value(value) if value == "value"));
    assert_eq!(runs.join().unwrap(), "value");
    fails(lead.complete("value"), ErrorKind::Invalid);
    assert!(
        matches!(waiter.wait(None).unwrap(), Waited::Value(_)),
        "as often as one likes"
    );
    assert!(matches!(cache.begin("key").unwrap(), Begin::Value(value) if value == "value"));
}

#[test]
fn by_lease_hand_the_lead_on() {
    let cache = cache();
    let Begin::Lead(lead) = cache.begin("key").unwrap() else {
        panic!("nobody loads");
    };
    let second = join(&cache, "key");
    lead.abandon().unwrap();
    assert!(matches!(second.wait(None).unwrap(), Waited::Lead));
    let third = join(&cache, "key");
    drop(second); // the last reference to a lead
    assert!(matches!(third.wait(None).unwrap(), Waited::Lead));
    third.fail("no such page").unwrap();
    let Begin::Lead(again) = cache.begin("key").unwrap() else {
        panic!("the load has failed");
    };
    again
        .complete_with_ttl("value", brisk::Ttl::Forever)
        .unwrap();
    assert!(cache.contains("key").unwrap());
}

#[test]
fn fail_as_closed_for_those_who_wait_when_the_cache_closes() {
    let cache = cache();
    let Begin::Lead(_lead) = cache.begin("key").unwrap() else {
        panic!("nobody loads");
    };
    let waiter = join(&cache, "key");
    let waiting = thread::spawn(move || waiter.wait(Duration::MAX));
    thread::sleep(Duration::from_millis(10));
    cache.close().unwrap();
    fails(waiting.join().unwrap(), ErrorKind::Closed);
}

fn kept(stale: u64, stale_if_error: u64) -> (brisk::Runtime, Cache) {
    let clock = manual();
    let cache = Cache::builder()
        .runtime(&clock)
        .ttl(10 * SECOND)
        .stale(Duration::from_secs(stale))
        .stale_if_error(Duration::from_secs(stale_if_error))
        .build()
        .unwrap();
    cache.put("key", "old").unwrap();
    clock.advance(10 * SECOND).unwrap();
    (clock, cache)
}

#[test]
fn a_value_from_before_serves_while_one_loads() {
    let (clock, cache) = kept(5, 0);
    assert!(cache.pin("key").unwrap().is_none());
    let Begin::Stale(lead, value) = cache.begin("key").unwrap() else {
        panic!("the value from before");
    };
    assert_eq!(value, b"old");
    let never = || -> Result<&str, Broken> { panic!("called") };
    assert_eq!(cache.get_or_load("key", never).unwrap(), b"old");
    lead.complete("new").unwrap();
    assert_eq!(cache.pin("key").unwrap().unwrap(), b"new");

    clock.advance(10 * SECOND).unwrap();
    let workers = brisk::Workers::builder().threads(1).build().unwrap();
    let gate = std::sync::Arc::new(Barrier::new(2));
    let theirs = gate.clone();
    let slow = move |_: &Lease| -> Result<&str, Broken> {
        theirs.wait();
        Ok("newer")
    };
    let options = LoadOptions::new;
    let now = cache.get_or_refresh("key", options(), &workers, slow);
    assert_eq!(now.unwrap(), b"new");
    gate.wait();
    while !cache.contains("key").unwrap() {
        thread::yield_now();
    }
    assert_eq!(cache.pin("key").unwrap().unwrap(), b"newer");
    assert_eq!(cache.stats().unwrap().stale_hits, 3);

    workers.close(None).unwrap();
    clock.advance(10 * SECOND).unwrap();
    let load = |_: &Lease| Ok::<_, Infallible>("here");
    let here = cache.get_or_refresh("key", options(), &workers, load);
    assert_eq!(here.unwrap(), b"here");
}

#[test]
fn a_value_from_before_answers_for_a_failure() {
    let (clock, cache) = kept(0, 5);
    let broken = || Err::<&str, _>(Broken("gone"));
    assert_eq!(cache.get_or_load("key", broken).unwrap(), b"old");
    let Begin::Lead(lead) = cache.begin("key").unwrap() else {
        panic!("not while it runs");
    };
    let Begin::Wait(waits) = cache.begin("key").unwrap() else {
        panic!("a lead is out");
    };
    assert!(lead.fail("the disk is gone").unwrap());
    for lease in [&lead, &waits] {
        let Waited::Value(value) = lease.wait(SECOND).unwrap() else {
            panic!("the value from before");
        };
        assert_eq!(value, b"old");
    }
    assert_eq!(cache.stats().unwrap().stale_errors, 3);
    clock.advance(5 * SECOND).unwrap();
    let error = cache.get_or_load("key", broken).unwrap_err();
    assert_eq!(error, LoadError::Loader(Broken("gone")));
}

#[test]
fn what_has_no_value_is_not_loaded_again() {
    let clock = manual();
    let cache = Cache::builder().runtime(&clock).build().unwrap();
    let none = |_: &Lease| Ok::<Option<&str>, Broken>(None);
    let never = |_: &Lease| -> Result<Option<&str>, Broken> { panic!("called") };
    let options = LoadOptions::new;
    let life = 5 * SECOND;
    let found = cache.find_or_load("key", options(), life, none);
    assert_eq!(found.unwrap(), None);
    let found = cache.find_or_load("key", options(), life, never);
    assert_eq!(found.unwrap(), None);
    let error = cache.get_or_load("key", || Ok::<_, Broken>("unused"));
    assert_eq!(error.unwrap_err(), LoadError::Absent);
    assert!(matches!(cache.begin("key").unwrap(), Begin::Absent));
    assert_eq!(cache.stats().unwrap().absent_hits, 3);

    clock.advance(life).unwrap();
    let Begin::Lead(lead) = cache.begin("key").unwrap() else {
        panic!("it is known no longer");
    };
    let Begin::Wait(waits) = cache.begin("key").unwrap() else {
        panic!("a lead is out");
    };
    lead.complete_absent(life).unwrap();
    assert!(matches!(waits.wait(SECOND).unwrap(), Waited::Absent));
    cache.put("key", "value").unwrap();
    let found = cache.find_or_load("key", options(), life, never);
    assert_eq!(found.unwrap().unwrap(), b"value");
    let made = cache.find_or_load("other", options(), life, |_| Ok::<_, Broken>(Some("made")));
    assert_eq!(made.unwrap().unwrap(), b"made");
}
