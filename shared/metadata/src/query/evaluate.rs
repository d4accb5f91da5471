//! Walks a filter and joins what its clauses select.

use super::QueryError;
use crate::{
    filter::{Expression, Filter, FilterFault, Place},
    reading::{Ids, Reading},
    table::Table,
};

/// For each data row, whether it is selected.
pub(super) type Rows = Vec<bool>;

pub(super) struct Evaluation<'a> {
    pub(super) table: &'a Table,
    pub(super) reading: &'a Reading,
    pub(super) ids: &'a Ids,
    pub(super) filter: &'a Filter,
    pub(super) warnings: Vec<String>,
}

impl Evaluation<'_> {
    /// The selected rows; `None` stands for all of them.
    pub(super) fn rows(&mut self) -> Result<Option<Rows>, QueryError> {
        let filter = self.filter;
        if filter.is_all() {
            return Ok(None);
        }
        match self.expression(&filter.root)? {
            Some(rows) => Ok(Some(rows)),
            None => {
                let because = match self.warnings.as_slice() {
                    [] => String::new(),
                    warnings => format!(": {}", warnings.join(" ")),
                };
                let whole = Place(0..filter.as_str().len());
                Err(filter
                    .fault(FilterFault::NothingUsable { because }, &whole)
                    .into())
            }
        }
    }

    /// `None` if it sets no condition, which only happens in compat mode.
    fn expression(&mut self, expression: &Expression) -> Result<Option<Rows>, QueryError> {
        match expression {
            Expression::All => Ok(None),
            Expression::Clause(clause) => self.clause(clause),
            Expression::And(parts) => self.joined(parts, |kept, other| *kept &= other),
            Expression::Or(parts) => self.joined(parts, |kept, other| *kept |= other),
        }
    }

    fn joined(
        &mut self,
        parts: &[Expression],
        join: impl Fn(&mut bool, bool),
    ) -> Result<Option<Rows>, QueryError> {
        let mut joined: Option<Rows> = None;
        for part in parts {
            let Some(rows) = self.expression(part)? else {
                continue;
            };
            match &mut joined {
                None => joined = Some(rows),
                Some(kept) => {
                    for (kept, other) in kept.iter_mut().zip(rows) {
                        join(kept, other);
                    }
                }
            }
        }
        Ok(joined)
    }
}
