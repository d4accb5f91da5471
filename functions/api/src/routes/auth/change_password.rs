//! Change one's password.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody, ErrorType, accounts::ChangePassword, audit::AuditAction, auth::LoginResponse,
};

use super::login::session;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin, SignedIn},
    throttle::Attempt,
};

/// Sets a new password. All sessions of the account end at once, and its personal access tokens too unless they are kept;
/// the answer is a new session.
#[utoipa::path(post, path = "/auth/change-password", tag = "auth", operation_id = "change_password",
    request_body = ChangePassword,
    responses((status = 200, body = LoginResponse), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    SignedIn(user): SignedIn,
    address: ClientAddress,
    origin: Origin,
    JsonBody(body): JsonBody<ChangePassword>,
) -> Result<Json<LoginResponse>, ApiError> {
    let gone = || ApiError::authentication("The account cannot be used any more.");
    let (user, stored) = state
        .db
        .user_for_login(&user.email)
        .await?
        .ok_or_else(gone)?;
    let attempt = Attempt::password(&state, &user.email, &address).await?;
    let current: String = body.current_password.into();
    if !state.passwords.verify(current, Some(stored)).await? {
        tracing::warn!(account = user.email, %address, "a password change failed");
        return Err(ApiError::new(
            ErrorType::Authorization,
            "The current password is not right.",
        ));
    }
    attempt.succeeded(&state).await?;
    let new = &body.new_password;
    let hash = state
        .passwords
        .hash("new_password", new, &user.email)
        .await?;
    let by = origin.by(&user);
    let changed = state.db.set_password(
        user.id,
        &hash,
        body.keep_access_tokens,
        AuditAction::PasswordChanged,
        &by,
    );
    let user = changed.await?.ok_or_else(gone)?;
    tracing::info!(user = user.id, "changed the password");
    session(&state, user).map(Json)
}
