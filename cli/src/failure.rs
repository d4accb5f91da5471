//! Why a command ends without success, with its exit code. The texts say what to do next.

use std::{io, path::Path};

use crate::{http::envelope::ApiError, interrupt};

/// Result of everything that a command does.
pub type Outcome<T = ()> = Result<T, Failure>;

/// The closed set of ways in which a command fails.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is wrong; shown with the usage of the command. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A configuration is missing or wrong.
    #[error("{0}")]
    Config(String),
    /// No usable credentials.
    #[error("{0}")]
    Auth(String),
    /// The server answered with an error.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The server could not be reached, or the connection broke.
    #[error(
        "could not connect to the DivBase server at {url}{through}: {reason}.\nCheck the URL and your network connection; the server may also be down."
    )]
    Connection {
        /// What was asked for.
        url: String,
        /// The proxy, after a blank; empty without one.
        through: String,
        /// What the network said.
        reason: String,
    },
    /// A file of this machine cannot be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted, with the path.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something was refused or did not work; the text says what.
    #[error("{0}")]
    Refused(String),
    /// The command has told everything already.
    #[error("")]
    Told,
    /// A wait ended before the task did. Exit code 3.
    #[error("{0}")]
    TimedOut(String),
    /// The question at a prompt got no answer.
    #[error("Aborted.")]
    Aborted,
    /// Ctrl-C. Exit code 130, as shells have it.
    #[error("interrupted: {0}")]
    Interrupted(String),
    /// No command was given; the help has been shown. Exit code 2.
    #[error("")]
    NoCommand,
    /// Whoever reads our output has gone: nothing to tell. Exit code 0.
    #[error("")]
    ReaderGone,
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Usage(_) | Self::NoCommand => 2,
            Self::TimedOut(_) => 3,
            Self::Interrupted(_) => interrupt::EXIT_CODE,
            _ => 1,
        }
    }

    /// The word by which programs know it, as errors in JSON have it.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Usage(_) | Self::NoCommand => "usage",
            Self::Config(_) => "configuration",
            Self::Auth(_) => "authentication",
            Self::Api(error) => &error.kind,
            Self::Connection { .. } => "connection",
            Self::Io { .. } => "local_file",
            Self::Refused(_) => "refused",
            Self::Told => "partial_failure",
            Self::TimedOut(_) => "timed_out",
            Self::Aborted => "aborted",
            Self::Interrupted(_) => "interrupted",
            Self::ReaderGone => "reader_gone",
        }
    }

    /// A value in the type that the service takes.
    ///
    /// # Errors
    /// If the service would refuse it; `what` names it.
    pub fn checked<T, V>(what: &str, value: V) -> Outcome<T>
    where
        T: TryFrom<V, Error: std::fmt::Display>,
    {
        value
            .try_into()
            .map_err(|error: T::Error| Self::Refused(format!("{what}: {error}.")))
    }

    /// The value in the form that the service takes, if there is one.
    ///
    /// # Errors
    /// As [`Self::checked`].
    pub fn checked_some<T, V>(what: &str, value: Option<V>) -> Outcome<Option<T>>
    where
        T: TryFrom<V, Error: std::fmt::Display>,
    {
        value.map(|value| Self::checked(what, value)).transpose()
    }

    /// What turns an error of the system into this failure.
    pub fn doing(what: &str) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io {
            what: what.to_owned(),
            source,
        }
    }

    /// Success if all went well, else the failure whose parts users have read of.
    ///
    /// # Errors
    /// If not all went well.
    pub fn told_unless(all_well: bool) -> Outcome {
        if all_well { Ok(()) } else { Err(Self::Told) }
    }

    /// A failed operation on a path.
    #[must_use]
    pub fn io(doing: &str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            what: format!("could not {doing} {}", path.display()),
            source,
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}
