//! URLs to download from.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    files::{Batch, DownloadRequest, DownloadUrl},
    limits::TRANSFER_URL_SECONDS,
};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, ReadRole},
};

/// A signed URL for each file, in the order of the request. Whether a file exists shows when its URL is used.
#[utoipa::path(post, path = "/s3/download", tag = "s3", params(("project_name" = String, Query)),
    request_body = Vec<DownloadRequest>,
    responses((status = 200, body = [DownloadUrl]), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<ReadRole, JsonBody<Batch<DownloadRequest>>>,
) -> Result<Json<Vec<DownloadUrl>>, ApiError> {
    let files = call.body.0.into_items();
    if let Some(index) = files.iter().position(|file| file.name.is_empty()) {
        return Err(ApiError::validation(vec![format!(
            "body.[{index}].name: Value error, the name is empty"
        )]));
    }
    let mut urls = Vec::new();
    for file in files {
        let version = file.version_id.as_deref();
        let pre_signed_url = state
            .store
            .presign_get(
                &call.project.bucket_name,
                &file.name,
                version,
                TRANSFER_URL_SECONDS,
            )
            .await?;
        urls.push(DownloadUrl {
            name: file.name,
            pre_signed_url,
            version_id: file.version_id,
        });
    }
    Ok(Json(urls))
}
