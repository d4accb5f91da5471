//! Feeds libFuzzer's inputs to the invariants that the property tests also check.

#![no_main]

#[path = "../../tests/it/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|input: &[u8]| invariants::check_input(input));
