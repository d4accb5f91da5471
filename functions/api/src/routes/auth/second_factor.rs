//! The caller's second factor: see, begin, confirm, turn off.

use axum::Json;
use chrono::Utc;
use divbase_auth::{RecoveryCode, TotpSecret, totp::RECOVERY_CODES};
use divbase_contract::second_factor::{
    BeginSecondFactor, NewSecondFactor, ProveSecondFactor, RecoveryCodes, SecondFactorStatus,
};
use divbase_service::tasks::AccountNotice;
use http::StatusCode;

use super::change_password::prove;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, SignedIn},
    mail,
    second_factor::{WRONG, asked, secret, spend},
    throttle::Attempt,
};

/// Whether signing in asks for a code of an authenticator app besides.
#[utoipa::path(get, path = "/auth/second-factor", tag = "auth", operation_id = "show_second_factor",
    responses((status = 200, body = SecondFactorStatus), crate::Refuses<401, 403>))]
pub(crate) async fn show(
    state: AppState,
    SignedIn { user, .. }: SignedIn,
) -> Result<Json<SecondFactorStatus>, ApiError> {
    let factor = asked(&state, user.id).await?;
    let left = factor.as_ref().map_or(0, |factor| factor.recovery_codes);
    Ok(Json(SecondFactorStatus {
        is_on: factor.is_some(),
        since: factor.and_then(|factor| factor.confirmed_at),
        recovery_codes_left: u32::try_from(left).unwrap_or_default(),
    }))
}

/// Makes a secret for an authenticator app (RFC 6238) and shows it, once. Nothing asks for codes until one of them has
/// confirmed it; beginning again voids it.
#[utoipa::path(post, path = "/auth/second-factor", tag = "auth", operation_id = "begin_second_factor",
    request_body = BeginSecondFactor,
    responses((status = 200, body = NewSecondFactor), crate::Refuses<401, 403, 409, 422, 429>))]
pub(crate) async fn begin(
    state: AppState,
    SignedIn { user, .. }: SignedIn,
    address: ClientAddress,
    JsonBody(body): JsonBody<BeginSecondFactor>,
) -> Result<Json<NewSecondFactor>, ApiError> {
    if state.db.has_password(user.id).await? {
        let password = body
            .password
            .ok_or_else(|| ApiError::field("body.password", "give the account's password"))?;
        prove(&state, &user.email, &address, password).await?;
    }
    let secret = TotpSecret::generate();
    let sealed = state.settings.tokens.seal(user.id, secret.bytes());
    let sealed = sealed.map_err(ApiError::internal)?;
    if !state.db.begin_second_factor(user.id, &sealed).await? {
        return Err(ApiError::conflict(
            "Your account has a second factor. Turn it off first.",
        ));
    }
    Ok(Json(NewSecondFactor {
        secret: secret.shown(),
        otpauth_uri: secret.uri(&user.email),
    }))
}

/// Turns the second factor on, by a code of the app that has its secret now. The answer has recovery codes, each of which stands
/// in for the app once; they are shown this once.
#[utoipa::path(post, path = "/auth/second-factor/confirm", tag = "auth", operation_id = "confirm_second_factor",
    request_body = ProveSecondFactor,
    responses((status = 200, body = RecoveryCodes), crate::Refuses<401, 403, 404, 422, 429>))]
pub(crate) async fn confirm(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    address: ClientAddress,
    JsonBody(body): JsonBody<ProveSecondFactor>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    let factor = state.db.second_factor(user.id).await?;
    let factor = factor
        .filter(|factor| factor.confirmed_at.is_none())
        .ok_or_else(|| nothing("There is no second factor to confirm. Begin again."))?;
    let attempt = Attempt::code(&state, &user, &address).await?;
    let step = secret(&state, user.id, &factor)?
        .step_of(&body.code, Utc::now())
        .ok_or_else(refused)?;
    let codes: Vec<RecoveryCode> = (0..RECOVERY_CODES)
        .map(|_| RecoveryCode::generate())
        .collect();
    let digests: Vec<String> = codes.iter().map(RecoveryCode::digest).collect();
    let sealed = &factor.sealed_secret;
    let confirmed = state
        .db
        .confirm_second_factor(user.id, sealed, step, &digests, &by);
    if !confirmed.await? {
        return Err(nothing("It was begun anew or confirmed meanwhile."));
    }
    attempt.succeeded(&state).await?;
    mail::tell(&state, user.id, AccountNotice::SecondFactorOn, None, &by).await;
    tracing::info!(user = user.id, "turned the second factor on");
    Ok(Json(RecoveryCodes {
        recovery_codes: codes.iter().map(RecoveryCode::shown).collect(),
    }))
}

/// Turns the second factor off, by a code of the app or a recovery code. An administrator can do it without.
#[utoipa::path(post, path = "/auth/second-factor/turn-off", tag = "auth", operation_id = "turn_second_factor_off",
    request_body = ProveSecondFactor,
    responses((status = 204), crate::Refuses<401, 403, 404, 422, 429>))]
pub(crate) async fn turn_off(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    address: ClientAddress,
    JsonBody(body): JsonBody<ProveSecondFactor>,
) -> Result<StatusCode, ApiError> {
    let factor = asked(&state, user.id).await?;
    let factor = factor.ok_or_else(|| nothing("Your account has no second factor."))?;
    let spent = spend(&state, &user, &address, &factor, &body.code, &by).await;
    // Whoever asks is signed in; a client that reads 401 would forget the session.
    spent.map_err(|error| match error.status() {
        StatusCode::UNAUTHORIZED => refused(),
        _ => error,
    })?;
    state.db.remove_second_factor(user.id, &by).await?;
    mail::tell(&state, user.id, AccountNotice::SecondFactorOff, None, &by).await;
    tracing::info!(user = user.id, "turned the second factor off");
    Ok(StatusCode::NO_CONTENT)
}

/// To somebody who is signed in.
fn refused() -> ApiError {
    ApiError::forbidden(WRONG)
}

fn nothing(why: &str) -> ApiError {
    ApiError::not_found(why)
}
