//! Set a forgotten password with a one-time token.

use divbase_auth::secret;
use divbase_contract::{accounts::ResetPassword, audit::AuditAction};
use divbase_service::tasks::AccountNotice;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin},
    mail,
    throttle::Attempt,
};

/// Sets a new password. All sessions of the account end at once, and its personal access tokens too unless they are kept.
#[utoipa::path(post, path = "/auth/reset-password", tag = "auth", operation_id = "reset_password",
    request_body = ResetPassword,
    responses((status = 204), crate::Refuses<400, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    JsonBody(body): JsonBody<ResetPassword>,
) -> Result<StatusCode, ApiError> {
    let digest = secret::digest(body.token.as_str());
    let attempt = Attempt::token(&state, &address).await?;
    let Some(user) = state.db.password_reset(&digest).await? else {
        tracing::warn!(%address, "a password reset that is not valid");
        return Err(void());
    };
    attempt.succeeded(&state).await?;
    let new = &body.password;
    let hash = state.passwords.hash("password", new, &user.email).await?;
    if !state.db.spend_password_reset(&digest).await? {
        return Err(void());
    }
    let by = origin.by(&user);
    let set = state.db.set_password(
        user.id,
        &hash,
        body.keep_access_tokens,
        AuditAction::PasswordReset,
        &by,
    );
    set.await?.ok_or_else(void)?;
    mail::tell(&state, user.id, AccountNotice::PasswordSet, None, &by).await;
    tracing::info!(user = user.id, "reset the password");
    Ok(StatusCode::NO_CONTENT)
}

fn void() -> ApiError {
    ApiError::bad_request(
        "The token is not valid, has expired or was used. Ask for a new letter, or an administrator for a new token.",
    )
}
