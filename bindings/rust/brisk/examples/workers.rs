//! Workers in Rust: an outcome for each item, a race, a deadline, and what can go wrong.

use std::time::Duration;

use brisk::{TaskError, TaskOptions, Workers};

fn main() -> brisk::Result<()> {
    let workers = Workers::builder().threads(4).build()?;

    // All at once, borrowed, with an outcome for each.
    let texts = ["7".to_owned(), "eight".to_owned()];
    for (text, outcome) in texts
        .iter()
        .zip(workers.map(&texts, |text, _| text.parse::<i32>())?)
    {
        match outcome {
            Ok(number) => println!("{text} is {number}"),
            Err(why) => println!("{text}: {why}"),
        }
    }

    // The first success wins, and cancels the others.
    let mirrors = ["down", "up"];
    let (index, page) = workers.race(mirrors, Duration::from_secs(5), |name, _| fetch(name))?;
    println!("{page}, from mirror {index}");

    // A task that takes too long sees its deadline, and so does who waits.
    let options = TaskOptions::new().deadline(Duration::from_millis(20));
    let mut slow = workers.submit_with(options, |task| {
        while !task.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err::<(), _>("stopped early")
    })?;
    if let Err(TaskError::TimedOut) = slow.wait(None) {
        println!("too slow");
    }

    let stragglers = workers.close(Duration::from_secs(5))?;
    println!("{} tasks still run", stragglers.len());
    Ok(())
}

fn fetch(mirror: &str) -> Result<String, &'static str> {
    match mirror {
        "down" => Err("no answer"),
        name => Ok(format!("a page of {name}")),
    }
}
