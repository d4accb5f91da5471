//! A large file in parts of 32 MiB, several at a time. What has come stays at the store when an upload breaks off, and the next
//! run sends the rest; an upload that cannot succeed is given up.

use std::{collections::BTreeMap, fmt};

use divbase_contract::{
    field::{Items, UploadId},
    limits::{BATCH_MAX, MAX_PARTS, PART_BYTES},
    multipart::{CompleteUpload, PartNumber, PartUrl, PartUrlsRequest, SentPart},
};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use md5::{Digest, Md5};
use serde_json::Value;

use super::{
    TransferError, progress, put,
    resume::{self, Open},
    upload::Upload,
};
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
    let Open { id, has, journal } = resume::begin(at, upload).await?;
    let result = match send(at, upload, &id, has, bar).await {
        // Whatever the store or the system says: this is why.
        Err(_) if upload.is_unchanged().is_ok_and(|same| !same) => Err(TransferError::ChangedHere),
        ended => ended,
    };
    let resumable =
        journal.is_some() && result.as_ref().is_err_and(TransferError::leaves_resumable);
    if resumable {
        return result;
    }
    if result.is_err() {
        // The first error is the one to tell; the store removes what is left after a while.
        let _ = resume::abort(at, upload.key.as_str(), id.as_str()).await;
    }
    if let Some(journal) = journal {
        journal.forget();
    }
    result
}

async fn send(
    at: &ProjectApi,
    upload: &Upload,
    id: &UploadId,
    mut has: BTreeMap<u64, SentPart>,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    let there = has.keys().map(|part| upload.length_of(*part)).sum();
    progress::was_there(bar, there);
    let count = upload.size.div_ceil(PART_BYTES);
    for (first, last) in missing(count, &has) {
        let urls = urls(at, upload, id, first, last).await?;
        let sent: Vec<SentPart> = stream::iter(urls)
            .map(|url| part(at, upload, id, url, bar))
            .buffer_unordered(PARTS_AT_ONCE)
            .try_collect()
            .await?;
        has.extend(sent.into_iter().map(|part| (place(&part), part)));
    }
    if !upload.is_unchanged()? {
        return Err(TransferError::ChangedHere);
    }
    complete(at, upload, id, has.into_values().collect()).await
}

/// Runs of parts that are to be sent, of at most as many as URLs are given for at once.
fn missing(count: u64, has: &BTreeMap<u64, SentPart>) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for part in (1..=count).filter(|part| !has.contains_key(part)) {
        match runs.last_mut() {
            Some((first, last)) if *last + 1 == part && part - *first < BATCH_MAX as u64 => {
                *last = part;
            }
            _ => runs.push((part, part)),
        }
    }
    runs
}

async fn urls(
    at: &ProjectApi,
    upload: &Upload,
    id: &UploadId,
    first: u64,
    last: u64,
) -> Result<Vec<PartUrl>, TransferError> {
    let md5s = upload.sums.as_ref().map(|sums| sums.md5.content_md5());
    let sha256s = upload.sums.as_ref().map(|sums| &sums.sha256);
    let request = PartUrlsRequest {
        name: upload.key.clone(),
        upload_id: id.clone(),
        parts_range_start: number(first)?,
        parts_range_end: number(last)?,
        md5_checksums: md5s
            .as_deref()
            .map(|all| of_parts(all, first, last))
            .transpose()?,
        sha256_checksums: sha256s.map(|all| of_parts(all, first, last)).transpose()?,
    };
    Ok(at
        .post(&["upload", "multi-part", "part-urls"], &request)
        .await?)
}

async fn complete(
    at: &ProjectApi,
    upload: &Upload,
    id: &UploadId,
    parts: Vec<SentPart>,
) -> Result<(), TransferError> {
    let expected = composite(&parts);
    let request = CompleteUpload {
        name: upload.key.clone(),
        upload_id: id.clone(),
        parts: checked(parts)?,
    };
    let path = ["upload", "multi-part", "complete"];
    let Err(failure) = at.post::<Value>(&path, &request).await else {
        return Ok(());
    };
    // The answer to an earlier attempt may have been lost, with the upload complete.
    let keys = [upload.key.as_str().to_owned()];
    let found = at.checksums(&keys).await.unwrap_or_default();
    let arrived = found
        .first()
        .is_some_and(|found| Some(&found.md5_checksum) == expected.as_ref());
    if arrived { Ok(()) } else { Err(failure.into()) }
}

/// The ETag of these parts put together, if theirs are MD5s.
fn composite(parts: &[SentPart]) -> Option<String> {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(hex::decode(&*part.etag).ok()?);
    }
    Some(format!("{}-{}", hex::encode(md5.finalize()), parts.len()))
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

pub(super) fn number(part: u64) -> Result<PartNumber, TransferError> {
    checked(i64::try_from(part).unwrap_or(i64::MAX))
}

fn place(part: &SentPart) -> u64 {
    part.part_number.get().unsigned_abs()
}

/// A value as the server will read it.
pub(super) fn checked<T, V>(value: V) -> Result<T, TransferError>
where
    T: TryFrom<V, Error: fmt::Display>,
{
    Ok(Failure::checked("upload in parts", value)?)
}

/// Place of a part in a list. Part numbers are at most [`MAX_PARTS`].
fn index(part: u64) -> usize {
    usize::try_from(part.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// Sends a part, with another URL if this one has ended.
async fn part(
    at: &ProjectApi,
    upload: &Upload,
    id: &UploadId,
    url: PartUrl,
    bar: &ProgressBar,
) -> Result<SentPart, TransferError> {
    let place = u64::from(url.part_number);
    match part_to(at, upload, url, bar).await {
        Err(error) if error.is_refused() => {
            let urls = urls(at, upload, id, place, place).await?;
            let mut urls = urls.into_iter();
            let url = urls.find(|url| u64::from(url.part_number) == place);
            let url = url.ok_or(error)?;
            part_to(at, upload, url, bar).await
        }
        other => other,
    }
}

async fn part_to(
    at: &ProjectApi,
    upload: &Upload,
    url: PartUrl,
    bar: &ProgressBar,
) -> Result<SentPart, TransferError> {
    let place = u64::from(url.part_number);
    let section = put::Section {
        path: &upload.path,
        start: place.saturating_sub(1) * PART_BYTES,
        length: upload.length_of(place),
    };
    let etag = put::section(
        &at.api.http,
        &url.pre_signed_url,
        &url.headers,
        &section,
        bar,
    )
    .await?;
    let sha256 = upload.sums.as_ref().and_then(|sums| sums.of_part(place));
    Ok(SentPart {
        part_number: number(place)?,
        etag: checked(etag)?,
        sha256: sha256.cloned().map(checked).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: i64) -> (u64, SentPart) {
        let part = SentPart {
            part_number: number.try_into().unwrap(),
            etag: "5eb63bbbe01eeed093cb22bb8f5acdc3".parse().unwrap(),
            sha256: None,
        };
        (number.unsigned_abs(), part)
    }

    #[test]
    fn only_what_is_missing_is_asked_for_a_hundred_at_a_time() {
        let runs = |count, has: &[i64]| missing(count, &has.iter().map(|n| part(*n)).collect());
        assert_eq!(runs(5, &[]), [(1, 5)]);
        assert_eq!(runs(5, &[1, 3, 5]), [(2, 2), (4, 4)]);
        assert_eq!(runs(5, &[1, 2, 3, 4, 5]), []);
        assert_eq!(runs(250, &[]), [(1, 100), (101, 200), (201, 250)]);
        assert_eq!(runs(250, &[50]), [(1, 49), (51, 150), (151, 250)]);
    }
}
