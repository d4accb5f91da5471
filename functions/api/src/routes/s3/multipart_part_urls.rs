//! URLs for the parts of an upload.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody, ErrorType,
    limits::{BATCH_MAX, MAX_PARTS, TRANSFER_URL_SECONDS},
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
    params(("project_name" = String, Query)), request_body = PartUrlsRequest,
    responses((status = 200, body = [PartUrl]), (status = 400, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<PartUrlsRequest>>,
) -> Result<Json<Vec<PartUrl>>, ApiError> {
    let request = call.body.0;
    let (first, last) = (request.parts_range_start, request.parts_range_end);
    for (field, number) in [("parts_range_start", first), ("parts_range_end", last)] {
        if !(1..=MAX_PARTS).contains(&u64::from(number)) {
            return Err(ApiError::validation(vec![format!(
                "body.{field}: Value error, part numbers run from 1 to {MAX_PARTS}"
            )]));
        }
    }
    let numbers: Vec<u32> = (first..=last).collect();
    if numbers.len() > BATCH_MAX {
        return Err(ApiError::new(
            ErrorType::TooManyObjects,
            format!(
                "{} parts were asked for; at most {BATCH_MAX} are given at once.",
                numbers.len()
            ),
        ));
    }
    let md5s = request.md5_checksums.unwrap_or_default();
    let sha256s = request.sha256_checksums.unwrap_or_default();
    for checksums in [&md5s, &sha256s] {
        if !checksums.is_empty() && checksums.len() != numbers.len() {
            return Err(ApiError::bad_request(format!(
                "There are {} checksums for {} parts; give one for each part or none.",
                checksums.len(),
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
                &request.name,
                &request.upload_id,
                i32::try_from(part_number).unwrap_or(i32::MAX),
                BodyChecksums {
                    md5: md5s.get(index).map(String::as_str),
                    sha256: sha256s.get(index).map(String::as_str),
                },
                TRANSFER_URL_SECONDS,
            )
            .await?;
        urls.push(PartUrl {
            part_number,
            pre_signed_url: put.url,
            headers: put.headers,
        });
    }
    Ok(Json(urls))
}
