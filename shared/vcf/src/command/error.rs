//! Why a command of the service is refused. The text is what the user reads.

use thiserror::Error;

use super::problem::Problem;

/// A command that is not run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandError {
    /// No text.
    #[error("command must be a non-empty bcftools view string, such as view -r scaffold:1-1000")]
    Blank,
    /// Nothing between two semicolons, or at an end.
    #[error(
        "empty pipeline segment at position {position}; remove the extra semicolon or write a view command there"
    )]
    EmptySegment {
        /// 1-based number of the segment.
        position: usize,
    },
    /// Tokens that cannot be run, all of them.
    #[error("the command cannot be run: {}", list(.0))]
    Refused(Vec<Problem>),
    /// Segments that say the same.
    #[error("the segments at positions {} are identical; keep one of them", positions(.0))]
    IdenticalSegments(Vec<usize>),
}

/// Which status an error has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandErrorKind {
    /// The request has the wrong shape (422).
    Schema,
    /// The request is understood and refused (400).
    Semantic,
}

impl CommandError {
    /// Which status the error has.
    pub fn kind(&self) -> CommandErrorKind {
        match self {
            Self::Blank | Self::EmptySegment { .. } => CommandErrorKind::Schema,
            Self::Refused(_) | Self::IdenticalSegments(_) => CommandErrorKind::Semantic,
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

fn positions(positions: &[usize]) -> String {
    let texts: Vec<_> = positions.iter().map(ToString::to_string).collect();
    texts.join(", ")
}
