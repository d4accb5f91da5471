//! What can keep the load from being measured.

use std::io;

/// The text is for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// Not run below `with-stack`.
    #[error("{0} is not set: run `make bench-load`")]
    NoStack(&'static str),
    /// A file, a program or a connection.
    #[error("{what}: {source}")]
    Io {
        /// Which.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// The database refuses.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A server ended or did not come up.
    #[error("{0} did not come up")]
    NotUp(&'static str),
    /// An answer that is not understood, or a refusal where none may be.
    #[error("{0}")]
    Answer(String),
}

impl BenchError {
    /// A fault of this thing.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
