//! Cells that are read differently than they look: outer blanks, and separators inside plain text.

use std::borrow::Cow;

use super::{Category, Finding, Judge, lists::about_cells, lookalikes};
use crate::{mode::Mode, reading::Column};

pub(super) fn warnings(judge: &Judge<'_>, warnings: &mut Vec<Finding>) {
    for (at, column) in judge.reading.columns.iter().enumerate() {
        let name = judge.table.cells().header_cell(at);
        let about =
            |rows: &[u32], words| about_cells(judge, Category::Format, (at, name), rows, words);
        warnings.extend(about(
            &column.untrimmed,
            "cell(s) have leading or trailing whitespace, which is removed when the table is queried",
        ));
        warnings.extend(about(
            semicolons(judge.mode, column),
            match judge.mode {
                Mode::Strict => {
                    "cell(s) contain a semicolon (;), which separates the clauses of a filter. Put the value in double quotes in the filter"
                }
                Mode::Compat => {
                    "cell(s) contain a semicolon (;), which separates the clauses of a filter"
                }
            },
        ));
        warnings.extend(about(
            &commas(judge, at, column),
            "cell(s) contain a comma (,), which separates the values of a filter. Write several values as a list, [\"a\", \"b\"], or put the value in double quotes in the filter",
        ));
    }
}

/// The Python implementation tells of the first such cell of a column only.
fn semicolons(mode: Mode, column: &Column) -> &[u32] {
    match mode {
        Mode::Strict => &column.semicolons,
        Mode::Compat => &column.semicolons[..column.semicolons.len().min(1)],
    }
}

/// Of numbers with a decimal comma another finding tells, with better advice.
fn commas<'c>(judge: &Judge<'_>, at: usize, column: &'c Column) -> Cow<'c, [u32]> {
    if judge.mode == Mode::Compat || column.commas.is_empty() {
        return Cow::Borrowed(&column.commas);
    }
    let mut left = column.commas.iter().copied().peekable();
    let mut kept = Vec::new();
    for (row, cell) in (0_u32..).zip(judge.table.cells().column(at)) {
        if left.next_if_eq(&row).is_some() && !lookalikes::is_decimal_comma(cell) {
            kept.push(row);
        }
    }
    Cow::Owned(kept)
}
