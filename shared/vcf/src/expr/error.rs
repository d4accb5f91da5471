//! Why a text is no expression, with the place.

use std::fmt;

use thiserror::Error;

/// An expression that cannot be read. Its text shows the expression with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ExprError {
    /// The expression.
    pub text: String,
    /// 0-based byte offset of the fault.
    pub offset: usize,
    /// What is wrong.
    pub kind: ExprErrorKind,
}

/// What is wrong with an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ExprErrorKind {
    /// Nothing in it.
    #[error("the expression is empty; give one such as QUAL>30")]
    Empty,
    /// More steps than allowed.
    #[error(
        "the expression is too long; the limit is {} steps",
        super::parser::MOST_NODES
    )]
    TooLong,
    /// A quote without its end.
    #[error("this quote is never closed; close it")]
    OpenQuote,
    /// `)` without `(`.
    #[error("this bracket was never opened; remove it or open it")]
    UnopenedBracket,
    /// `(` without `)`.
    #[error("this bracket is never closed; close it")]
    OpenBracket,
    /// A character that begins nothing.
    #[error("this begins no value, name or operator; texts need quotes")]
    Unexpected,
    /// An operator or function with too few values.
    #[error("a value is missing at this operator; give one on each side")]
    MissingValue,
    /// Two values that nothing joins.
    #[error("two values stand side by side here; join them with an operator such as && or ||")]
    MissingOperator,
    /// `perl:` or `perl.`
    #[error(
        "Perl code in expressions is not supported; use the functions of the expression language"
    )]
    Perl,
    /// `{}` and its relatives.
    #[error("placeholders in braces have no value in view; give the value itself")]
    External,
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text.get(..self.offset).unwrap_or(&self.text);
        let column = before.chars().count();
        let line: String = self
            .text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        write!(
            f,
            "at character {}: {}\n  {line}\n  {:column$}^",
            column + 1,
            self.kind,
            ""
        )
    }
}
