//! The README shows the examples as they are, and what they print.

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
fn shows_the_examples_and_what_they_print() {
    let readme = source("bindings/rust/README.md");
    for (section, name) in [
        ("## Use\n", "hello"),
        ("## Workers\n", "workers"),
        ("## Modules\n", "modules"),
    ] {
        let text = readme.split_once(section).expect(section).1;
        let example = source(&format!("bindings/rust/brisk/examples/{name}.rs"));
        assert_eq!(block(text, "", "rust"), example);

        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["run", "--quiet", "--example", name]);
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        let done = cargo.output().unwrap();
        let printed = String::from_utf8_lossy(&done.stdout);
        assert_eq!(block(text, "It prints\n", "text"), printed);
    }
}
