//! A large file in parts of 32 MiB, several at a time. An upload that fails is given up at the store.

use std::fmt;

use divbase_contract::{
    field::{Items, UploadId},
    limits::{BATCH_MAX, MAX_PARTS, PART_BYTES},
    multipart::{
        AbortUpload, CompleteUpload, CreateUpload, CreatedUpload, PartNumber, PartUrl,
        PartUrlsRequest, SentPart,
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use serde_json::Value;

use super::{TransferError, put, upload::Upload};
use crate::{app::ProjectApi, failure::Failure};

/// Parts in transfer at the same time.
const PARTS_AT_ONCE: usize = 4;

/// Uploads one file.
pub(super) async fn file(
    at: &ProjectApi,
    upload: &Upload,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    if upload.size > MAX_PARTS * PART_BYTES {
        return Err(TransferError::Api(
            "the file is larger than 312.5 GiB, the most that one object can hold".to_owned(),
        ));
    }
    let created: CreatedUpload = at
        .post(
            &["upload", "multi-part", "create"],
            &CreateUpload {
                name: upload.key.clone(),
                content_length: upload.size,
                with_sha256: upload.sums.is_some(),
            },
        )
        .await
        .map_err(api)?;
    let upload_id: UploadId = checked(created.upload_id)?;
    let result = parts(at, upload, &upload_id, bar).await;
    if result.is_err() {
        let abort = AbortUpload {
            name: upload.key.clone(),
            upload_id,
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
    upload_id: &UploadId,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    let count = upload.size.div_ceil(PART_BYTES);
    let md5s = upload.sums.as_ref().map(|sums| sums.md5.content_md5());
    let sha256s = upload.sums.as_ref().map(|sums| &sums.sha256);
    let mut sent: Vec<SentPart> = Vec::new();
    let mut first = 1;
    while first <= count {
        let last = count.min(first + BATCH_MAX as u64 - 1);
        let request = PartUrlsRequest {
            name: upload.key.clone(),
            upload_id: upload_id.clone(),
            parts_range_start: number(first)?,
            parts_range_end: number(last)?,
            md5_checksums: md5s
                .as_deref()
                .map(|all| of_parts(all, first, last))
                .transpose()?,
            sha256_checksums: sha256s.map(|all| of_parts(all, first, last)).transpose()?,
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
    sent.sort_by_key(|part| part.part_number.get());
    let complete = CompleteUpload {
        name: upload.key.clone(),
        upload_id: upload_id.clone(),
        parts: checked(sent)?,
    };
    at.post::<Value>(&["upload", "multi-part", "complete"], &complete)
        .await
        .map(drop)
        .map_err(api)
}

/// The checksums of parts `first` to `last`, both included.
fn of_parts<T: TryFrom<String, Error: fmt::Display> + Clone>(
    all: &[String],
    first: u64,
    last: u64,
) -> Result<Items<T, 0, BATCH_MAX>, TransferError> {
    let sums = all.iter().take(index(last) + 1).skip(index(first));
    let sums: Vec<T> = sums
        .map(|sum| checked(sum.clone()))
        .collect::<Result<_, _>>()?;
    checked(sums)
}

fn number(part: u64) -> Result<PartNumber, TransferError> {
    checked(i64::try_from(part).unwrap_or(i64::MAX))
}

/// A value as the server will read it.
fn checked<T, V>(value: V) -> Result<T, TransferError>
where
    T: TryFrom<V, Error: fmt::Display>,
{
    Failure::checked("upload in parts", value).map_err(api)
}

/// Place of a part in a list. Part numbers are at most [`MAX_PARTS`].
fn index(part: u64) -> usize {
    usize::try_from(part.saturating_sub(1)).unwrap_or(usize::MAX)
}

async fn part(
    at: &ProjectApi,
    upload: &Upload,
    url: PartUrl,
    bar: &ProgressBar,
) -> Result<SentPart, TransferError> {
    let place = u64::from(url.part_number);
    let start = place.saturating_sub(1) * PART_BYTES;
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
        part_number: number(place)?,
        etag: checked(etag)?,
        sha256: upload
            .sums
            .as_ref()
            .and_then(|sums| sums.sha256.get(index(place)).cloned())
            .map(checked)
            .transpose()?,
    })
}

fn api(failure: Failure) -> TransferError {
    TransferError::Api(failure.to_string())
}
