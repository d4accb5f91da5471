//! URLs for the parts of an upload.

use axum::Json;
use divbase_contract::{
    ErrorType,
    field::{ContentMd5, ContentSha256},
    limits::{BATCH_MAX, PART_BYTES},
    multipart::{PartUrl, PartUrlsRequest},
};

use divbase_storage::ExpectedBody;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
    url_sessions::signer,
};

/// A signed URL for each part of the range, ascending; at most 100. Each takes a part of the size that the upload was begun with, and
/// no other.
#[utoipa::path(post, path = "/s3/upload/multi-part/part-urls", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = PartUrlsRequest,
    responses((status = 200, body = [PartUrl]), crate::Refuses<400, 422>))]
pub(crate) async fn handler(
    state: AppState,
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
    let (project_id, upload_id) = (call.project.project_id, &request.upload_id);
    let declared = state.db.promised_to(project_id, upload_id).await?;
    let declared = declared.map(i64::unsigned_abs);
    let count = declared.map(|bytes| bytes.div_ceil(PART_BYTES));
    if let Some(count) = count
        && let Some(beyond) = numbers
            .iter()
            .find(|number| u64::from(number.unsigned_abs()) > count)
    {
        return Err(ApiError::bad_request(format!(
            "The upload of '{key}' has {count} part(s); there is no part {beyond} (`parts_range_end`)."
        )));
    }
    let signer = signer(&state, &call.project).await?;
    let mut urls = Vec::with_capacity(numbers.len());
    for (index, part_number) in numbers.into_iter().enumerate() {
        let put = signer
            .part(
                key,
                &request.upload_id,
                part_number,
                ExpectedBody {
                    length: declared.map(|bytes| part_length(bytes, part_number)),
                    md5: md5s.get(index).map(ContentMd5::as_str),
                    sha256: sha256s.get(index).map(ContentSha256::as_str),
                },
                state.settings.urls.transfer,
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

/// Bytes of a part, from 1, of an upload of so many.
fn part_length(bytes: u64, part_number: i32) -> u64 {
    let before = u64::from(part_number.unsigned_abs().saturating_sub(1)) * PART_BYTES;
    bytes.saturating_sub(before).min(PART_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_has_the_rest() {
        let length = |part| part_length(2 * PART_BYTES + 7, part);
        assert_eq!(
            [length(1), length(2), length(3)],
            [PART_BYTES, PART_BYTES, 7]
        );
        assert_eq!(part_length(2 * PART_BYTES, 2), PART_BYTES);
    }
}
