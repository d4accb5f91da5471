//! The native engine against bcftools 1.24: random commands over many data sets, records compared
//! byte for byte and headers but for version lines.
//!
//! The engine is run from outside, as a user would, by its command line. This crate shares no code
//! with it, so that a mistake cannot hide in both.

pub mod case;
pub mod compare;
pub mod data;
pub mod explain;
pub mod expression;
pub mod judge;
pub mod minimise;
pub mod oracle;
pub mod ours;
pub mod plan;
pub mod profile;
pub mod report;
pub mod run;

mod error;

pub use error::Error;
