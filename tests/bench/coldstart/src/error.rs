//! What can keep a start from being measured.

use std::{io, path::PathBuf};

/// The text is for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A file or program.
    #[error("{path}: {source}; build the zips with `make functions ARCH=x86_64`", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A zip that is none, or of something else.
    #[error("{} holds no bootstrap", .0.display())]
    NoBootstrap(PathBuf),
    /// The runtime API could not listen or read.
    #[error("the runtime API: {0}")]
    Api(io::Error),
    /// The program asked for something else first.
    #[error("the first request was `{0}`, not one for work")]
    OtherRequest(String),
    /// The program did not ask for work.
    #[error("the function was not ready in time; does it wait for the network?")]
    NeverReady,
}

impl BenchError {
    /// A fault of this file.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
