//! Which samples of a table a filter selects.
//!
//! A table with errors is refused with the first of them. In strict mode so is a question whose answer would mislead: an
//! unknown column, or a clause of nothing but words on a column of numbers. In compat mode such parts are dropped with a
//! warning, as the Python implementation drops them. Must not know files or tasks: mapping samples to files is the caller's.

mod clause;
mod columns;
mod compare;
mod error;
mod evaluate;
mod hints;
mod matcher;
mod numeric;
mod selection;
mod textual;

pub use error::QueryError;
pub use selection::Selection;

use crate::{
    filter::Filter,
    table::Table,
    validate::{Checks, Judge},
};
use evaluate::Evaluation;

/// Answers `filter` by the rules of the mode it was parsed in.
///
/// # Errors
///
/// [`QueryError`]: all of its cases are the user's to mend (HTTP 400).
pub fn query<'t>(
    table: &'t Table,
    filter: &Filter,
    checks: &Checks<'_>,
) -> Result<Selection<'t>, QueryError> {
    let mode = filter.mode();
    let judge = Judge::new(table, mode, checks);
    let errors = judge.errors();
    let more = errors.len().saturating_sub(1);
    if let Some(first) = errors.into_iter().next() {
        return Err(QueryError::Table { first, more });
    }
    let reading = table.reading(mode);
    let Some(ids) = &reading.ids else {
        return Ok(Selection::default());
    };

    let mut warnings: Vec<String> = judge
        .warnings_for_answers()
        .into_iter()
        .map(|finding| finding.message)
        .collect();
    let mut evaluation = Evaluation {
        table,
        reading,
        ids,
        filter,
        warnings: Vec::new(),
    };
    let rows = evaluation.rows()?;
    warnings.append(&mut evaluation.warnings);

    let sample_ids: Vec<&str> = match rows {
        None => ids.iter().collect(),
        Some(rows) => ids
            .iter()
            .zip(rows)
            .filter_map(|(id, selected)| selected.then_some(id))
            .collect(),
    };
    if ids.are_numbers && !sample_ids.is_empty() {
        return Err(QueryError::NumericSampleIds);
    }
    Ok(Selection {
        sample_ids,
        message: filter.query_message().to_owned(),
        warnings,
    })
}
