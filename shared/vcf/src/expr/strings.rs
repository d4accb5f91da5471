//! Comparison of texts: lists between commas, of which any pair may match.

use regex::bytes::Regex;

use super::ast::Operator;

/// Which kinds of absence make a comparison hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absence {
    /// One side is missing.
    pub(super) one: bool,
    /// Both sides are missing.
    pub(super) both: bool,
    /// Whether a missing value is looked at in comparisons of samples at all.
    pub(super) any: bool,
}

impl Absence {
    /// `=` and `~` hold between two missing values, `!=` and `!~` between a value and a missing one, others never.
    pub(super) fn of(operator: Operator) -> Self {
        let equal = matches!(operator, Operator::Equal | Operator::Matches);
        let unequal = matches!(operator, Operator::NotEqual | Operator::NotMatches);
        Self {
            one: unequal,
            both: equal,
            any: equal || unequal,
        }
    }

    /// For a number of missing sides, 1 or 2.
    pub(super) fn holds(self, missing_sides: usize) -> bool {
        if missing_sides == 1 {
            self.one
        } else {
            self.both
        }
    }
}

/// Whether one of the texts between commas is `.`.
pub(super) fn has_missing(text: &[u8]) -> bool {
    parts(text).any(|part| part == b".")
}

/// Whether any part of one text relates so to any part of the other.
pub(super) fn any_pair(left: &[u8], right: &[u8], operator: Operator) -> bool {
    let absence = Absence::of(operator);
    parts(left).any(|a| {
        parts(right).any(|b| match usize::from(a == b".") + usize::from(b == b".") {
            0 => (a == b) != (operator == Operator::NotEqual),
            missing => absence.holds(missing),
        })
    })
}

/// Whether a part of the text has a match (`matches`), or has none.
///
/// bcftools 1.24 lets `!~` hold for every value that is not missing; only a lone `.` is searched.
pub(super) fn search(pattern: &Regex, text: &[u8], matches: bool) -> bool {
    parts(text).any(|part| {
        if matches {
            pattern.is_match(part)
        } else {
            part != b"." || !pattern.is_match(part)
        }
    })
}

/// The parts between commas. An empty text has none, and nothing stands behind a comma at the end.
fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let inner = text.strip_suffix(b",").unwrap_or(text);
    inner.split(|b| *b == b',').filter(|_| !text.is_empty())
}
