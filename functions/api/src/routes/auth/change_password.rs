//! Change one's password.

use axum::Json;
use divbase_contract::{
    accounts::ChangePassword, audit::AuditAction, auth::LoginResponse, field::TypedPassword,
};
use divbase_db::User;
use divbase_service::tasks::AccountNotice;

use super::login::session;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, SignedIn},
    mail,
    throttle::Attempt,
};

/// Sets a new password. All sessions of the account end at once, and its personal access tokens too unless they are kept;
/// the answer is a new session.
#[utoipa::path(post, path = "/auth/change-password", tag = "auth", operation_id = "change_password",
    request_body = ChangePassword,
    responses((status = 200, body = LoginResponse), crate::Refuses<401, 403, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    address: ClientAddress,
    JsonBody(body): JsonBody<ChangePassword>,
) -> Result<Json<LoginResponse>, ApiError> {
    let user = prove(&state, &user.email, &address, body.current_password).await?;
    let new = &body.new_password;
    let hash = state
        .passwords
        .hash("new_password", new, &user.email)
        .await?;
    let changed = state.db.set_password(
        user.id,
        &hash,
        body.keep_access_tokens,
        AuditAction::PasswordChanged,
        &by,
    );
    let user = changed.await?.ok_or_else(gone)?;
    mail::tell(&state, user.id, AccountNotice::PasswordSet, None, &by).await;
    tracing::info!(user = user.id, "changed the password");
    session(&state, user, &address).await.map(Json)
}

fn gone() -> ApiError {
    ApiError::authentication("The account cannot be used any more.")
}

/// The account, if this is its password.
///
/// # Errors
/// 403 if it is not, 429 if it was tried too often.
pub(crate) async fn prove(
    state: &AppState,
    email: &str,
    address: &ClientAddress,
    password: TypedPassword,
) -> Result<User, ApiError> {
    let turn = state.passwords.admit()?;
    let account = state.db.user_for_login(email).await?;
    let (user, stored) = account.ok_or_else(gone)?;
    let stored = stored.ok_or_else(|| {
        ApiError::forbidden("Your account has no password. Set one first, as somebody does who has forgotten it: on the page for signing in, or \
             with `divbase-cli auth forgot-password`.",
        )
    })?;
    let attempt = Attempt::password(state, &user.email, address).await?;
    if !turn.verify(password.into(), Some(stored)).await? {
        tracing::warn!(account = user.email, %address, "a password was asked for and wrong");
        return Err(ApiError::forbidden("The current password is not right."));
    }
    attempt.succeeded(state).await?;
    Ok(user)
}
