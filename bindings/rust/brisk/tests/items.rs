//! Batches, maps and races: an outcome for each item.

mod common;

use brisk::{BatchOptions, ErrorKind, RaceError, TaskContext, TaskError, Token};
use common::{eventually, fails, unhurried, workers, MS, SECOND};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn have_an_outcome_each() {
    let workers = workers(2);
    let outcomes = workers.batch(0..1000_u32, None, |item, _| match item {
        7 => Err("seven".to_owned()),
        8 => panic!("eight"),
        item => Ok(item.to_string()),
    });
    let outcomes = outcomes.unwrap();
    assert_eq!(outcomes.len(), 1000);
    for (index, outcome) in outcomes.iter().enumerate() {
        match (index, outcome) {
            (7, Err(TaskError::Failed(why))) => assert_eq!(why, "seven"),
            (8, Err(TaskError::Panicked(panic))) => assert_eq!(panic.message(), Some("eight")),
            (_, Ok(text)) => assert_eq!(*text, index.to_string()),
            other => panic!("{other:?}"),
        }
    }
    let stats = workers.stats().unwrap();
    assert!(stats.done >= 998 && stats.failed == 2, "{stats:?}");
    let none = workers.batch(Vec::<u8>::new(), None, |_, _| Ok::<_, Infallible>(()));
    assert!(none.unwrap().is_empty());
}

#[test]
fn may_borrow_in_a_map() {
    let workers = workers(3);
    let texts: Vec<String> = (0..100).map(|i| i.to_string()).collect();
    let calls = AtomicUsize::new(0);
    for _ in 0..100 {
        let lengths = workers.map(&texts, |text, _| {
            calls.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(&text[..1])
        });
        let lengths = lengths.unwrap();
        assert!(lengths
            .iter()
            .zip(&texts)
            .all(|(one, text)| text.starts_with(one.as_ref().unwrap())));
    }
    assert_eq!(calls.into_inner(), 10_000);
    let mut numbers = [1, 2, 3];
    let doubled = workers.map(&mut numbers, |number, _| {
        *number *= 2;
        Ok::<_, Infallible>(())
    });
    assert!(doubled.unwrap().iter().all(Result::is_ok));
    assert_eq!(numbers, [2, 4, 6]);
}

#[test]
fn of_maps_within_maps_use_up_no_threads() {
    for threads in [1, 2] {
        let workers = workers(threads);
        let sums = workers.map(0..8_u32, |outer, _| {
            let inner = workers.map(0..8_u32, |inner, _| Ok::<_, Infallible>(inner * outer))?;
            Ok::<u32, brisk::Error>(inner.into_iter().flatten().sum())
        });
        let sums: u32 = sums.unwrap().into_iter().flatten().sum();
        assert_eq!(sums, 28 * 28);
    }
}

#[test]
fn end_at_the_deadline_of_their_batch() {
    let workers = workers(2);
    unhurried(|deadline| {
        let released = Arc::new(AtomicBool::new(false));
        let kept = Arc::new(());
        let outcomes = workers.batch([0, 1, 2, 3, 4], *deadline, {
            let (released, kept) = (released.clone(), kept.clone());
            move |item, context: &TaskContext| {
                let _ = &kept;
                if item == 0 {
                    return Ok(context.is_cancelled());
                }
                while !released.load(Ordering::Relaxed) {
                    std::thread::sleep(MS);
                }
                assert!(context.is_cancelled());
                Ok::<_, Infallible>(true)
            }
        });
        let outcomes = outcomes.unwrap();
        let in_time = matches!(
            outcomes[..],
            [
                Ok(false),
                Err(TaskError::TimedOut),
                Err(TaskError::TimedOut),
                Err(TaskError::NeverStarted),
                Err(TaskError::NeverStarted)
            ]
        );
        if in_time {
            assert_eq!(Arc::strong_count(&kept), 2, "two still run");
        }
        released.store(true, Ordering::Relaxed);
        assert!(
            eventually(|| Arc::strong_count(&kept) == 1),
            "the last one drops it"
        );
        in_time
    });
    let late = workers.batch([0], Duration::ZERO, |_, _| Ok::<_, Infallible>(()));
    assert!(!matches!(late.unwrap()[..], [Ok(())]), "no time at all");
}

#[test]
fn are_cancelled_by_the_token_of_their_batch() {
    let workers = workers(1);
    let token = Token::new().unwrap();
    let inside = token.clone();
    let outcomes = workers.batch(0..4, &token, move |item, context| {
        if item == 1 {
            inside.cancel().unwrap();
            assert!(context.is_cancelled());
        }
        Ok::<_, Infallible>(item)
    });
    let outcomes = outcomes.unwrap();
    assert!(matches!(outcomes[0], Ok(0)));
    assert!(matches!(outcomes[3], Err(TaskError::Cancelled)));
    let options = BatchOptions::new().token(&token).deadline(60 * SECOND);
    let outcomes = workers.batch(0..4, options, |item, _| Ok::<_, Infallible>(item));
    assert!(outcomes
        .unwrap()
        .iter()
        .all(|it| matches!(it, Err(TaskError::Cancelled))));
}

#[test]
fn of_a_race_end_with_the_first_success() {
    let workers = workers(3);
    let (begun, seen) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (index, value) = workers
        .race(["fails", "wins", "waits"], None, {
            let (begun, seen) = (begun.clone(), seen.clone());
            move |name, context| match name {
                "fails" => Err("no"),
                "wins" => {
                    assert!(eventually(|| begun.load(Ordering::Relaxed)));
                    Ok(name)
                }
                _ => {
                    begun.store(true, Ordering::Relaxed);
                    let cancelled = eventually(|| context.is_cancelled());
                    seen.store(cancelled, Ordering::Relaxed);
                    Ok(name)
                }
            }
        })
        .unwrap();
    assert_eq!((index, value), (1, "wins"));
    assert!(eventually(|| seen.load(Ordering::Relaxed)));
}

#[test]
fn of_a_race_that_nobody_wins_are_all_listed() {
    let workers = workers(2);
    let lost = workers.race(0..3, 60 * SECOND, |item, _| match item {
        2 => panic!("no {item}"),
        _ => Err::<(), _>(format!("no {item}")),
    });
    let Err(RaceError::Lost(whys)) = lost else {
        panic!("{lost:?}");
    };
    assert!(matches!(&whys[1], TaskError::Failed(why) if why == "no 1"));
    assert!(matches!(&whys[2], TaskError::Panicked(_)));
    let plain = brisk::Error::from(RaceError::Lost(whys));
    assert_eq!(
        plain.message(),
        "nobody won the race; 0: no 0; 1: no 1; 2: the task panicked: no 2"
    );
    unhurried(|deadline| {
        let late = workers.race([()], *deadline, |_, context| {
            assert!(eventually(|| context.is_cancelled()));
            Ok::<_, Infallible>(())
        });
        let Err(RaceError::Lost(whys)) = late else {
            panic!("{late:?}");
        };
        match whys[..] {
            [TaskError::TimedOut] => true,
            [TaskError::NeverStarted] => false,
            _ => panic!("{whys:?}"),
        }
    });
    let none = workers.race(Vec::<u8>::new(), None, |_, _| Ok::<_, Infallible>(()));
    assert!(matches!(none, Err(RaceError::Lost(whys)) if whys.is_empty()));
}

#[test]
fn of_many_races_have_one_winner() {
    let workers = workers(3);
    for _ in 0..500 {
        let (index, value) = workers
            .race(0..3_usize, None, |item, _| Ok::<_, Infallible>(item))
            .unwrap();
        assert_eq!(index, value);
    }
}

#[test]
fn are_refused_by_a_full_queue_and_a_closed_pool() {
    let workers = brisk::Workers::builder()
        .threads(1)
        .queue_tasks(1)
        .build()
        .unwrap();
    let gate = Arc::new(AtomicBool::new(false));
    let wait = gate.clone();
    let running =
        workers.submit(move |_| Ok::<_, Infallible>(eventually(|| wait.load(Ordering::Relaxed))));
    assert!(eventually(|| workers.stats().unwrap().running == 1));
    let queued = workers.submit(|_| Ok::<_, Infallible>(())).unwrap();
    let kept = vec![1, 2, 3];
    let map = || workers.map(&kept, |item, _| Ok::<_, Infallible>(item));
    fails(map(), ErrorKind::Refused);
    gate.store(true, Ordering::Relaxed);
    running.unwrap().wait(None).unwrap();
    assert!(eventually(|| queued.state() == brisk::TaskState::Done));
    workers.close(None).unwrap();
    fails(map(), ErrorKind::Closed);
    fails(
        workers.batch([1], None, |_, _| Ok::<_, Infallible>(())),
        ErrorKind::Closed,
    );
    let race = workers.race([1], None, |_, _| Ok::<_, Infallible>(()));
    assert!(matches!(race, Err(RaceError::Workers(error)) if error.kind() == ErrorKind::Closed));
}

#[test]
fn of_a_map_have_returned_when_it_ends_with_its_pool() {
    for threads in [1, 2] {
        let workers = workers(threads);
        let (begun, inside) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let map = scope.spawn(|| {
                let outcomes = workers.map(0..400, |item, context| {
                    inside.fetch_add(1, Ordering::SeqCst);
                    begun.store(true, Ordering::SeqCst);
                    let seen = eventually(|| context.is_cancelled());
                    inside.fetch_sub(1, Ordering::SeqCst);
                    if seen {
                        Ok(item)
                    } else {
                        Err("nobody told")
                    }
                });
                assert_eq!(inside.load(Ordering::SeqCst), 0);
                outcomes.unwrap()
            });
            assert!(eventually(|| begun.load(Ordering::SeqCst)));
            assert!(workers.close(None).unwrap().is_empty());
            let outcomes = map.join().unwrap();
            assert!(outcomes.iter().any(Result::is_ok));
            assert!(matches!(outcomes[399], Err(TaskError::NeverStarted)));
        });
    }
}
