//! What can go wrong while reading, querying or writing VCF, in the categories users are told about.
//! Every error says what is wrong and where; [`Error::remedy`] says how to mend it. No text of an
//! error may depend on how many threads ran.

use std::fmt;

use crate::header::HeaderError;
use crate::index::IndexError;
use crate::record::{Record, RecordError};

/// An error of the engine, with the name of the file it concerns where that is known.
#[derive(Debug)]
pub struct Error {
    file: Option<String>,
    kind: Box<ErrorKind>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The bytes are neither VCF text nor a container of it.
    #[error("not a VCF file: {0}")]
    NotVcf(String),
    /// Compressed by `gzip`, which has no blocks to jump to.
    #[error("compressed with gzip, not with bgzip")]
    PlainGzip,
    /// Plain text where blocks are needed.
    #[error("not compressed with bgzip")]
    NotCompressed,
    /// The end-of-file block is missing, or a block or line is cut off.
    #[error("truncated: {0}")]
    Truncated(String),
    /// A BGZF block does not inflate to what it promises.
    #[error("corrupt compressed block at byte {offset}: {reason}")]
    Corrupt {
        /// Offset of the block in the file, 0-based.
        offset: u64,
        /// What does not fit.
        reason: String,
    },
    /// The header cannot be used.
    #[error("header: {0}")]
    Header(#[from] HeaderError),
    /// One record cannot be used.
    #[error("{at}: {source}")]
    Record {
        /// Which record.
        at: Place,
        /// What is wrong with it.
        source: RecordError,
    },
    /// Records are not in order of position, or a scaffold comes in two pieces.
    #[error("{at}: {reason}")]
    Unsorted {
        /// The first record that is out of order.
        at: Place,
        /// What it should have followed.
        reason: String,
    },
    /// An index cannot be read, built or used.
    #[error("index: {0}")]
    Index(#[from] IndexError),
    /// The bytes could not be fetched or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// An option or its value does not fit this file (an unknown sample, a malformed region …).
    #[error("{0}")]
    Option(String),
    /// bcftools would decide this, the native engine does not; nothing was written.
    #[error("not decided by the native engine: {0}")]
    Declined(String),
    /// Records of several files that belong together cannot become one.
    #[error("{site}: {reason}")]
    Unmergeable {
        /// `CHROM:POS`.
        site: String,
        /// What does not fit.
        reason: String,
    },
    /// Two files call different genotypes for one sample at one site.
    #[error(
        "{site}: sample {sample:?} has genotype {} in {} and {} in {}",
        one.1, one.0, other.1, other.0
    )]
    Conflict {
        /// `CHROM:POS`, 1-based.
        site: String,
        /// The sample.
        sample: String,
        /// A file, and the alleles it calls.
        one: (String, String),
        /// Another file, and the alleles it calls.
        other: (String, String),
    },
    /// Two files have different REF at one site.
    #[error("{site}: REF is {} in {} and {} in {}", one.1, one.0, other.1, other.0)]
    Reference {
        /// `CHROM:POS`, 1-based.
        site: String,
        /// A file, and its REF.
        one: (String, String),
        /// Another file, and its REF.
        other: (String, String),
    },
    /// The headers of two files declare one scaffold with different lengths.
    #[error(
        "scaffold {scaffold} has {} bases in {} and {} in {}",
        one.1, one.0, other.1, other.0
    )]
    ScaffoldLength {
        /// Its name.
        scaffold: String,
        /// A file, and the length in bases that its header declares.
        one: (String, u64),
        /// Another file, and the length in bases that its header declares.
        other: (String, u64),
    },
    /// The headers of two files say different things of one scaffold: its digest or its assembly.
    #[error(
        "scaffold {scaffold} has {what} {} in {} and {} in {}",
        one.1, one.0, other.1, other.0
    )]
    Scaffold {
        /// Its name.
        scaffold: String,
        /// `md5` or `assembly`.
        what: &'static str,
        /// A file, and what its header says.
        one: (String, String),
        /// Another file, and what its header says.
        other: (String, String),
    },
    /// A record lies beyond the end of its scaffold, as the header has it.
    #[error("{at}: beyond the end of scaffold {scaffold}, which has {length} bases by the header")]
    BeyondScaffold {
        /// Which record.
        at: Place,
        /// Its scaffold.
        scaffold: String,
        /// The length in bases that the header declares.
        length: u64,
    },
    /// Input asks for more memory or nesting than is allowed.
    #[error("beyond a limit: {0}")]
    Limit(String),
}

/// Where a record is.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// Line of the text, 1-based, header lines included.
    pub line: Option<u64>,
    /// `CHROM:POS` as written.
    pub site: Option<String>,
}

impl ErrorKind {
    /// What is wrong with a record, whose site is known if it could be read.
    pub(crate) fn record(
        line: Option<u64>,
        record: Option<&Record<'_>>,
        source: RecordError,
    ) -> Self {
        let site = record.map(Record::site);
        let at = Place { line, site };
        Self::Record { at, source }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, &self.site) {
            (Some(line), Some(site)) => write!(f, "line {line} ({site})"),
            (Some(line), None) => write!(f, "line {line}"),
            (None, Some(site)) => write!(f, "record at {site}"),
            (None, None) => f.write_str("a record"),
        }
    }
}

/// The classes of faults that the service tells users apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Records out of order.
    Unsorted,
    /// One sample named twice in the header.
    DuplicateSample,
    /// The header is not a VCF header.
    InvalidHeader,
    /// Not VCF at all.
    UnknownFileType,
    /// A data line does not fit the format or the header.
    MalformedRecord,
    /// gzip in place of bgzip.
    NotBgzip,
    /// Cut off or damaged.
    Truncated,
    /// The index could not be made or read.
    Index,
    /// The command does not fit the file.
    Command,
    /// Left to bcftools.
    Declined,
    /// Reading or writing failed.
    Io,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The file it happened in, if it was named.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Names the file, unless a name is there already.
    #[must_use]
    pub fn in_file(mut self, name: &str) -> Self {
        self.file.get_or_insert_with(|| name.to_owned());
        self
    }

    /// Adds the number of lines that came before, to an error whose line was counted from there.
    #[must_use]
    pub fn after_lines(mut self, lines: u64) -> Self {
        if let ErrorKind::Record { at, .. }
        | ErrorKind::Unsorted { at, .. }
        | ErrorKind::BeyondScaffold { at, .. } = &mut *self.kind
        {
            at.line = at.line.map(|line| line + lines);
        }
        self
    }

    /// The class users are told.
    #[must_use]
    pub fn category(&self) -> Category {
        match &*self.kind {
            ErrorKind::NotVcf(_) => Category::UnknownFileType,
            ErrorKind::PlainGzip | ErrorKind::NotCompressed => Category::NotBgzip,
            ErrorKind::Truncated(_) | ErrorKind::Corrupt { .. } => Category::Truncated,
            ErrorKind::Header(HeaderError::DuplicateSample { .. }) => Category::DuplicateSample,
            ErrorKind::Header(_) => Category::InvalidHeader,
            ErrorKind::Record {
                source: RecordError::Declined(_),
                ..
            } => Category::Declined,
            ErrorKind::Record { .. }
            | ErrorKind::Limit(_)
            | ErrorKind::Unmergeable { .. }
            | ErrorKind::BeyondScaffold { .. } => Category::MalformedRecord,
            ErrorKind::Unsorted { .. } => Category::Unsorted,
            ErrorKind::Index(_) => Category::Index,
            ErrorKind::Io(_) => Category::Io,
            ErrorKind::Option(_)
            | ErrorKind::Conflict { .. }
            | ErrorKind::Reference { .. }
            | ErrorKind::ScaffoldLength { .. }
            | ErrorKind::Scaffold { .. } => Category::Command,
            ErrorKind::Declined(_) => Category::Declined,
        }
    }

    /// How to mend it, one sentence.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match &*self.kind {
            ErrorKind::Unmergeable { .. } => {
                "Mend the records of this position, or leave one of the files out."
            }
            ErrorKind::Conflict { .. } => {
                "Leave one of the two files out, take the sample out of one of them, or say with \
                 --on-conflict first, missing or keep-both what is right."
            }
            ErrorKind::BeyondScaffold { .. } => {
                "Mend the length in the header (`bcftools reheader --fai`) or take out what lies beyond; the \
                 file may be about another reference."
            }
            ErrorKind::Reference { .. }
            | ErrorKind::ScaffoldLength { .. }
            | ErrorKind::Scaffold { .. } => {
                "The files are about different references, or one is faulty: leave one of them out, or say \
                 with --on-conflict first, missing or keep-both what is right."
            }
            ErrorKind::Record { source, .. } => match source {
                RecordError::Expression(_) => {
                    "Change the expression so that it has a value at this record, or leave the record out \
                     first, as with -t or an earlier `view`."
                }
                RecordError::Inconsistent(_) => {
                    "Mend the genotypes or counts of this line, or leave it out."
                }
                RecordError::Undefined { .. } => {
                    "Declare it in the header (`bcftools annotate -h LINES.txt`) and try again."
                }
                RecordError::Field { .. }
                | RecordError::Position { .. }
                | RecordError::Subfield { .. }
                | RecordError::TooManySubfields { .. } => {
                    "Mend what this line says there, or remove the line."
                }
                _ => self.category().remedy(),
            },
            ErrorKind::Limit(_) => "Split it up; nothing larger is read.",
            ErrorKind::Index(IndexError::Missing) => "Build it with `index` first.",
            ErrorKind::Index(IndexError::Name(_)) => "Rename the scaffold.",
            ErrorKind::Index(IndexError::InPieces(_)) => {
                "Sort the records by scaffold and position (`bcftools sort -Oz`)."
            }
            ErrorKind::Index(IndexError::PositionTooLarge(_) | IndexError::TooLarge) => {
                "Split the file by scaffolds."
            }
            ErrorKind::Io(error) if error.raw_os_error() == Some(TOO_MANY_OPEN_FILES) => {
                "Allow more open files (`ulimit -n`), or put fewer files together at a time."
            }
            _ => self.category().remedy(),
        }
    }
}

impl Category {
    /// How to mend a fault of this class that no other sentence fits better.
    fn remedy(self) -> &'static str {
        match self {
            Self::Unsorted => {
                "Sort the file by scaffold and position (`bcftools sort -Oz`) and upload it again."
            }
            Self::DuplicateSample => {
                "Give every sample column its own name (`bcftools reheader -s`)."
            }
            Self::InvalidHeader => {
                "Mend the header: `##` lines, then one tab-separated `#CHROM` line \
                 (`bcftools view -h` shows what is read)."
            }
            Self::UnknownFileType => {
                "Give a VCF file: its first line must be `##fileformat=VCFv4.x`."
            }
            Self::MalformedRecord => {
                "Mend or remove this line; every line needs the columns that `#CHROM` names."
            }
            Self::NotBgzip => "Compress with `bgzip` (`gunzip FILE.gz && bgzip FILE`).",
            Self::Truncated => "Copy or compress the file again; it is incomplete or damaged.",
            Self::Index => "Remove the index file; it is built again when it is needed.",
            Self::Command => "Correct the option and try again.",
            Self::Declined => "Run this command with bcftools itself.",
            Self::Io => "Check that the file exists and can be read, and try again.",
        }
    }
}

/// `EMFILE`, on Linux and macOS.
const TOO_MANY_OPEN_FILES: i32 = 24;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

impl<E: Into<ErrorKind>> From<E> for Error {
    fn from(kind: E) -> Self {
        Self {
            file: None,
            kind: Box::new(kind.into()),
        }
    }
}
