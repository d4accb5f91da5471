//! Put the parts of an upload together.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    multipart::{CompleteUpload, CompletedUpload},
};
use divbase_storage::{Refusal, StorageError, UploadedPart};

use super::changes::note_happened;
use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// Makes the object out of its parts.
#[utoipa::path(post, path = "/s3/upload/multi-part/complete", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = CompleteUpload,
    responses((status = 200, body = CompletedUpload), (status = 400, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<CompleteUpload>>,
) -> Result<Json<CompletedUpload>, ApiError> {
    let CompleteUpload {
        name,
        upload_id,
        parts,
    } = call.body.0;
    let key = name.writable()?;
    let parts = parts
        .into_items()
        .into_iter()
        .map(|part| UploadedPart {
            number: part.part_number.get_i32(),
            etag: part.etag.into(),
            sha256: part.sha256.map(String::from),
        })
        .collect();
    let no_upload = || {
        ApiError::bad_request(format!(
            "There is no such upload of '{key}' (`upload_id`). It was completed or given up before."
        ))
    };
    let done = state
        .store
        .complete_upload(&call.project.bucket_name, key, &upload_id, parts)
        .await
        .map_err(|error| match error {
            StorageError::Refused {
                code: Refusal::NoSuchUpload,
                ..
            } => no_upload(),
            StorageError::Refused { code, message } => ApiError::bad_request(format!(
                "The upload of '{key}' cannot be completed with these `parts`: {message} ({code})."
            )),
            StorageError::NotFound { .. } => no_upload(),
            other => other.into(),
        })?;
    note_happened(&state, call.project.project_id, &[key]).await?;
    Ok(Json(CompletedUpload {
        name: name.into(),
        version_id: done.version_id.unwrap_or_else(|| "null".to_owned()),
        md5_hash: done.etag,
    }))
}
