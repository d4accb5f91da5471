//! `/`: what this is, and the way in.

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_db::{Announcement, PublicProject, QueueStatus};

use super::{frame::Frame, show};
use crate::{AppState, error::ApiError};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    announcements: Vec<Announcement>,
    public: Vec<PublicProject>,
    /// Why no tasks are taken, if that is so.
    paused: Option<String>,
}

/// Public projects that are shown.
const MOST_PUBLIC: i64 = 100;

async fn home(state: AppState, frame: Frame) -> Result<Response, ApiError> {
    let announcements = state.db.announcements("web").await?;
    let public = state.db.public_projects(0, MOST_PUBLIC).await?;
    let paused = match state.db.queue_status().await? {
        QueueStatus::Open => None,
        QueueStatus::Closed(reason) => Some(reason),
    };
    Ok(frame.page(|frame| Home {
        frame,
        announcements,
        public,
        paused,
    }))
}
