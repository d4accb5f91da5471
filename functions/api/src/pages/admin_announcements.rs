//! `/admin/announcements`: what the operators say to everybody: what is said now, how something new would look, and saying it.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::Utc;
use divbase_contract::announcements::{AnnouncementTarget, KeptAnnouncement, NewAnnouncement};
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
    routes::{announcements, numbers::AnnouncementPath},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/announcements", get(list).post(say))
        .route(
            "/admin/announcements/{announcement_id}/remove",
            post(remove),
        )
}

#[derive(Template)]
#[template(path = "admin_announcements.html")]
struct Page {
    frame: Frame,
    kept: Vec<KeptAnnouncement>,
    fields: Fields,
    preview: Option<NewAnnouncement>,
}

impl Page {
    fn is_over(&self, one: &KeptAnnouncement) -> bool {
        one.expires_at.is_some_and(|end| end <= Utc::now())
    }

    /// Levels in words.
    fn levels(&self) -> [(&'static str, &'static str); 4] {
        [
            ("info", "news"),
            ("success", "good news"),
            ("warning", "something to heed"),
            ("danger", "something that hurts"),
        ]
    }
}

/// In words.
fn readers(target: &AnnouncementTarget) -> &'static str {
    match target {
        AnnouncementTarget::Both => "everybody",
        AnnouncementTarget::Web => "whoever uses the pages",
        AnnouncementTarget::Cli => "whoever uses the command line",
    }
}

async fn list(state: AppState, frame: Frame, admin: Admin) -> Result<Response, ApiError> {
    view(state, frame, admin, Fields::default(), None).await
}

/// The page, with how what its form says would look.
async fn view(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
    preview: Option<NewAnnouncement>,
) -> Result<Response, ApiError> {
    let kept = announcements::list(state, admin).await?.0;
    Ok(frame.page(|frame| Page {
        frame,
        kept,
        fields,
        preview,
    }))
}

/// What the form says. A browser gives an instant to the minute and without its zone, which is UTC here.
fn wanted(fields: &Fields) -> Result<NewAnnouncement, ApiError> {
    let end = fields.typed("expires_at").map(|text| match text.len() {
        16 => format!("{text}:00Z"),
        _ => format!("{text}Z"),
    });
    let JsonBody(new) = typed::<NewAnnouncement>(json!({
        "heading": fields.get("heading"),
        "message": fields.typed("message"),
        "target": fields.typed("target").unwrap_or("both"),
        "level": fields.typed("level").unwrap_or("info"),
        "expires_at": end,
    }))?;
    announcements::check(&new)?;
    Ok(new)
}

async fn say(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let new = match wanted(&fields) {
        Ok(new) if fields.get("action") == "announce" => new,
        Ok(new) => return view(state, frame, admin, fields, Some(new)).await,
        Err(error) => return view(state, frame.refused(&error), admin, fields, None).await,
    };
    let made = announcements::announce(state, admin, JsonBody(new)).await?;
    let text = format!("Announced: {}", made.1.0.heading);
    Ok(Go::to("/admin/announcements").saying(&text).into_response())
}

async fn remove(
    state: AppState,
    admin: Admin,
    path: Path<AnnouncementPath>,
) -> Result<Go, ApiError> {
    let number = path.0.announcement_id;
    let _ = announcements::remove(state, admin, path).await?;
    let text = format!("Announcement {number} is removed.");
    Ok(Go::to("/admin/announcements").saying(&text))
}
