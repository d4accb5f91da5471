//! Finds the distinct cells of a column while it is read, and gives up on a column that hardly repeats itself.

use hashbrown::HashMap;

use super::{Words, strings::Strings};
use crate::cells::Cells;

/// A column with more distinct cells than this gains little from knowing them.
const MOST: usize = 1 << 14;

/// Collects the words of a column, from its first row to its last.
pub(super) struct Collector<'t> {
    codes_by_cell: HashMap<&'t str, u16>,
    words: Words,
    given_up: bool,
}

impl<'t> Collector<'t> {
    /// `cells` are the cells above the one to be added next.
    pub(super) fn starting_with(cells: impl Iterator<Item = &'t str>, rows: usize) -> Self {
        let words = Words {
            texts: Strings::default(),
            codes: Vec::with_capacity(rows),
        };
        let mut collector = Self {
            codes_by_cell: HashMap::new(),
            words,
            given_up: false,
        };
        for cell in cells {
            collector.add(cell);
        }
        collector
    }

    #[inline]
    pub(super) fn add(&mut self, cell: &'t str) {
        if self.given_up {
            return;
        }
        let code = match self.codes_by_cell.get(cell) {
            Some(code) => *code,
            None => match self.add_word(cell) {
                Some(code) => code,
                None => return,
            },
        };
        self.words.codes.push(code);
    }

    #[cold]
    fn add_word(&mut self, cell: &'t str) -> Option<u16> {
        let known = self.words.texts.len();
        if known == MOST {
            *self = Self::starting_with(std::iter::empty(), 0);
            self.given_up = true;
            return None;
        }
        let code = u16::try_from(known).ok()?;
        self.words.texts.push(cell);
        self.codes_by_cell.insert(cell, code);
        Some(code)
    }

    /// The words of all rows of `table`, if the collector did not give up.
    pub(super) fn finish(self, table: &Cells) -> Option<Words> {
        (!self.given_up && self.words.codes.len() == table.row_count()).then_some(self.words)
    }
}
