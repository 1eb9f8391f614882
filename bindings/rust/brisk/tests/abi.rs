//! The loaded library: one that speaks another version is refused, with both versions named.

mod common;

use brisk::{Cache, Completions, ErrorKind, Limiter, Runtime, Token, Workers};
use common::fails;
use std::env;
use std::path::Path;
use std::process::Command;

/// The version that the library of the test below answers; set for the process that loads it.
const LOADED: &str = "BRISK_TEST_LOADED";

#[test]
fn another_version_is_refused_by_all_that_comes_first() {
    if env::var_os(LOADED).is_some() {
        let error = fails(Cache::builder().build(), ErrorKind::Incompatible);
        assert!(error.message().contains("speaks interface 0.9"), "{error}");
        assert!(error.message().contains("built for 0.1"), "{error}");
        fails(Cache::find("name"), ErrorKind::Incompatible);
        fails(Runtime::builder().build(), ErrorKind::Incompatible);
        fails(Runtime::process(), ErrorKind::Incompatible);
        fails(brisk::parse_size("1"), ErrorKind::Incompatible);
        fails(Workers::builder().build(), ErrorKind::Incompatible);
        fails(Token::new(), ErrorKind::Incompatible);
        fails(Completions::new(), ErrorKind::Incompatible);
        fails(Limiter::new(1.0, 1.0), ErrorKind::Incompatible);
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) = (folder.join("other.c"), folder.join("libother.so"));
    std::fs::write(&source, "unsigned brisk_abi_version(void) { return 9; }\n").unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source);
    assert!(cc.status().unwrap().success());

    let mut again = Command::new(env::current_exe().unwrap());
    again.arg("another_version_is_refused_by_all_that_comes_first");
    again.env(LOADED, "0.9").env("LD_PRELOAD", &library);
    let done = again.output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && text.contains("1 passed"), "{text}");
}
