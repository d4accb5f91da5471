//! URLs to upload to, one PUT a file.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    files::{Batch, UploadRequest, UploadUrl},
    limits::UPLOAD_URL_SECONDS,
};

use divbase_storage::BodyChecksums;

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
    for (index, file) in files.iter().enumerate() {
        if file.md5_hash.as_deref().is_some_and(|md5| !is_md5(md5)) {
            return Err(ApiError::validation(vec![format!(
                "body.[{index}].md5_hash: Value error, it must be the 16 bytes of an MD5 in base64 (24 characters)"
            )]));
        }
        if file.sha256.as_deref().is_some_and(|sum| !is_sha256(sum)) {
            return Err(ApiError::validation(vec![format!(
                "body.[{index}].sha256: Value error, it must be the 32 bytes of a SHA-256 in base64 (44 characters)"
            )]));
        }
    }
    let mut urls = Vec::new();
    for file in files {
        let put = state
            .store
            .presign_put(
                &call.project.bucket_name,
                file.name.as_str(),
                file.content_length,
                BodyChecksums {
                    md5: file.md5_hash.as_deref(),
                    sha256: file.sha256.as_deref(),
                },
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
fn is_md5(text: &str) -> bool {
    let digits = text.strip_suffix("==");
    digits.is_some_and(|digits| is_base64(digits, 22) && digits.ends_with(['A', 'Q', 'g', 'w']))
}

/// 32 bytes are 43 characters and one of padding, the last of the 43 with two bits to spare.
fn is_sha256(text: &str) -> bool {
    let digits = text.strip_suffix('=');
    digits.is_some_and(|digits| {
        let last = digits.chars().next_back().unwrap_or_default();
        is_base64(digits, 43) && "AEIMQUYcgkosw048".contains(last)
    })
}

fn is_base64(digits: &str, length: usize) -> bool {
    digits.len() == length
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_whole_digests_in_base64() {
        assert!(is_md5("kAFQmDzST7DWlj99KOF/cg=="));
        assert!(is_sha256("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="));
        for other in [
            "",
            "=",
            "==",
            "kAFQmDzST7DWlj99KOF/ch==",
            "kAFQmDzST7DWlj99KOF/cg=",
        ] {
            assert!(!is_md5(other) && !is_sha256(other), "{other}");
        }
        assert!(!is_sha256("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1="));
    }
}
