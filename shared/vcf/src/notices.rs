//! What is worth a warning in records that are read and printed all the same, as bcftools warns of it: tags that no
//! header line declares, values that do not fit and become missing.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Where something was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The scaffold.
    Chrom,
    /// A filter.
    Filter,
    /// An INFO tag.
    Info,
    /// A FORMAT tag.
    Format,
}

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// No header line declares it.
    Undeclared,
    /// A value is beyond the range of BCF's integers and was set to missing.
    SetToMissing,
}

/// One thing that was noticed, however often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where.
    pub column: Column,
    /// What.
    pub matter: Matter,
    /// The scaffold, filter or tag.
    pub name: String,
}

/// What was noticed in a file, from all threads.
#[derive(Debug, Default)]
pub struct Notices(Mutex<BTreeSet<Notice>>);

/// A file can name millions of undeclared scaffolds; the first so many in alphabetical order are kept, so that they
/// are the same at any number of threads.
const MOST: usize = 100;

impl Notices {
    /// Notes it, once.
    pub fn note(&self, column: Column, matter: Matter, name: &[u8]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(Notice {
            column,
            matter,
            name: String::from_utf8_lossy(name).into_owned(),
        });
        if all.len() > MOST {
            all.pop_last();
        }
    }

    /// All of them, at most 100.
    #[must_use]
    pub fn take(&self) -> Vec<Notice> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *all).into_iter().collect()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chrom => "the scaffold",
            Self::Filter => "FILTER",
            Self::Info => "INFO",
            Self::Format => "FORMAT",
        })
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, name, .. } = self;
        match (self.matter, column) {
            (Matter::Undeclared, Column::Info | Column::Format) => {
                write!(
                    f,
                    "{column} {name:?} is not declared in the header; it is read as text"
                )
            }
            (Matter::Undeclared, _) => {
                write!(f, "{column} {name:?} is not declared in the header")
            }
            (Matter::SetToMissing, _) => write!(
                f,
                "{column} {name:?} has values beyond 32 bits; they are set to missing"
            ),
        }
    }
}
