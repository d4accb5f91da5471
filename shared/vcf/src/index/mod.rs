//! CSI and TBI indexes of bgzipped VCF: from a region of a scaffold to the blocks that hold its records.

mod error;

pub use error::IndexError;
