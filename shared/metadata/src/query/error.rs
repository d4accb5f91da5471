//! Why a question has no answer.

use thiserror::Error;

use crate::{filter::FilterError, validate::Finding};

/// All of these are the user's to mend: HTTP 400.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    /// The table has errors.
    #[error("{}{}", first.message, further(*more))]
    Table {
        /// The first in the order of the published rules.
        first: Finding,
        /// How many there are besides.
        more: usize,
    },
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Compat mode only: there, ids that look like numbers become numbers, which no answer can hold.
    #[error(
        "All sample ids of the metadata file are numbers, which compat mode cannot answer with. Use strict mode."
    )]
    NumericSampleIds,
}

impl QueryError {
    /// The exception the Python implementation raises for this, as shown in task histories.
    pub fn stock_name(&self) -> &'static str {
        match self {
            Self::Table { first, .. } => first.category.stock_name(),
            Self::Filter(error) => error.stock_name(),
            Self::NumericSampleIds => "ValidationError",
        }
    }
}

fn further(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(" ({more} more error(s): validate the metadata file to see all of them.)"),
    }
}
