//! URLs to upload to, one PUT a file.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    files::{Batch, UploadRequest, UploadUrl},
    limits::UPLOAD_URL_SECONDS,
};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// A signed URL for each file, with the headers that belong to its signature.
#[utoipa::path(post, path = "/s3/upload/single-part", tag = "s3",
    params(("project_name" = String, Query)), request_body = Vec<UploadRequest>,
    responses((status = 200, body = [UploadUrl]), (status = 400, body = ErrorBody),
              (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<Batch<UploadRequest>>>,
) -> Result<Json<Vec<UploadUrl>>, ApiError> {
    let files = call.body.0.into_items();
    if let Some(empty) = files.iter().find(|file| file.content_length == 0) {
        return Err(ApiError::bad_request(format!(
            "The file '{}' is empty; empty files cannot be uploaded.",
            empty.name.as_str()
        )));
    }
    let faulty = files.iter().position(|file| {
        file.md5_hash
            .as_deref()
            .is_some_and(|md5| !is_base64_md5(md5))
    });
    if let Some(index) = faulty {
        return Err(ApiError::validation(vec![format!(
            "body.[{index}].md5_hash: Value error, it must be the 16 bytes of an MD5 in base64 (24 characters)"
        )]));
    }
    let mut urls = Vec::new();
    for file in files {
        let put = state
            .store
            .presign_put(
                &call.project.bucket_name,
                file.name.as_str(),
                file.content_length,
                file.md5_hash.as_deref(),
                UPLOAD_URL_SECONDS,
            )
            .await?;
        urls.push(UploadUrl {
            name: file.name.into(),
            pre_signed_url: put.url,
            put_headers: put.headers,
        });
    }
    Ok(Json(urls))
}

/// 16 bytes are 22 characters and two of padding, the last of the 22 with four bits to spare (RFC 4648 §4).
fn is_base64_md5(text: &str) -> bool {
    let Some(digits) = text.strip_suffix("==") else {
        return false;
    };
    digits.len() == 22
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        && digits.ends_with(['A', 'Q', 'g', 'w'])
}
