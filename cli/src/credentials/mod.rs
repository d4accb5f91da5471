//! Credentials on this device: session tokens and at most one personal access token, each in the keyring or in a file that
//! only its owner can read. Which of them is used is decided here; nothing here talks to a server.

mod keyring;
pub mod pat;
pub mod place;
pub mod session;

use chrono::Utc;

use crate::{
    failure::{Failure, Outcome},
    settings::Settings,
};
use pat::StoredPat;
use session::SessionTokens;

/// What authenticates our requests.
#[derive(Clone)]
pub enum Credentials {
    /// The tokens of a login.
    Session(SessionTokens),
    /// A personal access token.
    Pat(String),
}

impl Credentials {
    /// Chooses: a session, even one that has ended, before `DIVBASE_API_PAT` before the stored token.
    ///
    /// # Errors
    /// If there is nothing to use, or the stored token has expired.
    pub fn choose(settings: &Settings) -> Outcome<Self> {
        if let Some(tokens) = SessionTokens::load(&settings.tokens) {
            return Ok(Self::Session(tokens));
        }
        if let Some(pat) = &settings.pat {
            return Ok(Self::Pat(pat.clone()));
        }
        match StoredPat::load(&settings.stored_pat)? {
            Some(stored) => {
                stored.require_valid()?;
                Ok(Self::Pat(stored.pat))
            }
            None => Err(session_ended()),
        }
    }

    /// Whether session tokens are stored.
    #[must_use]
    pub fn has_session(settings: &Settings) -> bool {
        SessionTokens::load(&settings.tokens).is_some()
    }
}

/// The error of a session that cannot be continued.
#[must_use]
pub fn session_ended() -> Failure {
    Failure::Auth(
        "your session has expired or you are not logged in. Log in again with `divbase-cli auth login [EMAIL]`.".to_owned(),
    )
}

/// Seconds since 1970.
#[must_use]
pub fn now() -> i64 {
    Utc::now().timestamp()
}
