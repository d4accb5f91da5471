//! How long signed URLs of the store open.

use std::ops::RangeInclusive;

use divbase_contract::limits::{TRANSFER_URL_SECONDS, UPLOAD_URL_SECONDS};
use divbase_telemetry::{SettingsError, env};

/// Seconds for which a URL opens. Of credentials that end earlier, URLs end with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlLifetimes {
    /// `DIVBASE_UPLOAD_URL_SECONDS`: a file that is sent in one piece. No longer than usual, because that is how long its bytes
    /// are kept free in the project's quota.
    pub upload: u64,
    /// `DIVBASE_TRANSFER_URL_SECONDS`: a download, and a part of an upload. At most a week (AWS Signature Version 4).
    pub transfer: u64,
}

const LEAST: u64 = 60;
const WEEK: u64 = 7 * 86_400;

impl Default for UrlLifetimes {
    fn default() -> Self {
        Self {
            upload: UPLOAD_URL_SECONDS,
            transfer: TRANSFER_URL_SECONDS,
        }
    }
}

const UPLOAD: &str = "DIVBASE_UPLOAD_URL_SECONDS";
const TRANSFER: &str = "DIVBASE_TRANSFER_URL_SECONDS";

impl UrlLifetimes {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a number is none, or not one that is possible.
    pub fn from_env() -> Result<Self, SettingsError> {
        let usual = Self::default();
        Ok(Self {
            upload: read(UPLOAD, usual.upload, LEAST..=UPLOAD_URL_SECONDS)?,
            transfer: read(TRANSFER, usual.transfer, LEAST..=WEEK)?,
        })
    }
}

fn read(
    name: &'static str,
    usual: u64,
    possible: RangeInclusive<u64>,
) -> Result<u64, SettingsError> {
    let seconds = env::parsed(name, usual)?;
    if possible.contains(&seconds) {
        return Ok(seconds);
    }
    Err(SettingsError::Invalid {
        name,
        reason: format!("use {} to {} seconds", possible.start(), possible.end()),
    })
}
