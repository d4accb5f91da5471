//! Rows with too few or too many cells, and a quote that never closes.

use super::{Category, Finding, Judge, preview::quoted};
use crate::{missing::trim, mode::Mode};

pub(super) fn errors(judge: &Judge<'_>, errors: &mut Vec<Finding>) {
    let expected = judge.table.header().len();
    for ragged in judge.table.ragged() {
        let (row, found) = (ragged.row, ragged.found);
        let message = if found == 0 {
            format!(
                "Row {row} is blank: expected {expected} tab-separated cells, found 0. Remove the line."
            )
        } else {
            let first = quoted(trim(judge.table.text(ragged.first)));
            format!(
                "Row {row}: expected {expected} tab-separated cells, found {found} (first cell: {first})."
            )
        };
        errors.push(Finding::new(Category::RowFormat, message).at_row(row));
    }
    if let Some(row) = judge.table.unclosed_quote() {
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
    let expected = judge.table.header().len();
    judge.mode == Mode::Compat
        && judge
            .table
            .ragged()
            .iter()
            .any(|ragged| ragged.found > expected)
}
