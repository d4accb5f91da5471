//! What can go wrong when a cohort is described or written.

use std::io;
use std::path::PathBuf;

/// Errors of this crate. Each says which setting or file it is about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A description that no cohort can have.
    #[error("{setting}: {problem}")]
    Setting {
        /// The setting's name as on the command line.
        setting: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A FORMAT field that the generator does not know.
    #[error("FORMAT field `{0}` is unknown; known are {1}")]
    UnknownField(String, String),
    /// A dialect that does not exist.
    #[error("dialect `{0}` is unknown; known are {1}")]
    UnknownDialect(String, String),
    /// The file system refused.
    #[error("cannot write {path}: {source}", path = path.display())]
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
