//! Links by which people without an account read a file or a folder, for managers.

use axum::Json;
use chrono::{Duration, Utc};
use divbase_auth::{Secret, secret::SHARE_PREFIX};
use divbase_contract::{
    field::ProjectName,
    sharing::{IssuedShareLink, MAX_SHARE_DAYS, MAX_SHARE_LINKS, NewShareLink, ShareLink},
};
use divbase_db::ShareLinkMade;
use divbase_storage::StorageError;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Path, Project},
    routes::numbers::ShareLinkPath,
    url_sessions::end_urls,
};

/// The project's links that have not ended, newest first.
#[utoipa::path(get, path = "/projects/{project_name}/share-links", tag = "projects", operation_id = "list_share_links",
    params(("project_name" = inline(ProjectName), Path)),
    responses((status = 200, body = [ShareLink]), crate::Refuses<401, 403, 404>))]
pub(crate) async fn list(
    state: AppState,
    call: Project<ManageRole>,
) -> Result<Json<Vec<ShareLink>>, ApiError> {
    let rows = state.db.share_links(call.project.project_id).await?;
    let links = rows.into_iter().map(|row| ShareLink {
        id: row.id,
        path: row.path,
        made_by: row.made_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    });
    Ok(Json(links.collect()))
}

/// Makes a link to a file, or to a folder if the path ends with a slash. Who holds it lists and downloads what it opens,
/// without an account, until it ends or is revoked. A project has at most 100 that have not ended.
#[utoipa::path(post, path = "/projects/{project_name}/share-links", tag = "projects", operation_id = "create_share_link",
    params(("project_name" = inline(ProjectName), Path)), request_body = NewShareLink,
    responses((status = 201, body = IssuedShareLink), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn create(
    state: AppState,
    call: Project<ManageRole, JsonBody<NewShareLink>>,
) -> Result<(StatusCode, Json<IssuedShareLink>), ApiError> {
    let JsonBody(new) = &call.body;
    if !(1..=MAX_SHARE_DAYS).contains(&new.expires_in_days) {
        let problem = format!("use 1 to {MAX_SHARE_DAYS} days");
        return Err(ApiError::field("body.expires_in_days", problem));
    }
    exists(&state, &call.project.bucket_name, &new.path).await?;
    let token = Secret::generate(SHARE_PREFIX);
    let expires_at = Utc::now() + Duration::days(i64::from(new.expires_in_days));
    let link = divbase_db::NewShareLink {
        project_id: call.project.project_id,
        token_sha256: &token.digest(),
        path: &new.path,
        expires_at,
        limit: MAX_SHARE_LINKS,
    };
    match state.db.create_share_link(link, &call.by).await? {
        ShareLinkMade::Made(id) => {
            tracing::info!(by = call.user.id, link = id, "made a link");
            let issued = IssuedShareLink {
                id,
                path: new.path.to_string(),
                expires_at,
                page: format!("/shared/{}", token.expose()),
                token: token.expose().to_owned(),
            };
            Ok((StatusCode::CREATED, Json(issued)))
        }
        ShareLinkMade::TooMany => Err(ApiError::conflict(format!(
            "The project has {MAX_SHARE_LINKS} links already. Revoke one that is not needed."
        ))),
    }
}

/// Nothing, if there is such a file, or something in such a folder.
async fn exists(state: &AppState, bucket: &str, path: &str) -> Result<(), ApiError> {
    let page = state.store.list(bucket, path, None, None).await?;
    let found = page
        .objects
        .iter()
        .any(|object| path.ends_with('/') || object.key == path);
    if found {
        return Ok(());
    }
    Err(StorageError::NotFound {
        key: path.to_owned(),
    }
    .into())
}

/// Revokes a link, at once. URLs of the store that were given for it end as well, where they can be ended, and else by themselves.
#[utoipa::path(delete, path = "/projects/{project_name}/share-links/{link_id}", tag = "projects",
    operation_id = "revoke_share_link",
    params(("project_name" = inline(ProjectName), Path), ("link_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn revoke(
    state: AppState,
    Path(ShareLinkPath { link_id: id }): Path<ShareLinkPath>,
    call: Project<ManageRole>,
) -> Result<StatusCode, ApiError> {
    let project_id = call.project.project_id;
    if state.db.revoke_share_link(project_id, id, &call.by).await? {
        end_urls(&state, &call.by).await;
        tracing::info!(by = call.user.id, link = id, "revoked a link");
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found(format!(
            "The project has no link with the number {id}."
        )))
    }
}
