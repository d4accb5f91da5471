//! Values on columns of numbers: `15`, `>10`, `<=2.5`, `10-20`.

use std::cmp::Ordering;

use super::compare::Bound;
use crate::{
    mode::Mode,
    number::{decimal, float, integer, range},
    reading::{Column, Kind, truth},
};

/// What a cell's number is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum NumberTest {
    Equal(Bound),
    Greater(Bound),
    GreaterOrEqual(Bound),
    Less(Bound),
    LessOrEqual(Bound),
    /// Both ends included.
    Between(Bound, Bound),
}

/// Why a value is not a test on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    NotNumber,
    /// `=<5`, `=>5`.
    ReversedOperator,
}

pub(super) fn parse(text: &str, column: &Column, mode: Mode) -> Result<NumberTest, Unread> {
    if text.starts_with("=<") || text.starts_with("=>") {
        return Err(Unread::ReversedOperator);
    }
    let bound = |number| threshold(number, mode);
    let test = if let Some(number) = text.strip_prefix(">=") {
        bound(number).map(NumberTest::GreaterOrEqual)
    } else if let Some(number) = text.strip_prefix("<=") {
        bound(number).map(NumberTest::LessOrEqual)
    } else if let Some(number) = text.strip_prefix('>') {
        bound(number).map(NumberTest::Greater)
    } else if let Some(number) = text.strip_prefix('<') {
        bound(number).map(NumberTest::Less)
    } else {
        between(text, mode).or_else(|| equal(text, column, mode))
    };
    test.ok_or(Unread::NotNumber)
}

fn threshold(text: &str, mode: Mode) -> Option<Bound> {
    match mode {
        Mode::Strict => written(text.trim()),
        Mode::Compat => decimal(text).map(Bound::inexact),
    }
}

fn between(text: &str, mode: Mode) -> Option<NumberTest> {
    let (low, high) = range(text)?;
    if mode == Mode::Compat {
        return Some(NumberTest::Between(
            Bound::inexact(low),
            Bound::inexact(high),
        ));
    }
    // The ends as written, so that long ones keep their last digits.
    let end = |at: usize| {
        Some(NumberTest::Between(
            written(&text[..at])?,
            written(&text[at + 1..])?,
        ))
    };
    text.char_indices()
        .skip(1)
        .filter(|(_, letter)| *letter == '-')
        .find_map(|(at, _)| end(at))
}

fn equal(text: &str, column: &Column, mode: Mode) -> Option<NumberTest> {
    let bound = match mode {
        Mode::Strict if column.kind == Kind::Boolean => match truth(text) {
            Some(truth) => Bound::inexact(f64::from(u8::from(truth))),
            None => written(text)?,
        },
        Mode::Strict => written(text)?,
        Mode::Compat if text.contains('.') => {
            Bound::inexact(float(text).filter(|number| !number.is_nan())?)
        }
        // A column with a missing cell is one of floats there.
        Mode::Compat if column.missing > 0 => Bound::inexact(integer(text)?),
        Mode::Compat => Bound::exact(integer(text)?, text),
    };
    Some(NumberTest::Equal(bound))
}

/// Any number `float()` reads, exponents included.
fn written(text: &str) -> Option<Bound> {
    float(text)
        .filter(|number| !number.is_nan())
        .map(|number| Bound::exact(number, text))
}

impl NumberTest {
    /// A range that can match nothing, its ends being the wrong way round.
    pub(super) fn is_reversed(&self) -> bool {
        matches!(self, Self::Between(low, high) if low.number > high.number)
    }

    #[inline]
    pub(super) fn matches<'c>(&self, number: f64, cell: impl Fn() -> &'c str) -> bool {
        use Ordering::{Equal, Greater, Less};
        let against = |bound: &Bound| bound.compare(number, &cell);
        match self {
            Self::Equal(bound) => against(bound) == Some(Equal),
            Self::Greater(bound) => against(bound) == Some(Greater),
            Self::GreaterOrEqual(bound) => matches!(against(bound), Some(Greater | Equal)),
            Self::Less(bound) => against(bound) == Some(Less),
            Self::LessOrEqual(bound) => matches!(against(bound), Some(Less | Equal)),
            Self::Between(low, high) => {
                matches!(against(low), Some(Greater | Equal))
                    && matches!(against(high), Some(Less | Equal))
            }
        }
    }
}
