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
    /// A pattern that grows without bounds where it is matched.
    #[error("the repetitions of this pattern multiply to more than 2,000; write smaller ones")]
    Repetitions,
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
        let (line, indent) = surroundings(&self.text, column);
        write!(
            f,
            "at character {}: {}\n  {line}\n  {}^",
            column + 1,
            self.kind,
            " ".repeat(indent)
        )
    }
}

/// Characters of a long text that are shown on each side of the fault.
const AROUND: usize = 60;

/// The text on one line, of a long one what surrounds the character at `column`, and how far that is from the left.
fn surroundings(text: &str, column: usize) -> (String, usize) {
    let is_short = text.chars().nth(3 * AROUND).is_none();
    let first = if is_short {
        0
    } else {
        column.saturating_sub(AROUND)
    };
    let shown = if is_short { usize::MAX } else { 2 * AROUND };
    let mut rest = text.chars().skip(first);
    let mut line = String::from(if first > 0 { "…" } else { "" });
    let indent = line.chars().count() + column - first;
    line.extend(
        rest.by_ref()
            .take(shown)
            .map(|c| if c.is_control() { ' ' } else { c }),
    );
    if rest.next().is_some() {
        line.push('…');
    }
    (line, indent)
}

/// An expression that cannot be compiled for a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompileError {
    /// The native engine does not know for sure what bcftools would answer; bcftools itself may be asked.
    #[error("the expression cannot be decided natively: {0}")]
    Declined(Declined),
    /// bcftools refuses it too.
    #[error("the expression does not fit the file: {0}")]
    Invalid(String),
}

/// Why an expression is left to bcftools, decided before any record is read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason} (at character {})", offset + 1)]
pub struct Declined {
    /// The reason, for users.
    pub reason: String,
    /// 0-based byte offset in the expression.
    pub offset: usize,
}

/// Why an expression has no answer at a record. bcftools ends with an error there, or answers from memory that
/// belongs to something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EvaluationError {
    /// Vectors that cannot be paired.
    #[error(
        "the expression joins vectors of different lengths, {0} and {1}; choose values with a subscript such as [0]"
    )]
    Lengths(usize, usize),
    /// Nothing that bcftools can evaluate.
    #[error("the expression cannot be evaluated: {0}")]
    Impossible(&'static str),
    /// `%` by zero.
    #[error("the expression divides by zero in %; exclude such records first")]
    DivisionByZero,
    /// A tag that the record does not have, where bcftools reads what was never written.
    #[error("the expression reads a tag that this record does not have, from memory in bcftools")]
    LeftoverValues,
    /// Samples are counted before any record had values for them.
    #[error("N_PASS() or F_PASS() counts samples of which no record so far has values")]
    NothingBegun,
    /// A subscript that no sample of the record has.
    #[error("a subscript asks for more values than the {0} that the samples of this record have")]
    SubscriptBeyondWidth(usize),
    /// GT left out of a sample column.
    #[error("GT is not the first FORMAT key of this record and is left out for a sample")]
    OmittedGenotype,
    /// AC and AN without declaration.
    #[error(
        "INFO/AC and INFO/AN are not declared in the header, so that they are texts to bcftools"
    )]
    UndeclaredCounts,
    /// AC that is no list of numbers.
    #[error("INFO/AC has a missing or unreadable count")]
    UnreadableCounts,
    /// AC larger than AN.
    #[error("INFO/AC counts more alleles than INFO/AN")]
    ContradictoryCounts,
    /// No genotypes at all.
    #[error(
        "allele counts are asked for, but the file has neither samples nor INFO/AC and INFO/AN at this record"
    )]
    NothingToCount,
}

impl EvaluationError {
    /// Whether bcftools does answer here, but from memory that does not belong to the record, so that the native
    /// engine leaves the question to it. At all others bcftools ends with an error or crashes, too.
    pub fn is_declined(&self) -> bool {
        match self {
            Self::LeftoverValues
            | Self::SubscriptBeyondWidth(_)
            | Self::OmittedGenotype
            | Self::UndeclaredCounts
            | Self::UnreadableCounts => true,
            Self::Lengths(..)
            | Self::Impossible(_)
            | Self::NothingBegun
            | Self::DivisionByZero
            | Self::ContradictoryCounts
            | Self::NothingToCount => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fault_far_to_the_right_is_shown_with_what_surrounds_it() {
        let text = format!(
            "{}{}QUAL >",
            " ".repeat(70_000),
            "QUAL > 1 && ".repeat(1_000)
        );
        let error = crate::expr::parse(&text).expect_err("a value is missing");
        let shown = error.to_string();
        assert!(shown.len() < 1_000, "{} bytes", shown.len());
        let mut lines = shown.lines().skip(1);
        let (line, caret) = (lines.next().unwrap(), lines.next().unwrap());
        let under = line.chars().nth(caret.chars().count() - 1);
        assert_eq!(under, Some('>'), "{shown}");
    }
}
