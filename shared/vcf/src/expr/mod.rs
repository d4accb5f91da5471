//! The filtering expressions of `view -i` and `-e`, bcftools 1.24: reading, checking against a header, evaluating.
//!
//! The rule for every doubt: an expression whose answer is not known to be bcftools' answer is declined before a
//! record is read. Nothing here guesses, opens a file or runs a program.

mod ast;
mod error;
mod lexer;
mod parser;

pub use ast::{Expression, Function, Node, NodeKind, Operator};
pub use error::{ExprError, ExprErrorKind};
pub use parser::parse;
