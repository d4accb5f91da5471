//! Log in with e-mail address and password.

use axum::Json;
use chrono::Utc;
use divbase_auth::{IssuedToken, TokenKind};
use divbase_contract::auth::{LoginForm, LoginResponse};

use divbase_db::{SessionToken, User};

use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Form, Origin},
    second_factor,
    throttle::Attempt,
};

/// Characters of an account's name that are logged.
const LOGGED: usize = 100;

/// Gives an access and a refresh token. A wrong password, an unknown and an inactive account get the same answer. If the account
/// has a second factor, a right password without `code` gets `second_factor_required_error`.
#[utoipa::path(post, path = "/auth/login", tag = "auth",
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = LoginResponse), crate::Refuses<401, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    Form(form): Form<LoginForm>,
) -> Result<Json<LoginResponse>, ApiError> {
    let code = form.code.clone();
    let user = prove(&state, &address, form).await?;
    let from = origin.of_somebody();
    second_factor::check(&state, &user, &address, code.as_ref(), &from).await?;
    enter(&state, user, &address).await.map(Json)
}

/// The account, if this is its password.
///
/// # Errors
/// 401 if it is not, or the account must not be used; 429 if it was tried too often.
pub(crate) async fn prove(
    state: &AppState,
    address: &ClientAddress,
    form: LoginForm,
) -> Result<User, ApiError> {
    let turn = state.passwords.admit()?;
    let attempt = Attempt::password(state, &form.username, address).await?;
    let account = state.db.user_for_login(form.username.trim()).await?;
    let hash = account.as_ref().and_then(|(_, hash)| hash.clone());
    let password = String::from(form.password);
    let matches = turn.verify(password.clone(), hash).await?;
    let (user, hash) = match account {
        Some((user, Some(hash))) if matches && user.may_act() => (user, hash),
        _ => {
            let account: String = form.username.chars().take(LOGGED).collect();
            tracing::warn!(account, %address, "a login failed");
            return Err(ApiError::authentication("Invalid email or password"));
        }
    };
    if divbase_auth::password::is_outdated(&hash) {
        renew_hash(state, &user, &hash, password).await;
    }
    if !user.email_verified {
        return Err(ApiError::authentication(
            "Your email address is not verified. Please follow the link in the email that you were sent.",
        ));
    }
    attempt.succeeded(state).await?;
    Ok(user)
}

/// Begins a session of an account that was signed in from this address, which its owner is known by from then on.
pub(crate) async fn enter(
    state: &AppState,
    user: User,
    address: &ClientAddress,
) -> Result<LoginResponse, ApiError> {
    state.db.note_address(user.id, address.as_str()).await?;
    session(state, user, address).await
}

/// Hashes the password with the parameters of today. A login does not fail because that does.
async fn renew_hash(state: &AppState, user: &User, old: &str, password: String) {
    let renewed = match state.passwords.rehash(password).await {
        Ok(new) => state.db.rehash_password(user.id, old, &new).await,
        // Said already, or too busy; the next login tries again.
        Err(_) => return,
    };
    if let Err(error) = renewed {
        tracing::warn!(%error, user = user.id, "a password hash could not be renewed");
    }
}

/// New tokens for an account that has proved who it is.
pub(crate) async fn session(
    state: &AppState,
    user: User,
    address: &ClientAddress,
) -> Result<LoginResponse, ApiError> {
    let now = Utc::now();
    let issue = |kind| {
        state
            .settings
            .tokens
            .issue(kind, user.id, user.token_generation, now)
            .map_err(ApiError::internal)
    };
    let (access, refresh) = (
        issue(TokenKind::AccessToken)?,
        issue(TokenKind::RefreshToken)?,
    );
    let token = session_token(&refresh)?;
    let generation = user.token_generation;
    let noted = state
        .db
        .start_session(user.id, generation, address.as_str(), token);
    noted.await?;
    Ok(LoginResponse {
        access_token: access.token,
        access_token_expires_at: access.expires_at,
        refresh_token: refresh.token,
        refresh_token_expires_at: refresh.expires_at,
        email: user.email,
    })
}

/// A refresh token as it is kept.
pub(crate) fn session_token(issued: &IssuedToken) -> Result<SessionToken, ApiError> {
    let expires_at = chrono::DateTime::from_timestamp(issued.expires_at, 0)
        .ok_or_else(|| ApiError::internal("a token ends at no time"))?;
    Ok(SessionToken {
        jti: issued.jti,
        expires_at,
    })
}
