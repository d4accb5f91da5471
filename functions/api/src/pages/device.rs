//! `/device`: somebody signs in a program that waits (RFC 8628 §3.3). Whoever is signed in types its code, sees what asks,
//! and decides. A code in the address is filled in, and never decides anything.

use askama::Template;
use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use divbase_auth::UserCode;
use divbase_db::{DeviceSignIn, User};
use serde::Deserialize;

use super::{fields::Fields, frame::Frame, respond::Go, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Query, SignedIn},
    throttle::Attempt,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/device", get(ask).post(look))
        .route("/device/approve", post(approve))
        .route("/device/refuse", post(refuse))
}

#[derive(Template)]
#[template(path = "device.html")]
struct Device {
    frame: Frame,
    code: String,
    email: String,
    waiting: Option<DeviceSignIn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    user_code: String,
}

async fn ask(
    frame: Frame,
    SignedIn { user, .. }: SignedIn,
    Query(Typed { user_code }): Query<Typed>,
) -> Response {
    let code = UserCode::parse(&user_code).map_or_else(String::new, |code| code.shown());
    view(frame, user, code, None)
}

fn view(frame: Frame, user: User, code: String, waiting: Option<DeviceSignIn>) -> Response {
    frame.page(|frame| Device {
        frame,
        code,
        email: user.email,
        waiting,
    })
}

async fn look(
    state: AppState,
    frame: Frame,
    SignedIn { user, .. }: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Response {
    match find(&state, &user, &address, &fields).await {
        Ok((code, waiting)) => view(frame, user, code.shown(), Some(waiting)),
        Err(error) => view(frame.refused(&error), user, String::new(), None),
    }
}

/// The program that waits with the code of the form. Wrong codes are counted.
async fn find(
    state: &AppState,
    user: &User,
    address: &ClientAddress,
    fields: &Fields,
) -> Result<(UserCode, DeviceSignIn), ApiError> {
    let code = UserCode::parse(fields.get("user_code")).ok_or_else(|| {
        ApiError::field(
            "body.user_code",
            "use the eight letters that the program shows",
        )
    })?;
    let attempt = Attempt::user_code(state, user, address).await?;
    let digest = state.settings.tokens.user_code_digest(&code);
    let Some(waiting) = state.db.device_sign_in(&digest).await? else {
        tracing::warn!(user = user.id, %address, "a user code that nobody waits with");
        return Err(gone());
    };
    attempt.succeeded(state).await?;
    Ok((code, waiting))
}

fn gone() -> ApiError {
    ApiError::not_found(
        "No program waits with this code. Codes are good for ten minutes and for one answer: look again at what it shows.",
    )
}

async fn approve(
    state: AppState,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Go, ApiError> {
    decide(state, signed_in, address, &fields, true).await?;
    let text = "The program is signed in: go back to it. Its session is listed on the page of your account.";
    Ok(Go::to("/").saying(text))
}

async fn refuse(
    state: AppState,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Go, ApiError> {
    decide(state, signed_in, address, &fields, false).await?;
    Ok(Go::to("/").saying("The program is refused, and knows nothing of you."))
}

async fn decide(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    address: ClientAddress,
    fields: &Fields,
    approves: bool,
) -> Result<(), ApiError> {
    let (code, waiting) = find(&state, &user, &address, fields).await?;
    let digest = state.settings.tokens.user_code_digest(&code);
    let decided = state
        .db
        .decide_device_sign_in(&digest, user.id, approves, &by);
    if !decided.await? {
        return Err(gone());
    }
    tracing::info!(
        user = user.id,
        approves,
        from = waiting.address,
        "decided about a program"
    );
    Ok(())
}
