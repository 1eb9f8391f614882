//! The README shows the example as it is, and what it prints.

mod common;

use common::source;
use std::process::Command;

/// What stands in the first block of this kind after a line.
fn block<'a>(text: &'a str, after: &str, kind: &str) -> &'a str {
    let rest = text.split_once(after).expect(after).1;
    let block = rest.split_once(&format!("\n```{kind}\n")).expect(kind).1;
    block.split_once("```").expect("the end of a block").0
}

#[test]
fn shows_the_example_and_what_it_prints() {
    let readme = source("bindings/rust/README.md");
    let example = source("bindings/rust/brisk/examples/hello.rs");
    assert_eq!(block(&readme, "## Use\n", "rust"), example);

    // cargo test builds the examples beside the tests.
    let tests = std::env::current_exe().unwrap();
    let hello = tests.ancestors().nth(2).unwrap().join("examples/hello");
    let done = Command::new(&hello)
        .output()
        .expect("cargo build --examples");
    let printed = String::from_utf8_lossy(&done.stdout);
    assert_eq!(block(&readme, "It prints\n", "text"), printed);
}
