//! Replays the committed corpus: seeds, and inputs the fuzzer found worth keeping. One input a line, in hexadecimal.

use std::{fs, path::Path};

use crate::invariants::check_input;

#[test]
fn every_input_of_the_corpus_keeps_the_invariants() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/inputs.hex");
    let mut replayed = 0;
    for line in fs::read_to_string(file).unwrap().lines() {
        let byte = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
        let input: Vec<u8> = (0..line.len()).step_by(2).map(byte).collect();
        check_input(&input);
        replayed += 1;
    }
    assert!(replayed > 40, "the corpus has {replayed} inputs");
}
