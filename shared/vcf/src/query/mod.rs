//! A query on several files in one pass: each input runs through all stages, and what comes out is
//! joined in genomic order: the files of a group, which have the same samples, as `bcftools concat
//! --allow-overlaps` joins them, and groups of different samples as `bcftools merge` does. Columns in
//! another order are re-ordered; a sample of several groups is taken from the one that has it at a site.
//! No temporary file. Memory: O(inputs × chunk + threads × chunk + records of one site).

mod arrange;
mod cohort;
mod cursor;
mod decide;
mod finish;
mod group;
mod joiner;
mod order;
mod run;
mod stream;
mod watch;
mod weave;

#[cfg(test)]
mod tests;

use crate::command::{Pipeline, Region};
use crate::index::Index;
use crate::merge::Finding;
use crate::merge::Rules;
use crate::reader::Opened;
use crate::view::Context;

pub use crate::pipeline::job::Printing;
pub use decide::{Combination, Decision, Extent, Facts, Overlap, SharedSample, decide};
pub use run::{answer, run};
pub use watch::Watch;

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
    /// Inputs by place. Those of a group have the same samples; columns come in the order of the first.
    pub groups: &'q [Vec<usize>],
    /// Header lines that the result gets beside those of the inputs, without line feeds.
    pub header_lines: &'q [String],
    /// How records are printed; other than canonical for one group and no stages only.
    pub printing: Printing,
}

/// What the stages of a query are applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum FilterScope {
    /// To the records of each file, before they are joined.
    #[default]
    File,
    /// To the joined records. Only the regions of the first stage are taken from each file, as `bcftools
    /// merge -r` takes them. The stages are those of the first input; their selection is that of all
    /// inputs together.
    Cohort,
}

/// The order of scaffolds in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Scaffolds {
    /// That of the joined header, as sorting brings it about. Files in another order are read scaffold by
    /// scaffold through their index.
    #[default]
    InHeaderOrder,
    /// That of the files and regions; if it is not that of the joined header the query is declined.
    AsRead,
}

/// A query on one or more files.
#[derive(Debug, Clone, Copy)]
pub struct Request<'q, S> {
    /// The files.
    pub inputs: &'q [Input<'q, S>],
    /// How they are joined.
    pub join: Join<'q>,
    /// How records of different groups are merged.
    pub rules: &'q Rules,
    /// What the stages are applied to.
    pub scope: FilterScope,
    /// The sample columns of the result in the order the user named them; samples that are not named come
    /// behind in the order of the files. Takes no sample out.
    pub samples: &'q [String],
    /// The order of scaffolds.
    pub scaffolds: Scaffolds,
    /// Merged records are printed only if their REF overlaps one of these (`merge -r`); empty prints all.
    pub regions: &'q [Region],
}

impl<'q, S> Request<'q, S> {
    /// With bcftools' default rules, stages on each file, samples in the order of the files.
    #[must_use]
    pub fn new(inputs: &'q [Input<'q, S>], join: Join<'q>, rules: &'q Rules) -> Self {
        Self {
            inputs,
            join,
            rules,
            scope: FilterScope::File,
            samples: &[],
            scaffolds: Scaffolds::default(),
            regions: &[],
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Records and bytes.
    pub summary: crate::pipeline::Summary,
    /// What files have in common or contradict each other in, for warnings.
    pub findings: Vec<Finding>,
}
