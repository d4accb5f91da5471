//! A compiled expression: one step per node, each with its own slot for the result.

use regex::bytes::Regex;

use super::ast::{Function, Operator};
use super::fisher;
use super::lists::Values;
use super::subscript::Subscript;
use crate::header::Version;

/// Which samples a step looks at; the length is the number of samples of the file.
pub(super) type Mask = Vec<bool>;

/// A step with what is known of its result before any record is read.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// What is done.
    pub(super) action: Action,
    /// The samples if the result is per sample.
    pub(super) mask: Option<Mask>,
    /// Whether somebody looks at the samples that pass, or only at the site.
    pub(super) wants_samples: bool,
}

/// A logic step that its left side alone decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skip {
    /// The outcome of the left side that decides, which is then that of the logic step.
    pub(super) if_site: bool,
    /// The logic step.
    pub(super) to: usize,
    /// Whether allele counts are passed over, of which bcftools notices faults in INFO/AC and INFO/AN all the same.
    pub(super) checks_counts: bool,
}

/// An operator and the places of the two steps that it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) operator: Operator,
    pub(super) left: usize,
    pub(super) right: usize,
}

impl Pair {
    pub(super) fn swapped(self) -> Self {
        Self {
            left: self.right,
            right: self.left,
            ..self
        }
    }
}

/// What a step does. Numbers in variants are places of earlier steps.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// The result never changes: a constant, or a node that became part of its operator.
    Constant(Constant),
    /// Reads the record.
    Load(Load),
    /// Compares numbers.
    Compare { pair: Pair, by_genotype: bool },
    /// Compares texts.
    CompareText(Pair),
    /// Searches a text, by `~` or `!~`.
    Search { pattern: Regex, pair: Pair },
    /// Compares genotypes with a kind of genotype.
    Genotype { kind: GenotypeLabel, equal: bool },
    /// Compares ID.
    Identifier(IdentifierTest),
    /// Compares FILTER.
    Filter {
        names: Vec<Vec<u8>>,
        relation: Relation,
    },
    /// Tests TYPE against one bit.
    TypeBit { bit: i32, set: bool },
    /// Arithmetic.
    Arithmetic {
        pair: Pair,
        /// Whether N_PASS or F_PASS counts what is made of it: bcftools then fails at a record without the values
        /// if it has not yet seen any with them.
        counted: bool,
    },
    /// `&`, `&&`, `|`, `||`.
    Logic(Pair),
    /// A function of one argument.
    Call {
        function: Function,
        argument: usize,
        of: ArgumentKind,
    },
    /// `binom()` of one or two arguments.
    Binomial { first: usize, second: Option<usize> },
    /// `fisher()` of one or two arguments.
    Fisher {
        first: usize,
        second: Option<usize>,
        counts: fisher::Counts,
    },
}

impl Action {
    /// Of a node that became part of its operator.
    pub(super) const NOTHING: Self = Self::Constant(Constant::Nothing);

    pub(super) fn number(number: f64) -> Self {
        Self::Constant(Constant::Number(number))
    }
}

/// What never changes.
#[derive(Clone, Debug)]
pub(super) enum Constant {
    /// A number.
    Number(f64),
    /// A text.
    Text(Vec<u8>),
    /// Nothing: the value is used by the operator itself.
    Nothing,
}

/// What functions must know of their argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArgumentKind {
    /// A FORMAT tag as it stands in the record.
    Tag,
    /// The outcome of a comparison or of logic.
    Outcome,
    /// A text that is taken as one.
    Text,
    /// A text whose parts between commas are taken one by one.
    TextList,
    /// Anything else.
    Other,
}

/// How the entries of FILTER must relate to those of the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same entries.
    Equal,
    /// Not the same entries.
    NotEqual,
    /// All entries of the expression are there.
    Contains,
    /// Some entry of the expression is not there.
    Lacks,
}

/// A test of the ID column.
#[derive(Clone, Debug)]
pub(super) enum IdentifierTest {
    /// One of the names is this.
    Is(Vec<u8>),
    /// None of the names is this.
    IsNot(Vec<u8>),
    /// One of the names is among these.
    Among(Values),
    /// None of the names is among these.
    NotAmong(Values),
    /// One of the names has a match, for `~` and, as bcftools 1.24 has it, for `!~` too.
    Matches(Regex),
}

/// Genotypes with a name in expressions, by which of three sets of labels names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GenotypeLabel {
    /// Which set of labels.
    pub(super) set: LabelSet,
    /// The label.
    pub(super) label: &'static str,
}

/// Sets of labels of which each genotype has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabelSet {
    /// `rr`, `ra`, `aa`, `aA`, `r`, `a` or missing.
    Alleles,
    /// `hom`, `het`, `hap` or missing.
    Zygosity,
    /// `ref`, `alt`, `mis`.
    Reference,
}

/// What is read of a record.
#[derive(Clone, Debug)]
pub(super) enum Load {
    Quality,
    Position,
    Contig,
    Reference,
    Alternates(Subscript),
    AlternateCount,
    IndelLengths,
    VariantTypes,
    /// A flag of INFO: 1 or 0.
    Flag(Vec<u8>),
    /// An INFO tag of `Number=1`.
    InfoOne(Vec<u8>, NumberType),
    /// An INFO tag of another number.
    InfoMany(Vec<u8>, NumberType, Subscript),
    /// A text INFO tag of `Number=1`.
    InfoText(Vec<u8>),
    /// A text INFO tag of another number.
    InfoTexts(Vec<u8>, Subscript),
    /// A FORMAT tag.
    Format(Vec<u8>, NumberType, Subscript),
    /// A text FORMAT tag.
    FormatText(Vec<u8>, Subscript),
    /// The genotypes as text.
    GenotypeText,
    /// The labels of the genotypes.
    GenotypeLabels(LabelSet),
    /// A value computed from allele counts.
    Count(CountValue),
    /// `N_MISSING` and `F_MISSING`.
    MissingGenotypes(Amount),
}

/// Types of numbers in INFO and FORMAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberType {
    Integer,
    Float,
}

/// Values computed from allele counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountValue {
    AlternateCounts,
    AlleleNumber,
    AlternateFrequencies,
    MinorCount,
    MinorFrequency,
}

/// A number or a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    Number,
    Fraction,
}

/// An expression that is ready to be asked about records of one file. Cheap to share between threads; each thread
/// needs its own [`Scratch`](super::Scratch).
#[derive(Clone, Debug)]
pub struct Filter {
    pub(super) steps: Vec<Step>,
    /// For each step what it may make superfluous.
    pub(super) skips: Vec<Option<Skip>>,
    /// Whether an answer depends on what earlier records left: then records must come in order.
    pub(super) in_order: bool,
    /// Why bcftools ends with an error at any record.
    pub(super) fault: Option<&'static str>,
    pub(super) samples: usize,
    pub(super) version: Version,
    /// Whether the header declares INFO/AC and INFO/AN.
    pub(super) declares_counts: bool,
}

impl Filter {
    /// Whether one [`Scratch`](super::Scratch) must see all records in the order of the file.
    pub fn in_order(&self) -> bool {
        self.in_order
    }

    /// Whether an answer can depend on FORMAT or on what samples have.
    pub fn reads_samples(&self) -> bool {
        let checks_counts = self.skips.iter().flatten().any(|skip| skip.checks_counts);
        checks_counts || self.steps.iter().any(Step::reads_samples)
    }
}

impl Step {
    fn reads_samples(&self) -> bool {
        let by_action = match &self.action {
            Action::Load(load) => match load {
                Load::Format(..)
                | Load::FormatText(..)
                | Load::GenotypeText
                | Load::GenotypeLabels(_)
                | Load::Count(_)
                | Load::MissingGenotypes(_) => true,
                Load::Quality
                | Load::Position
                | Load::Contig
                | Load::Reference
                | Load::Alternates(_)
                | Load::AlternateCount
                | Load::IndelLengths
                | Load::VariantTypes
                | Load::Flag(_)
                | Load::InfoOne(..)
                | Load::InfoMany(..)
                | Load::InfoText(_)
                | Load::InfoTexts(..) => false,
            },
            Action::Genotype { .. } | Action::Binomial { .. } | Action::Fisher { .. } => true,
            Action::Constant(_)
            | Action::Compare { .. }
            | Action::CompareText { .. }
            | Action::Search { .. }
            | Action::Identifier(_)
            | Action::Filter { .. }
            | Action::TypeBit { .. }
            | Action::Arithmetic { .. }
            | Action::Logic { .. }
            | Action::Call { .. } => false,
        };
        by_action || self.mask.is_some()
    }
}
