//! Where a cell lies in the table's text: eight bytes instead of a string of its own.

use std::ops::Range;

/// A stretch of the table's text. 0-based byte offset; the text is shorter than 4 GiB, see [`super::ReadError::TooLarge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    pub(super) const EMPTY: Self = Self {
        start: 0,
        length: 0,
    };

    /// `range` lies within a text whose length fits `u32`: the reader refuses any other.
    pub(super) fn new(range: Range<usize>) -> Self {
        Self {
            start: range.start as u32,
            length: (range.end - range.start) as u32,
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(super) fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.length as usize
    }
}
