//! Log in with e-mail address and password.

use axum::{Json, extract::State};
use chrono::Utc;
use divbase_auth::{TokenKind, password};
use divbase_contract::{
    ErrorBody,
    auth::{LoginForm, LoginResponse},
};

use crate::{AppState, error::ApiError, extract::Form};

/// Gives an access and a refresh token. A wrong password, an unknown and an inactive account get the same answer.
#[utoipa::path(post, path = "/auth/login", tag = "auth",
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = LoginResponse), (status = 401, body = ErrorBody),
              (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    Form(form): Form<LoginForm>,
) -> Result<Json<LoginResponse>, ApiError> {
    let account = state.db.user_for_login(form.username.trim()).await?;
    let hash = account.as_ref().map(|(_, hash)| hash.clone());
    let matches =
        tokio::task::spawn_blocking(move || password::verify(&form.password, hash.as_deref()))
            .await
            .map_err(|error| ApiError::internal(&error))?
            .map_err(|error| ApiError::internal(&error))?;
    let user = match account {
        Some((user, _)) if matches && user.may_act() => user,
        _ => return Err(ApiError::authentication("Invalid email or password")),
    };
    if !user.email_verified {
        return Err(ApiError::authentication(
            "Your email address is not verified. Please follow the link in the email that you were sent.",
        ));
    }
    let now = Utc::now();
    let issue = |kind| {
        state
            .settings
            .tokens
            .issue(kind, user.id, now)
            .map_err(|error| ApiError::internal(&error))
    };
    let (access, refresh) = (
        issue(TokenKind::AccessToken)?,
        issue(TokenKind::RefreshToken)?,
    );
    Ok(Json(LoginResponse {
        access_token: access.token,
        access_token_expires_at: access.expires_at,
        refresh_token: refresh.token,
        refresh_token_expires_at: refresh.expires_at,
        email: user.email,
    }))
}
