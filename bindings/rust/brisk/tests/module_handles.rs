//! Sets of modules as handles: who keeps their functions alive, and how long.

mod common;

use brisk::{ErrorKind, Module, ModuleReport, Modules};
use common::{eventually, fails, Gate, MS};
use std::convert::Infallible;
use std::sync::Arc;
use std::thread;

type Plain = Result<(), Infallible>;

/// A function that keeps what it is given.
fn keeps<T>(kept: T) -> impl Fn() -> Plain {
    move || {
        let _kept = &kept;
        Ok(())
    }
}

/// Adds a module whose loader and warm-up keep a token, which tells whether they are still there.
fn holds(modules: &Modules, name: &str, token: &Arc<()>) -> brisk::Result<()> {
    let module = Module::new(name).warm_up(keeps(token.clone()));
    modules.add(module, keeps(token.clone()))
}

#[test]
fn drop_their_functions_with_the_last_handle() {
    let (modules, token) = (Modules::new().unwrap(), Arc::new(()));
    holds(&modules, "part", &token).unwrap();
    assert_eq!(Arc::strong_count(&token), 3);
    modules.load("part").unwrap();
    let (clone, report) = (modules.clone(), modules.report().unwrap());
    drop(modules);
    assert_eq!(Arc::strong_count(&token), 3, "a clone is the same set");
    clone.close().unwrap();
    let short = clone.within(MS);
    drop(clone);
    assert_eq!(Arc::strong_count(&token), 3);
    drop(short);
    assert_eq!(Arc::strong_count(&token), 1);
    assert_eq!(report.get(0).unwrap().name, "part", "a report is its own");
}

#[test]
fn drop_functions_that_they_refuse() {
    let (modules, token) = (Modules::new().unwrap(), Arc::new(()));
    holds(&modules, "part", &token).unwrap();
    fails(holds(&modules, "part", &token), ErrorKind::Exists);
    fails(holds(&modules, "no name", &token), ErrorKind::Invalid);
    assert_eq!(Arc::strong_count(&token), 3);
    modules.close().unwrap();
    fails(holds(&modules, "late", &token), ErrorKind::Closed);
    assert_eq!(Arc::strong_count(&token), 3);
}

#[test]
fn are_not_kept_by_functions_that_are_given_them() {
    let (modules, token) = (Modules::new().unwrap(), Arc::new(()));
    holds(&modules, "inner", &token).unwrap();
    let load = |set: &Modules| set.load("inner");
    modules.add_with("outer", load).unwrap();
    modules.load("outer").unwrap();
    drop(modules);
    assert_eq!(Arc::strong_count(&token), 1);
}

#[test]
fn bear_functions_whose_destructors_panic() {
    struct Odd(#[allow(dead_code)] Arc<()>);
    impl Drop for Odd {
        fn drop(&mut self) {
            panic!("a destructor of a test");
        }
    }
    let (modules, token) = (Modules::new().unwrap(), Arc::new(()));
    modules.add("odd", keeps(Odd(token.clone()))).unwrap();
    drop(modules);
    assert_eq!(Arc::strong_count(&token), 1);
}

/// Something that began, and may be dropped or ended in any order.
type End = Box<dyn FnOnce() + Send>;

#[test]
fn go_in_any_order_while_loads_run() {
    for turn in 0..5 {
        for background in [false, true] {
            let (gate, token) = (Arc::new(Gate::default()), Arc::new(()));
            let modules = Modules::new().unwrap();
            holds(&modules, "inner", &token).unwrap();
            let inner = gate.clone();
            let load = move |set: &Modules| {
                inner.pass();
                set.load("inner")
            };
            modules.add_with("slow", load).unwrap();
            let after = Module::new("after").dependencies(["slow"]);
            modules.add(after, || Plain::Ok(())).unwrap();
            if background {
                modules.preload().unwrap();
            }
            let short = modules.within(MS);
            let report: ModuleReport = modules.report().unwrap();
            let loads = (!background).then(|| {
                let modules = modules.clone();
                thread::spawn(move || modules.load("after"))
            });
            gate.wait_for(1);
            let opens = gate.clone();
            let mut ends: Vec<End> = vec![
                Box::new(move || drop(modules)),
                Box::new(move || drop(short.load_all(2))),
                Box::new(move || assert_eq!(report.len(), 3)),
                Box::new(move || opens.open()),
                Box::new(move || drop(gate)),
            ];
            ends.rotate_left(turn);
            ends.into_iter().for_each(|end| end());
            if let Some(loads) = loads {
                loads.join().unwrap().unwrap();
            }
            assert!(eventually(|| Arc::strong_count(&token) == 1), "turn {turn}");
        }
    }
}
