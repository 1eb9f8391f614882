//! fork: the child goes on with the handles that it inherited.

mod common;

use brisk::{Begin, Modules, Runtime, TaskError};
use common::{cache, noise, workers, Gate};
use std::convert::Infallible;
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::time::Duration;

extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(status: i32) -> !;
}

/// Runs a function in a child process; whether it said yes. A panic is a no.
fn in_child(child: impl FnOnce() -> bool + std::panic::UnwindSafe) -> bool {
    // SAFETY: the child runs the function and ends, without the destructors of the parent.
    unsafe {
        match fork() {
            0 => _exit(match std::panic::catch_unwind(child) {
                Ok(true) => 0,
                _ => 1,
            }),
            pid => {
                assert!(pid > 0, "fork failed");
                let mut status = -1;
                assert_eq!(waitpid(pid, &mut status, 0), pid);
                status == 0
            }
        }
    }
}

#[test]
fn handles_work_on_in_the_child() {
    let cache = cache();
    let large = noise(70_000, 1);
    cache.put("large", &large).unwrap();
    cache.put("text", vec![b'x'; 70_000]).unwrap();
    let pinned = cache.get("large").unwrap().unwrap();
    let mut walk = cache.keys().unwrap();
    walk.next().unwrap().unwrap();
    let Begin::Lead(lead) = cache.begin("missing").unwrap() else {
        panic!("nobody loads");
    };
    let child = || {
        assert_eq!(pinned, large);
        assert_eq!(cache.get("text").unwrap().unwrap(), vec![b'x'; 70_000]);
        assert_eq!(walk.count(), 1);
        for i in 0..1000_u64 {
            assert!(cache.put(i.to_ne_bytes(), noise(1000, i)).unwrap());
        }
        assert_eq!(
            cache.get(7_u64.to_ne_bytes()).unwrap().unwrap(),
            noise(1000, 7)
        );
        let loaded = cache.get_or_load("new", || Ok::<_, brisk::Error>("value"));
        assert_eq!(loaded.unwrap(), "value");
        // A leader may be a thread that the child does not have, so that others load anew.
        let again = cache.get_or_load("missing", || Ok::<_, brisk::Error>("loaded anew"));
        assert_eq!(again.unwrap(), "loaded anew");
        assert_eq!(
            lead.complete("for those who wait").unwrap(),
            "for those who wait"
        );
        cache.clear().unwrap();
        cache.close().is_ok()
    };
    assert!(in_child(std::panic::AssertUnwindSafe(child)));
    assert!(
        cache.contains("large").unwrap(),
        "what the child does is its own"
    );
    assert!(!cache.contains("new").unwrap());
}

#[test]
fn a_child_makes_caches_of_its_own() {
    let kept = cache();
    assert!(in_child(|| {
        let runtime = Runtime::builder().build().unwrap();
        let cache = brisk::Cache::builder().runtime(&runtime).build().unwrap();
        cache.put("key", "value").unwrap();
        let short = Duration::from_millis(1);
        cache.put_with_ttl("short", "value", short).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        !cache.contains("short").unwrap() && cache.contains("key").unwrap()
    }));
    assert!(!in_child(|| panic!(
        "a test that fails in the child is seen"
    )));
    drop(kept);
}

#[test]
fn workers_start_anew_in_the_child() {
    let workers = workers(1);
    let ((gate, opened), (begun, begins)) = (channel::<()>(), channel());
    let running = workers.submit(move |_| {
        begun.send(()).unwrap();
        Ok::<_, Infallible>(opened.recv().is_ok())
    });
    let mut running = running.unwrap();
    let mut queued = workers.submit(|_| Ok::<_, Infallible>(1)).unwrap();
    begins.recv().unwrap();
    let child = || {
        assert!(matches!(queued.wait(None), Err(TaskError::NeverStarted)));
        assert!(matches!(running.wait(None), Err(TaskError::Cancelled)));
        let mut new = workers.submit(|_| Ok::<_, Infallible>(2)).unwrap();
        assert_eq!(new.wait(None).unwrap(), 2);
        let all = workers.map([1, 2, 3], |item, _| Ok::<_, Infallible>(item));
        assert_eq!(all.unwrap().into_iter().flatten().sum::<i32>(), 6);
        workers.close(None).unwrap().is_empty()
    };
    assert!(in_child(std::panic::AssertUnwindSafe(child)));
    gate.send(()).unwrap();
    assert!(running.wait(None).unwrap());
    assert_eq!(queued.wait(None).unwrap(), 1);
}

#[test]
fn modules_load_anew_in_the_child() {
    let modules = Modules::new().unwrap();
    let (gate, parent) = (Arc::new(Gate::default()), std::process::id());
    let inner = gate.clone();
    let load = move |set: &Modules| {
        if std::process::id() == parent {
            inner.pass();
        }
        set.load("other")
    };
    modules.add_with("part", load).unwrap();
    modules.add("other", || Ok::<_, Infallible>(())).unwrap();
    let set = modules.clone();
    let loads = std::thread::spawn(move || set.load("part"));
    gate.wait_for(1);
    let child = || {
        modules.load("part").unwrap();
        modules.add("new", || Ok::<_, Infallible>(())).unwrap();
        modules.load_all(2).unwrap();
        modules.report().unwrap().get(0).unwrap().attempts == 2
    };
    assert!(in_child(std::panic::AssertUnwindSafe(child)));
    assert_eq!(modules.state("new").unwrap(), None);
    gate.open();
    loads.join().unwrap().unwrap();
}
