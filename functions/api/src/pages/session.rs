//! Sessions of browsers. A session is one of the account's (`auth sessions` lists it, and ends it): its refresh token is the
//! cookie, and is asked about at every request, so that a session that was ended shows no page any more.

use chrono::{Duration, Utc};
use divbase_auth::{Claims, TokenKind};
use divbase_contract::auth::LoginResponse;
use divbase_db::SessionUse;
use http::{HeaderMap, HeaderValue};

use super::cookies;
use crate::{
    AppState,
    error::ApiError,
    extract::{Origin, PageSession},
    routes::auth::login::session_token,
};

/// Age at which a session's token is replaced.
const REPLACED_AFTER: Duration = Duration::days(1);

/// A session that goes on, with the cookie that replaces the one it came with.
pub(super) struct Open {
    pub(super) session: PageSession,
    pub(super) renewed: Option<HeaderValue>,
}

/// The session of a request's cookie; none if it has none that is good.
///
/// # Errors
/// If the database fails.
pub(super) async fn open(
    state: &AppState,
    headers: &HeaderMap,
    origin: Origin,
) -> Result<Option<Open>, ApiError> {
    let tokens = &state.settings.tokens;
    let claims = cookies::get(headers, cookies::SESSION)
        .and_then(|token| tokens.verify(token, TokenKind::RefreshToken).ok());
    let Some(claims) = claims else {
        return Ok(None);
    };
    let next = successor(state, &claims)?;
    let token = next.as_ref().map(session_token).transpose()?;
    let from = origin.of_somebody();
    let renewed = match state.db.use_session(claims.jti, token, &from).await? {
        SessionUse::Kept => None,
        SessionUse::Replaced => next.and_then(|next| cookie(&next.token, next.expires_at)),
        SessionUse::Replayed | SessionUse::Ended => return Ok(None),
    };
    let session = PageSession {
        user_id: claims.user_id,
        generation: claims.generation,
    };
    Ok(Some(Open { session, renewed }))
}

fn successor(
    state: &AppState,
    claims: &Claims,
) -> Result<Option<divbase_auth::IssuedToken>, ApiError> {
    let now = Utc::now();
    if now - claims.issued_at < REPLACED_AFTER {
        return Ok(None);
    }
    let (tokens, kind) = (&state.settings.tokens, TokenKind::RefreshToken);
    tokens
        .issue(kind, claims.user_id, claims.generation, now)
        .map(Some)
        .map_err(ApiError::internal)
}

/// The cookie of a session that began with a login.
pub(super) fn begun(login: &LoginResponse) -> Option<HeaderValue> {
    cookie(&login.refresh_token, login.refresh_token_expires_at)
}

fn cookie(token: &str, expires_at: i64) -> Option<HeaderValue> {
    let seconds = expires_at - Utc::now().timestamp();
    cookies::set(cookies::SESSION, token, seconds)
}
