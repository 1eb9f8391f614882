//! Interners: one id and one address for equal strings, from any thread, up to a bound.

use brisk::{ErrorKind, Interner, Runtime};
use std::thread;

fn interner() -> Interner {
    Interner::builder().build().unwrap()
}

#[test]
fn equal_strings_are_one() {
    let names = interner();
    assert_eq!(names.put("red").unwrap(), Some(0));
    assert_eq!(names.put(b"gr\0en").unwrap(), Some(1));
    assert_eq!(names.put(String::from("red")).unwrap(), Some(0));
    assert_eq!(names.put("").unwrap(), Some(2));
    assert_eq!(names.find("red").unwrap(), Some(0));
    assert_eq!(names.find("re").unwrap(), None);
    assert_eq!(names.at(1), Some(&b"gr\0en"[..]));
    assert_eq!(names.at(2), Some(&b""[..]));
    assert_eq!(names.at(3), None);
    assert_eq!(names.at(u32::MAX), None);
    let stats = names.stats().unwrap();
    assert_eq!((stats.strings, stats.hits, stats.refusals), (3, 2, 0));
}

#[test]
fn many_at_once() {
    let names = interner();
    assert_eq!(names.put_many(["a", "b", "a"]).unwrap(), [0, 1, 0]);
    let found = names.find_many(["b", "c", "a"]).unwrap();
    assert_eq!(found, [Some(1), None, Some(0)]);
    assert_eq!(names.put_many([""; 0]).unwrap(), []);
}

#[test]
fn an_address_outlives_what_comes_later() {
    let names = interner();
    names.put("first").unwrap();
    let first = names.at(0).unwrap();
    let strings: Vec<_> = (0..10_000).map(|i: u32| i.to_string()).collect();
    names.put_many(&strings).unwrap();
    assert_eq!(first.as_ptr(), names.at(0).unwrap().as_ptr());
    assert_eq!(first, b"first");
}

#[test]
fn refuses_beyond_its_capacity() {
    let runtime = Runtime::builder().build().unwrap();
    let names = Interner::builder().capacity("64 KiB").runtime(&runtime);
    let names = names.build().unwrap();
    let strings: Vec<_> = (0..10_000).map(|i: u32| i.to_string()).collect();
    let ids = names.put_many(&strings).unwrap();
    assert!(ids.len() > 500 && ids.len() < 5000);
    assert_eq!(names.put(&strings[ids.len()]).unwrap(), None);
    assert_eq!(names.put("0").unwrap(), Some(0));
    assert!(names.stats().unwrap().held_bytes <= 65536);
    assert!(runtime.stats().unwrap().held_bytes >= names.stats().unwrap().held_bytes);
    let error = names.put(vec![b'x'; 65536]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    drop(names);
    assert_eq!(runtime.stats().unwrap().held_bytes, 0);
    let error = Interner::builder().capacity(1).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(Interner::builder().capacity("much").build().is_err());
}

#[test]
fn threads_agree() {
    let names = interner();
    let ids: Vec<Vec<u32>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let ids = (0..5000).map(|i: u32| names.put(i.to_string()).unwrap().unwrap());
                    ids.collect()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|own| *own == ids[0]));
    assert_eq!(names.stats().unwrap().strings, 5000);
}
