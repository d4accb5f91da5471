//! The engine against real bcftools 1.24 on generated data.

#![allow(
    clippy::unwrap_used,
    reason = "a test whose stage cannot be set must stop there; the lint's own exception sees only #[test] functions"
)]

mod bcf;
mod bcf_kept;
mod command;
mod expr;
mod gvcf;
mod hostile;
mod oracle;
mod random;
mod stats;
mod voice;
