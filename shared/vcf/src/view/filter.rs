//! `-i` and `-e`: the expression, made ready for a header.

use crate::command::{ExpressionFilter, Sites};
use crate::error::{Error, ErrorKind};
use crate::expr::{self, CompileError, Lists};
use crate::header::Header;
use crate::record::{Record, RecordError};
use crate::skips::Facts;

/// An expression ready to be asked.
#[derive(Debug)]
pub(super) struct Filter {
    program: expr::Filter,
    sites: Sites,
}

/// What evaluating works in; there is none without an expression.
pub(super) type Evaluation = Option<expr::Scratch>;

impl Filter {
    pub(super) fn new(
        filter: &ExpressionFilter,
        header: &Header,
        lists: &Lists,
    ) -> Result<Self, Error> {
        let program = expr::compile_with(&filter.expression, header, lists);
        let program = program.map_err(|error| match error {
            CompileError::Declined(reason) => ErrorKind::Declined(reason.to_string()),
            CompileError::Invalid(reason) => ErrorKind::Option(reason),
        })?;
        Ok(Self {
            program,
            sites: filter.sites,
        })
    }

    /// Whether records must come to it in order, all to the same memory.
    pub(super) fn in_order(&self) -> bool {
        self.program.in_order()
    }

    /// Whether a record of a part can be kept, or end with an error.
    pub(super) fn can_keep(&self, part: &Facts<'_>) -> bool {
        let can = self.program.can(part);
        can.err
            || match self.sites {
                Sites::Select => can.hold,
                Sites::Exclude => can.fail,
            }
    }

    /// Whether FORMAT or sample columns can decide.
    pub(super) fn reads_samples(&self) -> bool {
        self.program.reads_samples()
    }

    pub(super) fn evaluation(&self) -> expr::Scratch {
        expr::Scratch::new(&self.program)
    }

    /// Whether the record is kept.
    pub(super) fn keeps(
        &self,
        record: &Record<'_>,
        evaluation: &mut Evaluation,
    ) -> Result<bool, RecordError> {
        let scratch = evaluation.get_or_insert_with(|| self.evaluation());
        let holds = self.program.matches(record, scratch).map_err(|error| {
            let text = error.to_string();
            if error.is_declined() {
                RecordError::Declined(text)
            } else {
                RecordError::Expression(text)
            }
        })?;
        Ok(holds == (self.sites == Sites::Select))
    }
}
