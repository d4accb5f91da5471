//! The table: its cells, and what they mean in each mode, which is worked out once, on first use.

use std::sync::OnceLock;

pub use crate::cells::ReadError;
use crate::{cells::Cells, mode::Mode, reading::Reading};

/// A sample-metadata table.
#[derive(Debug)]
pub struct Table {
    cells: Cells,
    strict: OnceLock<Reading>,
    compat: OnceLock<Reading>,
}

impl Table {
    /// Reads UTF-8 text with or without a byte-order mark, tab-separated, with LF, CRLF or CR line ends and cells
    /// optionally quoted by `"`. Takes over the buffer if given a `Vec` or `String`.
    ///
    /// Rows of the wrong length do not stop the reading: [`validate`](crate::validate) names each of them.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if there is no text to cut into cells at all.
    pub fn read(bytes: impl Into<Vec<u8>>) -> Result<Self, ReadError> {
        Cells::read(bytes.into()).map(|cells| Self {
            cells,
            strict: OnceLock::new(),
            compat: OnceLock::new(),
        })
    }

    /// Number of data rows. Blank lines are not rows.
    pub fn row_count(&self) -> usize {
        self.cells.row_count()
    }

    /// Bytes of memory that the table holds once it was asked in one mode, about. A cache is bounded by this and not by
    /// the size of the file: a cell of one letter takes ten times its place.
    pub fn memory(&self) -> usize {
        let reading = |kept: &OnceLock<Reading>| kept.get().map_or(0, Reading::memory);
        let read = reading(&self.strict) + reading(&self.compat);
        let soon = if read == 0 {
            self.cells.capacity() * size_of::<f64>()
        } else {
            0
        };
        self.cells.memory() + read + soon
    }

    /// The table as `mode` understands it; worked out on first use and kept.
    pub(crate) fn reading(&self, mode: Mode) -> &Reading {
        let kept = match mode {
            Mode::Strict => &self.strict,
            Mode::Compat => &self.compat,
        };
        kept.get_or_init(|| Reading::of(&self.cells, mode))
    }

    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }
}
