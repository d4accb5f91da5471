//! Reads a column in one pass: its kind, its values, its oddities.

use super::{
    Column, Kind, ListCell, Values,
    list::{self, ListReading},
    stock::{self, StockNumbers},
    words::Collector,
};
use crate::{
    cells::Cells,
    date::Date,
    missing::{is_missing, trim},
    mode::Mode,
    number::float,
};

/// What one scalar cell of a column other than `Sample_ID` is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scalar {
    Number(f64),
    /// `True` or `False`: a number if the whole column is made of them, else a word.
    Truth(bool),
    Text,
}

/// `cell` is trimmed and not missing.
#[inline]
pub(crate) fn scalar(cell: &str) -> Scalar {
    if let Some(number) = float(cell) {
        return Scalar::Number(number);
    }
    truth(cell).map_or(Scalar::Text, Scalar::Truth)
}

/// The words for true and false, in the three spellings the Python implementation's reader knows.
#[inline]
pub(crate) fn truth(cell: &str) -> Option<bool> {
    match cell {
        "True" | "TRUE" | "true" => Some(true),
        "False" | "FALSE" | "false" => Some(false),
        _ => None,
    }
}

/// Rows read of one column before going on to the next, so that the text of a block stays in the processor's cache.
const BLOCK: usize = 1024;

pub(super) fn columns(
    table: &Cells,
    names: Vec<String>,
    id_column: Option<usize>,
    mode: Mode,
) -> Vec<Column> {
    let scans = names.into_iter().enumerate().map(|(at, name)| {
        let role = match Some(at) == id_column {
            true => Role::SampleIds,
            false => Role::Data,
        };
        Scan::new(table, at, name, role, mode)
    });
    let mut scans: Vec<Scan<'_>> = scans.collect();
    for start in (0..table.row_count()).step_by(BLOCK) {
        let end = table.row_count().min(start + BLOCK);
        for scan in &mut scans {
            scan.block(start, end);
        }
    }
    scans.into_iter().map(Scan::finish).collect()
}

/// What a column is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Always text.
    SampleIds,
    /// Whatever its cells are.
    Data,
}

struct Scan<'t> {
    table: &'t Cells,
    at: usize,
    column: Column,
    role: Role,
    mode: Mode,
    /// Kept as long as no cell is text.
    numbers: Vec<f64>,
    /// Kept from the first cell that is text.
    words: Option<Collector<'t>>,
    truths: usize,
    dates: usize,
    empty_lists: usize,
}

impl<'t> Scan<'t> {
    fn new(table: &'t Cells, at: usize, name: String, role: Role, mode: Mode) -> Self {
        let column = Column {
            name,
            ..Column::default()
        };
        let numbers = Vec::with_capacity(if role == Role::SampleIds {
            0
        } else {
            table.row_count()
        });
        Self {
            table,
            at,
            column,
            role,
            mode,
            numbers,
            words: None,
            truths: 0,
            dates: 0,
            empty_lists: 0,
        }
    }

    fn block(&mut self, start: usize, end: usize) {
        let table = self.table;
        for (row, raw) in (start..end).zip(table.column_part(self.at, start..end)) {
            self.cell(row, raw);
        }
    }

    #[inline]
    fn cell(&mut self, index: usize, raw: &'t str) {
        // The reader refuses files of 4 GiB and more, which bounds the rows.
        let row = index as u32;
        let cell = trim(raw);
        if cell.len() < raw.len() {
            self.column.untrimmed.push(row);
        }
        let number = if is_missing(raw, cell, self.mode) {
            self.column.missing += 1;
            f64::NAN
        } else if cell.starts_with('[') {
            self.list(row, cell);
            f64::NAN
        } else if self.role == Role::SampleIds {
            self.text(row, cell);
            return;
        } else {
            match scalar(cell) {
                Scalar::Number(number) => {
                    self.column.numbers += 1;
                    number
                }
                Scalar::Truth(truth) => {
                    self.truths += 1;
                    f64::from(u8::from(truth))
                }
                Scalar::Text => {
                    self.text(row, cell);
                    f64::NAN
                }
            }
        };
        match &mut self.words {
            Some(words) => words.add(raw),
            None if self.column.texts > 0 => self.begin_words(index),
            None if self.role == Role::Data => self.numbers.push(number),
            None => {}
        }
    }

    /// One text cell settles that the column is compared as text.
    #[cold]
    fn begin_words(&mut self, index: usize) {
        self.numbers = Vec::new();
        let cells = self.table.column_part(self.at, 0..index + 1);
        self.words = (self.role == Role::Data)
            .then(|| Collector::starting_with(cells, self.table.row_count()));
    }

    fn text(&mut self, row: u32, cell: &str) {
        self.column.texts += 1;
        self.separators(row, cell);
        if self.mode == Mode::Strict && Date::parse(cell).is_some() {
            self.dates += 1;
        }
    }

    fn separators(&mut self, row: u32, cell: &str) {
        if memchr::memchr(b',', cell.as_bytes()).is_some() {
            self.column.commas.push(row);
        }
        if memchr::memchr(b';', cell.as_bytes()).is_some() && self.role == Role::Data {
            self.column.semicolons.push(row);
        }
    }

    fn list(&mut self, row: u32, cell: &str) {
        let elements = match list::read(cell, self.mode) {
            ListReading::Numbers(elements) => {
                self.column.numbers += 1;
                elements
            }
            ListReading::Texts(elements) => {
                self.column.texts += 1;
                elements
            }
            ListReading::Empty => {
                self.empty_lists += 1;
                Vec::new()
            }
            ListReading::Malformed => {
                self.column.malformed_lists.push(row);
                self.separators(row, cell);
                return;
            }
            ListReading::Mixed => {
                self.column.mixed_lists.push(row);
                self.separators(row, cell);
                return;
            }
        };
        self.column.lists.push(ListCell { row, elements });
    }

    fn finish(mut self) -> Column {
        let column = &mut self.column;
        let lists = !column.lists.is_empty();
        if self.mode == Mode::Compat {
            // There an empty list is text, and so are truth words in a column with lists.
            column.texts += self.empty_lists;
        }
        let truths_are_numbers =
            column.numbers == 0 || (self.mode == Mode::Strict && only_lists_of_numbers(column));
        let truths_are_numbers =
            truths_are_numbers && column.texts == 0 && !(lists && self.mode == Mode::Compat);
        if self.truths > 0 && !truths_are_numbers {
            column.texts += self.truths;
        } else {
            column.numbers += self.truths;
        }
        column.kind = match (column.numbers > 0, column.texts > 0) {
            _ if self.role == Role::SampleIds => Kind::Text,
            (_, false) if self.truths > 0 => Kind::Boolean,
            (_, false) => Kind::Numeric,
            (true, true) => Kind::Mixed,
            (false, true) if self.dates == column.texts && !lists => Kind::Date,
            (false, true) => Kind::Text,
        };
        if matches!(column.kind, Kind::Numeric | Kind::Boolean) {
            let reread =
                (self.mode == Mode::Compat && !lists).then(|| stock::numbers(self.table, self.at));
            column.values = Values::Numbers(match reread.flatten() {
                Some(StockNumbers::Floats(numbers)) => numbers,
                Some(StockNumbers::Whole(_)) | None => self.numbers,
            });
        } else if let Some(words) = self.words.and_then(|words| words.finish(self.table)) {
            column.values = Values::Words(words);
        }
        self.column
    }
}

/// Every number of the column is inside a list, so that its scalars may still all be truth words.
fn only_lists_of_numbers(column: &Column) -> bool {
    let numeric = |list: &&ListCell| {
        list.elements
            .first()
            .is_some_and(|element| element.number.is_some())
    };
    column.numbers == column.lists.iter().filter(numeric).count()
}
