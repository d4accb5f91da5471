//! Integration tests of the generator.

#[cfg(test)]
mod generator;
