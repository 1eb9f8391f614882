//! Modules of the program: once, in order, with their whole reason when they fail.

mod common;

use brisk::{Error, ErrorKind, Module, ModuleState, Modules, Runtime};
use common::{eventually, fails, thread_number, Gate, MS, SECOND};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

type Plain = Result<(), Infallible>;

fn modules() -> Modules {
    Modules::new().unwrap()
}

/// A module without anything to do.
fn idle() -> Plain {
    Ok(())
}

/// Loads of modules, in the order in which they ran.
#[derive(Clone, Default)]
struct Order(Arc<Mutex<String>>);

impl Order {
    /// A loader that says its name.
    fn say(&self, name: &'static str) -> impl Fn() -> Plain {
        let order = self.0.clone();
        move || {
            *order.lock().unwrap() += name;
            idle()
        }
    }

    fn said(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn load_once_after_what_they_depend_on() {
    let modules = modules();
    let order = Order::default();
    let app = Module::new("app").version("1.2").dependencies(["store"]);
    let app = app.dependencies(["net"]).warm_up(order.say(" warm"));
    modules.add(app, order.say(" app")).unwrap();
    let name = String::from("store");
    modules.add(&name, order.say("store")).unwrap();
    modules.add("net", order.say(" net")).unwrap();
    assert_eq!(modules.state("app").unwrap(), Some(ModuleState::Unloaded));
    assert_eq!(order.said(), "", "finding loads nothing");
    modules.load("app").unwrap();
    modules.within(Duration::ZERO).load("app").unwrap();
    assert_eq!(order.said(), "store net app warm");
    assert_eq!(modules.state("net").unwrap(), Some(ModuleState::Loaded));
    assert_eq!(modules.state("nobody").unwrap(), None);
}

#[test]
fn load_once_for_many_threads() {
    let modules = modules();
    let (gate, loads) = (Arc::new(Gate::default()), Arc::new(AtomicU32::new(0)));
    let (inner, count) = (gate.clone(), loads.clone());
    let load = move || {
        count.fetch_add(1, Relaxed);
        inner.pass();
        idle()
    };
    modules.add("part", load).unwrap();
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let modules = modules.clone();
            thread::spawn(move || modules.load("part"))
        })
        .collect();
    gate.wait_for(1);
    assert_eq!(modules.state("part").unwrap(), Some(ModuleState::Loading));
    let error = fails(modules.within(MS).load("part"), ErrorKind::Timeout);
    assert!(error.message().contains("module part"), "{error}");
    assert!(threads.iter().all(|thread| !thread.is_finished()));
    gate.open();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(loads.load(Relaxed), 1);
}

#[test]
fn keep_a_failure_until_it_is_tried_again() {
    let modules = modules();
    let (works, loads) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU32::new(0)),
    );
    let (ready, count) = (works.clone(), loads.clone());
    let load = move || {
        count.fetch_add(1, Relaxed);
        ready.load(Relaxed).then_some(()).ok_or("no license")
    };
    modules.add("part", load).unwrap();
    let above = Module::new("above").dependencies(["part"]);
    modules.add(above, idle).unwrap();
    for _ in 0..2 {
        let error = fails(modules.load("above"), ErrorKind::LoadFailed);
        assert_eq!(
            error.message(),
            "module above needs part: module part: its callback returned BRISK_LOAD_FAILED: no \
             license"
        );
    }
    works.store(true, Relaxed);
    fails(modules.load("part"), ErrorKind::LoadFailed);
    assert_eq!(
        loads.load(Relaxed),
        1,
        "a failure is not tried again by itself"
    );
    assert!(modules.retry("above").unwrap());
    assert!(!modules.retry("nobody").unwrap());
    modules.load("above").unwrap();
    assert_eq!(loads.load(Relaxed), 2);
}

#[test]
fn tell_panics_as_reasons() {
    let modules = modules();
    let panics = |text: &'static str| move || -> Plain { panic!("{text}") };
    modules.add("part", panics("out of paper")).unwrap();
    let odd = || -> Plain { std::panic::panic_any(7) };
    modules.add("odd", odd).unwrap();
    let warm = Module::new("warm").warm_up(panics("too cold"));
    modules.add(warm, idle).unwrap();
    let reason = |name| {
        let error = fails(modules.load(name), ErrorKind::LoadFailed);
        assert_eq!(modules.state(name).unwrap(), Some(ModuleState::Failed));
        error.message().to_owned()
    };
    assert_eq!(
        reason("part"),
        "module part: its callback returned BRISK_INTERNAL: it panicked: out of paper"
    );
    assert!(reason("odd").ends_with("it panicked: with something that is no text"));
    assert!(reason("warm").contains("its warm-up returned BRISK_INTERNAL: it panicked: too cold"));
    // The thread, and the set, go on.
    modules.add("sound", idle).unwrap();
    modules.load("sound").unwrap();
}

#[test]
fn tell_reasons_in_whatever_words() {
    let modules = modules();
    modules.add("nul", || Err::<(), _>("a\0b")).unwrap();
    let long = || Err::<(), _>("é".repeat(1000));
    modules.add("long", long).unwrap();
    let reason = |name| fails(modules.load(name), ErrorKind::LoadFailed).to_string();
    assert!(reason("nul").ends_with(": a\u{fffd}b"));
    let kept = reason("long").matches('é').count();
    assert_eq!(kept, 511, "1023 bytes, cut between two letters");
    assert!(!reason("long").contains('\u{fffd}'));
    let warm = Module::new("warm").warm_up(|| Err::<(), _>("too cold"));
    modules.add(warm, idle).unwrap();
    assert!(reason("warm").contains("its warm-up returned BRISK_LOAD_FAILED: too cold"));
}

#[test]
fn name_circles_and_what_is_missing() {
    let modules = modules();
    for (name, needs) in [("start", "a"), ("a", "b"), ("b", "a"), ("lost", "nobody")] {
        let module = Module::new(name).dependencies([needs]);
        modules
            .add(module, || Err::<(), _>("is never called"))
            .unwrap();
    }
    let error = fails(modules.load("start"), ErrorKind::Deadlock);
    assert!(error.message().contains("a -> b -> a"), "{error}");
    let error = fails(modules.load("lost"), ErrorKind::LoadFailed);
    assert!(error.message().contains("lost needs nobody"), "{error}");
    let error = fails(modules.load("nobody"), ErrorKind::LoadFailed);
    assert!(error.message().contains("no module \"nobody\""), "{error}");
    let error = fails(modules.load_all(2), ErrorKind::LoadFailed);
    assert!(error.message().starts_with("4 modules failed; "), "{error}");
}

#[test]
fn may_load_others_of_their_set() {
    let modules = modules();
    let order = Order::default();
    modules.add("inner", order.say("inner")).unwrap();
    let (say, load) = (order.say(" outer"), |set: &Modules| set.load("inner"));
    let outer = Module::new("outer").warm_up(say);
    modules.add_with(outer, load).unwrap();
    modules.load("outer").unwrap();
    assert_eq!(order.said(), "inner outer");

    let own = |set: &Modules| -> Result<(), Error> {
        let error = fails(set.load("itself"), ErrorKind::Deadlock);
        assert!(error.message().contains("itself -> itself"), "{error}");
        fails(set.load_all(1), ErrorKind::Deadlock);
        set.add("late", idle)
    };
    modules.add_with("itself", own).unwrap();
    modules.load("itself").unwrap();
    modules.load("late").unwrap();
}

#[test]
fn that_wait_for_each_other_are_told() {
    let modules = modules();
    let gate = Arc::new(Gate::default());
    let asks = |other: &'static str| {
        let gate = gate.clone();
        move |set: &Modules| {
            gate.pass();
            set.load(other)
        }
    };
    modules.add_with("a", asks("b")).unwrap();
    modules.add_with("b", asks("a")).unwrap();
    let set = modules.clone();
    let other = thread::spawn(move || set.load("a"));
    let opens = thread::spawn({
        let gate = gate.clone();
        move || {
            gate.wait_for(2);
            gate.open();
        }
    });
    let mine = fails(modules.load("b"), ErrorKind::LoadFailed);
    fails(other.join().unwrap(), ErrorKind::LoadFailed);
    assert!(
        mine.message().contains("wait for each other in a circle"),
        "{mine}"
    );
    opens.join().unwrap();
}

#[test]
fn load_in_parallel() {
    let modules = modules();
    let gate = Arc::new(Gate::default());
    for name in ["a", "b"] {
        let gate = gate.clone();
        let meets = move || gate.meet(2).then_some(()).ok_or("it is alone");
        modules.add(name, meets).unwrap();
    }
    let both = Module::new("both").dependencies(["a", "b"]);
    modules.add(both, idle).unwrap();
    modules.load_all(2).unwrap();
    assert_eq!(modules.state("both").unwrap(), Some(ModuleState::Loaded));
}

#[test]
fn load_on_after_a_timeout() {
    let modules = modules();
    let gate = Arc::new(Gate::default());
    let inner = gate.clone();
    let slow = move || {
        inner.pass();
        idle()
    };
    modules.add("slow", slow).unwrap();
    let error = fails(modules.within(5 * MS).load_all(0), ErrorKind::Timeout);
    assert!(error.message().contains("all modules"), "{error}");
    let short = Modules::builder().load_timeout(Duration::ZERO).build();
    let short = short.unwrap();
    let set = modules.clone();
    short.add("slow", move || set.load("slow")).unwrap();
    fails(short.load_all(1), ErrorKind::Timeout);
    gate.open();
    modules.load("slow").unwrap();
    short.within(20 * SECOND).load_all(1).unwrap();
}

#[test]
fn load_in_idle_time() {
    let modules = modules();
    for name in ["a", "b", "c"] {
        modules.add(name, idle).unwrap();
    }
    modules.preload().unwrap();
    assert!(eventually(|| {
        modules.state("c").unwrap() == Some(ModuleState::Loaded)
    }));
    let report = modules.report().unwrap();
    let [a, b, c] = [0, 1, 2].map(|index| report.get(index).unwrap().thread);
    assert!(a == b && b == c && a != thread_number(), "{report}");
}

#[test]
fn may_be_eager() {
    let modules = Modules::builder().eager(true).build().unwrap();
    let order = Order::default();
    let first = Module::new("first").dependencies(["needed"]);
    modules.add(first, order.say(" first")).unwrap();
    assert_eq!(order.said(), "", "what it needs is not known yet");
    modules.add("needed", order.say("needed")).unwrap();
    assert_eq!(order.said(), "needed first");
    let broken = modules.add("broken", || Err::<(), _>("out of ink"));
    let error = fails(broken, ErrorKind::LoadFailed);
    assert!(error.message().contains("out of ink"), "{error}");
}

#[test]
fn have_names_of_their_own() {
    let modules = modules();
    modules.add("part", idle).unwrap();
    fails(modules.add("part", idle), ErrorKind::Exists);
    let long = "n".repeat(256);
    for name in ["", "a b", &long] {
        let error = fails(modules.add(name, idle), ErrorKind::Invalid);
        assert!(error.message().contains("is no name"), "{error}");
    }
    let lost = Module::new("lost").dependencies(["a/b"]);
    assert_eq!(
        format!("{lost:?}"),
        r#"Module { name: "lost", version: "", dependencies: "a/b ", .. }"#
    );
    fails(modules.add(lost, idle), ErrorKind::Invalid);
    assert_eq!(modules.report().unwrap().len(), 1);
}

#[test]
fn that_are_closed_say_so() {
    let runtime = Runtime::builder().build().unwrap();
    let own = Modules::builder().runtime(&runtime).build().unwrap();
    runtime.close().unwrap();
    let late = Modules::builder().runtime(&runtime);
    fails(late.build(), ErrorKind::Closed);
    let modules = modules();
    modules.add("part", idle).unwrap();
    modules.load("part").unwrap();
    modules.close().unwrap();
    modules.close().unwrap();
    for set in [own, modules] {
        fails(set.add("new", idle), ErrorKind::Closed);
        fails(set.load("part"), ErrorKind::Closed);
        fails(set.load_all(0), ErrorKind::Closed);
        fails(set.preload(), ErrorKind::Closed);
        fails(set.retry("part"), ErrorKind::Closed);
        fails(set.state("part"), ErrorKind::Closed);
        fails(set.report(), ErrorKind::Closed);
        fails(set.scan("/usr"), ErrorKind::Closed);
        fails(set.scan_search_path(), ErrorKind::Closed);
        // SAFETY: the symbol is not there.
        fails(
            unsafe { set.symbol::<usize>("part", "x") },
            ErrorKind::Closed,
        );
    }
}

#[test]
fn that_close_end_waits() {
    let modules = modules();
    let gate = Arc::new(Gate::default());
    let inner = gate.clone();
    let load = move |set: &Modules| {
        inner.pass();
        set.load("other")
    };
    modules.add_with("part", load).unwrap();
    modules.add("other", idle).unwrap();
    let [leader, waiter] = [(); 2].map(|()| {
        let modules = modules.clone();
        thread::spawn(move || modules.load("part"))
    });
    gate.wait_for(1);
    thread::sleep(5 * MS);
    modules.close().unwrap();
    assert!(eventually(|| leader.is_finished() || waiter.is_finished()));
    gate.open();
    let mut kinds = [leader, waiter].map(|thread| thread.join().unwrap().unwrap_err().kind());
    kinds.sort_by_key(|kind| *kind == ErrorKind::Closed);
    assert_eq!(kinds, [ErrorKind::LoadFailed, ErrorKind::Closed]);
}
