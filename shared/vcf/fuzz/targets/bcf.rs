//! Feeds libFuzzer's inputs to the invariants that the replay of the corpus also checks.

#![no_main]

#[path = "../../tests/it/hostile/invariants.rs"]
#[allow(dead_code, reason = "each target checks one of the invariants")]
mod invariants;

libfuzzer_sys::fuzz_target!(|input: &[u8]| invariants::bcf(input));
