//! `/reset-password`: where the link in a reset's letter leads.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;

use super::{
    cookies,
    fields::Fields,
    frame::Frame,
    respond::{Go, page},
    token::Token,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin, Query},
    routes::auth::reset_password,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/reset-password", get(show).post(reset))
}

#[derive(Template)]
#[template(path = "reset_password.html")]
struct Reset {
    frame: Frame,
    problems: Vec<String>,
    token: String,
}

async fn show(frame: Frame, Query(Token { token }): Query<Token>) -> Response {
    let problems = Vec::new();
    page(
        StatusCode::OK,
        &Reset {
            frame,
            problems,
            token,
        },
    )
}

async fn reset(
    State(state): State<AppState>,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let token = fields.get("token").to_owned();
    match set(state, address, origin, &fields).await {
        Ok(go) => go.into_response(),
        Err(error) => {
            let problems = error.words();
            page(
                error.status(),
                &Reset {
                    frame,
                    problems,
                    token,
                },
            )
        }
    }
}

async fn set(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    fields: &Fields,
) -> Result<Go, ApiError> {
    fields.same_passwords()?;
    let body = fields.decode()?;
    reset_password::handler(State(state), address, origin, body).await?;
    let text = "Your new password is set, and all sessions have ended. Sign in with it.";
    Ok(Go::to("/login")
        .saying(text)
        .with(cookies::clear(cookies::SESSION)))
}
