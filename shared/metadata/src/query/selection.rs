//! An answer.

use serde::Serialize;

/// The samples a filter selects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Selection<'t> {
    /// Each once, in the order of the table.
    pub sample_ids: Vec<&'t str>,
    /// What was asked: the filter, or that there was none.
    pub message: String,
    /// On the table's format, on the project's samples, then on the filter.
    pub warnings: Vec<String>,
}
