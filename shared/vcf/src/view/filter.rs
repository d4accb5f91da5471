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
    pub program: expr::Filter,
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

    /// Whether a record of a part can be kept, or end with an error.
    pub(super) fn can_keep(&self, part: &Facts<'_>) -> bool {
        let can = self.program.can(part);
        can.err
            || match self.sites {
                Sites::Select => can.hold,
                Sites::Exclude => can.fail,
            }
    }

    /// Whether the record is kept.
    pub(super) fn keeps(
        &self,
        record: &Record<'_>,
        evaluation: &mut Evaluation,
    ) -> Result<bool, RecordError> {
        let scratch = evaluation.get_or_insert_with(|| expr::Scratch::new(&self.program));
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
