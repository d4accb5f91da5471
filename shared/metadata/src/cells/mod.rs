//! A table cut into cells: one buffer of text and, per column, where each cell lies in it.
//!
//! Nothing is interpreted here: what a cell means depends on the mode, and is for `reading`.

mod bounds;
mod error;
mod grid;
mod reader;
mod span;

use std::ops::Range;

pub use error::ReadError;
pub(crate) use span::Span;

/// The cells of a table. Columns are as in the header; rows keep their number in the file.
#[derive(Debug)]
pub(crate) struct Cells {
    text: String,
    pub(crate) byte_order_mark: bool,
    header: Vec<Span>,
    columns: Vec<Vec<Span>>,
    /// Row number in the file of each data row, the header being row 1.
    rows: Vec<u32>,
    pub(crate) ragged: Vec<RaggedRow>,
    /// Row number of the row in which a quote is opened and never closed.
    pub(crate) unclosed_quote: Option<u32>,
}

/// A row whose number of cells is not that of the header. A blank line has none.
#[derive(Debug)]
pub(crate) struct RaggedRow {
    pub(crate) row: u32,
    pub(crate) found: usize,
    pub(crate) first: Span,
}

impl Cells {
    /// Cuts a table into cells, see [`Table::read`](crate::Table::read).
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, ReadError> {
        reader::read(bytes)
    }

    /// Number of data rows. Blank lines are not rows.
    pub(crate) fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// How many cells there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.columns.iter().map(Vec::capacity).sum()
    }

    /// Bytes of memory, about.
    pub(crate) fn memory(&self) -> usize {
        self.text.capacity() + self.capacity() * size_of::<Span>() + self.rows.capacity() * 4
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

    pub(crate) fn column(&self, column: usize) -> impl ExactSizeIterator<Item = &str> {
        self.columns[column].iter().map(|span| self.text(*span))
    }

    /// The cells of a stretch of data rows, counted from 0.
    pub(crate) fn column_part(
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
}
