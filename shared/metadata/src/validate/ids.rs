//! Sample ids: the column must be there, and each id must be one, once, and no list.

use super::{Category, Finding, Judge, preview::quoted, rows};
use crate::reading::SAMPLE_ID;

pub(super) fn errors(judge: &Judge<'_>, errors: &mut Vec<Finding>) {
    let Some(ids) = &judge.reading.ids else {
        let message =
            format!("There is no column '{SAMPLE_ID}' (written '#{SAMPLE_ID}' in the header).");
        errors.push(Finding::new(Category::SampleIdColumn, message).at_row(1));
        return;
    };
    let number = |row: &u32| judge.table.cells().row_number(*row as usize);
    let finding = |rows: &[u32], message: String| {
        Finding::new(Category::SampleIdValue, message)
            .in_column(SAMPLE_ID)
            .on_rows(judge.table, rows)
    };
    let preview = judge.checks.preview;

    if !ids.empty.is_empty() {
        let shown = preview.cells(ids.empty.iter().map(|row| (number(row), "<empty>")));
        let message = format!(
            "{SAMPLE_ID} is empty or missing in {} row(s): {shown}",
            ids.empty.len()
        );
        errors.push(finding(&ids.empty, message));
    }
    for (first, others) in ids.repeated.iter().take(rows::MOST) {
        let rows = [&[*first][..], &others[..]].concat();
        let id = ids.id(*first);
        let shown = preview.cells(rows.iter().map(|row| (number(row), id)));
        let message = format!(
            "Duplicate {SAMPLE_ID} {}, given {} times: {shown}",
            quoted(id),
            rows.len()
        );
        errors.push(finding(&rows, message));
    }
    let further: Vec<u32> = ids.repeated.keys().copied().skip(rows::MOST).collect();
    if !further.is_empty() {
        let message = format!("{} more ids are given more than once.", further.len());
        errors.push(finding(&further, message));
    }
    if !ids.bracketed.is_empty() {
        let cells = ids.bracketed.iter();
        let shown = preview.cells(cells.map(|row| (number(row), ids.id(*row))));
        let message = format!(
            "{SAMPLE_ID} must be a single value, not a list or text in square brackets, in {} row(s): {shown}",
            ids.bracketed.len()
        );
        errors.push(finding(&ids.bracketed, message));
    }
}
