//! List what was deleted and can be restored.

use axum::Json;
use divbase_contract::file_versions::{DeletedFile, DeletedRequest};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, ReadRole},
};

/// Files whose newest version is a delete marker, by key.
#[utoipa::path(post, path = "/s3/list/soft-deleted", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body = DeletedRequest, responses((status = 200, body = [DeletedFile])))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<ReadRole, JsonBody<DeletedRequest>>,
) -> Result<Json<Vec<DeletedFile>>, ApiError> {
    let prefix = call.body.0.prefix.unwrap_or_default();
    let deleted = state
        .store
        .deleted_keys(&call.project.bucket_name, prefix.as_str())
        .await?;
    Ok(Json(
        deleted
            .into_iter()
            .map(|file| DeletedFile {
                name: file.key,
                last_modified: file.deleted_at,
            })
            .collect(),
    ))
}
