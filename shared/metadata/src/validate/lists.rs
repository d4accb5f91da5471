//! List cells: not a list at all, or numbers beside other things.

use super::{Category, Finding, Judge, preview::quoted};

pub(super) fn errors(judge: &Judge<'_>, errors: &mut Vec<Finding>) {
    let columns = || judge.reading.columns.iter().enumerate();
    for (at, column) in columns().filter(|(_, column)| !column.mixed_lists.is_empty()) {
        let message = format!(
            "Column {}: {} list cell(s) mix numbers and other values; a list must be all numbers or all text: {}",
            quoted(&column.name),
            column.mixed_lists.len(),
            judge
                .checks
                .preview
                .cells(judge.places(at, &column.mixed_lists))
        );
        errors.push(on_cells(
            judge,
            Category::MixedType,
            at,
            &column.mixed_lists,
            message,
        ));
    }
    for (at, column) in columns().filter(|(_, column)| !column.malformed_lists.is_empty()) {
        let message = format!(
            "Column {}: {} cell(s) begin with '[' but are not a list. Write numbers as [1, 2] and text as [\"a\", \"b\"]: {}",
            quoted(&column.name),
            column.malformed_lists.len(),
            judge
                .checks
                .preview
                .cells(judge.places(at, &column.malformed_lists))
        );
        errors.push(on_cells(
            judge,
            Category::ListSyntax,
            at,
            &column.malformed_lists,
            message,
        ));
    }
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
    let finding = Finding::new(category, message)
        .in_column(&judge.reading.columns[column].name)
        .times(rows.len().max(1));
    match rows.first() {
        Some(first) => finding.at_row(judge.table.cells().row_number(*first as usize)),
        None => finding,
    }
}
