//! Realistic, reproducible VCF cohorts for tests, demonstrations and benchmarks.
//!
//! A [`Cohort`] describes a study (samples, records, scaffolds, FORMAT fields, error rates); writing it
//! gives bgzipped VCF files in a chosen [`Layout`] and the matching sample metadata table. The same
//! description gives the same bytes on every machine, and the same genotypes in every layout.
//!
//! [`dialect`] holds small hand-made data sets, each full of one kind of awkward but real input.
//!
//! This crate must not depend on the code that it is used to test.

mod cohort;
mod error;
mod field;
mod genotype;
mod group;
mod header;
mod info;
mod layout;
mod likelihood;
mod metadata;
mod record;
mod rng;
mod scaffold;
mod site;
mod spectrum;
mod text;
mod vcf_file;

pub mod dialect;

pub use cohort::{Cohort, Phasing, SplitSites};
pub use error::Error;
pub use field::Field;
pub use layout::{Layout, Written, WrittenFile};
pub use rng::Rng;
pub use vcf_file::write_bgzf;
