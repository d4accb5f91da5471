//! What can be wrong with a data line.

/// A line that is no record, or does not fit the header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Too few of the eight fixed columns.
    #[error("has {found} tab-separated columns; a record has at least 8")]
    TooFewColumns {
        /// Columns counted.
        found: usize,
    },
    /// Sample columns do not match the header.
    #[error("has {found} sample columns; the header names {expected} samples")]
    SampleColumns {
        /// Columns counted.
        found: usize,
        /// Samples in the header.
        expected: usize,
    },
    /// FORMAT is there, sample columns are not.
    #[error("has a FORMAT column but no sample columns")]
    NoSampleColumns,
    /// POS is not a number, or too large.
    #[error("column POS: {text:?} is not a position")]
    Position {
        /// The text.
        text: String,
    },
    /// A column holds what it cannot.
    #[error("column {column}: {reason}")]
    Field {
        /// The name of the column, or of the sample.
        column: String,
        /// What is wrong.
        reason: String,
    },
    /// A sample column has more subfields than FORMAT names.
    #[error("sample column {sample}: more subfields than FORMAT names")]
    TooManySubfields {
        /// The sample column, 1-based.
        sample: usize,
    },
    /// A subfield of a sample cannot be read.
    #[error("sample column {sample}, {tag}: {reason}")]
    Subfield {
        /// The sample column, 1-based.
        sample: usize,
        /// The FORMAT tag.
        tag: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A tag that the header does not define, where bcftools refuses to go on.
    #[error("{column} {tag:?} is not defined in the header, and samples cannot be taken out then")]
    Undefined {
        /// INFO, FORMAT, FILTER or CHROM.
        column: &'static str,
        /// The tag.
        tag: String,
    },
    /// bcftools answers here from memory that belongs to nothing; the native engine does not guess.
    #[error("not decided by the native engine: {0}")]
    Declined(String),
    /// An expression has no value at this record.
    #[error("{0}")]
    Expression(String),
    /// A genotype or a count does not fit the alleles.
    #[error("{0}")]
    Inconsistent(String),
}
