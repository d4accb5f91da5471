//! Replays the committed corpus: seeds, and inputs the fuzzer found worth keeping.

use std::{fs, path::Path};

use crate::invariants::check_input;

#[test]
fn every_input_of_the_corpus_keeps_the_invariants() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut replayed = 0;
    for entry in fs::read_dir(folder).unwrap() {
        check_input(&fs::read(entry.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed > 40, "the corpus has {replayed} inputs");
}
