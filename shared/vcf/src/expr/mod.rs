//! The filtering expressions of `view -i` and `-e`, bcftools 1.24: reading, checking against a header, evaluating.
//!
//! The rule for every doubt: an expression whose answer is not known to be bcftools' answer is declined before a
//! record is read. Nothing here guesses, opens a file or runs a program.
//!
//! [`parse`] gives an [`Expression`] without any header, [`compile`] a [`Filter`] for files with one header, and
//! [`Filter::matches`] the answer for a record.
//!
//! # What is declined
//!
//! - `@file` of anything but ID, or that was not read; arithmetic and numeric functions of texts, for which bcftools reads memory that holds none.
//! - `STRLEN()` of FORMAT and texts of samples compared with each other: bcftools reads on behind the first sample.
//! - Arithmetic on FORMAT tags, `binom()` and `fisher()`, with different samples on the two sides.
//! - An open subscript of a text INFO tag (`TAG[1-]`), which reads behind the text.
//! - Patterns with back-references, `[:classes:]`, `\<`, `\>`, or letters beyond ASCII.
//!
//! # Where a record decides
//!
//! Some questions show only at a record that bcftools answers with an error: vectors of different lengths, a text
//! compared with a number. There [`Filter::matches`] gives an [`EvaluationError`] instead of an answer. Others bcftools
//! answers from memory that was never written, such as a subscript beyond what the last sample has;
//! [`EvaluationError::is_declined`] tells them apart, and the query is declined at that record.
//!
//! `SMPL_MAX(TAG)`, `COUNT(TAG)` and their relatives do not look whether the record has the tag: bcftools answers from
//! the last record that had it, and so does this evaluator. [`Filter::in_order`] says that one [`Scratch`] must then see
//! all records in the order of the file.
//!
//! # Kept on purpose
//!
//! What looks like a slip and is bcftools' answer: operators of equal rank group from the right (`8-3+2` is 3); `!~`
//! holds for nearly every value; a missing integer in a list is the number -2147483648; an INFO tag of `Number=1` that
//! has two values is 0.
//!
//! # Not kept
//!
//! With options that skip records before the expression (`-m -M -k -n -v -V`), bcftools 1.24 sometimes takes allele
//! counts (AC, AN, AF, MAC, MAF computed on the fly) of a record three lines before. See
//! [`Filter::uses_kept_counts`].

mod arithmetic;
mod ast;
mod binomial;
mod binomial_call;
mod calls;
mod compare;
mod compile;
mod counts;
mod error;
mod evaluate;
mod fisher;
mod format;
mod function;
mod genotype;
mod info;
mod lexer;
mod lists;
mod load;
mod logic;
mod marks;
mod order;
mod parser;
mod parts;
mod posix;
mod program;
mod relation;
mod resolve;
mod site;
mod skip;
mod strings;
mod subscript;
mod texts;
mod value;
pub(crate) mod variant;

pub use ast::{Expression, Function, Node, NodeKind, Operator, Reduction};
pub use compile::{compile, compile_with};
pub use error::{CompileError, Declined, EvaluationError, ExprError, ExprErrorKind};
pub use evaluate::Scratch;
pub use lists::{LIST_MAX_VALUES, Lists};
pub use parser::parse;
pub use program::Filter;
