//! What is wrong with a file, as text that can be kept and told later.

use std::fmt;

use crate::error::{Error, ErrorKind, Place};

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// The record, if it is one.
    at: Option<Place>,
    /// What is wrong there.
    reason: String,
    /// How to mend it, one sentence.
    remedy: String,
}

impl Fault {
    /// The same with its line counted from so many lines before.
    pub(super) fn after_lines(mut self, lines: u64) -> Self {
        if let Some(at) = &mut self.at {
            at.line = at.line.map(|line| line + lines);
        }
        self
    }

    /// How to mend it, one sentence.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let (ErrorKind::Record { at, .. }
        | ErrorKind::Unsorted { at, .. }
        | ErrorKind::BeyondScaffold { at, .. }) = error.kind()
        else {
            return Self {
                at: None,
                reason: error.to_string(),
                remedy: error.remedy().to_owned(),
            };
        };
        let reason = error.kind().to_string();
        Self {
            reason: match reason.strip_prefix(&format!("{at}: ")) {
                Some(reason) => reason.to_owned(),
                None => reason,
            },
            at: Some(at.clone()),
            remedy: error.remedy().to_owned(),
        }
    }
}

/// As the error that it comes from.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = &self.at {
            write!(f, "{at}: ")?;
        }
        f.write_str(&self.reason)
    }
}
