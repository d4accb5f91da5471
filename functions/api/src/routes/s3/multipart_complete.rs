//! Put the parts of an upload together.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    multipart::{CompleteUpload, CompletedUpload},
};
use divbase_storage::{StorageError, UploadedPart};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// Makes the object out of its parts.
#[utoipa::path(post, path = "/s3/upload/multi-part/complete", tag = "s3",
    params(("project_name" = String, Query)), request_body = CompleteUpload,
    responses((status = 200, body = CompletedUpload), (status = 400, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<CompleteUpload>>,
) -> Result<Json<CompletedUpload>, ApiError> {
    let CompleteUpload {
        name,
        upload_id,
        parts,
    } = call.body.0;
    let parts = parts
        .into_iter()
        .map(|part| UploadedPart {
            number: i32::try_from(part.part_number).unwrap_or(i32::MAX),
            etag: part.etag,
            sha256: part.sha256,
        })
        .collect();
    let done = state
        .store
        .complete_upload(&call.project.bucket_name, &name, &upload_id, parts)
        .await
        .map_err(|error| match error {
            StorageError::Refused { code, message } => ApiError::bad_request(format!(
                "The upload of '{name}' cannot be completed: {message} ({code})."
            )),
            StorageError::NotFound { .. } => ApiError::bad_request(format!(
                "There is no such upload of '{name}'. It was completed or given up before."
            )),
            other => other.into(),
        })?;
    Ok(Json(CompletedUpload {
        name,
        version_id: done.version_id.unwrap_or_else(|| "null".to_owned()),
        md5_hash: done.etag,
    }))
}
