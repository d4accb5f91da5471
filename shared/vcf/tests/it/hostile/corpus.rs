//! Replays the committed corpus: seeds, and inputs the fuzzer found worth keeping. One input a line, in hexadecimal.

use std::fs;
use std::path::Path;

use super::invariants;

fn replay(target: &str, check: fn(&[u8])) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/corpus/{target}.hex"));
    let mut replayed = 0;
    for line in fs::read_to_string(file).unwrap().lines() {
        let byte = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
        let input: Vec<u8> = (0..line.len()).step_by(2).map(byte).collect();
        check(&input);
        replayed += 1;
    }
    assert!(
        replayed > 20,
        "the corpus of {target} has {replayed} inputs"
    );
}

#[test]
fn headers() {
    replay("header", invariants::header);
}

#[test]
fn records() {
    replay("record", invariants::record);
}

#[test]
fn expressions() {
    replay("expression", invariants::expression);
}

#[test]
fn commands() {
    replay("command", invariants::command);
}

#[test]
fn indexes() {
    replay("index", invariants::index);
}

#[test]
fn files() {
    replay("file", invariants::file);
}

#[test]
fn bcf() {
    replay("bcf", invariants::bcf);
}

#[test]
fn splices() {
    replay("splice", invariants::splice);
}
