//! Whose rules hold: ours, or those of the Python implementation to the letter.

use serde::{Deserialize, Serialize};

/// The rules by which a table is read and a filter is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Sample ids are text, quotes protect `;`, and what would silently widen or narrow an answer is an error.
    #[default]
    Strict,
    /// The behaviour of the Python implementation, its traps included, for comparing published results.
    Compat,
}
