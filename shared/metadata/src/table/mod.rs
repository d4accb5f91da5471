//! The table as cut into cells: one buffer of text and, per column, where each cell lies in it.
//!
//! Nothing is interpreted here: what a cell means depends on the [`Mode`] and is worked out once per mode, on first use,
//! in [`Reading`].

mod bounds;
mod error;
mod grid;
mod reader;
mod span;

use std::{ops::Range, sync::OnceLock};

pub use error::ReadError;
pub(crate) use span::Span;

use crate::{mode::Mode, reading::Reading};

/// A sample-metadata table, cut into cells. Columns are as in the header; rows keep their number in the file.
#[derive(Debug)]
pub struct Table {
    text: String,
    byte_order_mark: bool,
    header: Vec<Span>,
    columns: Vec<Vec<Span>>,
    /// Row number in the file of each data row, the header being row 1.
    rows: Vec<u32>,
    ragged: Vec<RaggedRow>,
    /// Row number of the row in which a quote is opened and never closed.
    unclosed_quote: Option<u32>,
    strict: OnceLock<Reading>,
    compat: OnceLock<Reading>,
}

/// A row whose number of cells is not that of the header. A blank line has none.
#[derive(Debug)]
pub(crate) struct RaggedRow {
    pub(crate) row: u32,
    pub(crate) found: usize,
    pub(crate) first: Span,
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
        reader::read(bytes.into())
    }

    /// Number of data rows. Blank lines are not rows.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// Bytes of memory that the table holds once it was asked in one mode, about. A cache is bounded by this and not by
    /// the size of the file: a cell of one letter takes ten times its place.
    pub fn memory(&self) -> usize {
        let cells: usize = self.columns.iter().map(Vec::capacity).sum();
        let reading = |kept: &OnceLock<Reading>| kept.get().map_or(0, Reading::memory);
        let read = reading(&self.strict) + reading(&self.compat);
        let soon = if read == 0 {
            cells * size_of::<f64>()
        } else {
            0
        };
        self.text.capacity() + cells * size_of::<Span>() + self.rows.capacity() * 4 + read + soon
    }

    /// The table as `mode` understands it; worked out on first use and kept.
    pub(crate) fn reading(&self, mode: Mode) -> &Reading {
        let kept = match mode {
            Mode::Strict => &self.strict,
            Mode::Compat => &self.compat,
        };
        kept.get_or_init(|| Reading::of(self, mode))
    }

    pub(crate) fn text(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The cell as it stands in the file, quotes of the format removed.
    pub(crate) fn cell(&self, column: usize, index: usize) -> &str {
        self.text(self.columns[column][index])
    }

    /// Where the cells of a column lie, for those who need only some of their texts.
    pub(crate) fn spans(&self, column: usize) -> &[Span] {
        &self.columns[column]
    }

    pub(crate) fn cells(&self, column: usize) -> impl ExactSizeIterator<Item = &str> {
        self.columns[column].iter().map(|span| self.text(*span))
    }

    /// The cells of a stretch of data rows, counted from 0.
    pub(crate) fn cells_of(
        &self,
        column: usize,
        rows: Range<usize>,
    ) -> impl ExactSizeIterator<Item = &str> {
        self.columns[column][rows]
            .iter()
            .map(|span| self.text(*span))
    }

    /// Header cells as they stand in the file, without a byte-order mark.
    pub(crate) fn header(&self) -> impl ExactSizeIterator<Item = &str> {
        self.header.iter().map(|span| self.text(*span))
    }

    pub(crate) fn header_cell(&self, column: usize) -> &str {
        self.text(self.header[column])
    }

    /// Row number in the file of the data row at `index`, the header being row 1.
    pub(crate) fn row_number(&self, index: usize) -> u32 {
        self.rows[index]
    }

    pub(crate) fn has_byte_order_mark(&self) -> bool {
        self.byte_order_mark
    }

    pub(crate) fn ragged(&self) -> &[RaggedRow] {
        &self.ragged
    }

    pub(crate) fn unclosed_quote(&self) -> Option<u32> {
        self.unclosed_quote
    }
}
