//! What there is in a file: samples, scaffolds, records; found in one pass that builds the index too.
//! Judges every value as a query that prints it would.

mod fault;
mod pass;
mod pieces;

use crate::error::{Error, ErrorKind, Place};
use crate::index::Index;
use crate::layout::{Layout, Seen, Stored};
use crate::reader::{Content, Opened};
use crate::skips::Skips;
use crate::source::Source;
use crate::stats::Statistics;

pub use fault::Fault;
pub use pieces::{Joiner, Piece, cut, scan_piece};

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dimensions {
    /// The samples in column order.
    pub samples: Vec<String>,
    /// The scaffolds that have records, in file order.
    pub scaffolds: Vec<Scaffold>,
    /// How many records there are.
    pub records: u64,
    /// Records that lie beyond the end of their scaffold, as the header has it.
    pub beyond: Option<Beyond>,
    /// Whether the records are in order. Only [`scan_text`] lets files pass that are not.
    pub sorted: bool,
}

/// A scaffold and its records.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scaffold {
    /// Its name.
    pub name: String,
    /// How many records it has.
    pub records: u64,
    /// POS of the first record, 1-based.
    pub first: u64,
    /// POS of the last record, 1-based.
    pub last: u64,
}

/// Records beyond the end of their scaffold: the file, or its header, may be about another reference.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Beyond {
    /// The first: line and site.
    pub at: Place,
    /// Its scaffold.
    pub scaffold: String,
    /// The length in bases that the header declares.
    pub length: u64,
    /// How many there are.
    pub records: u64,
}

impl Beyond {
    /// As an error at the first of them.
    #[must_use]
    pub fn into_error(self) -> Error {
        ErrorKind::BeyondScaffold {
            at: self.at,
            scaffold: self.scaffold,
            length: self.length,
        }
        .into()
    }
}

/// What one pass over a bgzipped file yields.
#[derive(Debug, Clone)]
pub struct Scan {
    /// What the file holds.
    pub dimensions: Dimensions,
    /// The bytes of its CSI index.
    pub csi: Vec<u8>,
}

/// Reads a bgzipped VCF file, or a BCF file, once.
///
/// # Errors
/// In the categories of [`crate::Category`]: not VCF, gzip or plain text in place of bgzip, truncated,
/// a broken header, a duplicated sample, a malformed line, records out of order.
pub fn scan<S: Source>(source: &S) -> Result<Scan, Error> {
    let passed = pass::run(source, pass::Accept::Indexable, false)?;
    Ok(Scan {
        csi: csi_of(&passed)?,
        dimensions: passed.dimensions,
    })
}

/// As [`scan`], and how the file lies in its bytes. Reads a block again at the end, which a stream cannot.
///
/// # Errors
/// As [`scan`].
pub fn scan_with_layout<S: Source>(source: &S) -> Result<(Scan, Layout), Error> {
    let passed = pass::run(source, pass::Accept::Indexable, false)?;
    let csi = csi_of(&passed)?;
    let layout = layout_of(source, &passed.opened, &passed.index, passed.seen)?;
    let dimensions = passed.dimensions;
    Ok((Scan { dimensions, csi }, layout))
}

/// All that one pass over a bgzipped file can tell.
#[derive(Debug, Clone)]
pub struct FullScan {
    /// What the file holds, and its index.
    pub scan: Scan,
    /// How it lies in its bytes.
    pub layout: Layout,
    /// What its records are like.
    pub statistics: Statistics,
    /// The same part by part, for filters.
    pub skips: Skips,
}

/// As [`scan_with_layout`], with statistics.
///
/// # Errors
/// As [`scan`].
pub fn scan_in_full<S: Source>(source: &S) -> Result<FullScan, Error> {
    let passed = pass::run(source, pass::Accept::Indexable, true)?;
    full(source, passed)
}

fn full<S: Source>(source: &S, passed: pass::Passed) -> Result<FullScan, Error> {
    let csi = csi_of(&passed)?;
    let dimensions = passed.dimensions;
    Ok(FullScan {
        scan: Scan { dimensions, csi },
        layout: layout_of(source, &passed.opened, &passed.index, passed.seen)?,
        statistics: passed.statistics.unwrap_or_default(),
        skips: passed.skips.unwrap_or_default(),
    })
}

fn layout_of<S: Source>(
    source: &S,
    opened: &Opened,
    index: &Index,
    seen: Seen,
) -> Result<Layout, Error> {
    let stored = match &opened.content {
        Content::Text => Stored::Vcf,
        Content::Bcf(_) => Stored::Bcf,
    };
    Layout::of(source, stored, opened.records, index, seen)
}

fn csi_of(passed: &pass::Passed) -> Result<Vec<u8>, Error> {
    let csi = match &passed.opened.content {
        Content::Text => passed.index.to_csi(),
        Content::Bcf(dictionary) => passed.index.to_bcf_csi(dictionary.contigs()),
    };
    Ok(csi.map_err(ErrorKind::Index)?)
}

/// Reads a sorted VCF file once that may be plain text, of which there is no index.
///
/// # Errors
/// As [`scan`], but for plain text.
pub fn scan_sorted<S: Source>(source: &S) -> Result<(Dimensions, Statistics), Error> {
    let passed = pass::run(source, pass::Accept::Sorted, true)?;
    Ok((passed.dimensions, passed.statistics.unwrap_or_default()))
}

/// Reads a VCF or BCF file once, plain text too, in whatever order.
///
/// # Errors
/// As [`scan`], but for plain text and order.
pub fn scan_text<S: Source>(source: &S) -> Result<Dimensions, Error> {
    Ok(pass::run(source, pass::Accept::Anything, false)?.dimensions)
}

#[cfg(test)]
mod tests;
