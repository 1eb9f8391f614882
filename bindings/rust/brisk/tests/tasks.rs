//! Tasks: what they give, how they fail, and what ends them before they do.

mod common;

use brisk::{Completions, TaskState, Token, Workers};
use brisk::{ErrorKind, Outcome, Priority, Runtime, TaskError, TaskHandle, TaskOptions};
use common::{eventually, fails, unhurried, workers, MS, SECOND};
use std::convert::Infallible;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Plain = Result<(), Infallible>;

/// A task that runs until its gate is opened or dropped.
fn held(workers: &Workers) -> (Sender<()>, TaskHandle<(), Infallible>) {
    let (gate, opened) = channel::<()>();
    let (begun, begins) = channel();
    let task = workers.submit(move |_| {
        begun.send(()).unwrap();
        let _ = opened.recv();
        Plain::Ok(())
    });
    begins.recv().unwrap();
    (gate, task.unwrap())
}

#[track_caller]
fn kind<T, E>(outcome: Outcome<T, E>) -> ErrorKind {
    match outcome {
        Err(TaskError::Workers(error)) => error.kind(),
        _ => panic!("the pool has an answer"),
    }
}

#[test]
fn give_what_their_function_returns() {
    let workers = workers(2);
    let text = String::from("moved in");
    let mut task = workers.submit(move |_| Ok::<_, Infallible>(Box::new(text + ", and out")));
    let task = task.as_mut().unwrap();
    assert_eq!(*task.wait(None).unwrap(), "moved in, and out");
    assert_eq!(task.state(), TaskState::Done);
    assert_eq!(kind(task.wait(None)), ErrorKind::Invalid, "taken");

    let mut failing = workers.submit(|_| "x".parse::<i32>()).unwrap();
    let error = failing.wait(None).unwrap_err();
    assert!(matches!(&error, TaskError::Failed(why) if why.to_string().contains("invalid digit")));
    assert_eq!(failing.state(), TaskState::Failed);
    let plain = brisk::Error::from(error);
    assert_eq!(plain.kind(), ErrorKind::LoadFailed);
    assert!(plain.message().contains("invalid digit"));
}

#[test]
fn that_panic_keep_the_panic() {
    let workers = workers(1);
    let panics = |why: &'static str| {
        let task = workers.submit(move |_| -> Plain { panic!("{why}, thrice") });
        match task.unwrap().wait(None) {
            Err(TaskError::Panicked(panic)) => panic,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(panics("bad luck").message(), Some("bad luck, thrice"));
    assert_eq!(panics("bad luck").to_string(), "bad luck, thrice");
    let resumed = std::panic::catch_unwind(|| panics("again").resume()).unwrap_err();
    assert_eq!(resumed.downcast_ref(), Some(&"again, thrice".to_owned()));
    let odd = workers.submit(|_| -> Plain { std::panic::panic_any(7_u8) });
    let Err(TaskError::Panicked(panic)) = odd.unwrap().wait(None) else {
        panic!("it panics");
    };
    assert_eq!(panic.message(), None);
    assert_eq!(panic.into_payload().downcast_ref(), Some(&7_u8));
    let mut next = workers.submit(|_| Plain::Ok(())).unwrap();
    assert!(next.wait(None).is_ok(), "the thread goes on");
}

/// Counts its drops, and may panic in one.
struct Dropped(Arc<AtomicUsize>, bool);

impl Dropped {
    fn told(&self) -> Result<bool, Infallible> {
        Ok(self.1)
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        assert!(!self.1, "a destructor fails");
    }
}

#[test]
fn drop_what_they_hold_before_their_end_is_told() {
    let workers = workers(2);
    let count = Arc::new(AtomicUsize::new(0));
    for round in 0..300 {
        let held = Dropped(count.clone(), round % 100 == 50);
        let task = workers.submit(move |_| held.told());
        // One that panics while it is dropped does so in the task.
        let panicked = matches!(task.unwrap().wait(None), Err(TaskError::Panicked(_)));
        assert_eq!(panicked, round % 100 == 50);
        assert_eq!(count.load(Ordering::Relaxed), round + 1);
    }
    let (gate, _task) = self::held(&workers);
    let (other, _task) = self::held(&workers);
    let held = Dropped(count.clone(), true);
    let mut never = workers.submit(move |_| held.told()).unwrap();
    never.cancel().unwrap();
    assert!(matches!(never.wait(None), Err(TaskError::Cancelled)));
    assert_eq!(count.load(Ordering::Relaxed), 301);
    drop((gate, other));
}

#[test]
fn whose_handle_is_dropped_go_on_and_drop_what_they_give() {
    let workers = workers(1);
    let count = Arc::new(AtomicUsize::new(0));
    for _ in 0..100 {
        let given = Dropped(count.clone(), false);
        drop(workers.submit(move |_| Ok::<_, Infallible>(given)).unwrap());
    }
    assert!(eventually(|| count.load(Ordering::Relaxed) == 100));
}

#[test]
fn take_longer_than_a_wait() {
    let workers = workers(1);
    let (gate, mut task) = held(&workers);
    assert!(matches!(task.wait(Duration::ZERO), Err(TaskError::Pending)));
    assert!(matches!(task.wait(MS), Err(TaskError::Pending)));
    assert_eq!(task.state(), TaskState::Running);
    let mut next = workers.submit(|_| Plain::Ok(())).unwrap();
    assert_eq!(next.state(), TaskState::Queued);
    drop(gate);
    task.wait(Duration::MAX).unwrap();
    next.wait(None).unwrap();
}

/// A task that runs until it sees that it is cancelled.
fn patient(workers: &Workers, options: TaskOptions<'_>) -> TaskHandle<(), &'static str> {
    let (begun, begins) = channel();
    let task = workers.submit_with(options, move |task| {
        begun.send(task.is_cancelled()).unwrap();
        match eventually(|| task.is_cancelled()) {
            true => Err("stopped early"),
            false => Ok(()),
        }
    });
    assert!(!begins.recv().unwrap(), "not yet");
    task.unwrap()
}

#[test]
fn see_that_they_are_cancelled() {
    let workers = workers(1);
    let mut running = patient(&workers, TaskOptions::new());
    running.cancel().unwrap();
    assert!(matches!(running.wait(None), Err(TaskError::Cancelled)));

    let all = Token::new().unwrap();
    let some = all.child().unwrap();
    let mut running = patient(&workers, TaskOptions::new().token(&some));
    let options = TaskOptions::new().token(&all);
    let mut queued = workers.submit_with(options, |_| Plain::Ok(())).unwrap();
    all.cancel().unwrap();
    assert!(some.is_cancelled());
    assert!(matches!(running.wait(None), Err(TaskError::Cancelled)));
    assert!(matches!(queued.wait(None), Err(TaskError::Cancelled)));
}

#[test]
fn that_succeed_although_cancelled_are_done() {
    let workers = workers(1);
    let (gate, mut task) = held(&workers);
    task.cancel().unwrap();
    task.cancel().unwrap();
    drop(gate);
    assert!(task.wait(None).is_ok());
}

#[test]
fn end_at_their_deadline() {
    let workers = workers(1);
    unhurried(|deadline| {
        let count = Arc::new(AtomicUsize::new(0));
        let (given, (gate, opened)) = (Dropped(count.clone(), false), channel::<()>());
        let (begun, begins) = channel();
        let options = TaskOptions::new().deadline(*deadline);
        let mut late = workers
            .submit_with(options.clone(), move |task| {
                begun.send(()).unwrap();
                let _ = opened.recv();
                Ok::<_, Infallible>((task.is_cancelled(), given))
            })
            .unwrap();
        if begins.recv().is_err() {
            assert!(matches!(late.wait(None), Err(TaskError::NeverStarted)));
            return false;
        }
        let mut never = workers.submit_with(options, |_| Plain::Ok(())).unwrap();
        assert!(matches!(late.wait(None), Err(TaskError::TimedOut)));
        assert!(matches!(never.wait(None), Err(TaskError::NeverStarted)));
        assert_eq!(count.load(Ordering::Relaxed), 0, "it still runs");
        drop(gate);
        drop(late);
        assert!(eventually(|| count.load(Ordering::Relaxed) == 1));
        true
    });
}

#[test]
fn run_by_priority() {
    let workers = workers(1);
    let (gate, _task) = held(&workers);
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for (index, priority) in [
        Priority::Low,
        Priority::Normal,
        Priority::High,
        Priority::Normal,
    ]
    .into_iter()
    .enumerate()
    {
        let order = order.clone();
        let options = TaskOptions::new().priority(priority);
        let task = workers.submit_with(options, move |_| {
            order.lock().unwrap().push(index);
            Plain::Ok(())
        });
        tasks.push(task.unwrap());
    }
    drop(gate);
    tasks.iter_mut().for_each(|task| task.wait(None).unwrap());
    assert_eq!(*order.lock().unwrap(), [2, 1, 3, 0]);
}

#[test]
fn are_refused_by_a_full_queue_or_wait_for_room() {
    let workers = Workers::builder()
        .threads(1)
        .queue_tasks(2)
        .build()
        .unwrap();
    let (gate, _task) = held(&workers);
    let count = Arc::new(AtomicUsize::new(0));
    let submit = |patience| {
        let held = Dropped(count.clone(), false);
        let options = TaskOptions::new().wait_for_room(patience);
        workers.submit_with(options, move |_| held.told())
    };
    let queued = [
        submit(Duration::ZERO).unwrap(),
        submit(Duration::ZERO).unwrap(),
    ];
    let refused = fails(submit(Duration::ZERO), ErrorKind::Refused);
    assert!(refused.message().contains("queue"), "{refused}");
    fails(submit(5 * MS), ErrorKind::Refused);
    assert_eq!(count.load(Ordering::Relaxed), 2, "those refused");
    assert_eq!(workers.stats().unwrap().refused, 2);
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| submit(10 * SECOND).unwrap().wait(None).unwrap());
        std::thread::sleep(5 * MS);
        drop(gate);
        waits.join().unwrap();
    });
    assert!(eventually(|| queued
        .iter()
        .all(|task| task.state() == TaskState::Done)));
}

#[test]
fn start_when_the_budget_has_their_bytes() {
    let runtime = Runtime::builder().budget("1 MiB").build().unwrap();
    let workers = Workers::builder()
        .runtime(&runtime)
        .queue_bytes(2 << 20)
        .threads(2);
    let workers = workers.build().unwrap();
    let most = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let mut tasks: Vec<_> = (0..6)
        .map(|_| {
            let most = most.clone();
            let options = TaskOptions::new()
                .bytes("600 KiB")
                .wait_for_room(10 * SECOND);
            workers.submit_with(options, move |_| {
                let now = most.0.fetch_add(1, Ordering::SeqCst) + 1;
                most.1.fetch_max(now, Ordering::SeqCst);
                std::thread::sleep(2 * MS);
                most.0.fetch_sub(1, Ordering::SeqCst);
                Plain::Ok(())
            })
        })
        .collect::<brisk::Result<_>>()
        .unwrap();
    tasks.iter_mut().for_each(|task| task.wait(None).unwrap());
    assert_eq!(most.1.load(Ordering::SeqCst), 1, "at a time");
    let huge = TaskOptions::new().bytes(1 << 30);
    fails(
        workers.submit_with(huge, |_| Plain::Ok(())),
        ErrorKind::TooLarge,
    );
    let odd = TaskOptions::new().bytes("lots");
    fails(
        workers.submit_with(odd, |_| Plain::Ok(())),
        ErrorKind::Invalid,
    );
    let long = TaskOptions::new().name(&[b'n'; 256]);
    fails(
        workers.submit_with(long, |_| Plain::Ok(())),
        ErrorKind::Invalid,
    );
}

fn nested(workers: &Workers, depth: usize) -> Outcome<usize, Infallible> {
    let pool = workers.clone();
    let mut task = workers.submit(move |_| {
        let below = if depth == 0 {
            0
        } else {
            nested(&pool, depth - 1).unwrap()
        };
        Ok(below + 1)
    })?;
    task.wait(None)
}

#[test]
fn that_wait_for_tasks_use_up_no_threads() {
    assert_eq!(nested(&workers(1), 63).unwrap(), 64);
}

#[test]
fn that_wait_for_themselves_say_so() {
    let workers = workers(1);
    let (give, given) = channel::<TaskHandle<ErrorKind, Infallible>>();
    let (tell, told) = channel();
    let own = workers.submit(move |_| {
        let mut own = given.recv().unwrap();
        tell.send(kind(own.wait(None))).unwrap();
        Ok(ErrorKind::Other)
    });
    give.send(own.unwrap()).unwrap();
    assert_eq!(told.recv().unwrap(), ErrorKind::Deadlock);
}

#[test]
fn tell_their_end_to_a_queue_that_polls() {
    let workers = workers(2);
    let ended = Completions::new().unwrap();
    assert!(ended.as_raw_fd() >= 0);
    assert_eq!(ended.as_fd().as_raw_fd(), ended.as_raw_fd());
    let mut tags = [0; 16];
    assert!(ended.next(&mut tags).unwrap().is_empty());
    for tag in 1..=100 {
        let options = TaskOptions::new().completions(&ended, tag);
        drop(workers.submit_with(options, |_| Plain::Ok(())).unwrap());
    }
    let mut left: std::collections::BTreeSet<u64> = (1..=100).collect();
    assert!(eventually(|| {
        let taken = ended.next(&mut tags).unwrap();
        taken
            .iter()
            .for_each(|tag| assert!(left.remove(tag), "{tag}"));
        left.is_empty()
    }));
}

#[test]
fn of_many_threads_all_end() {
    let workers = workers(3);
    let sum = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (workers, sum) = (&workers, &sum);
            scope.spawn(move || {
                let tasks =
                    (0..500).map(|i| workers.submit(move |_| Plain::Ok(()).map(|()| i + thread)));
                let mut tasks: Vec<_> = tasks.map(Result::unwrap).collect();
                for task in &mut tasks {
                    sum.fetch_add(task.wait(None).unwrap(), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(sum.into_inner(), 4 * (499 * 500 / 2) + 500 * (1 + 2 + 3));
    assert_eq!(workers.stats().unwrap().done, 2000);
}
