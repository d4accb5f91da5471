//! Reads a column in one pass: its kind, its values, its oddities.

use super::{
    Column, Kind, ListCell, Values,
    list::{self, ListReading},
};
use crate::{
    date::Date,
    missing::{is_missing, trim},
    mode::Mode,
    number::float,
    table::Table,
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

pub(super) fn column(
    table: &Table,
    at: usize,
    name: String,
    is_sample_id: bool,
    mode: Mode,
) -> Column {
    let mut scan = Scan::new(name, is_sample_id, mode, table.row_count());
    for (row, raw) in (0..).zip(table.cells(at)) {
        scan.cell(row, raw);
    }
    scan.finish()
}

struct Scan {
    column: Column,
    is_sample_id: bool,
    mode: Mode,
    numbers: Vec<f64>,
    truths: usize,
    dates: usize,
    empty_lists: usize,
}

impl Scan {
    fn new(name: String, is_sample_id: bool, mode: Mode, rows: usize) -> Self {
        let column = Column {
            name,
            kind: Kind::Text,
            values: Values::Text,
            lists: Vec::new(),
            untrimmed: Vec::new(),
            semicolons: Vec::new(),
            commas: Vec::new(),
            malformed_lists: Vec::new(),
            mixed_lists: Vec::new(),
            missing: 0,
            numbers: 0,
            texts: 0,
        };
        let numbers = Vec::with_capacity(if is_sample_id { 0 } else { rows });
        Self {
            column,
            is_sample_id,
            mode,
            numbers,
            truths: 0,
            dates: 0,
            empty_lists: 0,
        }
    }

    #[inline]
    fn cell(&mut self, row: u32, raw: &str) {
        let cell = trim(raw);
        if cell.len() < raw.len() {
            self.column.untrimmed.push(row);
        }
        let number = if is_missing(raw, self.mode) {
            self.column.missing += 1;
            f64::NAN
        } else if cell.starts_with('[') {
            self.list(row, cell);
            f64::NAN
        } else if self.is_sample_id {
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
                    return;
                }
            }
        };
        // One text cell settles that the column is compared as text.
        if self.column.texts == 0 && !self.is_sample_id {
            self.numbers.push(number);
        }
    }

    fn text(&mut self, row: u32, cell: &str) {
        if self.column.texts == 0 {
            self.numbers = Vec::new();
        }
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
        if memchr::memchr(b';', cell.as_bytes()).is_some() && !self.is_sample_id {
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
            _ if self.is_sample_id => Kind::Text,
            (_, false) if self.truths > 0 => Kind::Boolean,
            (_, false) => Kind::Numeric,
            (true, true) => Kind::Mixed,
            (false, true) if self.dates == column.texts && !lists => Kind::Date,
            (false, true) => Kind::Text,
        };
        if matches!(column.kind, Kind::Numeric | Kind::Boolean) {
            column.values = Values::Numbers(self.numbers);
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
