//! Python literals, the notation of list cells: `[1, 2]`, `["North", "West"]`.
//!
//! Only what list cells can hold; must not evaluate anything.

mod escape;
mod number;
mod parse;

use std::fmt::{self, Write as _};

pub(crate) use parse::parse;

use crate::number::python_text;

/// A value written as a Python literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Nothing,
    Bool(bool),
    /// A whole number: its value and its decimal digits.
    Int(f64, String),
    Float(f64),
    Text(String),
    /// Bytes and complex numbers, kept as written.
    Other(String),
    List(Vec<Literal>),
    Tuple(Vec<Literal>),
    Set(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

impl Literal {
    /// Its number if it is one; booleans count as 1 and 0.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Self::Int(number, _) | Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Its text as `str()` gives it: strings bare, everything else as in a program.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// As `repr()` gives it.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("None"),
            Self::Bool(flag) => f.write_str(if *flag { "True" } else { "False" }),
            Self::Int(_, digits) => f.write_str(digits),
            Self::Float(number) => f.write_str(&python_text(*number)),
            Self::Text(text) => quoted(f, text),
            Self::Other(text) => f.write_str(text),
            Self::List(items) => row(f, '[', items, "]"),
            Self::Tuple(items) => row(f, '(', items, if items.len() == 1 { ",)" } else { ")" }),
            Self::Set(items) => row(f, '{', items, "}"),
            Self::Dict(pairs) => {
                f.write_char('{')?;
                for (at, (key, value)) in pairs.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

fn row(f: &mut fmt::Formatter<'_>, open: char, items: &[Literal], close: &str) -> fmt::Result {
    f.write_char(open)?;
    for (at, item) in items.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    f.write_str(close)
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    f.write_char(quote)?;
    for letter in text.chars() {
        match letter {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\\' => f.write_str("\\\\")?,
            letter if letter == quote => write!(f, "\\{letter}")?,
            letter if letter.is_ascii_control() => write!(f, "\\x{:02x}", u32::from(letter))?,
            letter => f.write_char(letter)?,
        }
    }
    f.write_char(quote)
}
