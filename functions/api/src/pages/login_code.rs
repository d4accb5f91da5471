//! `/login/code`: the second factor, for an account that asks for one. Who has given the first one is in a cookie of the browser
//! that gave it, signed, for five minutes; it opens nothing but this page.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::Utc;
use divbase_auth::{SecondStep, second_step::STEP_SECONDS};
use divbase_db::User;
use http::HeaderMap;

use super::{
    cookies,
    fields::Fields,
    frame::Frame,
    respond::{Go, local},
    session,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin},
    routes::auth::login,
    second_factor,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/login/code", get(show).post(finish))
}

#[derive(Template)]
#[template(path = "login_code.html")]
struct LoginCode {
    frame: Frame,
}

/// Where somebody goes who has given the first factor: to `next` with a session, or to the page that asks for a code.
///
/// # Errors
/// If the database fails.
pub(super) async fn after_first(
    state: &AppState,
    user: User,
    address: &ClientAddress,
    next: &str,
) -> Result<Go, ApiError> {
    let next = local(next);
    if second_factor::asked(state, user.id).await?.is_none() {
        let begun = login::enter(state, user, address).await?;
        return Ok(Go::to(next).with(session::begun(&begun)));
    }
    let step = SecondStep {
        user_id: user.id,
        generation: user.token_generation,
        next: next.to_owned(),
    };
    let signed = state.settings.tokens.sign_second_step(step, Utc::now());
    let signed = signed.map_err(ApiError::internal)?;
    Ok(Go::to("/login/code").with(cookies::set(cookies::STEP, &signed, STEP_SECONDS)))
}

/// The sign-in that waits for a code in this browser.
fn waiting(state: &AppState, headers: &HeaderMap) -> Option<SecondStep> {
    let kept = cookies::get(headers, cookies::STEP)?;
    state.settings.tokens.read_second_step(kept).ok()
}

fn begin_again() -> Go {
    Go::to("/login").with(cookies::clear(cookies::STEP))
}

async fn show(state: AppState, frame: Frame, headers: HeaderMap) -> Response {
    if waiting(&state, &headers).is_none() {
        return begin_again().into_response();
    }
    frame.page(|frame| LoginCode { frame })
}

async fn finish(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, ApiError> {
    let Some(step) = waiting(&state, &headers) else {
        return Ok(begin_again().into_response());
    };
    let user = state.db.user(step.user_id).await?;
    let user = user.filter(|user| {
        user.may_act() && user.email_verified && user.token_generation == step.generation
    });
    let Some(user) = user else {
        return Ok(begin_again().into_response());
    };
    let begun = async {
        let (code, from) = (fields.parse("code")?, origin.of_somebody());
        second_factor::check(&state, &user, &address, Some(&code), &from).await?;
        login::enter(&state, user, &address).await
    };
    Ok(match begun.await {
        Ok(begun) => Go::to(local(&step.next))
            .with(cookies::clear(cookies::STEP))
            .with(session::begun(&begun))
            .into_response(),
        Err(error) => frame.refused(&error).page(|frame| LoginCode { frame }),
    })
}
