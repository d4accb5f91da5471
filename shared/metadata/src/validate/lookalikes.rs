//! Cells that people mean as numbers or dates and that are text: decimal commas, and dates written otherwise than in
//! ISO 8601. Strict mode only: the Python implementation says nothing, or advises a list.

use super::{Category, Finding, Judge, lists::about_cells};
use crate::{
    missing::{is_missing, trim},
    mode::Mode,
    reading::Kind,
};

/// What a text cell was probably meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    /// `5,2`.
    Number,
    /// `03/12/2020`, `3.12.2020`, `2020/12/03`.
    Date,
}

pub(super) fn warnings(judge: &Judge<'_>, warnings: &mut Vec<Finding>) {
    if judge.mode != Mode::Strict {
        return;
    }
    for (at, column) in judge.reading.columns.iter().enumerate() {
        if !matches!(column.kind, Kind::Text | Kind::Mixed) {
            continue;
        }
        let (mut numbers, mut dates) = (Vec::new(), Vec::new());
        for (row, raw) in (0_u32..).zip(judge.table.cells().column(at)) {
            let cell = trim(raw);
            if is_missing(raw, cell, judge.mode) {
                continue;
            }
            match meant(cell) {
                Some(Meant::Number) => numbers.push(row),
                Some(Meant::Date) => dates.push(row),
                None => {}
            }
        }
        let name = judge.table.cells().header_cell(at);
        let about =
            |rows: &[u32], words| about_cells(judge, Category::Format, (at, name), rows, words);
        warnings.extend(about(
            &numbers,
            "cell(s) look like numbers with a decimal comma and are read as text, so that comparisons and ranges do not work. Write 5.2 for 5,2",
        ));
        warnings.extend(about(
            &dates,
            "cell(s) look like dates and are read as text, so that comparisons and ranges do not work. Write dates as YYYY-MM-DD, such as 2020-12-03",
        ));
    }
}

/// Whether a cell is a number with a decimal comma.
pub(super) fn is_decimal_comma(cell: &str) -> bool {
    meant(trim(cell)) == Some(Meant::Number)
}

fn meant(cell: &str) -> Option<Meant> {
    let unsigned = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some((whole, part)) = unsigned.split_once(',') {
        return (digits(whole, 1..=15) && digits(part, 1..=15)).then_some(Meant::Number);
    }
    let separator = unsigned.find(['/', '.', '-'])?;
    let separator = unsigned.as_bytes()[separator];
    let mut parts = cell.split(char::from(separator));
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let in_month = |text: &str| digits(text, 1..=2);
    let year = |text: &str| digits(text, 4..=4);
    let is_iso = separator == b'-' && year(first) && second.len() == 2 && third.len() == 2;
    let is_date = (year(first) && in_month(second) && in_month(third))
        || (in_month(first) && in_month(second) && year(third));
    (is_date && !is_iso).then_some(Meant::Date)
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_it_is_told() {
        for cell in ["5,2", "-0,25", "+12,0"] {
            assert_eq!(meant(cell), Some(Meant::Number), "{cell}");
        }
        for cell in [
            "03/12/2020",
            "3.12.2020",
            "2020/12/03",
            "3-12-2020",
            "2020-1-2",
        ] {
            assert_eq!(meant(cell), Some(Meant::Date), "{cell}");
        }
        for cell in [
            "",
            "a,b",
            "1,2,3",
            "5,",
            ",5",
            "5.2",
            "2020-12-03",
            "1-2",
            "1.2.3",
            "10/12",
            "1/2/3/2020",
            "North",
            "é1,2",
            "12345/1/2020",
        ] {
            assert_eq!(meant(cell), None, "{cell}");
        }
    }
}
