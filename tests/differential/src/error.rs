//! What stops the comparison itself. Differences are results, not errors.

use std::io;
use std::path::PathBuf;

/// Errors of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No Python with pysam.
    #[error(
        "no Python with pysam at {path}; set DIVBASE_PYTHON or make the virtual environment (make setup)",
        path = .0.display()
    )]
    NoPython(PathBuf),
    /// The oracle process ended or said something odd.
    #[error("the bcftools oracle failed: {0}")]
    Oracle(String),
    /// The program under test cannot be started.
    #[error("cannot start {program}: {source}", program = program.display())]
    Ours {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A data set could not be generated.
    #[error(transparent)]
    Cohort(#[from] divbase_cohort::Error),
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
