//! Collects the cells of a table column by column while it is read row by row.
//!
//! Memory stays in proportion to the file: what a short row lacks is filled up only as long as the filling is smaller than
//! the file itself.

use super::{RaggedRow, Span};
use crate::limits::CELLS_MAX;

pub(super) struct Grid {
    pub(super) columns: Vec<Vec<Span>>,
    pub(super) rows: Vec<u32>,
    pub(super) ragged: Vec<RaggedRow>,
    /// How many more cells may be made up for short rows.
    fillings: usize,
}

impl Grid {
    /// For `lines` lines below a header of `width` columns in a file of `bytes` bytes.
    pub(super) fn new(width: usize, lines: usize, bytes: usize) -> Self {
        // A cell takes a byte of the file, its separator, so that no more than this can come.
        let expected = lines.min(bytes / width.max(1) + 1);
        Self {
            columns: (0..width).map(|_| Vec::with_capacity(expected)).collect(),
            rows: Vec::with_capacity(expected),
            ragged: Vec::new(),
            fillings: bytes.min(CELLS_MAX),
        }
    }

    #[inline]
    pub(super) fn add(&mut self, column: usize, cell: Span) {
        if let Some(column) = self.columns.get_mut(column) {
            column.push(cell);
        }
    }

    /// Ends a row of `found` cells. A row of the wrong length is noted; a blank line is no row, and a short row too many is
    /// left out, as the table is refused anyway.
    #[inline]
    pub(super) fn end_row(&mut self, row: u32, found: usize, first: Span) {
        if found != self.columns.len() {
            self.ragged.push(RaggedRow { row, found, first });
        }
        if found == 0 {
            return;
        }
        if found < self.columns.len() && !self.fill(found) {
            return;
        }
        self.rows.push(row);
    }

    #[cold]
    fn fill(&mut self, found: usize) -> bool {
        let lacking = self.columns.len() - found;
        if lacking > self.fillings {
            for column in &mut self.columns[..found] {
                column.pop();
            }
            return false;
        }
        self.fillings -= lacking;
        for column in &mut self.columns[found..] {
            column.push(Span::EMPTY);
        }
        true
    }
}
