//! List cells: not a list at all, or numbers beside other things.

use super::{Category, Finding, Judge, preview::quoted};

pub(super) fn errors(judge: &Judge<'_>, errors: &mut Vec<Finding>) {
    let columns = || judge.reading.columns.iter().enumerate();
    for (at, column) in columns() {
        let words =
            "list cell(s) mix numbers and other values; a list must be all numbers or all text";
        let (name, rows) = (&column.name, &column.mixed_lists);
        errors.extend(about_cells(
            judge,
            Category::MixedType,
            (at, name),
            rows,
            words,
        ));
    }
    for (at, column) in columns() {
        let words = "cell(s) begin with '[' but are not a list. Write numbers as [1, 2] and text as [\"a\", \"b\"]";
        let (name, rows) = (&column.name, &column.malformed_lists);
        errors.extend(about_cells(
            judge,
            Category::ListSyntax,
            (at, name),
            rows,
            words,
        ));
    }
}

/// What is to say about some cells of a column, if there are any.
pub(super) fn about_cells(
    judge: &Judge<'_>,
    category: Category,
    (column, name): (usize, &str),
    rows: &[u32],
    words: &str,
) -> Option<Finding> {
    if rows.is_empty() {
        return None;
    }
    let shown = judge.shown(column, rows);
    let message = format!("Column {}: {} {words}: {shown}", quoted(name), rows.len());
    Some(on_cells(judge, category, column, rows, message))
}

/// A finding on the cells of one column; `rows` are 0-based data rows; with none the finding is on the
/// column as a whole.
pub(super) fn on_cells(
    judge: &Judge<'_>,
    category: Category,
    column: usize,
    rows: &[u32],
    message: String,
) -> Finding {
    Finding::new(category, message)
        .in_column(&judge.reading.columns[column].name)
        .on_rows(judge.table, rows)
        .times(rows.len().max(1))
}
