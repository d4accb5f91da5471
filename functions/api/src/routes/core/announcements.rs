//! Messages of the operators to users of the CLI.

use axum::{Json, extract::State};
use divbase_contract::core::{Announcement, AnnouncementLevel};

use crate::{AppState, error::ApiError};

/// Current announcements, newest first.
#[utoipa::path(get, path = "/core/announcements", tag = "core",
    responses((status = 200, body = [Announcement])))]
pub(super) async fn handler(
    State(state): State<AppState>,
) -> Result<Json<Vec<Announcement>>, ApiError> {
    let rows = state.db.cli_announcements().await?;
    Ok(Json(
        rows.into_iter()
            .map(|row| Announcement {
                heading: row.heading,
                message: row.message,
                level: match row.level.as_str() {
                    "success" => AnnouncementLevel::Success,
                    "warning" => AnnouncementLevel::Warning,
                    "danger" => AnnouncementLevel::Danger,
                    _ => AnnouncementLevel::Info,
                },
            })
            .collect(),
    ))
}
