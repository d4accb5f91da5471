//! `/announcements`: what the operators say to everybody, for administrators. Users read it below `/core` and on the pages.

use crate::described::{DescribedRouter, Describing, routes};
use axum::Json;
use chrono::Utc;
use divbase_contract::{
    announcements::{AnnouncementTarget, KeptAnnouncement, NewAnnouncement},
    core::AnnouncementLevel,
};
use http::StatusCode;

use super::numbers::AnnouncementPath;
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(list, announce))
        .routes(routes!(remove))
}

fn shown(row: divbase_db::KeptAnnouncement) -> KeptAnnouncement {
    KeptAnnouncement {
        id: row.id,
        heading: row.heading,
        message: row.message,
        target: AnnouncementTarget::of(&row.target).unwrap_or_default(),
        level: AnnouncementLevel::of(&row.level).unwrap_or_default(),
        expires_at: row.expires_at,
        created_at: row.created_at,
    }
}

/// Announcements that were not removed, newest first, those included that have gone away by themselves; at most 1000.
#[utoipa::path(get, path = "/announcements", tag = "announcements", operation_id = "list_announcements",
    responses((status = 200, body = [KeptAnnouncement]), crate::Refuses<401, 403>))]
pub(crate) async fn list(
    state: AppState,
    _: Admin,
) -> Result<Json<Vec<KeptAnnouncement>>, ApiError> {
    let rows = state.db.kept_announcements().await?;
    Ok(Json(rows.into_iter().map(shown).collect()))
}

/// Refuses what would be over before it is said.
///
/// # Errors
/// 422.
pub(crate) fn check(new: &NewAnnouncement) -> Result<(), ApiError> {
    if new.expires_at.is_some_and(|end| end <= Utc::now()) {
        return Err(ApiError::field(
            "body.expires_at",
            "use an instant that is still to come",
        ));
    }
    Ok(())
}

/// Says something to everybody who logs in at a command line, comes to the pages, or both.
#[utoipa::path(post, path = "/announcements", tag = "announcements", operation_id = "announce",
    request_body = NewAnnouncement,
    responses((status = 201, body = KeptAnnouncement), crate::Refuses<401, 403, 422>))]
pub(crate) async fn announce(
    state: AppState,
    Admin { by, .. }: Admin,
    JsonBody(new): JsonBody<NewAnnouncement>,
) -> Result<(StatusCode, Json<KeptAnnouncement>), ApiError> {
    check(&new)?;
    let said = divbase_db::NewAnnouncement {
        heading: &new.heading,
        message: new.message.as_deref().filter(|text| !text.is_empty()),
        target: new.target.as_str(),
        level: new.level.as_str(),
        expires_at: new.expires_at,
    };
    let made = state.db.announce(said, &by).await?;
    Ok((StatusCode::CREATED, Json(shown(made))))
}

/// Says it no longer.
#[utoipa::path(delete, path = "/announcements/{announcement_id}", tag = "announcements",
    operation_id = "remove_announcement", params(("announcement_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn remove(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(path): Path<AnnouncementPath>,
) -> Result<StatusCode, ApiError> {
    let id = path.announcement_id;
    match state.db.remove_announcement(id, &by).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(format!(
            "There is no announcement with the number {id}."
        ))),
    }
}
