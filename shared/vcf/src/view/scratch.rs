//! Buffers a stage works in, kept from record to record so that none is allocated for one.

use super::counts::Counts;
use super::filter::Evaluation;
use super::undefined::Met;

/// The buffers of one stage on one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The column line's ends: where each sample column ends in the text of all of them.
    pub(super) ends: Vec<u32>,
    /// The kept sample columns.
    pub(super) samples: Vec<u8>,
    /// INFO as changed.
    pub(super) info: Vec<u8>,
    /// ALT, INFO and samples after trimming.
    pub(super) trimmed: [Trimmed; 2],
    /// Allele counts.
    pub(super) counts: Counts,
    /// Scaffolds of records that were passed over.
    pub(super) met: Met,
    /// What the filter expression works in.
    pub(super) evaluation: Evaluation,
    /// Whether records come with the sample columns that the stage keeps, and no others.
    pub columns_are_chosen: bool,
    /// What is known of the site of the record.
    pub(crate) site: SiteKnown,
    /// The calls of each allele in these, REF first, if they are counted; then nobody looks at the columns.
    pub called: Option<Vec<i64>>,
}

/// What is known of a site before a stage looks at it. What is known more includes what is known less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SiteKnown {
    #[default]
    Nothing,
    /// All tags of the record are declared.
    Declared,
    /// It is plain, see [`PlainSites`](super::PlainSites).
    Plain,
}

/// What trimming of alleles rewrites.
#[derive(Debug, Default)]
pub(super) struct Trimmed {
    pub alternates: Vec<u8>,
    pub info: Vec<u8>,
    pub samples: Vec<u8>,
}
