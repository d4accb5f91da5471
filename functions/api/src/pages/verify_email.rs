//! `/verify-email`: where the link in a confirmation's letter leads. The account's password is asked for too, so that nobody
//! confirms an account that a stranger made in their name.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;

use super::{
    fields::Fields,
    frame::Frame,
    respond::{Go, page},
    token::Token,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin, Query},
    routes::auth::confirm_email,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/verify-email", get(show))
        .route("/confirm-email-verification", post(confirm))
}

#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyEmail {
    frame: Frame,
    problems: Vec<String>,
    token: String,
}

async fn show(frame: Frame, Query(Token { token }): Query<Token>) -> Response {
    let problems = Vec::new();
    page(
        StatusCode::OK,
        &VerifyEmail {
            frame,
            problems,
            token,
        },
    )
}

async fn confirm(
    State(state): State<AppState>,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let token = fields.get("token").to_owned();
    match done(state, address, origin, &fields).await {
        Ok(go) => go.into_response(),
        Err(error) => {
            let problems = error.words();
            page(
                error.status(),
                &VerifyEmail {
                    frame,
                    problems,
                    token,
                },
            )
        }
    }
}

async fn done(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    fields: &Fields,
) -> Result<Go, ApiError> {
    let body = fields.decode()?;
    let user = confirm_email::handler(State(state), address, origin, body).await?;
    let text = format!(
        "The address {} is confirmed. You can sign in now.",
        user.0.email
    );
    Ok(Go::to("/login").saying(&text))
}
