//! The personal access token stored on this device.

use chrono::{DateTime, Local};
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::{
    credentials::now,
    failure::{Failure, Outcome},
};

/// A token counts as expired this many seconds early.
const SLACK: i64 = 10;

/// A stored token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPat {
    /// The user's label.
    pub name: String,
    /// Unix seconds; absent if it never ends.
    pub pat_expires_at: Option<i64>,
    /// The token.
    pub pat: String,
}

impl StoredPat {
    /// Reads it; a malformed one means that there is none.
    ///
    /// # Errors
    /// If its file is there and cannot be read.
    pub fn load(place: &Place) -> Outcome<Option<Self>> {
        let text = place
            .read()
            .map_err(|error| Failure::io("read", place.file(), error))?;
        Ok(text.and_then(|text| serde_yaml_ng::from_str(&text).ok()))
    }

    /// Stores it.
    ///
    /// # Errors
    /// If it cannot be stored.
    pub fn save(&self, place: &Place) -> Outcome {
        place
            .write(self)
            .map_err(|error| Failure::io("store the token in", place.file(), error))
    }

    /// Whether it can no longer be used.
    #[must_use]
    pub fn expired(&self) -> bool {
        self.pat_expires_at.is_some_and(|end| end <= now() + SLACK)
    }

    /// Nothing, if it can be used.
    ///
    /// # Errors
    /// If it has expired.
    pub fn require_valid(&self) -> Outcome {
        if self.expired() {
            return Err(Failure::Auth(format!(
                "your stored personal access token '{}' expired at {}. Make a new one with `divbase-cli auth pat create` \
                 and store it with `divbase-cli auth add-pat NAME --overwrite-existing`, or log in with `divbase-cli auth login [EMAIL]`.",
                self.name,
                self.end()
            )));
        }
        Ok(())
    }

    /// When it ends, in local time, or `Never`.
    #[must_use]
    pub fn end(&self) -> String {
        self.pat_expires_at.map_or_else(
            || "Never".to_owned(),
            |end| {
                DateTime::from_timestamp(end, 0).map_or_else(
                    || end.to_string(),
                    |time| {
                        time.with_timezone(&Local)
                            .format("%Y-%m-%d %H:%M:%S %Z")
                            .to_string()
                    },
                )
            },
        )
    }
}
