//! The filter language: `Area:North,West,!South;Weight:>10,<=20`.
//!
//! What a plain value means depends on the column, so it is decided in `query`. Must not know tables.

mod compat;
mod error;
mod pattern;
mod print;
mod scanner;
mod strict;
mod value;

use std::{fmt, ops::Range, str::FromStr};

pub use error::{FilterError, FilterFault};
pub(crate) use pattern::compile;

use crate::mode::Mode;

/// A filter, well formed. Whether a table has its columns is seen when it is used.
///
/// Clauses `column:values` are separated by `;` and all must hold. Values are separated by `,`: a row must match one of
/// them, and none of those with `!` in front. Double quotes protect separators. In strict mode there is more:
///
/// | written | means |
/// |---|---|
/// | `column:~"pattern"` | the cell's text contains a match of the regular expression |
/// | `column:i"text"` | the cell is `text`, upper and lower case alike |
/// | `column:=""` | the cell is missing |
/// | `column:>=2020-06`, `column:2020-01-01-2020-06-30` | on a column of dates |
/// | `"odd:name":value` | a column whose name has separators in it |
/// | `(A:x;B:y) or (C:z)`, `(A:x or C:z);B:y` | alternatives; `;` and `or` do not mix on one level |
#[derive(Debug, Clone)]
pub struct Filter {
    mode: Mode,
    /// As the user wrote it.
    text: String,
    pub(crate) root: Expression,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// The empty filter.
    All,
    Clause(Clause),
    And(Vec<Expression>),
    Or(Vec<Expression>),
}

/// `column:value,value`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    pub(crate) column: String,
    /// Never empty in strict mode.
    pub(crate) values: Vec<Value>,
    pub(crate) column_place: Place,
    /// The whole clause.
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) negated: bool,
    pub(crate) form: Form,
    /// Trimmed, quotes removed.
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// How a value is written, which says how its text is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `text`, `"text"`: a number, comparison, range, date or text, as the column has it.
    Plain,
    /// `~"pattern"`.
    Pattern,
    /// `i"text"`.
    AnyCase,
    /// `=""`.
    Missing,
}

/// Where in the filter's text something stands, in bytes. Filters that differ in nothing else are equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place(pub(crate) Range<usize>);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Value {
    /// A value without quotes; none if nothing is there.
    fn plain(bare: &str, place: Range<usize>) -> Option<Self> {
        let (negated, text) = match bare.strip_prefix('!') {
            Some(rest) => (true, rest.trim()),
            None => (false, bare),
        };
        let value = Self {
            negated,
            form: Form::Plain,
            text: text.to_owned(),
            place: Place(place),
        };
        (!bare.is_empty()).then_some(value)
    }
}

impl Filter {
    /// Parses a filter by the rules of `mode`.
    ///
    /// # Errors
    ///
    /// [`FilterError`], a fault of the user's (HTTP 400), which shows the filter and the place.
    pub fn parse(text: &str, mode: Mode) -> Result<Self, FilterError> {
        let root = match mode {
            _ if text.trim().is_empty() => Ok(Expression::All),
            Mode::Strict => strict::parse(text),
            Mode::Compat => compat::parse(text),
        };
        match root {
            Ok(root) => Ok(Self {
                mode,
                text: text.to_owned(),
                root,
            }),
            Err((fault, place)) => Err(FilterError::new(fault, text, place)),
        }
    }

    /// The rules it was parsed by, by which a table is also read to answer it.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// As the user wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// It selects every row.
    pub fn is_all(&self) -> bool {
        self.root == Expression::All
    }

    /// What an answer says it was asked: the filter, or that there was none.
    pub fn query_message(&self) -> &str {
        if self.is_all() {
            "ALL RECORDS (no filter)"
        } else {
            self.text.trim()
        }
    }

    pub(crate) fn fault(&self, fault: FilterFault, place: &Place) -> FilterError {
        FilterError::new(fault, &self.text, place.0.clone())
    }

    /// The filter's text at a place.
    pub(crate) fn at(&self, place: &Place) -> &str {
        self.text[place.0.clone()].trim()
    }
}

/// Two filters are equal if they ask the same, however they are spaced and quoted.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.mode == other.mode && self.root == other.root
    }
}

/// In strict mode.
impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text, Mode::Strict)
    }
}

/// In one canonical spelling, which parses to the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::expression(f, &self.root, self.mode)
    }
}
