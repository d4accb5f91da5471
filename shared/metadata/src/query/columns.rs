//! Columns a filter names that the table does not have.

use crate::{filter::FilterFault, reading::Reading, validate::quoted};

/// A message lists no more columns than this.
const LISTED: usize = 20;

/// What to say in strict mode: the columns there are, and the one that may have been meant.
pub(super) fn unknown(reading: &Reading, name: &str) -> FilterFault {
    let names = || reading.columns.iter().map(|column| column.name.as_str());
    let folded = fold(name);
    let hint = match names().find(|known| fold(known) == folded) {
        Some(meant) => format!(" Did you mean {}?", quoted(meant)),
        None if name.starts_with('(') => {
            " A group must be closed, and stand alone between ';' or 'or'.".to_owned()
        }
        None => String::new(),
    };
    let mut known = names().take(LISTED).collect::<Vec<_>>().join(", ");
    if reading.columns.len() > LISTED {
        known.push_str(&format!(" ... ({} more)", reading.columns.len() - LISTED));
    }
    FilterFault::UnknownColumn {
        column: name.to_owned(),
        hint,
        known,
    }
}

/// What is left of a name if case, blanks, `#`, `_` and `-` do not count.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
