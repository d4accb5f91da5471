//! Which kind of installation this is.

use std::str::FromStr;

use crate::{SettingsError, env};

/// `DIVBASE_ENV`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine: development routes exist, checks are relaxed.
    LocalDev,
    /// A test run: the same.
    Test,
    /// Anything deployed.
    Deployed,
}

impl Environment {
    /// Reads `DIVBASE_ENV`; required, so that nobody deploys a development server by forgetting it.
    ///
    /// # Errors
    /// If it is not set.
    pub fn from_env() -> Result<Self, SettingsError> {
        let Ok(environment) = env::required("DIVBASE_ENV")?.parse();
        Ok(environment)
    }

    /// Whether development-only routes exist.
    #[must_use]
    pub const fn is_development(self) -> bool {
        matches!(self, Self::LocalDev | Self::Test)
    }
}

impl FromStr for Environment {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "local_dev" => Self::LocalDev,
            "test" => Self::Test,
            _ => Self::Deployed,
        })
    }
}
