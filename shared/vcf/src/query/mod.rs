//! The engine's door: a [`Request`] names inputs with their samples and stages, how they are joined, the scope of
//! the stages, the order of samples and the part of the genome; [`answer`] answers it in one pass without temporary
//! files.
//!
//! One input is copied through its stages: blocks whose lines stay as they are come through as they are. Several
//! are joined in genomic order: files of a group, which have the same samples, each variant once; groups of
//! different samples as `bcftools merge` does. A sample of several groups is taken from the one that has it at a
//! site. Memory: O(inputs × chunk + threads × chunk + records of one site).

mod answer;
mod cancel;
mod cohort;
mod cursor;
mod decide;
mod finish;
mod group;
mod interleave;
mod joiner;
mod order;
mod prepare;
mod scaffolds;
mod stream;
mod windows;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::command::{Pipeline, Region};
use crate::index::Index;
use crate::merge::{Bases, Finding, Rules};
use crate::reader::Opened;
use crate::view::Context;

pub use crate::executor::job::Printing;
pub use crate::executor::{DEFAULT_LEVEL, Encoding, Indexing, Options, Parts, Summary, Window};
pub use answer::answer;
pub use cancel::Cancel;
pub use decide::{Combination, Decision, Extent, Facts, Overlap, SharedSample, decide};
pub use scaffolds::compare_scaffolds;
pub use windows::{Aim, Edge, edges, joined_csi, window};

/// A file of a request.
#[derive(Debug)]
pub struct Input<'q, S> {
    /// Its name, for messages.
    pub name: &'q str,
    /// Its bytes.
    pub source: &'q S,
    /// The same file, opened.
    pub opened: &'q Opened,
    /// Its index; regions and windows are read through it.
    pub index: Option<&'q Index>,
    /// The stages; they can differ from input to input in the order of regions.
    pub stages: &'q Pipeline,
    /// The samples of this file that stand for the selection, in the order of the result, and what else the stages
    /// need.
    pub context: &'q Context,
}

/// How inputs become one result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Join<'q> {
    /// Inputs by place, as [`decide`] groups them: those of a group have the same samples when they are joined, and
    /// columns come in the order of the first. May be empty for one input.
    pub groups: &'q [Vec<usize>],
    /// Whether the records of a single group are merged as well.
    pub merging: Merging,
    /// Header lines that the result gets beside those of the inputs, without line feeds.
    pub header_lines: &'q [String],
    /// How records are printed; other than canonical for one group and no stages only.
    pub printing: Printing,
}

/// When records are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Merging {
    /// If there are several groups of inputs.
    #[default]
    IfSeveral,
    /// Also if there is one, of one input: what `bcftools merge --force-single` does.
    Always,
}

/// What the stages of a query are applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum FilterScope {
    /// To the records of each file, before they are joined.
    #[default]
    File,
    /// To the joined records. Before, each file is only cut to the regions of the first stage, as `bcftools merge -r`
    /// takes them, and to the samples that stand for the selection, if a stage has it. The stages are those of the
    /// first input; their selection is that of all inputs together.
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

/// What is asked of one or more files.
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
    /// The bases of the reference, for gVCF blocks that are cut where no file says REF; `N` stands there without.
    pub bases: Option<&'q dyn Bases>,
    /// The part of the genome that is answered; `None` for all. What windows that follow each other in the order
    /// of the result give, put one behind the other, is the result. Declined where records are answered from earlier
    /// ones.
    pub window: Option<&'q Window>,
}

/// bcftools' default rules.
static RULES: Rules = Rules::DEFAULT;

impl<'q, S> Request<'q, S> {
    /// With bcftools' default rules, stages on each file, samples in the order of the files, all of the genome.
    #[must_use]
    pub fn new(inputs: &'q [Input<'q, S>]) -> Self {
        Self {
            inputs,
            join: Join::default(),
            rules: &RULES,
            scope: FilterScope::File,
            samples: &[],
            scaffolds: Scaffolds::default(),
            regions: &[],
            bases: None,
            window: None,
        }
    }

    fn merges(&self) -> bool {
        self.join.merging == Merging::Always || self.groups().len() > 1
    }

    fn groups(&self) -> Cow<'q, [Vec<usize>]> {
        match (self.inputs, self.join.groups) {
            ([_], []) => vec![vec![0]].into(),
            (_, groups) => groups.into(),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Records and bytes.
    pub summary: Summary,
    /// What files have in common or contradict each other in, for warnings.
    pub findings: Vec<Finding>,
}
