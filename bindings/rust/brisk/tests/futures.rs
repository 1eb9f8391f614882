//! Futures: tasks that are awaited, without a thread for each wait.

mod common;

use brisk::{Outcome, TaskError, TaskHandle, TaskOptions, Token};
use common::{unhurried, workers, MS, SECOND};
use std::convert::Infallible;
use std::future::Future;
use std::pin::{pin, Pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

type Plain = Result<(), Infallible>;

/// Wakes a thread, and counts how often.
struct Unpark(Thread, AtomicUsize);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.unpark();
    }
}

fn unpark() -> Arc<Unpark> {
    Arc::new(Unpark(thread::current(), AtomicUsize::new(0)))
}

/// Runs a future on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(unpark());
    let mut context = Context::from_waker(&waker);
    let end = Instant::now() + 30 * SECOND;
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park_timeout(end - Instant::now()),
        }
        assert!(Instant::now() < end, "nothing wakes it");
    }
}

/// All of many futures, which this thread waits for at once.
struct All<T>(Vec<(TaskHandle<T, Infallible>, Option<T>)>);

impl<T: Unpin> Future for All<T> {
    type Output = Vec<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Vec<T>> {
        let mut left = 0;
        for (task, given) in self.0.iter_mut().filter(|(_, given)| given.is_none()) {
            match Pin::new(task).poll(context) {
                Poll::Ready(outcome) => *given = Some(outcome.unwrap()),
                Poll::Pending => left += 1,
            }
        }
        match left {
            0 => Poll::Ready(self.0.drain(..).filter_map(|(_, given)| given).collect()),
            _ => Poll::Pending,
        }
    }
}

#[test]
fn are_woken_by_the_end_of_their_task() {
    let workers = workers(2);
    for round in 0..2000 {
        let task = workers.submit(move |_| Ok::<_, Infallible>(round)).unwrap();
        assert_eq!(block_on(task).unwrap(), round);
    }
    let sum = block_on(async {
        let one = workers.submit(|_| Ok::<_, Infallible>(1))?.await.unwrap();
        let two = workers.submit(move |_| Ok::<_, Infallible>(one + 1))?.await;
        Ok::<_, brisk::Error>(one + two.unwrap())
    });
    assert_eq!(sum.unwrap(), 3);
}

#[test]
fn wait_for_many_on_one_thread() {
    let workers = workers(3);
    for _ in 0..20 {
        let tasks = (0..200_u64).map(|i| workers.submit(move |_| Ok(i)).unwrap());
        let all = All(tasks.map(|task| (task, None)).collect());
        assert_eq!(block_on(all), (0..200).collect::<Vec<_>>());
    }
}

#[test]
fn fail_panic_and_are_cancelled() {
    let workers = workers(1);
    let failing = workers.submit(|_| Err::<(), _>("no")).unwrap();
    assert!(matches!(block_on(failing), Err(TaskError::Failed("no"))));
    let panics = workers.submit(|_| -> Plain { panic!("no") }).unwrap();
    assert!(matches!(block_on(panics), Err(TaskError::Panicked(_))));

    let (gate, opened) = channel::<()>();
    let running = workers.submit(move |_| Ok::<_, Infallible>(opened.recv().is_ok()));
    let token = Token::new().unwrap();
    let options = TaskOptions::new().token(&token);
    let queued = workers.submit_with(options, |_| Plain::Ok(())).unwrap();
    let cancels = thread::spawn(move || {
        thread::sleep(5 * MS);
        token.cancel().unwrap();
        gate.send(()).unwrap();
    });
    assert!(matches!(block_on(queued), Err(TaskError::Cancelled)));
    cancels.join().unwrap();
    assert!(block_on(running.unwrap()).unwrap());
}

#[test]
fn are_woken_when_their_pool_closes_and_after_their_deadline() {
    unhurried(|deadline| {
        let workers = workers(1);
        let ((gate, opened), (begun, begins)) = (channel::<()>(), channel());
        let options = TaskOptions::new().deadline(*deadline);
        let late = workers.submit_with(options, move |_| {
            begun.send(()).unwrap();
            Ok::<_, Infallible>(opened.recv().is_ok())
        });
        if begins.recv().is_err() {
            assert!(matches!(
                block_on(late.unwrap()),
                Err(TaskError::NeverStarted)
            ));
            return false;
        }
        let queued = workers.submit(|_| Plain::Ok(())).unwrap();
        let closes = thread::spawn({
            let (workers, pause) = (workers.clone(), *deadline * 3 / 2);
            move || {
                thread::sleep(pause);
                assert_eq!(workers.close(MS).unwrap().len(), 1);
                gate.send(()).unwrap();
            }
        });
        assert!(matches!(block_on(queued), Err(TaskError::NeverStarted)));
        assert!(matches!(block_on(late.unwrap()), Err(TaskError::TimedOut)));
        closes.join().unwrap();
        true
    });
}

#[test]
fn wake_the_last_who_asked() {
    let workers = workers(1);
    let (gate, opened) = channel::<()>();
    let task = workers.submit(move |_| Ok::<_, Infallible>(opened.recv().is_ok()));
    let mut task = task.unwrap();
    let (first, last) = (unpark(), unpark());
    for waker in [&first, &first, &last] {
        let waker = Waker::from(waker.clone());
        let polled: Poll<Outcome<_, _>> =
            Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
    }
    gate.send(()).unwrap();
    assert!(task.wait(None).unwrap());
    assert_eq!(first.1.load(Ordering::SeqCst), 0);
    assert_eq!(last.1.load(Ordering::SeqCst), 1);
}

#[test]
fn with_a_waker_that_panics_end_all_the_same() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker fails");
        }
    }
    let workers = workers(1);
    let (gate, opened) = channel::<()>();
    let task = workers.submit(move |_| Ok::<_, Infallible>(opened.recv().is_ok()));
    let mut task = task.unwrap();
    let waker = Waker::from(Arc::new(Panics));
    assert!(Pin::new(&mut task)
        .poll(&mut Context::from_waker(&waker))
        .is_pending());
    gate.send(()).unwrap();
    assert!(task.wait(None).unwrap());
}
