//! Columns in which numbers and text meet.

use std::cmp::Ordering;

use super::{Category, Finding, Judge, lists::on_cells, preview::quoted};
use crate::{
    missing::{is_missing, trim},
    mode::Mode,
    reading::{Column, Kind, Scalar, scalar},
};

pub(super) fn warnings(judge: &Judge<'_>, warnings: &mut Vec<Finding>) {
    for (at, column) in judge.reading.columns.iter().enumerate() {
        if column.kind == Kind::Mixed || !column.mixed_lists.is_empty() {
            warnings.push(mixed(judge, at, column));
        }
    }
}

fn mixed(judge: &Judge<'_>, at: usize, column: &Column) -> Finding {
    let name = quoted(&column.name);
    let mut message = if column.kind == Kind::Mixed {
        format!(
            "Column {name} has mixed types: {} numeric and {} text cell(s). It is treated as text, so that comparisons and ranges do not work on it.",
            column.numbers, column.texts
        )
    } else {
        format!(
            "Column {name} has mixed types inside {} list cell(s), beside {} numeric and {} text cell(s).",
            column.mixed_lists.len(),
            column.numbers,
            column.texts
        )
    };
    let (numeric, text) = rows_by_type(judge, at, column);
    let (label, minority) = match numeric.len().cmp(&text.len()) {
        Ordering::Less if column.kind == Kind::Mixed => ("Numeric", numeric),
        Ordering::Greater if column.kind == Kind::Mixed => ("Text", text),
        _ => ("", Vec::new()),
    };
    if !minority.is_empty() {
        let shown = judge.shown(at, &minority);
        message.push_str(&format!(" {label} cell(s): {shown}."));
    }
    let errors = column.mixed_lists.len() + column.malformed_lists.len();
    if errors > 0 {
        message.push_str(&format!(
            " A further {errors} cell(s) have list errors, told separately."
        ));
    }
    let rows = if minority.is_empty() {
        &column.mixed_lists
    } else {
        &minority
    };
    on_cells(judge, Category::TypeClassification, at, rows, message)
}

/// The data rows whose cells count as numbers, and those whose cells count as text.
fn rows_by_type(judge: &Judge<'_>, at: usize, column: &Column) -> (Vec<u32>, Vec<u32>) {
    let (mut numeric, mut text) = (Vec::new(), Vec::new());
    for (row, raw) in (0_u32..).zip(judge.table.cells().column(at)) {
        let cell = trim(raw);
        if is_missing(raw, cell, judge.mode) || cell.starts_with('[') {
            continue;
        }
        match scalar(cell) {
            Scalar::Number(_) => numeric.push(row),
            Scalar::Truth(_) | Scalar::Text => text.push(row),
        }
    }
    for list in &column.lists {
        let is_numeric = list
            .elements
            .first()
            .is_some_and(|element| element.number.is_some());
        if is_numeric {
            numeric.push(list.row);
        } else if !list.elements.is_empty() || judge.mode == Mode::Compat {
            text.push(list.row);
        }
    }
    numeric.sort_unstable();
    text.sort_unstable();
    (numeric, text)
}
