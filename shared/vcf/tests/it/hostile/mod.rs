//! Hostile input: the corpus of the fuzzer, and what is too long, too deep or cut off.

mod corpus;
mod invariants;
mod limits;
