//! What can be wrong with a command, in the words that its author reads. Every text says how to mend it.

use std::fmt;

use thiserror::Error;

use super::getopt::Fault;
use super::limit::LimitError;
use super::option::ViewOption;
use super::region::RegionError;
use crate::expr::ExprError;

/// One fault of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based number of the segment.
    pub segment: usize,
    /// The token as the user wrote it, quotes removed. Empty if the whole segment is meant.
    pub token: String,
    /// What is wrong with it.
    pub reason: Reason,
}

impl Problem {
    pub(super) fn new(segment: usize, token: &str, reason: Reason) -> Self {
        let token = token.to_owned();
        Self {
            segment,
            token,
            reason,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {}", self.segment)?;
        if !self.token.is_empty() {
            write!(f, ", \"{}\"", self.token)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What is wrong with a token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// No option has this name.
    #[error("{0} is no option of bcftools view; see the list of view options")]
    Unknown(String),
    /// An abbreviation of several options.
    #[error("this is short for several options ({}); write one of them in full", names(.0))]
    Ambiguous(Vec<ViewOption>),
    /// The value is not there.
    #[error("{0} needs a value; {hint}", hint = value_hint(*.0))]
    MissingValue(ViewOption),
    /// A switch with a value.
    #[error("{0} takes no value; remove it")]
    UnexpectedValue(ViewOption),
    /// An option that the service keeps to itself.
    #[error("{0} is not available here: {hint}", hint = blocked_hint(*.0))]
    Blocked(ViewOption),
    /// `-s` with names.
    #[error(
        "names of samples do not belong in the command; choose samples with the query's sample options and write \
         -s alone where the samples are to be selected"
    )]
    SampleNames,
    /// `-s` in a query of all samples.
    #[error("-s selects samples, but the query is for all samples; remove -s or choose samples")]
    SamplesWithAllSamples,
    /// A lone `-`.
    #[error("standard input cannot be read; the files are chosen by the query, remove the -")]
    StandardInput,
    /// A file name.
    #[error(
        "file names do not belong in the command; the files are chosen by the query, remove the name"
    )]
    FileName,
    /// Anything else that is no option.
    #[error(
        "this belongs to no option; the files are chosen by the query, regions are given as -r scaffold:begin-end, \
         and values with spaces need quotes"
    )]
    Operand,
    /// A segment without any option.
    #[error(
        "view has no option; give one, or write view -s to select the samples and nothing else"
    )]
    NoOption,
    /// Quotes do not match.
    #[error("{0}")]
    Quoting(super::shell::QuotingError),
    /// A program other than `view`.
    #[error("only view can be run here; begin the segment with view")]
    NotView,
    /// A wrong region.
    #[error("{option} cannot be read: {error}")]
    Region {
        /// The option that has the region.
        option: ViewOption,
        /// What is wrong.
        error: RegionError,
    },
    /// A wrong count or frequency.
    #[error("{option} cannot be read: {error}")]
    Limit {
        /// The option that has the limit.
        option: ViewOption,
        /// What is wrong.
        error: LimitError,
    },
    /// Any other wrong value.
    #[error("{option} cannot be \"{value}\"; {hint}", hint = value_hint(*.option))]
    Value {
        /// The option.
        option: ViewOption,
        /// Its value.
        value: String,
    },
    /// A wrong expression.
    #[error("{option} cannot be read {error}")]
    Expression {
        /// `-i` or `-e`.
        option: ViewOption,
        /// What is wrong.
        error: ExprError,
    },
    /// `@file` in an expression.
    #[error(
        "{option} may not read a file (offset {offset} of the expression); write the values into the expression, \
         such as ID=\"rs1,rs2\""
    )]
    FileInExpression {
        /// `-i` or `-e`.
        option: ViewOption,
        /// 0-based byte offset in the expression.
        offset: usize,
    },
    /// Two options that exclude each other.
    #[error(
        "{0} and {1} cannot be given together; keep one, or put the other in a further segment"
    )]
    Conflict(ViewOption, ViewOption),
    /// An option given twice of which bcftools allows one.
    #[error("{0} is given twice; join the expressions with && or put one in a further segment")]
    Repeated(ViewOption),
    /// Something that real bcftools does and this program does not.
    #[error("{option} is not supported natively: {hint}")]
    Declined {
        /// The option.
        option: ViewOption,
        /// What to do.
        hint: &'static str,
    },
}

impl From<Fault<ViewOption>> for Reason {
    fn from(fault: Fault<ViewOption>) -> Self {
        match fault {
            Fault::Unknown(name) => Self::Unknown(name),
            Fault::Ambiguous(options) => Self::Ambiguous(options),
            Fault::MissingValue(option) => Self::MissingValue(option),
            Fault::UnexpectedValue(option) => Self::UnexpectedValue(option),
        }
    }
}

fn names(options: &[ViewOption]) -> String {
    let names: Vec<_> = options
        .iter()
        .map(|option| format!("--{}", option.long()))
        .collect();
    names.join(", ")
}

fn value_hint(option: ViewOption) -> &'static str {
    match option {
        ViewOption::Regions | ViewOption::Targets => {
            "write scaffold or scaffold:begin-end; glue a name that begins with a dash, as in --regions=-name"
        }
        ViewOption::RegionsOverlap | ViewOption::TargetsOverlap => {
            "use 0 (pos), 1 (record) or 2 (variant)"
        }
        ViewOption::Include | ViewOption::Exclude => {
            "write an expression in quotes, such as 'QUAL>30'"
        }
        ViewOption::Genotype => "use hom, het, miss, ^hom, ^het or ^miss",
        ViewOption::Types | ViewOption::ExcludeTypes => {
            "use a list of snps, indels, mnps, ref, bnd, other and overlap, such as snps,indels"
        }
        ViewOption::MinAlleles | ViewOption::MaxAlleles => {
            "write a whole number of alleles, such as 2"
        }
        ViewOption::MinAc | ViewOption::MaxAc => "write a whole number, such as 2 or 2:minor",
        ViewOption::MinAf | ViewOption::MaxAf => {
            "write a number from 0 to 1, such as 0.05 or 0.05:minor"
        }
        ViewOption::Samples => "write names joined by commas, ^ before the first to exclude them",
        ViewOption::OutputType => {
            "use v (text) or z (bgzipped), with a level from 0 to 9 if wanted, such as z6"
        }
        ViewOption::CompressionLevel => "use a level from 0 to 9; text output has none",
        ViewOption::ApplyFilters => "write FILTER entries joined by commas, such as PASS,.",
        ViewOption::WriteIndex => "use csi",
        ViewOption::Threads => "write a whole number of threads",
        _ => "give a value",
    }
}

fn blocked_hint(option: ViewOption) -> &'static str {
    match option {
        ViewOption::HeaderOnly => {
            "a query always returns records; to see a header, stream the file"
        }
        ViewOption::NoHeader => "a result without its header is no VCF file; remove the option",
        ViewOption::CompressionLevel
        | ViewOption::OutputType
        | ViewOption::Output
        | ViewOption::Threads
        | ViewOption::Verbosity
        | ViewOption::WriteIndex => {
            "the service decides about output, threads and index of the result; remove the option"
        }
        ViewOption::RegionsFile => {
            "files cannot be read from a command; use -r scaffold:begin-end, or --regions-file beside the command, which \
             makes one -r of your file"
        }
        ViewOption::TargetsFile => "files cannot be read from a command; use -t scaffold:begin-end",
        ViewOption::SamplesFile => {
            "files cannot be read from a command; use the query's sample options, such as --samples-file beside the command, \
             and -s alone"
        }
        ViewOption::ApplyFilters => "use -i 'FILTER=\"PASS\"' instead",
        _ => "remove the option",
    }
}
