//! Second factors: what an account asks for besides a password or an identity, where its owner has turned that on.

use chrono::Utc;
use divbase_auth::{RecoveryCode, TotpSecret};
use divbase_contract::{ErrorType, field::SecondFactorCode};
use divbase_db::{Origin, SecondFactor, User};

use crate::{AppState, error::ApiError, extract::ClientAddress, throttle::Attempt};

/// Of a code that does not count.
pub(crate) const WRONG: &str = "This code is not right, or was used before. Wait for the next one of your app, or use a recovery code.";

/// The second factor that an account asks for; none if it asks for none.
///
/// # Errors
/// If the database fails.
pub(crate) async fn asked(
    state: &AppState,
    user_id: i64,
) -> Result<Option<SecondFactor>, ApiError> {
    let factor = state.db.second_factor(user_id).await?;
    Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
}

/// Nothing, if the account asks for no code or this is one. The code counts once.
///
/// # Errors
/// 401 if a code is needed, is wrong or was used before, 429 if too many were tried.
pub(crate) async fn check(
    state: &AppState,
    user: &User,
    address: &ClientAddress,
    code: Option<&SecondFactorCode>,
    from: &Origin,
) -> Result<(), ApiError> {
    let Some(factor) = asked(state, user.id).await? else {
        return Ok(());
    };
    let code = code.ok_or_else(required)?;
    spend(state, user, address, &factor, code, from).await
}

/// Uses a code.
///
/// # Errors
/// 401 if it is wrong or was used before, 429 if too many were tried.
pub(crate) async fn spend(
    state: &AppState,
    user: &User,
    address: &ClientAddress,
    factor: &SecondFactor,
    code: &SecondFactorCode,
    from: &Origin,
) -> Result<(), ApiError> {
    let attempt = Attempt::code(state, user, address).await?;
    let by = Origin {
        user_id: Some(user.id),
        ..from.clone()
    };
    let counts = match RecoveryCode::parse(code) {
        Some(code) => {
            let digest = code.digest();
            state.db.use_recovery_code(user.id, &digest, &by).await?
        }
        None => match secret(state, user.id, factor)?.step_of(code, Utc::now()) {
            Some(step) => state.db.use_second_factor(user.id, step).await?,
            None => false,
        },
    };
    if !counts {
        tracing::warn!(account = user.email, %address, "a code of a second factor was wrong or used before");
        return Err(ApiError::authentication(WRONG));
    }
    attempt.succeeded(state).await
}

/// The secret that the account's app has.
///
/// # Errors
/// 500 if it cannot be opened: its key is gone.
pub(crate) fn secret(
    state: &AppState,
    user_id: i64,
    factor: &SecondFactor,
) -> Result<TotpSecret, ApiError> {
    let tokens = &state.settings.tokens;
    let opened = tokens.unseal(user_id, &factor.sealed_secret).ok();
    opened
        .and_then(|bytes| TotpSecret::from_bytes(&bytes))
        .ok_or_else(|| {
            ApiError::internal(format!(
                "the second factor of the account {user_id} was sealed by a key that is gone; turn it off"
            ))
        })
}

/// The text has to help in a client that knows nothing of codes.
fn required() -> ApiError {
    ApiError::new(
        ErrorType::SecondFactorRequired,
        "The password is right, and this account asks for a code of an authenticator app besides. If this program does not ask \
         for it, use a personal access token, or a newer divbase-cli.",
    )
}
