//! Begin an upload in parts.

use axum::Json;
use divbase_contract::{
    limits::{MAX_PARTS, PART_BYTES},
    multipart::{CreateUpload, CreatedUpload},
};

use divbase_db::BegunUpload;
use divbase_storage::PartChecksums;

use crate::{
    AppState,
    detached::to_the_end,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
    quota::room,
};

/// Begins an upload and says how many parts of which size it has; or says so of the one that the same client began before with
/// the same `resume_token`, if it is still open.
#[utoipa::path(post, path = "/s3/upload/multi-part/create", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = CreateUpload,
    responses((status = 200, body = CreatedUpload), crate::Refuses<400, 413, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<CreateUpload>>,
) -> Result<Json<CreatedUpload>, ApiError> {
    let wanted = &call.body.0;
    let key = state.settings.upload_types.writable(&wanted.name)?;
    let content_length = wanted.content_length;
    let number_of_parts = content_length.div_ceil(PART_BYTES);
    if !(1..=MAX_PARTS).contains(&number_of_parts) {
        return Err(ApiError::bad_request(format!(
            "The file '{key}' has {content_length} bytes (`content_length`); an upload takes 1 to {} bytes.",
            MAX_PARTS * PART_BYTES
        )));
    }
    let (upload_id, resumed) = to_the_end(begin(state, call.clone())).await?;
    Ok(Json(CreatedUpload {
        name: call.body.0.name.into(),
        upload_id,
        number_of_parts,
        part_size: PART_BYTES,
        resumed,
    }))
}

/// The store's name for the upload, and whether an earlier request began it.
async fn begin(
    state: AppState,
    call: Project<QueryRole, JsonBody<CreateUpload>>,
) -> Result<(String, bool), ApiError> {
    let (project_id, bucket) = (call.project.project_id, &call.project.bucket_name);
    let wanted = &call.body.0;
    let key = wanted.name.as_str();
    let upload = BegunUpload {
        project_id,
        user_id: call.user.id,
        object_key: key,
        bytes: wanted.content_length,
        resume_token: wanted.resume_token.as_deref(),
    };
    if let Some(known) = state.db.upload_of_token(&upload).await? {
        if state.store.parts(bucket, key, &known).await?.is_some() {
            return Ok((known, true));
        }
        // It ended without our knowledge. Whether its bytes have come, the next count of the project says.
        state.db.promise_is_kept(project_id, &known).await?;
    }
    let checksums = if wanted.with_sha256 {
        PartChecksums::Sha256
    } else {
        PartChecksums::None
    };
    let promise = room(&state, project_id, &[(None, wanted.content_length)]).await?;
    let upload_id = state.store.begin_upload(bucket, key, checksums).await?;
    match state
        .db
        .promise_is_for(promise, &upload_id, &upload)
        .await?
    {
        None => Ok((upload_id, false)),
        // The same request, sent twice at once.
        Some(first) => {
            state.store.abort_upload(bucket, key, &upload_id).await?;
            Ok((first, true))
        }
    }
}
