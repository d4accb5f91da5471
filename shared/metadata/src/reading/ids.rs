//! The sample ids of a table, and which of them are wrong.

use std::{collections::BTreeMap, hash::BuildHasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::{
    cells::Cells,
    missing::{is_missing, trim},
    mode::Mode,
    number::python_text,
    reading::{
        stock::{self, StockNumbers},
        strings::Strings,
        truth,
    },
};

/// The column of sample ids. Row lists hold 0-based indexes of data rows, ascending.
#[derive(Debug)]
pub(crate) struct Ids {
    /// One per data row, trimmed.
    texts: Strings,
    /// The Python implementation's reader made numbers of them (`001` becomes `1`).
    pub(crate) are_numbers: bool,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    pub(crate) empty: Vec<u32>,
    /// Lists, or text in square brackets.
    pub(crate) bracketed: Vec<u32>,
    /// For each id given more than once, the row of its first appearance and the rows that repeat it.
    pub(crate) repeated: BTreeMap<u32, Vec<u32>>,
}

impl Ids {
    pub(super) fn of(table: &Cells, column: usize, mode: Mode) -> Self {
        let rewritten = match mode {
            Mode::Strict => None,
            Mode::Compat => rewritten(table, column),
        };
        let are_numbers = rewritten.is_some();
        let mut ids = Self {
            texts: rewritten.unwrap_or_else(|| table.column(column).map(trim).collect()),
            are_numbers,
            index: HashTable::with_capacity(table.row_count()),
            hasher: DefaultHashBuilder::default(),
            empty: Vec::new(),
            bracketed: Vec::new(),
            repeated: BTreeMap::new(),
        };
        for (row, raw) in (0..).zip(table.column(column)) {
            let id = trim(raw);
            if is_missing(raw, id, mode) {
                ids.empty.push(row);
            } else if id.starts_with('[') && id.ends_with(']') {
                ids.bracketed.push(row);
            } else {
                ids.insert(row);
            }
        }
        ids
    }

    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> usize {
        self.texts.memory() + self.index.capacity() * (size_of::<u32>() + 1)
    }

    fn insert(&mut self, row: u32) {
        let id = self.id(row);
        let hash = self.hasher.hash_one(id);
        match self.find(id) {
            Some(first) => self.repeated.entry(first).or_default().push(row),
            None => {
                // The table was made large enough for every row, so nothing is hashed anew.
                self.index.insert_unique(hash, row, |_| hash);
            }
        }
    }

    /// The id in the data row with this 0-based index.
    #[inline]
    pub(crate) fn id(&self, row: u32) -> &str {
        self.texts.get(row as usize)
    }

    /// The ids of all data rows.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter()
    }

    /// The 0-based index of the first data row with this id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.index
            .find(self.hasher.hash_one(id), |row| self.id(*row) == id)
            .copied()
    }

    /// Number of distinct, well-formed ids.
    pub(crate) fn distinct(&self) -> usize {
        self.index.len()
    }

    /// Rows of the first appearance of each well-formed id, ascending.
    pub(crate) fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.index.iter().copied().collect();
        rows.sort_unstable();
        rows
    }
}

/// What the Python implementation's reader makes of a column of numbers or truth words: whole numbers lose their zeros,
/// and gain `.0` if a cell of the column is missing or has a fraction. `None` if the column stays text.
fn rewritten(table: &Cells, column: usize) -> Option<Strings> {
    let cells = || {
        table
            .column(column)
            .map(|raw| (trim(raw), is_missing(raw, trim(raw), Mode::Compat)))
    };
    let present = || {
        cells()
            .filter(|(_, missing)| !missing)
            .map(|(cell, _)| cell)
    };
    present().next()?;
    if present().all(|cell| truth(cell).is_some()) {
        let word = |cell| match truth(cell) {
            Some(true) => "True",
            _ => "False",
        };
        return Some(cells().map(|(cell, _)| word(cell)).collect());
    }
    Some(match stock::numbers(table, column)? {
        StockNumbers::Whole(numbers) => numbers.iter().map(ToString::to_string).collect(),
        StockNumbers::Floats(numbers) => {
            numbers.iter().map(|number| python_text(*number)).collect()
        }
    })
}
