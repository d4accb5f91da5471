//! A column as understood: its kind, its values, its oddities.

use serde::Serialize;

use super::{ListCell, strings::Strings};

/// What the cells of a column are, which decides how filters read their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every cell and every list element is a number, or all cells are missing.
    Numeric,
    /// Every cell is `True` or `False`: numbers 1 and 0 that can also be written as words.
    Boolean,
    #[default]
    Text,
    /// Text whose every cell is an ISO date. Strict mode only.
    Date,
    /// Numbers and text side by side: compared as text.
    Mixed,
}

/// The three classes of the validator's statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Numeric,
    Text,
    Mixed,
}

impl Kind {
    pub(crate) fn class(self) -> Class {
        match self {
            Self::Numeric | Self::Boolean => Class::Numeric,
            Self::Text | Self::Date => Class::Text,
            Self::Mixed => Class::Mixed,
        }
    }
}

/// The scalar cells of a column. Text is not kept here: it stays where it lies in the table.
#[derive(Debug, Default)]
pub(crate) enum Values {
    /// One per data row; NaN where the cell is missing, a list or not a number.
    Numbers(Vec<f64>),
    /// Text that repeats itself, so that a test need look at each word once.
    Words(Words),
    #[default]
    Text,
}

/// The distinct cells of a column and which row has which.
#[derive(Debug)]
pub(crate) struct Words {
    /// The distinct cells as they stand in the file.
    pub(crate) texts: Strings,
    /// For each data row, the place of its cell in `texts`.
    pub(crate) codes: Vec<u16>,
}

/// Row lists hold 0-based indexes of data rows, ascending.
#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) values: Values,
    pub(crate) lists: Vec<ListCell>,
    /// Cells with blanks at an end.
    pub(crate) untrimmed: Vec<u32>,
    /// Text cells with `;`.
    pub(crate) semicolons: Vec<u32>,
    /// Text cells with `,`.
    pub(crate) commas: Vec<u32>,
    /// Cells that begin with `[` and are not a list.
    pub(crate) malformed_lists: Vec<u32>,
    /// Lists of numbers and other things.
    pub(crate) mixed_lists: Vec<u32>,
    pub(crate) missing: usize,
    pub(crate) numbers: usize,
    pub(crate) texts: usize,
}

impl Column {
    /// Bytes of memory of the values, about.
    pub(super) fn memory(&self) -> usize {
        let values = match &self.values {
            Values::Numbers(numbers) => numbers.capacity() * size_of::<f64>(),
            Values::Words(words) => {
                words.texts.memory() + words.codes.capacity() * size_of::<u16>()
            }
            Values::Text => 0,
        };
        let lists: usize = self.lists.iter().map(ListCell::memory).sum();
        values + lists
    }
}
