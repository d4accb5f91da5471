//! Why a local command did not do what was asked, and the exit code for it.

use std::io::{self, Write};

use super::Exit;
use divbase_vcf::error::{Category, Error};

#[derive(Debug)]
pub(super) enum Failure {
    /// The command is not understood.
    Usage(String),
    /// The command is understood and left to bcftools.
    Declined(String),
    /// The engine failed.
    Engine(Error),
    /// The result cannot be written.
    Output {
        /// Where to.
        path: String,
        /// What the system says.
        error: io::Error,
    },
}

impl Failure {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Declined(_) => Exit::Declined,
            Self::Engine(error) if error.category() == Category::Declined => Exit::Declined,
            Self::Engine(_) | Self::Output { .. } => Exit::Failed,
        }
    }

    /// Names the input, unless the failure is about something else.
    pub(super) fn in_file(self, name: &str) -> Self {
        match self {
            Self::Engine(error) => Self::Engine(error.in_file(name)),
            other => other,
        }
    }

    /// One line for those who did not type the command.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Usage(message) | Self::Declined(message) => message.clone(),
            Self::Output { path, error } => format!("{path} cannot be written: {error}"),
            Self::Engine(error) => error.to_string(),
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write, usage: String) -> io::Result<()> {
        match self {
            Self::Usage(message) => write!(out, "Error: {message}\n\n{usage}"),
            Self::Declined(message) => writeln!(out, "Declined: {message}"),
            Self::Output { path, error } => writeln!(
                out,
                "Error: the result cannot be written to {path}: {error}\n  Check that its folder exists, that it may \
                 be written and that there is room."
            ),
            Self::Engine(error) => writeln!(out, "Error: {error}\n  {}", error.remedy()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Engine(error.into())
    }
}
