//! `/`: what this is, and the way in.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use divbase_db::Announcement;
use http::StatusCode;

use super::{frame::Frame, respond::page};
use crate::{AppState, error::ApiError};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    announcements: Vec<Announcement>,
}

async fn show(State(state): State<AppState>, frame: Frame) -> Result<Response, ApiError> {
    let announcements = state.db.web_announcements().await?;
    Ok(page(
        StatusCode::OK,
        &Home {
            frame,
            announcements,
        },
    ))
}
