//! Reading environment variables. An empty variable counts as unset.

use std::{fmt::Display, str::FromStr};

/// A setting that is missing or cannot be understood. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable without a default is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable has a value that does not fit.
    #[error("the environment variable {name} is not valid: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// The variable's value, if it is set.
#[must_use]
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
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
        Some(text) => text
            .parse()
            .map_err(|error: T::Err| SettingsError::Invalid {
                name,
                reason: error.to_string(),
            }),
    }
}
