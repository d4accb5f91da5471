//! The header line: empty names, names used twice, and a first column that is not `#Sample_ID`.

use std::collections::BTreeMap;

use super::{Category, Finding, Judge, preview::quoted};
use crate::{missing::trim, mode::Mode};

const FIRST: &str = "#Sample_ID";

pub(super) fn errors(judge: &Judge<'_>, errors: &mut Vec<Finding>) {
    let names: Vec<&str> = judge
        .table
        .cells()
        .header()
        .map(|name| trim(trim(name).trim_start_matches('#')))
        .collect();
    let empty: Vec<String> = (1..)
        .zip(&names)
        .filter(|(_, name)| name.is_empty())
        .map(|(at, _): (usize, _)| at.to_string())
        .collect();
    if !empty.is_empty() {
        let message = format!(
            "Empty column name in the header at position(s) {} (counted from 1).",
            empty.join(", ")
        );
        let finding = Finding::new(Category::Header, message).at_row(1);
        errors.push(finding.times(empty.len()));
    }

    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        *seen.entry(name).or_default() += 1;
    }
    let twice: Vec<String> = seen
        .iter()
        .filter(|(_, times)| **times > 1)
        .map(|(name, _)| quoted(name))
        .collect();
    if !twice.is_empty() {
        let message = format!(
            "Duplicate column name(s) in the header: {}. Names are compared without '#' and outer blanks.",
            twice.join(", ")
        );
        let finding = Finding::new(Category::Header, message).at_row(1);
        errors.push(finding.times(twice.len()));
    }

    let first = judge.table.cells().header().next().unwrap_or("");
    let marked = judge.mode == Mode::Compat && judge.table.cells().byte_order_mark;
    if first != FIRST || marked {
        let mark = if marked {
            " behind a byte-order mark"
        } else {
            ""
        };
        let message = format!(
            "The first column must be called '{FIRST}', found {}{mark}.{}",
            quoted(first),
            separator_hint(first)
        );
        errors.push(Finding::new(Category::SampleIdColumn, message).at_row(1));
    }
}

/// A header that holds another separator where the tab should be is the commonest cause.
fn separator_hint(first: &str) -> String {
    let separated =
        |separator: &char| trim(first) != FIRST && first.split(*separator).next() == Some(FIRST);
    match [',', ';', ' ']
        .iter()
        .find(|separator| separated(separator))
    {
        Some(' ') => " Columns are separated by a tab, not by blanks.".to_owned(),
        Some(separator) => format!(" Columns are separated by a tab, not by '{separator}'."),
        None => String::new(),
    }
}
