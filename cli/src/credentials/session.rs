//! The tokens of a login.

use divbase_contract::auth::LoginResponse;
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::failure::{Failure, Outcome};

/// An access token is refreshed this many seconds before it ends.
const ACCESS_SLACK: i64 = 5;
/// A session counts as ended this many seconds before its refresh token does.
const REFRESH_SLACK: i64 = 300;

/// Tokens of a login. Times are unix seconds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTokens {
    /// Bearer token.
    pub access_token: String,
    /// Buys new access tokens.
    pub refresh_token: String,
    /// End of the access token.
    pub access_token_expires_at: i64,
    /// End of the session.
    pub refresh_token_expires_at: i64,
}

impl From<LoginResponse> for SessionTokens {
    fn from(answer: LoginResponse) -> Self {
        Self {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
            access_token_expires_at: answer.access_token_expires_at,
            refresh_token_expires_at: answer.refresh_token_expires_at,
        }
    }
}

impl SessionTokens {
    /// Reads them; malformed ones, and a place that cannot be read, mean that there are none.
    #[must_use]
    pub fn load(place: &Place) -> Option<Self> {
        // The public client writes YAML into files and JSON, which is YAML too, into the keyring.
        serde_yaml_ng::from_str(&place.read().ok()??).ok()
    }

    /// Stores them.
    ///
    /// # Errors
    /// If they cannot be stored.
    pub fn save(&self, place: &Place) -> Outcome {
        place
            .write(self)
            .map_err(|error| Failure::io("store the session in", place.file(), error))
    }

    /// Whether the access token must be refreshed before use.
    #[must_use]
    pub const fn access_ended(&self, now: i64) -> bool {
        now >= self.access_token_expires_at - ACCESS_SLACK
    }

    /// Whether only a new login helps.
    #[must_use]
    pub const fn session_ended(&self, now: i64) -> bool {
        now >= self.refresh_token_expires_at - REFRESH_SLACK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_end_before_their_time() {
        let tokens = SessionTokens {
            access_token: String::new(),
            refresh_token: String::new(),
            access_token_expires_at: 1_000,
            refresh_token_expires_at: 2_000,
        };
        assert!(!tokens.access_ended(994) && tokens.access_ended(995));
        assert!(!tokens.session_ended(1_699) && tokens.session_ended(1_700));
    }
}
