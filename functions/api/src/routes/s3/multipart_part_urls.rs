//! URLs for the parts of an upload.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody, ErrorType,
    field::{ContentMd5, ContentSha256},
    limits::{BATCH_MAX, TRANSFER_URL_SECONDS},
    multipart::{PartUrl, PartUrlsRequest},
};

use divbase_storage::BodyChecksums;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// A signed URL for each part of the range, ascending; at most 100.
#[utoipa::path(post, path = "/s3/upload/multi-part/part-urls", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = PartUrlsRequest,
    responses((status = 200, body = [PartUrl]), (status = 400, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<PartUrlsRequest>>,
) -> Result<Json<Vec<PartUrl>>, ApiError> {
    let request = call.body.0;
    let key = request.name.writable()?;
    let (first, last) = (
        request.parts_range_start.get_i32(),
        request.parts_range_end.get_i32(),
    );
    let numbers: Vec<i32> = (first..=last).collect();
    if numbers.len() > BATCH_MAX {
        return Err(ApiError::new(
            ErrorType::TooManyObjects,
            format!(
                "{} parts were asked for (`parts_range_start` to `parts_range_end`); at most {BATCH_MAX} are given at once.",
                numbers.len()
            ),
        ));
    }
    let md5s = request.md5_checksums.map(Vec::from).unwrap_or_default();
    let sha256s = request.sha256_checksums.map(Vec::from).unwrap_or_default();
    for (field, count) in [
        ("md5_checksums", md5s.len()),
        ("sha256_checksums", sha256s.len()),
    ] {
        if count != 0 && count != numbers.len() {
            return Err(ApiError::bad_request(format!(
                "There are {count} checksums (`{field}`) for {} parts; give one for each part or none.",
                numbers.len()
            )));
        }
    }
    let mut urls = Vec::with_capacity(numbers.len());
    for (index, part_number) in numbers.into_iter().enumerate() {
        let put = state
            .store
            .presign_part(
                &call.project.bucket_name,
                key,
                &request.upload_id,
                part_number,
                BodyChecksums {
                    md5: md5s.get(index).map(ContentMd5::as_str),
                    sha256: sha256s.get(index).map(ContentSha256::as_str),
                },
                TRANSFER_URL_SECONDS,
            )
            .await?;
        urls.push(PartUrl {
            part_number: part_number.unsigned_abs(),
            pre_signed_url: put.url,
            headers: put.headers,
        });
    }
    Ok(Json(urls))
}
