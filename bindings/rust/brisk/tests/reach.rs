//! The crate against the C interface: nothing of it is out of reach.

mod common;

use common::source;
use std::collections::{BTreeMap, BTreeSet};

/// Functions that programs in Rust have no use for.
const UNREACHED: [(&str, &str); 12] = [
    (
        "brisk_abi_digest",
        "versions decide; an interface that only grew has another digest",
    ),
    (
        "brisk_batch_cancel",
        "a batch is over when the call returns; its token cancels it",
    ),
    ("brisk_batch_check", KEPT),
    ("brisk_batch_fail", KEPT),
    ("brisk_cache_get_or_load", LEASES),
    ("brisk_cache_get_or_refresh", LEASES),
    (
        "brisk_error_ref",
        "an error has a copy of the message and drops the object",
    ),
    (
        "brisk_error_status",
        "the status comes from the call itself",
    ),
    ("brisk_task_fail", KEPT),
    ("brisk_task_read", KEPT),
    ("brisk_task_succeed", KEPT),
    ("brisk_workers_batch", "items are called in ranges"),
];

const LEASES: &str = "built on leases, so that nothing calls back from C";
const KEPT: &str = "results and failures stay in the memory of Rust, with their types";

/// What is written by hand: the code of both crates without its comments.
fn code() -> String {
    let mut text = source("bindings/rust/brisk-sys/src/compatible.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
        text += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The words of a text that start like this.
fn words(text: &str, prefix: &str) -> BTreeSet<String> {
    let words = text.split(|byte: char| !byte.is_ascii_alphanumeric() && byte != '_');
    words
        .filter(|word| word.starts_with(prefix))
        .map(String::from)
        .collect()
}

/// The fields of a struct of a generated module.
fn fields(text: &str, name: &str) -> Vec<String> {
    let body = text.split(&format!("pub struct {name} {{")).nth(1).unwrap();
    let body = body.split("\n}\n").next().unwrap();
    let lines = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub "));
    lines
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn has_every_function_or_a_reason() {
    let functions = words(&source("lib/abi/brisk.map"), "brisk_");
    let unreached = BTreeMap::from(UNREACHED);
    assert!(functions.len() > 40);
    let used = words(&code(), "brisk_");
    for function in &functions {
        let expected = !unreached.contains_key(function.as_str());
        assert_eq!(used.contains(function), expected, "{function}");
    }
    for (function, reason) in unreached {
        assert!(functions.contains(function), "{function}: {reason}");
    }
}

#[test]
fn has_every_option() {
    let code = code();
    for (module, name) in [
        ("cache", "cache_options"),
        ("intern", "intern_options"),
        ("modules", "modules_options"),
        ("modules", "module_options"),
        ("runtime", "runtime_options"),
        ("workers", "task_options"),
        ("workers", "workers_options"),
    ] {
        let text = source(&format!("bindings/rust/brisk-sys/src/{module}.rs"));
        let fields = fields(&text, &format!("brisk_{name}"));
        assert!(fields.len() >= 3);
        for field in fields
            .iter()
            .filter(|&field| field != "struct_size" && field != "reserved")
        {
            assert!(code.contains(&format!("raw.{field} = ")), "{name}: {field}");
        }
    }
}

#[test]
fn has_every_value_of_the_enums() {
    let used = words(&code(), "BRISK_");
    for (module, prefix) in [
        ("cache", "BRISK_POLICY_"),
        ("cache", "BRISK_COMPRESSION_"),
        ("cache", "BRISK_CAUSE_"),
        ("modules", "BRISK_MODULE_STATE_"),
        ("modules", "BRISK_MODULE_STEP_"),
        ("modules", "BRISK_MODULE_TEXT_"),
        ("modules", "BRISK_REPORT_FORMAT_"),
        ("runtime", "BRISK_CLOCK_"),
        ("workers", "BRISK_TASK_PRIORITY_"),
        ("workers", "BRISK_TASK_STATE_"),
    ] {
        let values = words(&source(&format!("include/brisk/{module}.h")), prefix);
        assert!(values.len() >= 2, "{prefix}");
        assert!(values.is_subset(&used), "{values:?}");
    }
    let statuses = source("lib/abi/status_names.inc");
    let failures = statuses.lines().filter(|line| line.contains(", -"));
    let names: Vec<_> = failures
        .map(|line| line.split(['(', ',']).nth(1).unwrap())
        .collect();
    assert!(names.len() >= 8);
    for name in names {
        assert!(
            used.contains(&format!("BRISK_{name}")),
            "{name} has no kind of error"
        );
    }
}
