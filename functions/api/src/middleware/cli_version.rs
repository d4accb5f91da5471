//! The version gate: clients that are too old are told to upgrade. Pre-release suffixes are ignored, so that
//! `0.1.0a9` is 0.1.0. A missing header is accepted.

use std::str::FromStr;

use axum::{extract::Request, middleware::Next, response::Response};
use divbase_contract::{CLI_VERSION_HEADER, ErrorType};

use crate::{AppState, error::ApiError};

/// Major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CliVersion(pub [u64; 3]);

/// A text that is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must look like 0.1.0")]
pub struct NotAVersion;

impl FromStr for CliVersion {
    type Err = NotAVersion;

    /// Missing parts count as 0; of the third only the leading digits count.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let mut parts = text.trim().split('.');
        let mut whole = |missing_is_error: bool| match parts.next() {
            None if missing_is_error => Err(NotAVersion),
            None => Ok("0"),
            Some(part) => Ok(part),
        };
        let major = whole(true)?.parse().map_err(|_| NotAVersion)?;
        let minor = whole(false)?.parse().map_err(|_| NotAVersion)?;
        let patch = whole(false)?;
        let digits = patch
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(patch.len());
        Ok(Self([major, minor, patch[..digits].parse().unwrap_or(0)]))
    }
}

/// Refuses clients below the minimum.
pub(crate) async fn gate(
    state: AppState,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if let Some(value) = request.headers().get(CLI_VERSION_HEADER) {
        let version = value
            .to_str()
            .ok()
            .and_then(|text| text.parse::<CliVersion>().ok());
        let minimum = state.settings.minimum_cli_version;
        if version.is_none_or(|version| version < minimum) {
            let [major, minor, patch] = minimum.0;
            return Err(ApiError::new(
                ErrorType::CliVersionOutdated,
                format!(
                    "Your divbase-cli is too old for this server, which needs {major}.{minor}.{patch} or newer. \
                     Please upgrade it: https://scilifelabdatacentre.github.io/divbase"
                ),
            ));
        }
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_ignored() {
        for text in ["0.1.0", "0.1.0a9", "0.1.0rc1", "0.1.0.dev3", "0.1", "0.1.x"] {
            assert_eq!(text.parse(), Ok(CliVersion([0, 1, 0])), "{text}");
        }
        assert!("0.0.9".parse::<CliVersion>().unwrap() < CliVersion([0, 1, 0]));
        for bad in ["", "a.b.c", "1.x.0"] {
            assert_eq!(bad.parse::<CliVersion>(), Err(NotAVersion), "{bad}");
        }
    }
}
