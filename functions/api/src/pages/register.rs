//! `/register`: ask for an account.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use http::StatusCode;

use super::{fields::Fields, frame::Frame, respond::page};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin},
    routes::auth::register,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/register", get(show).post(register_somebody))
}

#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    problems: Vec<String>,
    fields: Fields,
    /// What to do now, once it is done.
    done: Option<String>,
    /// Who the letter is from.
    sender: Option<String>,
}

async fn show(frame: Frame) -> Response {
    let (problems, fields, done) = (Vec::new(), Fields::default(), None);
    page(
        StatusCode::OK,
        &Register {
            frame,
            problems,
            fields,
            done,
            sender: None,
        },
    )
}

async fn register_somebody(
    State(state): State<AppState>,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let sender = state.letters_from.clone();
    let (status, problems, done) = match ask(state, address, origin, &fields).await {
        Ok(text) => (StatusCode::ACCEPTED, Vec::new(), Some(text)),
        Err(error) => (error.status(), error.words(), None),
    };
    page(
        status,
        &Register {
            frame,
            problems,
            fields,
            done,
            sender,
        },
    )
}

async fn ask(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    fields: &Fields,
) -> Result<String, ApiError> {
    fields.same_passwords()?;
    let body = fields.decode()?;
    let (_, answer) = register::handler(State(state), address, origin, body).await?;
    Ok(answer.0.message)
}
