//! A query on several files in one pass: each input runs through all stages, and what comes out is
//! joined in genomic order: the files of a group, which have the same samples, as `bcftools concat
//! --allow-overlaps` joins them, and groups of different samples as `bcftools merge` does. No temporary
//! file. Memory: O(inputs × chunk + threads × chunk + records of one site).

mod cursor;
mod decide;
mod order;
mod run;
mod stream;
mod weave;

#[cfg(test)]
mod tests;

use crate::command::Pipeline;
use crate::index::Index;
use crate::reader::Opened;
use crate::view::Context;

pub use crate::pipeline::job::Printing;
pub use decide::{Combination, Decision, Extent, Facts, Overlap, SharedSample, decide};
pub use run::run;

/// A file of a query.
#[derive(Debug)]
pub struct Input<'q, S> {
    /// Its name, for messages.
    pub name: &'q str,
    /// Its bytes.
    pub source: &'q S,
    /// The same file, opened.
    pub opened: &'q Opened,
    /// Its index; regions are read through it.
    pub index: Option<&'q Index>,
    /// The stages; they can differ from input to input in the order of regions.
    pub pipeline: &'q Pipeline,
    /// The samples of this file that stand for the selection, and what else the stages need.
    pub context: &'q Context,
}

/// How inputs become one result.
#[derive(Debug, Clone, Copy)]
pub struct Join<'q> {
    /// Inputs by place. Those of a group have the same samples in the same order.
    pub groups: &'q [Vec<usize>],
    /// Header lines that the result gets beside those of the inputs, without line feeds.
    pub header_lines: &'q [String],
    /// How records are printed; other than canonical for one group and no stages only.
    pub printing: Printing,
}
