//! Begin an upload in parts.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    limits::{MAX_PARTS, PART_BYTES},
    multipart::{CreateUpload, CreatedUpload},
};

use divbase_storage::PartChecksums;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
    quota::room,
};

/// Begins an upload and says how many parts of which size it has.
#[utoipa::path(post, path = "/s3/upload/multi-part/create", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = CreateUpload,
    responses((status = 200, body = CreatedUpload), (status = 400, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<CreateUpload>>,
) -> Result<Json<CreatedUpload>, ApiError> {
    let CreateUpload {
        name,
        content_length,
        with_sha256,
    } = call.body.0;
    let key = name.writable()?;
    let number_of_parts = content_length.div_ceil(PART_BYTES);
    if !(1..=MAX_PARTS).contains(&number_of_parts) {
        return Err(ApiError::bad_request(format!(
            "The file '{key}' has {content_length} bytes (`content_length`); an upload takes 1 to {} bytes.",
            MAX_PARTS * PART_BYTES
        )));
    }
    let checksums = if with_sha256 {
        PartChecksums::Sha256
    } else {
        PartChecksums::None
    };
    let promise = room(&state, call.project.project_id, content_length).await?;
    let upload_id = state
        .store
        .begin_upload(&call.project.bucket_name, key, checksums)
        .await?;
    state.db.promise_is_for(promise, &upload_id).await?;
    Ok(Json(CreatedUpload {
        name: name.into(),
        upload_id,
        number_of_parts,
        part_size: PART_BYTES,
    }))
}
