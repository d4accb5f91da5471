//! What is known of a project's VCF files: facts by version, which never change, and the present state, which says
//! what version of each file counts. Positions are 1-based and inclusive.
//!
//! Nothing here is stored once a sample and file: files of one cohort share their lists of names.

mod changes;
mod copies;
mod groups;
mod lists;
mod read;
mod states;
mod store;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use changes::Change;
pub use copies::CopiedVersion;
pub use groups::GroupedVersion;
pub use lists::NameList;
pub use states::{FileCounts, FileState, PresentMark};
pub use store::{Standing, Verdict};

/// A version of a file that is VCF by name, and what it was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileVersion {
    /// It can be queried.
    Vcf(VcfVersion),
    /// It is the result of a query.
    Result(VersionName),
    /// It cannot be used; the text tells users why.
    Faulty(VersionName, String),
}

/// Names a version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionName {
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
}

/// What is known of a version that can be queried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VcfVersion {
    /// Its row.
    pub id: i64,
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
    /// Its ETag, without quotes.
    pub etag: String,
    /// Bytes, compressed.
    pub size_bytes: u64,
    /// Records.
    pub record_count: u64,
    /// Sample names in header order.
    pub samples: Arc<NameList>,
    /// Scaffolds that have records, in file order.
    pub scaffolds: Scaffolds,
    /// The row of the header's declarations, for [`crate::Db::text_lists`].
    pub header_id: i64,
}

/// The scaffolds of a file that have records, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scaffolds {
    names: Arc<NameList>,
    extents: Vec<Extent>,
}

/// The records of a file on one scaffold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// How many there are.
    pub records: u64,
    /// Position of the first one.
    pub first: u64,
    /// Position of the last one.
    pub last: u64,
}

impl Scaffolds {
    /// Names and extents, pairwise.
    #[must_use]
    pub fn new(names: Arc<NameList>, extents: Vec<Extent>) -> Self {
        Self { names, extents }
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> &Arc<NameList> {
        &self.names
    }

    /// Each name with its extent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Extent)> {
        let names = self.names.iter().map(String::as_str);
        names.zip(self.extents.iter().copied())
    }

    /// What the file has on a scaffold.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Extent> {
        self.extents.get(self.names.place(name)?).copied()
    }
}

/// A file of the present state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentFile {
    /// The version that counts.
    pub version: FileVersion,
    /// When the file was first indexed.
    pub created_at: DateTime<Utc>,
    /// When this version was.
    pub updated_at: DateTime<Utc>,
}

/// A version to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewFileVersion<'a> {
    /// The key.
    pub object_key: &'a str,
    /// The version.
    pub version_id: &'a str,
    /// Its ETag, without quotes.
    pub etag: &'a str,
    /// Bytes, compressed.
    pub size_bytes: u64,
    /// What it was found to be.
    pub content: NewContent<'a>,
}

/// What a version was found to be.
#[derive(Clone, Copy, Debug)]
pub enum NewContent<'a> {
    /// It can be queried.
    Vcf(NewFacts<'a>),
    /// It is the result of a query.
    Result,
    /// It cannot be used; the text tells users why.
    Faulty(&'a str),
}

/// What there is to know of a version that can be queried.
#[derive(Clone, Copy, Debug)]
pub struct NewFacts<'a> {
    /// Records.
    pub record_count: u64,
    /// Sample names in header order.
    pub samples: &'a [String],
    /// The header's lines that declare something.
    pub header: &'a [String],
    /// Scaffolds that have records, in file order.
    pub scaffolds: &'a [String],
    /// What there is on each of them.
    pub extents: &'a [Extent],
    /// What is read by itself: each kind once.
    pub sidecars: &'a [(Sidecar, Vec<u8>)],
}

/// Something derived from a version that is read by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sidecar {
    /// The CSI index.
    Csi,
    /// How the file lies in its bytes.
    Layout,
    /// What its records are like. Versions that were indexed before there were statistics have none until they are read again.
    Statistics,
    /// The same part by part, so that filters need not fetch all. Versions that were indexed before have none.
    Skips,
    /// Where the columns of its samples are kept by groups, and how they lie there. Made when a query asks for few of many samples.
    Groups,
}

impl Sidecar {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Csi => "csi",
            Self::Layout => "layout",
            Self::Statistics => "statistics",
            Self::Skips => "skips",
            Self::Groups => "groups",
        }
    }
}

impl FileVersion {
    /// The key.
    #[must_use]
    pub fn object_key(&self) -> &str {
        match self {
            Self::Vcf(version) => &version.object_key,
            Self::Result(name) | Self::Faulty(name, _) => &name.object_key,
        }
    }

    /// The version.
    #[must_use]
    pub fn version_id(&self) -> &str {
        match self {
            Self::Vcf(version) => &version.version_id,
            Self::Result(name) | Self::Faulty(name, _) => &name.version_id,
        }
    }
}

/// Postgres has no unsigned numbers; constraints keep these from being negative.
fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
