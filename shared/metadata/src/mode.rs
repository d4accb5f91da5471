//! Whose rules hold: ours, or those of the Python implementation to the letter.

use serde::{Deserialize, Serialize};

/// The rules by which a table is read and a filter is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Sample ids are text, quotes protect `;`, and what would silently widen or narrow an answer is an error.
    #[default]
    Strict,
    /// The behaviour of the Python implementation, its traps included, for comparing published results:
    ///
    /// - a column of sample ids that look like numbers becomes numbers (`001` is `1`), and then no query has an answer;
    /// - a clause on an unknown column, or with no valid number on a numeric one, sets no condition;
    /// - a value that is no number is dropped, and with it the condition it would have set;
    /// - `;` splits even inside quotes, an unclosed quote runs to the end of its clause;
    /// - `True` cannot be matched in a column of booleans, `[]` beside numbers makes a column mixed;
    /// - dates are text, and there are no patterns, groups or tests for missing cells;
    /// - a byte-order mark spoils the first column name, and only the first cell with `;` is told;
    /// - long fractions lose what lies behind their seventeenth digit.
    Compat,
}
