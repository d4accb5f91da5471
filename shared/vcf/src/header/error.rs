//! What can be wrong with a header.

/// A header that cannot be used. Lines are 1-based.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The file ends, or the records begin, before a `#CHROM` line.
    #[error("line {line}: no `#CHROM` line before this line: {text:?}")]
    NoColumnLine {
        /// The line that came instead.
        line: u64,
        /// Its beginning.
        text: String,
    },
    /// The `#CHROM` line does not name the fixed columns.
    #[error(
        "line {line}: the column line must be CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO and, \
         with samples, FORMAT, separated by tabs; it is {text:?}"
    )]
    ColumnNames {
        /// The line.
        line: u64,
        /// Its beginning.
        text: String,
    },
    /// A line has a NUL byte: VCF has no such characters (VCF 4.5 §1.2), and in BCF the header would end there.
    #[error("line {line} has a NUL byte, which would end the header in BCF: take it out")]
    NulByte {
        /// The line.
        line: u64,
    },
    /// A line has an attribute that nothing ends, and IDX, which BCF needs, would become part of it. bcftools 1.24 writes it so.
    #[error("{text:?} lacks the end of an attribute, which BCF needs: end it, or write VCF")]
    OpenAttribute {
        /// The beginning of the line.
        text: String,
    },
    /// A sample is named twice.
    #[error("line {line}: duplicated sample name {name:?}")]
    DuplicateSample {
        /// The line.
        line: u64,
        /// The name.
        name: String,
    },
    /// A sample has no name.
    #[error("line {line}: empty sample name in column {column}")]
    EmptySample {
        /// The line.
        line: u64,
        /// The column, 1-based.
        column: usize,
    },
    /// One line is longer than any may be.
    #[error("line {line} is longer than {limit} bytes")]
    LineTooLong {
        /// The line.
        line: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// More lines than any header may have.
    #[error("more than {limit} lines")]
    TooManyLines {
        /// The limit.
        limit: u64,
    },
    /// More samples than any file may have.
    #[error("more than {limit} samples")]
    TooManySamples {
        /// The limit.
        limit: usize,
    },
    /// The name of a sample is longer than any may be.
    #[error("line {line}: the name of the sample in column {column} is longer than {limit} bytes")]
    SampleNameTooLong {
        /// The line.
        line: u64,
        /// The column, 1-based.
        column: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Two names of one kind have the same number in BCF, so that records may mean either. bcftools refuses them too.
    #[error("{one:?} and {other:?} have the same number, IDX={number}")]
    SameNumber {
        /// The number.
        number: u32,
        /// The name that has it.
        one: String,
        /// The name that is given it again.
        other: String,
    },
    /// Longer than any header may be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

/// The beginning of a line, fit for a message.
pub(crate) fn excerpt(text: &[u8]) -> String {
    let end = text.len().min(80);
    String::from_utf8_lossy(&text[..end]).into_owned()
}
