//! Rows with too few or too many cells, and a quote that never closes.

use super::{Category, Finding, Judge, preview::quoted};
use crate::{missing::trim, mode::Mode};

/// So many rows are named one by one; the rest is counted, so that a report stays in proportion.
pub(super) const MOST: usize = 10_000;

pub(super) fn errors(judge: &Judge<'_>, errors: &mut Vec<Finding>) {
    let expected = judge.table.cells().header().len();
    let ragged_rows = &judge.table.cells().ragged;
    for ragged in ragged_rows.iter().take(MOST) {
        let (row, found) = (ragged.row, ragged.found);
        let message = if found == 0 {
            format!(
                "Row {row} is blank: expected {expected} tab-separated cells, found 0. Remove the line."
            )
        } else {
            let first = quoted(trim(judge.table.cells().text(ragged.first)));
            format!(
                "Row {row}: expected {expected} tab-separated cells, found {found} (first cell: {first})."
            )
        };
        errors.push(Finding::new(Category::RowFormat, message).at_row(row));
    }
    if let Some(rest @ [first, ..]) = ragged_rows.get(MOST..) {
        let message = format!(
            "{} more rows from row {} on do not have {expected} cells.",
            rest.len(),
            first.row
        );
        let finding = Finding::new(Category::RowFormat, message);
        errors.push(finding.at_row(first.row).times(rest.len()));
    }
    if let Some(row) = judge.table.cells().unclosed_quote {
        let message = format!(
            "Row {row}: a cell begins with a double quote that is never closed, so the rest of the file cannot be read."
        );
        errors.push(Finding::new(Category::FileRead, message).at_row(row));
    } else if overlong_in_compat(judge) {
        let message = "Rows longer than the header: the table could not be loaded.".to_owned();
        errors.push(Finding::new(Category::FileRead, message));
    }
}

/// The Python implementation's second reader gives up on a row longer than the header.
pub(super) fn overlong_in_compat(judge: &Judge<'_>) -> bool {
    let expected = judge.table.cells().header().len();
    judge.mode == Mode::Compat
        && judge
            .table
            .cells()
            .ragged
            .iter()
            .any(|ragged| ragged.found > expected)
}
