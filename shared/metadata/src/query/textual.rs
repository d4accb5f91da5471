//! Values on columns of text, and the forms that look at a cell's text in any column.

use regex::Regex;

use crate::{
    date::Date,
    filter::{Form, Value, compile},
    mode::Mode,
    reading::{Column, Kind},
};

/// What a cell's text is held against.
#[derive(Debug)]
pub(super) enum TextTest {
    /// The same text, case and all.
    Equal(String),
    /// The same text in lower case.
    AnyCase(String),
    Pattern(Regex),
    Missing,
    Date(DateTest),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum DateTest {
    After(Date),
    From(Date),
    Before(Date),
    Until(Date),
    /// Both ends included.
    Between(Date, Date),
}

pub(super) fn parse(value: &Value, column: &Column, mode: Mode) -> TextTest {
    match value.form {
        Form::Missing => TextTest::Missing,
        Form::AnyCase => TextTest::AnyCase(value.text.to_lowercase()),
        // The filter's parser refuses what does not compile.
        Form::Pattern => compile(&value.text).map_or_else(TextTest::Equal, TextTest::Pattern),
        Form::Plain if column.kind == Kind::Date && mode == Mode::Strict => {
            date(&value.text).map_or_else(|| TextTest::Equal(value.text.clone()), TextTest::Date)
        }
        Form::Plain => TextTest::Equal(value.text.clone()),
    }
}

fn date(text: &str) -> Option<DateTest> {
    let bound = |date: &str| Date::parse_value(date.trim());
    if let Some(date) = text.strip_prefix(">=") {
        bound(date).map(DateTest::From)
    } else if let Some(date) = text.strip_prefix("<=") {
        bound(date).map(DateTest::Until)
    } else if let Some(date) = text.strip_prefix('>') {
        bound(date).map(DateTest::After)
    } else if let Some(date) = text.strip_prefix('<') {
        bound(date).map(DateTest::Before)
    } else {
        Date::parse_range(text).map(|(first, last)| DateTest::Between(first, last))
    }
}

impl TextTest {
    /// Compared as written, whatever it looks like.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Equal(_))
    }

    /// A range that can match nothing, its ends being the wrong way round.
    pub(super) fn is_reversed(&self) -> bool {
        matches!(self, Self::Date(DateTest::Between(first, last)) if last.is_before(*first))
    }
}

impl DateTest {
    pub(super) fn matches(self, cell: &str) -> bool {
        let Some(cell) = Date::parse(cell) else {
            return false;
        };
        match self {
            Self::After(date) => date.is_before(cell),
            Self::From(date) => cell.is_from(date),
            Self::Before(date) => cell.is_before(date),
            Self::Until(date) => cell.is_until(date),
            Self::Between(first, last) => cell.is_from(first) && cell.is_until(last),
        }
    }
}
