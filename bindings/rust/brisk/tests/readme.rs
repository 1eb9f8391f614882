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

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--example", "hello"]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let done = cargo.output().unwrap();
    let printed = String::from_utf8_lossy(&done.stdout);
    assert_eq!(block(&readme, "It prints\n", "text"), printed);
}
