//! Columns a filter names that the table does not have.

use crate::{filter::FilterFault, reading::Reading, validate::quoted};

/// A message lists no more columns than this.
const LISTED: usize = 20;

/// Names that differ by more slips of the pen than this are different names.
const MOST_SLIPS: usize = 2;

/// What to say in strict mode: the columns there are, and the one that may have been meant.
pub(super) fn unknown(reading: &Reading, name: &str) -> FilterFault {
    let names = || reading.columns.iter().map(|column| column.name.as_str());
    let mut known = names().take(LISTED).collect::<Vec<_>>().join(", ");
    if reading.columns.len() > LISTED {
        known.push_str(&format!(" ... ({} more)", reading.columns.len() - LISTED));
    }
    FilterFault::UnknownColumn {
        column: name.to_owned(),
        hint: hint(names, name),
        known,
    }
}

fn hint<'n, N: Iterator<Item = &'n str>>(names: impl Fn() -> N, name: &str) -> String {
    let with_colon = format!("{name}:");
    if let Some(meant) = names().find(|known| known.starts_with(&with_colon)) {
        return format!(" A name with ':' in it is written in double quotes: \"{meant}\":value.");
    }
    let folded = fold(name);
    let near = || {
        names()
            .filter(|known| fold(known).len() > 2 * MOST_SLIPS)
            .map(|known| (slips(&fold(known), &folded), known))
            .filter(|(slips, _)| *slips <= MOST_SLIPS)
            .min_by_key(|(slips, _)| *slips)
            .map(|(_, known)| known)
    };
    match names().find(|known| fold(known) == folded).or_else(near) {
        Some(meant) => format!(" Did you mean {}?", quoted(meant)),
        None if name.starts_with('(') => {
            " A group must be closed, and stand alone between ';' or 'or'.".to_owned()
        }
        None => String::new(),
    }
}

/// What is left of a name if case, blanks, `#`, `_` and `-` do not count.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many letters must be added, left out, replaced or swapped with their neighbour to get from one name to the other;
/// long names are not compared.
fn slips(one: &[char], other: &[char]) -> usize {
    const LONGEST: usize = 100;
    if one.len().abs_diff(other.len()) > MOST_SLIPS || one.len() > LONGEST {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut line = vec![row + 1];
        for (at, wanted) in other.iter().enumerate() {
            let mut least = (above[at] + usize::from(letter != wanted))
                .min(above[at + 1] + 1)
                .min(line[at] + 1);
            if row > 0 && at > 0 && *letter == other[at - 1] && one[row - 1] == *wanted {
                least = least.min(before[at - 1] + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    above[other.len()]
}
