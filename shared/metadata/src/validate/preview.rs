//! Lists of values inside messages, cut to a readable length.

use std::fmt::Write as _;

/// How many values a message lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preview {
    /// The first twenty, and how many more there are.
    #[default]
    First20,
    /// All of them.
    All,
}

impl Preview {
    fn limit(self) -> usize {
        match self {
            Self::First20 => 20,
            Self::All => usize::MAX,
        }
    }

    /// `Row 3 ('a'), Row 7 ('b')` and, if cut, ` ... (5 more)`.
    pub(super) fn cells<'t>(self, cells: impl ExactSizeIterator<Item = (u32, &'t str)>) -> String {
        let all = cells.len();
        let mut list = String::new();
        for (at, (row, value)) in cells.take(self.limit()).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(list, "{comma}Row {row} ({})", quoted(value));
        }
        if all > self.limit() {
            let _ = write!(list, " ... ({} more)", all - self.limit());
        }
        list
    }

    /// `count: 2, samples: ['a', 'b']`, or `count: 30, showing first 20: [...]` if cut.
    pub(super) fn samples(self, names: &[&str]) -> String {
        let shown: Vec<String> = names
            .iter()
            .take(self.limit())
            .map(|name| quoted(name))
            .collect();
        let label = if names.len() > self.limit() {
            "showing first 20"
        } else {
            "samples"
        };
        format!("count: {}, {label}: [{}]", names.len(), shown.join(", "))
    }
}

/// `text` in single quotes, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for letter in text.chars() {
        if letter.is_control() {
            quoted.extend(letter.escape_default());
        } else {
            quoted.push(letter);
        }
    }
    quoted.push('\'');
    quoted
}
