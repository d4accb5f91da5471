//! The filtering expressions of `view -i` and `-e`, bcftools 1.24: reading, checking against a header, evaluating.
//!
//! The rule for every doubt: an expression whose answer is not known to be bcftools' answer is declined before a
//! record is read. Nothing here guesses, opens a file or runs a program.

mod arithmetic;
mod ast;
mod binomial;
mod compare;
mod compile;
mod counts;
mod error;
mod evaluate;
mod format;
mod function;
mod genotype;
mod info;
mod lexer;
mod logic;
mod parser;
mod posix;
mod program;
mod relation;
mod resolve;
mod site;
mod strings;
mod subscript;
mod value;
mod variant;

pub use ast::{Expression, Function, Node, NodeKind, Operator};
pub use compile::compile;
pub use error::{CompileError, Declined, EvaluationError, ExprError, ExprErrorKind};
pub use evaluate::Scratch;
pub use parser::parse;
pub use program::Filter;
