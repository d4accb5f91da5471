//! `/forgot-password`: ask for a letter.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use http::StatusCode;

use super::{fields::Fields, frame::Frame, respond::page};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin},
    routes::auth::forgot_password,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/forgot-password", get(show).post(ask))
}

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct Forgot {
    frame: Frame,
    problems: Vec<String>,
    email: String,
    done: Option<String>,
}

async fn show(frame: Frame) -> Response {
    let (problems, email, done) = (Vec::new(), String::new(), None);
    page(
        StatusCode::OK,
        &Forgot {
            frame,
            problems,
            email,
            done,
        },
    )
}

async fn ask(
    State(state): State<AppState>,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let (status, problems, done) = match send(state, address, origin, &fields).await {
        Ok(text) => (StatusCode::ACCEPTED, Vec::new(), Some(text)),
        Err(error) => (error.status(), error.words(), None),
    };
    let email = fields.get("email").to_owned();
    page(
        status,
        &Forgot {
            frame,
            problems,
            email,
            done,
        },
    )
}

async fn send(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    fields: &Fields,
) -> Result<String, ApiError> {
    let body = fields.decode()?;
    let (_, answer) = forgot_password::handler(State(state), address, origin, body).await?;
    Ok(answer.0.message)
}
