//! A large file in parts of 32 MiB, several at a time. An upload that fails is given up at the store.

use divbase_contract::limits::{BATCH_MAX, MAX_PARTS, PART_BYTES};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use serde_json::Value;

use super::{TransferError, put, upload::Upload};
use crate::{
    app::ProjectApi,
    failure::Failure,
    wire::{
        AbortUpload, CompleteUpload, CreateUpload, CreatedUpload, PartUrl, PartUrlsRequest,
        SentPart,
    },
};

/// Parts in transfer at the same time.
const PARTS_AT_ONCE: usize = 4;

/// Uploads one file.
pub(super) async fn file(
    at: &ProjectApi,
    upload: &Upload,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    let name = upload.key.as_str();
    if upload.size > MAX_PARTS * PART_BYTES {
        return Err(TransferError::Api(
            "the file is larger than 312.5 GiB, the most that one object can hold".to_owned(),
        ));
    }
    let created: CreatedUpload = at
        .post(
            &["upload", "multi-part", "create"],
            &CreateUpload {
                name,
                content_length: upload.size,
                with_sha256: upload.sums.is_some(),
            },
        )
        .await
        .map_err(api)?;
    let result = parts(at, upload, &created.upload_id, bar).await;
    if result.is_err() {
        let abort = AbortUpload {
            name,
            upload_id: &created.upload_id,
        };
        // The first error is the one to tell; the store removes what is left after a while.
        let _ = at
            .delete_at::<Value>(&["upload", "multi-part", "abort"], &abort)
            .await;
    }
    result
}

async fn parts(
    at: &ProjectApi,
    upload: &Upload,
    upload_id: &str,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    let name = upload.key.as_str();
    let count = upload.size.div_ceil(PART_BYTES);
    let md5s = upload.sums.as_ref().map(|sums| sums.md5.content_md5());
    let sha256s = upload.sums.as_ref().map(|sums| &sums.sha256);
    let mut sent: Vec<SentPart> = Vec::new();
    let mut first = 1;
    while first <= count {
        let last = count.min(first + BATCH_MAX as u64 - 1);
        let of_range = |all: &Vec<String>| {
            let parts = all.iter().skip(index(first));
            parts
                .take(index(last) - index(first) + 1)
                .cloned()
                .collect()
        };
        let request = PartUrlsRequest {
            name,
            upload_id,
            parts_range_start: first,
            parts_range_end: last,
            md5_checksums: md5s.as_ref().map(of_range),
            sha256_checksums: sha256s.map(of_range),
        };
        let urls: Vec<PartUrl> = at
            .post(&["upload", "multi-part", "part-urls"], &request)
            .await
            .map_err(api)?;
        let batch: Vec<SentPart> = stream::iter(urls)
            .map(|url| part(at, upload, url, bar))
            .buffer_unordered(PARTS_AT_ONCE)
            .try_collect()
            .await?;
        sent.extend(batch);
        first = last + 1;
    }
    sent.sort_by_key(|part| part.part_number);
    let complete = CompleteUpload {
        name,
        upload_id,
        parts: sent,
    };
    at.post::<Value>(&["upload", "multi-part", "complete"], &complete)
        .await
        .map(drop)
        .map_err(api)
}

/// Place of a part in a list. Part numbers are at most [`MAX_PARTS`].
fn index(part: u64) -> usize {
    usize::try_from(part - 1).unwrap_or(usize::MAX)
}

async fn part(
    at: &ProjectApi,
    upload: &Upload,
    url: PartUrl,
    bar: &ProgressBar,
) -> Result<SentPart, TransferError> {
    let start = url.part_number.saturating_sub(1) * PART_BYTES;
    let section = put::Section {
        path: &upload.path,
        start,
        length: upload.size.saturating_sub(start).min(PART_BYTES),
    };
    let etag = put::section(
        &at.api.http,
        &url.pre_signed_url,
        &url.headers,
        &section,
        bar,
    )
    .await?;
    Ok(SentPart {
        part_number: url.part_number,
        etag,
        sha256: upload
            .sums
            .as_ref()
            .and_then(|sums| sums.sha256.get(index(url.part_number)).cloned()),
    })
}

fn api(failure: Failure) -> TransferError {
    TransferError::Api(failure.to_string())
}
