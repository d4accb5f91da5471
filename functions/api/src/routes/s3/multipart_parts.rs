//! The parts that an upload has.

use axum::Json;
use divbase_contract::multipart::{PartsRequest, StoredPart, StoredParts};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// The parts that have come, with their checksums, so that a client sends only the others.
#[utoipa::path(post, path = "/s3/upload/multi-part/parts", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = PartsRequest,
    responses((status = 200, body = StoredParts), crate::Refuses<400, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<PartsRequest>>,
) -> Result<Json<StoredParts>, ApiError> {
    let PartsRequest { name, upload_id } = call.body.0;
    let key = name.writable()?;
    let parts = state
        .store
        .parts(&call.project.bucket_name, key, &upload_id)
        .await?
        .ok_or_else(|| {
            ApiError::bad_request(format!(
                "There is no such upload of '{key}' (`upload_id`). It was completed or given up before."
            ))
        })?;
    let parts = parts.into_iter().map(|part| StoredPart {
        part_number: part.number.unsigned_abs(),
        size: part.size,
        etag: part.etag,
        sha256: part.sha256,
    });
    Ok(Json(StoredParts {
        parts: parts.collect(),
    }))
}
