//! `bcftools view` 1.24, stage by stage, on records that stay text. Each stage sees the record as the
//! stage before left it, and its header; floats keep what the file says until they are printed.

mod calls;
mod counts;
mod edit;
mod filter;
mod header;
mod limits;
mod plain;
mod region;
mod region_order;
mod samples;
mod scratch;
mod stage;
mod trim;
mod types;
mod undefined;

use std::sync::Arc;

use crate::command::Pipeline;
use crate::error::Error;
use crate::expr::Lists;
use crate::groups::Groups;
use crate::header::Header;
use crate::notices::Notices;
use crate::reader::Span;
use crate::record::{Record, RecordError};
use crate::skips::{Facts, Skips};

pub(crate) use plain::PlainSites;
pub use region::{RegionSet, Regions};
pub use scratch::Scratch;
pub(crate) use scratch::SiteKnown;

use stage::Stage;

/// What a view needs to know beside the plan and the file.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The samples that stand for [`crate::command::SampleChoice::Selection`].
    pub selection: Vec<String>,
    /// The scaffolds in the order of the file, if an index names them.
    pub scaffolds: Option<Vec<Vec<u8>>>,
    /// What stands behind `Date=` in the version lines.
    pub date: String,
    /// The lists of values that expressions name.
    pub lists: Arc<Lists>,
    /// Is told what is worth a warning.
    pub notices: Arc<Notices>,
    /// What the parts of the file are like, and how many bytes between two of them are fetched rather than passed over.
    pub skips: Option<(Arc<Skips>, u64)>,
    /// The columns of the file by groups of samples, for stages that need those of few.
    pub groups: Option<Groups>,
    /// The scaffold and POS of the first record, if they are known without an index.
    pub first: Option<(Vec<u8>, u64)>,
}

/// A pipeline made ready for one file.
#[derive(Debug)]
pub struct View {
    stages: Vec<Stage>,
    output: Arc<Header>,
    notices: Arc<Notices>,
}

impl View {
    /// Checks the plan against the header of the file.
    ///
    /// # Errors
    /// If a sample is not there, or the plan is for bcftools to decide.
    pub fn new(plan: &Pipeline, header: &Header, context: &Context) -> Result<Self, Error> {
        let mut stages = Vec::with_capacity(plan.stages.len());
        let mut header = Arc::new(header.clone());
        let mut order = context.scaffolds.clone();
        for (number, stage) in plan.stages.iter().enumerate() {
            let stage = Stage::new(stage, &header, context, number, &mut order)?;
            header = stage.output.clone();
            stages.push(stage);
        }
        Ok(Self {
            stages,
            output: header,
            notices: context.notices.clone(),
        })
    }

    /// The header of the result.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.output
    }

    /// Is told what is worth a warning in records that are printed.
    #[must_use]
    pub fn notices(&self) -> &Arc<Notices> {
        &self.notices
    }

    /// The regions of the first stage, which are read through the index; `None` reads all.
    #[must_use]
    pub fn regions(&self) -> Option<&Regions> {
        self.stages.first()?.regions.as_ref()
    }

    /// Whether all records must go through one set of buffers in the order of the file, because bcftools answers
    /// from what earlier records left.
    #[must_use]
    pub fn in_order(&self) -> bool {
        self.stages.iter().any(Stage::in_order)
    }

    /// Whether the first stage can pass over whole parts of a file.
    #[must_use]
    pub fn may_skip(&self) -> bool {
        !self.in_order() && self.stages.first().is_some_and(Stage::may_skip)
    }

    /// Whether a record of a part can be kept by the first stage, or end with an error.
    pub(crate) fn can_keep(&self, part: &Facts<'_>) -> bool {
        self.stages.first().is_none_or(|stage| stage.can_keep(part))
    }

    /// The parts of a file of which a record can be kept, those as one between which fewer than `gap` bytes lie; nothing if
    /// all of the file has to be read.
    #[must_use]
    pub fn spans(&self, skips: &Skips, gap: u64) -> Option<Vec<Span>> {
        (self.may_skip() && !skips.is_empty()).then(|| skips.spans(gap, |part| self.can_keep(part)))
    }

    /// Whether FORMAT or sample columns can decide what becomes of a record. If not, [`Self::apply`] may be given records
    /// without them, unless ALT is symbolic: then FORMAT/LEN can say how long a record is.
    #[must_use]
    pub fn reads_samples(&self) -> bool {
        self.stages.iter().any(Stage::reads_samples)
    }

    /// Whether the values of floats can decide what becomes of a record.
    #[must_use]
    pub fn reads_floats(&self) -> bool {
        self.stages.iter().any(Stage::has_filter)
    }

    /// Whether records that are kept are handed on as they are.
    #[must_use]
    pub fn keeps_records(&self) -> bool {
        !self.stages.iter().any(Stage::changes_records)
    }

    /// The sample columns, 0-based, that the first stage keeps, in their order, if it looks at no others: it may be given
    /// records that have these alone, see [`Scratch::columns_are_chosen`].
    #[must_use]
    pub fn chosen_columns(&self) -> Option<&[usize]> {
        self.stages.first()?.chosen_columns()
    }

    /// Whether [`Self::chosen_columns`] is all that becomes of samples, and decided by their genotypes if by anything of theirs:
    /// what else FORMAT names is handed on as it is.
    #[must_use]
    pub fn only_chooses_columns(&self) -> bool {
        matches!(&self.stages[..], [stage] if stage.only_chooses_columns())
    }

    /// The same, where nothing but how often each allele is called decides: [`Self::apply`] may be given these numbers in
    /// place of the columns, see [`Scratch::called`].
    #[must_use]
    pub fn only_counts_calls(&self) -> bool {
        self.only_chooses_columns() && self.stages.iter().all(Stage::only_counts_calls)
    }

    /// Buffers for [`Self::apply`], one set per thread.
    #[must_use]
    pub fn scratch(&self) -> Vec<Scratch> {
        self.stages.iter().map(Stage::scratch).collect()
    }

    /// Passes a record through all stages. `region` holds the regions of its scaffold that the first
    /// stage reads, if it reads regions.
    ///
    /// # Errors
    /// If bcftools would refuse the record.
    pub fn apply<'r>(
        &'r self,
        record: Record<'r>,
        region: Option<&RegionSet>,
        scratch: &'r mut [Scratch],
    ) -> Result<Option<Record<'r>>, RecordError> {
        let mut record = record;
        for (number, (stage, scratch)) in self.stages.iter().zip(scratch).enumerate() {
            let region = if number == 0 { region } else { None };
            match stage.apply(record, region, scratch)? {
                Some(next) => record = next,
                None => return Ok(None),
            }
        }
        Ok(Some(record))
    }
}
