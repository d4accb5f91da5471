//! Slows down who guesses. What anybody may try is counted by network address and by account in Postgres, so that all
//! environments of a function count together. A window slides; what is refused does not count; and nobody is kept from an
//! account for good by strangers: where its owner has logged in before, only the owner's own attempts count.

use divbase_auth::secret;
use divbase_db::{AttemptLimit, User};

use crate::{AppState, error::ApiError, extract::ClientAddress};

/// Seconds of most windows: a quarter of an hour.
const QUARTER: i32 = 900;

/// What was tried, and how often it may be.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    limits: Vec<AttemptLimit>,
}

fn limit(subject: String, most: i32, seconds: i32) -> AttemptLimit {
    AttemptLimit {
        subject,
        most,
        seconds,
    }
}

impl Attempt {
    /// A password for an account, from an address.
    ///
    /// # Errors
    /// 429 if it was tried too often.
    pub(crate) async fn password(
        state: &AppState,
        email: &str,
        address: &ClientAddress,
    ) -> Result<Self, ApiError> {
        // A digest, because what was typed may be long, or no address at all.
        let account = secret::digest(&email.trim().to_lowercase());
        let mut limits = vec![
            limit(format!("password {account} {address}"), 10, QUARTER),
            limit(format!("password from {address}"), 100, QUARTER),
        ];
        let known = state.db.is_known_address(email.trim(), address.as_str());
        if !known.await? {
            limits.push(limit(format!("password {account}"), 100, 3600));
        }
        Self::note(state, limits).await
    }

    /// A one-time token or a personal access token, from an address.
    ///
    /// # Errors
    /// 429 if it was tried too often.
    pub(crate) async fn token(state: &AppState, address: &ClientAddress) -> Result<Self, ApiError> {
        Self::from(state, "token", address).await
    }

    /// An identity provider's answer, brought from an address. Each has us ask the provider.
    ///
    /// # Errors
    /// 429 if it was tried too often.
    pub(crate) async fn provider(
        state: &AppState,
        address: &ClientAddress,
    ) -> Result<Self, ApiError> {
        Self::from(state, "provider", address).await
    }

    /// A program that begins to wait for its user, from an address.
    ///
    /// # Errors
    /// 429 if too many did.
    pub(crate) async fn device(
        state: &AppState,
        address: &ClientAddress,
    ) -> Result<Self, ApiError> {
        Self::from(state, "device", address).await
    }

    async fn from(state: &AppState, what: &str, address: &ClientAddress) -> Result<Self, ApiError> {
        let limits = vec![limit(format!("{what} from {address}"), 60, QUARTER)];
        Self::note(state, limits).await
    }

    /// The code of a program that waits, typed by somebody who is signed in.
    ///
    /// # Errors
    /// 429 if it was tried too often.
    pub(crate) async fn user_code(
        state: &AppState,
        user: &User,
        address: &ClientAddress,
    ) -> Result<Self, ApiError> {
        let limits = vec![
            limit(format!("user code {}", user.id), 10, QUARTER),
            limit(format!("user code from {address}"), 60, QUARTER),
        ];
        Self::note(state, limits).await
    }

    /// A code of a second factor, from an address. Whoever knows the password of an account can keep its owner waiting, but not
    /// where the owner has signed in before.
    ///
    /// # Errors
    /// 429 if too many were tried.
    pub(crate) async fn code(
        state: &AppState,
        user: &User,
        address: &ClientAddress,
    ) -> Result<Self, ApiError> {
        let mut limits = vec![limit(format!("code {} {address}", user.id), 10, QUARTER)];
        let known = state.db.is_known_address(&user.email, address.as_str());
        if !known.await? {
            limits.push(limit(format!("code {}", user.id), 20, 3600));
        }
        Self::note(state, limits).await
    }

    /// A letter to an address, asked for from a network address.
    ///
    /// # Errors
    /// 429 if it was asked for too often.
    pub(crate) async fn mail(
        state: &AppState,
        email: &str,
        address: &ClientAddress,
    ) -> Result<Self, ApiError> {
        let account = secret::digest(email);
        let limits = vec![
            limit(format!("mail {account}"), 5, 3600),
            limit(format!("mail from {address}"), 20, 3600),
        ];
        Self::note(state, limits).await
    }

    async fn note(state: &AppState, limits: Vec<AttemptLimit>) -> Result<Self, ApiError> {
        match state.db.note_attempt(&limits).await? {
            0 => Ok(Self { limits }),
            wait => {
                tracing::warn!(subject = limits[0].subject, wait, "an attempt too many");
                Err(ApiError::too_many(
                    "That was tried too often. Please wait before you try again.",
                    wait.unsigned_abs(),
                ))
            }
        }
    }

    /// It was right, so it was no guess.
    pub(crate) async fn succeeded(self, state: &AppState) -> Result<(), ApiError> {
        Ok(state.db.forget_attempt(&self.limits).await?)
    }
}
