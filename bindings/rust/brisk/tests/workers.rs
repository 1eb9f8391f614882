//! Pools: how they are made, what they count, and how they end.

mod common;

use brisk::{ErrorKind, Limiter, TaskError, TaskOptions, TaskState, Workers};
use common::{eventually, fails, manual, workers, MS, SECOND};
use std::convert::Infallible;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

type Plain = Result<(), Infallible>;

#[test]
fn come_of_settings_in_range() {
    let invalid = |builder: brisk::WorkersBuilder| fails(builder.build(), ErrorKind::Invalid);
    let error = invalid(Workers::builder().threads(1025));
    assert!(error.message().contains("1025"), "{error}");
    invalid(Workers::builder().queue_tasks(u64::MAX));
    invalid(Workers::builder().queue_bytes("lots"));
    invalid(Workers::builder().name(vec![b'n'; 13]));
    let runtime = manual();
    runtime.close().unwrap();
    let late = Workers::builder().runtime(&runtime);
    fails(late.build(), ErrorKind::Closed);
}

#[test]
fn name_their_threads_and_start_them_when_there_is_work() {
    let workers = Workers::builder().name("adder").build().unwrap();
    assert_eq!(workers.stats().unwrap().threads, 0);
    let mut task = workers
        .submit(|_| std::fs::read_to_string("/proc/thread-self/comm"))
        .unwrap();
    // The name is given just after the start.
    let mut name = task.wait(None).unwrap();
    for _ in 0..1000 {
        if name == "adder\n" {
            break;
        }
        let read = |_: &_| std::fs::read_to_string("/proc/thread-self/comm");
        name = workers.submit(read).unwrap().wait(None).unwrap();
    }
    assert_eq!(name, "adder\n");
    assert!(workers.stats().unwrap().threads >= 1);
}

#[test]
fn that_close_name_what_still_runs() {
    let workers = workers(1);
    let ((gate, opened), (begun, begins)) = (channel::<()>(), channel());
    let options = TaskOptions::new().name("import of events.h5");
    let mut running = workers
        .submit_with(options, move |task| {
            begun.send(()).unwrap();
            let _ = opened.recv();
            if task.is_cancelled() {
                Err("stopped early")
            } else {
                Ok(())
            }
        })
        .unwrap();
    begins.recv().unwrap();
    let mut queued = workers.submit(|_| Plain::Ok(())).unwrap();
    let stragglers = workers.close(5 * MS).unwrap();
    assert!(
        matches!(&stragglers[..], [one] if one.starts_with("import of events.h5 (") && one.ends_with(" ms)")),
        "{stragglers:?}"
    );
    assert!(matches!(queued.wait(None), Err(TaskError::NeverStarted)));
    fails(workers.submit(|_| Plain::Ok(())), ErrorKind::Closed);
    fails(workers.stats(), ErrorKind::Closed);
    drop(gate);
    assert!(workers.close(None).unwrap().is_empty());
    assert!(workers.close(Duration::ZERO).unwrap().is_empty());
    assert!(matches!(running.wait(None), Err(TaskError::Cancelled)));
}

#[test]
fn that_close_name_all_of_many() {
    let workers = workers(20);
    let (gate, opened) = channel::<()>();
    let opened = std::sync::Arc::new(std::sync::Mutex::new(opened));
    let name = "n".repeat(200);
    for _ in 0..20 {
        let opened = opened.clone();
        let options = TaskOptions::new().name(&name);
        let task = workers.submit_with(options, move |_| {
            let _ = opened.lock().unwrap().recv();
            Plain::Ok(())
        });
        drop(task.unwrap());
    }
    assert!(eventually(|| workers.stats().unwrap().running == 20));
    let stragglers = workers.close(MS).unwrap();
    assert_eq!(stragglers.len(), 20);
    assert!(stragglers.iter().all(|line| line.starts_with(&name)));
    drop(gate);
    assert!(workers.close(None).unwrap().is_empty());
}

#[test]
fn are_not_closed_by_their_own_tasks() {
    let workers = workers(1);
    let pool = workers.clone();
    let mut task = workers.submit(move |_| pool.close(None)).unwrap();
    match task.wait(None) {
        Err(TaskError::Failed(error)) => assert_eq!(error.kind(), ErrorKind::Deadlock),
        other => panic!("{other:?}"),
    }
}

#[test]
fn go_in_any_order_with_their_tasks() {
    for turn in 0..4 {
        let workers = workers(1);
        let ((gate, opened), (begun, begins)) = (channel::<()>(), channel());
        let mut running = workers.submit(move |_| {
            begun.send(()).unwrap();
            let _ = opened.recv();
            Plain::Ok(())
        });
        begins.recv().unwrap();
        let mut queued = workers.submit(|_| Plain::Ok(())).unwrap();
        let inner = workers.clone();
        let last = workers.submit(move |_| Ok::<_, Infallible>(inner)).unwrap();
        let mut ends: Vec<Box<dyn FnOnce()>> = vec![
            Box::new(move || drop(workers)),
            Box::new(move || drop(gate)),
            Box::new(move || drop(queued.wait(MS))),
            Box::new(move || drop((running.as_mut().unwrap().wait(MS), last))),
        ];
        ends.rotate_left(turn);
        ends.into_iter().for_each(|end| end());
    }
}

#[test]
fn that_nobody_holds_end_with_their_tasks() {
    let pool = workers(1);
    let ((gate, opened), (ran, runs)) = (channel::<()>(), channel());
    let running = pool.submit(move |_| {
        let _ = opened.recv();
        Plain::Ok(())
    });
    drop(running.unwrap());
    let mut last = pool.submit(move |_| ran.send(7)).unwrap();
    drop(pool);
    drop(gate);
    assert_eq!(runs.recv_timeout(10 * SECOND), Ok(7));
    last.wait(None).unwrap();
}

#[test]
fn count_what_became_of_their_tasks() {
    let workers = workers(1);
    for _ in 0..20 {
        let mut task = workers.submit(|_| {
            std::thread::sleep(2 * MS);
            Plain::Ok(())
        });
        task.as_mut().unwrap().wait(None).unwrap();
    }
    let mut failing = workers.submit(|_| Err::<(), _>("no")).unwrap();
    assert!(failing.wait(None).is_err());
    let stats = workers.stats().unwrap();
    assert_eq!((stats.done, stats.failed), (20, 1));
    assert!(stats.run_p50_ns >= 2_000_000 && stats.run_p50_ns <= stats.run_max_ns);
    assert!(stats.wait_p50_ns <= stats.wait_p99_ns && stats.wait_p99_ns <= stats.wait_max_ns);
}

#[test]
fn may_be_limited() {
    let limiter = Limiter::new(1000.0, 5.0).unwrap();
    let begun = Instant::now();
    for _ in 0..25 {
        assert!(limiter.acquire(1.0, 30 * SECOND).unwrap());
    }
    assert!(
        begun.elapsed() >= 19 * MS,
        "five at once, then one each millisecond"
    );
    let stats = limiter.stats().unwrap();
    assert_eq!((stats.acquired, stats.refused), (25, 0));
    // A pause of the machine saves it five waits at most.
    assert!(stats.waited_ns > 1_000_000);
    // So slow that no pause lets a token come.
    let slow = Limiter::new(0.001, 5.0).unwrap();
    assert!(slow.acquire(5.0, Duration::ZERO).unwrap());
    assert!(!slow.clone().acquire(1.0, Duration::ZERO).unwrap());
    let stats = slow.stats().unwrap();
    assert_eq!((stats.acquired, stats.refused), (1, 1));
    assert!(stats.available < 1.0);
    fails(limiter.acquire(5.5, None), ErrorKind::Invalid);
    fails(limiter.acquire(f64::NAN, None), ErrorKind::Invalid);
    fails(Limiter::new(0.0, 5.0), ErrorKind::Invalid);
    fails(Limiter::new(1.0, 0.5), ErrorKind::Invalid);
}

#[test]
fn say_how_far_a_task_is() {
    let mut task = workers(1).submit(|_| Plain::Ok(())).unwrap();
    task.wait(None).unwrap();
    assert_eq!(task.state(), TaskState::Done);
    assert_eq!(format!("{task:?}"), "TaskHandle { state: Done }");
}
