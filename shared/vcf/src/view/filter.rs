//! `-i` and `-e`: the expression, made ready for a header.

use crate::command::ExpressionFilter;
use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::record::{Record, RecordError};

/// An expression ready to be asked.
#[derive(Debug)]
pub(super) struct Filter {}

/// What evaluating works in.
#[derive(Debug, Default)]
pub(super) struct Evaluation {}

impl Filter {
    pub(super) fn new(filter: &ExpressionFilter, _header: &Header) -> Result<Self, Error> {
        let text = filter.expression.text();
        Err(ErrorKind::Declined(format!("the expression {text:?}")).into())
    }

    /// Whether the record is kept.
    pub(super) fn keeps(
        &self,
        _record: &Record<'_>,
        _evaluation: &mut Evaluation,
    ) -> Result<bool, RecordError> {
        Ok(true)
    }
}
