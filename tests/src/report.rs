//! Why a test ended early, as text: the test runner prints errors in their debug form, which escapes line ends.

use std::fmt;

use crate::AnyError;

/// The text of an error.
pub struct Report(String);

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Into<AnyError>> From<E> for Report {
    fn from(error: E) -> Self {
        Self(error.into().to_string())
    }
}
