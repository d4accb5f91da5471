//! Reading settings: environment variables, and under the same names what a program has read from a file at its start. An empty
//! variable counts as unset.

use std::{collections::BTreeMap, fmt::Display, str::FromStr, sync::OnceLock};

static FILE: OnceLock<BTreeMap<String, String>> = OnceLock::new();

/// A setting that is missing or cannot be understood. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable without a default is not set.
    #[error("the setting {0} is missing")]
    Missing(&'static str),
    /// A variable has a value that does not fit.
    #[error("the setting {name} is not valid: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl SettingsError {
    /// That a setting has a value that does not do.
    #[must_use]
    pub fn invalid(name: &'static str, reason: impl ToString) -> Self {
        let reason = reason.to_string();
        Self::Invalid { name, reason }
    }
}

/// Has settings be found that the environment does not have. The first call of a process counts; tells whether this was it.
pub fn use_file(settings: BTreeMap<String, String>) -> bool {
    FILE.set(settings).is_ok()
}

/// The variable's value, or that of the file, if either is set.
#[must_use]
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .or_else(|| in_file(name))
}

/// The value in the file, for libraries that read the environment by themselves.
#[must_use]
pub fn in_file(name: &str) -> Option<String> {
    FILE.get()?
        .get(name)
        .filter(|value| !value.is_empty())
        .cloned()
}

/// The variable's value.
///
/// # Errors
/// If it is not set.
pub fn required(name: &'static str) -> Result<String, SettingsError> {
    optional(name).ok_or(SettingsError::Missing(name))
}

/// The variable's value in its type, or the default if it is not set.
///
/// # Errors
/// If it is set and cannot be parsed.
pub fn parsed<T>(name: &'static str, default: T) -> Result<T, SettingsError>
where
    T: FromStr,
    T::Err: Display,
{
    match optional(name) {
        None => Ok(default),
        Some(text) => {
            let parsed = text.parse();
            parsed.map_err(|error: T::Err| SettingsError::invalid(name, error))
        }
    }
}
