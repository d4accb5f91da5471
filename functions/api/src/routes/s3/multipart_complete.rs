//! Put the parts of an upload together.

use axum::Json;
use divbase_contract::multipart::{CompleteUpload, CompletedUpload};
use divbase_db::ProjectMember;
use divbase_storage::{Refusal, StorageError, UploadedPart};

use super::changes::note_happened;
use crate::{
    AppState,
    detached::to_the_end,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
    quota::{arrived, room},
};

/// Makes the object out of its parts.
#[utoipa::path(post, path = "/s3/upload/multi-part/complete", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = CompleteUpload,
    responses((status = 200, body = CompletedUpload), crate::Refuses<400, 413, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<CompleteUpload>>,
) -> Result<Json<CompletedUpload>, ApiError> {
    to_the_end(complete(state, call)).await.map(Json)
}

async fn complete(
    state: AppState,
    call: Project<QueryRole, JsonBody<CompleteUpload>>,
) -> Result<CompletedUpload, ApiError> {
    let CompleteUpload {
        name,
        upload_id,
        parts,
    } = call.body.0;
    let key = name.writable()?;
    let excess = fits(&state, &call.project, key, &upload_id).await?;
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
    let place = (call.project.bucket_name.as_str(), key);
    arrived(&state, call.project.project_id, place, &upload_id).await?;
    if let Some(excess) = excess {
        state.db.drop_promise(excess).await?;
    }
    note_happened(&state, call.project.project_id, &[key]).await?;
    Ok(CompletedUpload {
        name: name.into(),
        version_id: done.version_id.unwrap_or_else(|| "null".to_owned()),
        md5_hash: done.etag,
    })
}

/// Whether the parts have no more bytes than were declared, or the project has room for the others too, which are promised then:
/// for all, if the upload is so old that its promise has ended. Else the upload is given up.
async fn fits(
    state: &AppState,
    project: &ProjectMember,
    key: &str,
    upload_id: &str,
) -> Result<Option<i64>, ApiError> {
    let (project_id, bucket) = (project.project_id, project.bucket_name.as_str());
    let declared = state.db.promised_to(project_id, upload_id).await?;
    let parts = state.store.parts(bucket, key, upload_id).await?;
    let has: u64 = parts.iter().flatten().map(|part| part.size).sum();
    let excess = has.saturating_sub(declared.unwrap_or_default().unsigned_abs());
    if excess == 0 {
        return Ok(None);
    }
    match room(state, project_id, &[(None, excess)]).await {
        Ok(promise) => Ok(Some(promise)),
        Err(full) => {
            state.store.abort_upload(bucket, key, upload_id).await?;
            state
                .db
                .take_promise_back(project_id, key, upload_id)
                .await?;
            Err(full)
        }
    }
}
