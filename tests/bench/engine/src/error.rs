//! What stops a benchmark.

use std::io;
use std::path::PathBuf;

/// Errors of the benchmark driver.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no Python with pysam at {path}; set DIVBASE_PYTHON or make the virtual environment", path = .0.display())]
    NoPython(PathBuf),
    #[error("the measuring process failed: {0}")]
    Runner(String),
    #[error("{command} ended with code {code}: {messages}")]
    Command {
        command: String,
        code: i32,
        messages: String,
    },
    #[error("the engine failed: {0}")]
    Engine(String),
    #[error(transparent)]
    Cohort(#[from] divbase_cohort::Error),
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
