//! What can be wrong with a filter, shown with a caret under the place.

use std::{fmt, ops::Range};

use thiserror::Error;

/// A fault in a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    fault: FilterFault,
    text: String,
    /// In bytes of `text`.
    place: Range<usize>,
}

/// All of these are the user's to mend: HTTP 400.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterFault {
    #[error(
        "Invalid filter format: '{clause}' has no ':' between column and value. Write column:value, and separate clauses by ';'"
    )]
    MissingColon { clause: String },
    #[error("Invalid filter format: there is no column name before ':'")]
    MissingColumn,
    #[error(
        "Invalid filter format: there is no value after '{column}:'. Missing cells are found with {column}:=\"\""
    )]
    MissingValue { column: String },
    #[error("Invalid filter format: a double quote is opened here and never closed")]
    UnclosedQuote,
    #[error(
        "Invalid filter format: a parenthesis is opened here and never closed. A column name with a parenthesis needs double quotes"
    )]
    UnclosedGroup,
    #[error("Invalid filter format: there is nothing between these parentheses")]
    EmptyGroup,
    #[error("Invalid filter format: groups are nested too deeply here")]
    TooDeep,
    #[error(
        "Invalid filter format: ';' and 'or' meet on one level. Say with parentheses which binds first: (A:1;B:2) or (C:3), or A:1;(B:2 or C:3)"
    )]
    MixedConnectives,
    #[error("Invalid filter format: expected ';', 'or' or the end of the filter here")]
    UnexpectedText,
    #[error(
        "Invalid filter format: expected an alternative here: (A:1) or (B:2), or inside a group (A:1 or B:2)"
    )]
    MissingAlternative,
    #[error("Invalid pattern: {reason}")]
    Pattern { reason: String },
    #[error("Invalid filter format: there are more than {most} patterns")]
    TooManyPatterns { most: usize },
    #[error("Invalid filter conditions: no valid filter conditions could be parsed{because}")]
    NothingUsable {
        /// Empty, or the reasons as they were warned of.
        because: String,
    },
    #[error("Unknown column '{column}'.{hint} The columns are: {known}")]
    UnknownColumn {
        column: String,
        hint: String,
        known: String,
    },
    #[error(
        "Invalid filter value: column '{column}' is numeric and {values} cannot be read as a number, a comparison (>5, <=5) or a range (5-10)"
    )]
    NotNumbers { column: String, values: String },
    #[error(
        "Invalid filter value: column '{column}' holds True and False, and {values} is neither. Write True or False"
    )]
    NotTruths { column: String, values: String },
    #[error(
        "Invalid filter value: '{value}' uses an operator that does not exist. Use '<=' for at most and '>=' for at least"
    )]
    ReversedOperator { value: String },
}

impl FilterError {
    pub(super) fn new(fault: FilterFault, text: &str, place: Range<usize>) -> Self {
        Self {
            fault,
            text: text.to_owned(),
            place,
        }
    }

    /// What is wrong.
    pub fn fault(&self) -> &FilterFault {
        &self.fault
    }

    /// Where it is wrong, in bytes of the filter's text.
    pub fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    /// The exception the Python implementation raises for this, as shown in task histories.
    pub fn stock_name(&self) -> &'static str {
        match self.fault {
            FilterFault::UnknownColumn { .. } => "SidecarColumnNotFoundError",
            _ => "SidecarInvalidFilterError",
        }
    }
}

impl std::error::Error for FilterError {}

/// Characters of a long filter that are shown on each side of where the fault begins.
const AROUND: usize = 60;

/// The fault, then the filter on a line of its own with carets under the place; of a long filter, what
/// surrounds it.
impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text[..self.place.start].chars().count();
        let length = self.text[self.place.clone()]
            .trim_end()
            .chars()
            .count()
            .max(1);
        let is_short = self.text.chars().nth(3 * AROUND).is_none();
        let first = if is_short {
            0
        } else {
            before.saturating_sub(AROUND)
        };
        let shown = if is_short { usize::MAX } else { 2 * AROUND };
        let length = length.min(shown.saturating_sub(before - first)).max(1);
        // One line: a line end or tab in the filter would put the carets in the wrong place.
        let mut rest = self.text.chars().skip(first);
        let mut line = String::from(if first > 0 { "…" } else { "" });
        let indent = line.chars().count() + before - first;
        line.extend(
            rest.by_ref()
                .take(shown)
                .map(|letter| if letter.is_control() { ' ' } else { letter }),
        );
        if rest.next().is_some() {
            line.push('…');
        }
        write!(
            f,
            "{}\n  {line}\n  {}{}",
            self.fault,
            " ".repeat(indent),
            "^".repeat(length)
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::{Filter, Mode};

    #[test]
    fn a_fault_far_to_the_right_is_shown_with_what_surrounds_it() {
        let text = format!("{}Area", "Area:North;".repeat(20_000));
        let error = Filter::parse(&text, Mode::Strict).expect_err("the last clause has no value");
        let shown = error.to_string();
        assert!(shown.len() < 1_000, "{} bytes", shown.len());
        let mut lines = shown.lines().rev();
        let (carets, line) = (
            lines.next().unwrap_or_default(),
            lines.next().unwrap_or_default(),
        );
        let left = carets.chars().take_while(|letter| *letter == ' ').count();
        let under: String = line.chars().skip(left).take(4).collect();
        assert_eq!(under, "Area", "{shown}");
    }
}
