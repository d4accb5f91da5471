//! A set of tests, of which a cell has to pass one, run over a whole column.

use std::collections::HashSet;

use regex::Regex;

use super::{
    numeric::NumberTest,
    textual::{DateTest, TextTest},
};
use crate::{
    missing::{is_missing, trim},
    mode::Mode,
    reading::{Column, Element, Ids, Values},
    table::Table,
};

/// From this many equal tests on, a look-up is quicker than trying them in turn.
const MANY: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Matcher {
    pub(super) numbers: Numbers,
    pub(super) texts: Texts,
}

#[derive(Debug, Default)]
pub(super) struct Numbers {
    tests: Vec<NumberTest>,
    /// The numbers of which a cell may be one, if all tests ask for that and there are many.
    equal: HashSet<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Texts {
    equal: HashSet<String>,
    any_case: Vec<String>,
    patterns: Vec<Regex>,
    dates: Vec<DateTest>,
    missing: bool,
}

impl Numbers {
    pub(super) fn add(&mut self, test: NumberTest) {
        if let NumberTest::Equal(bound) = test {
            self.equal.insert(key(bound.number));
        }
        self.tests.push(test);
    }

    /// Equality is all that is asked, often enough for a look-up.
    fn is_look_up(&self) -> bool {
        self.tests.len() >= MANY
            && self
                .tests
                .iter()
                .all(|test| matches!(test, NumberTest::Equal(_)))
    }

    #[inline]
    fn matches<'c>(&self, number: f64, cell: impl Fn() -> &'c str) -> bool {
        !number.is_nan() && self.tests.iter().any(|test| test.matches(number, &cell))
    }
}

/// The same for numbers that are equal, so for both zeros.
fn key(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

impl Texts {
    pub(super) fn add(&mut self, test: TextTest) {
        match test {
            TextTest::Equal(text) => {
                self.equal.insert(text);
            }
            TextTest::AnyCase(text) => self.any_case.push(text),
            TextTest::Pattern(pattern) => self.patterns.push(pattern),
            TextTest::Date(date) => self.dates.push(date),
            TextTest::Missing => self.missing = true,
        }
    }

    fn is_empty(&self) -> bool {
        self.equal.is_empty() && !self.looks_deeper() && !self.missing
    }

    fn only_equal(&self) -> bool {
        !self.missing && !self.looks_deeper()
    }

    fn only_missing(&self) -> bool {
        self.missing && self.equal.is_empty() && !self.looks_deeper()
    }

    /// Has tests other than for a text as it stands.
    fn looks_deeper(&self) -> bool {
        !(self.any_case.is_empty() && self.patterns.is_empty() && self.dates.is_empty())
    }

    #[inline]
    fn equal(&self, text: &str) -> bool {
        if self.equal.len() < MANY {
            self.equal.iter().any(|equal| equal == text)
        } else {
            self.equal.contains(text)
        }
    }

    /// `text` is trimmed and not missing.
    #[inline]
    fn matches(&self, text: &str) -> bool {
        self.equal(text) || (self.looks_deeper() && self.matches_deeper(text))
    }

    fn matches_deeper(&self, text: &str) -> bool {
        self.dates.iter().any(|date| date.matches(text))
            || self.patterns.iter().any(|pattern| pattern.is_match(text))
            || (!self.any_case.is_empty() && self.any_case.contains(&text.to_lowercase()))
    }
}

impl Matcher {
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.tests.is_empty() && self.texts.is_empty()
    }

    /// For each data row, whether its cell passes a test. `ids` is given for the column of sample ids, whose text it knows.
    pub(super) fn rows(
        &self,
        table: &Table,
        at: usize,
        column: &Column,
        ids: Option<&Ids>,
        mode: Mode,
    ) -> Vec<bool> {
        let mut rows = vec![false; table.row_count()];
        if let Values::Numbers(numbers) = &column.values
            && !self.numbers.tests.is_empty()
        {
            let look_up = self.numbers.is_look_up();
            for (index, (row, number)) in rows.iter_mut().zip(numbers).enumerate() {
                *row = (!look_up || self.numbers.equal.contains(&key(*number)))
                    && self
                        .numbers
                        .matches(*number, || trim(table.cells().cell(at, index)));
            }
        }
        if !self.texts.is_empty() {
            match ids {
                // A table with an id twice is refused before.
                Some(ids) if self.texts.only_equal() => {
                    for row in self.texts.equal.iter().filter_map(|id| ids.find(id)) {
                        rows[row as usize] = true;
                    }
                }
                Some(ids) => {
                    for (row, id) in rows.iter_mut().zip(ids.iter()) {
                        *row = self.texts.matches(id);
                    }
                }
                None => self.match_texts(table, at, column, mode, &mut rows),
            }
        }
        for list in &column.lists {
            rows[list.row as usize] = list
                .elements
                .iter()
                .any(|element| self.matches_element(element));
        }
        rows
    }

    fn match_texts(
        &self,
        table: &Table,
        at: usize,
        column: &Column,
        mode: Mode,
        rows: &mut [bool],
    ) {
        let plain = self.texts.only_equal();
        let matches = |raw: &str| {
            let cell = trim(raw);
            if plain {
                self.texts.equal(cell) && !is_missing(raw, cell, mode)
            } else if is_missing(raw, cell, mode) {
                self.texts.missing
            } else {
                self.texts.matches(cell)
            }
        };
        if let (Values::Numbers(numbers), true) = (&column.values, self.texts.only_missing()) {
            for ((row, number), raw) in rows.iter_mut().zip(numbers).zip(table.cells().spans(at)) {
                *row |= number.is_nan() && (raw.is_empty() || matches(table.cells().text(*raw)));
            }
        } else if let Values::Words(words) = &column.values {
            let by_code: Vec<bool> = words.texts.iter().map(matches).collect();
            for (row, code) in rows.iter_mut().zip(&words.codes) {
                *row |= by_code[usize::from(*code)];
            }
        } else {
            for (row, raw) in rows.iter_mut().zip(table.cells().column(at)) {
                *row |= matches(raw);
            }
        }
    }

    fn matches_element(&self, element: &Element) -> bool {
        let number = element.number.unwrap_or(f64::NAN);
        self.numbers.matches(number, || &element.text) || self.texts.matches(&element.text)
    }
}
