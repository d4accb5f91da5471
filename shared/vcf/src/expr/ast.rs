//! An expression in postfix order, which needs no recursion to be read, dropped or evaluated however deep it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ExprError, parse};

/// An expression: its text and what the text means. Equal if the texts are equal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    pub(super) text: String,
    pub(super) nodes: Vec<Node>,
}

impl Expression {
    /// The text as the user wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paths of lists of values, `@path`, that stand for a value.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::File(path) => Some(path.as_str()),
            _ => None,
        })
    }

    /// The nodes in postfix order: operands before their operator. Exactly one value is left at the end.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl TryFrom<String> for Expression {
    type Error = ExprError;

    fn try_from(text: String) -> Result<Self, ExprError> {
        parse(&text)
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.text
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A step of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What the step does.
    pub kind: NodeKind,
    /// 0-based byte offset of the step in the text.
    pub offset: usize,
}

/// The kinds of steps.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A text in quotes.
    Text(String),
    /// A number or the name of a column, a tag or a computed value, with its subscript: which of them is decided by
    /// the header.
    Name(String),
    /// The factor of a unary minus.
    MinusOne,
    /// `@path`: a list of values in a file.
    File(String),
    /// Takes two values.
    Operator(Operator),
    /// Takes one value.
    Call(Function),
    /// `binom(…)`: takes as many values as given here.
    Binomial(usize),
    /// `fisher(…)`: takes as many values as given here.
    Fisher(usize),
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `|`: in the same sample.
    Or,
    /// `||`: in any samples.
    OrAny,
    /// `&`: in the same sample.
    And,
    /// `&&`: in any samples.
    AndAny,
    /// `=`, `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `~`
    Matches,
    /// `!~`
    NotMatches,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Operator {
    /// Operators of a higher number bind first. Among equals the *right* one binds first: `8-3+2` is 3.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::Or | Self::OrAny => 2,
            Self::And | Self::AndAny => 3,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Matches
            | Self::NotMatches => 5,
            Self::Add | Self::Subtract => 6,
            Self::Multiply | Self::Divide | Self::Remainder => 7,
        }
    }
}

/// Functions of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Of all values together: `MAX`
    All(Reduction),
    /// Of the values of each sample: `SMPL_MAX`, `sMAX`
    Sample(Reduction),
    /// `ABS`
    Absolute,
    /// `STRLEN`
    StringLength,
    /// `PHRED`
    Phred,
    /// `N_PASS`
    PassingSamples,
    /// `F_PASS`
    PassingFraction,
}

/// Makes one value of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// `MAX`
    Max,
    /// `MIN`
    Min,
    /// `AVG`, `MEAN`
    Mean,
    /// `MEDIAN`
    Median,
    /// `STDEV`
    StandardDeviation,
    /// `SUM`
    Sum,
    /// `COUNT`
    Count,
}
