//! One object to one local file. The first request asks for the first chunk and tells size and ETag; larger objects
//! are then fetched in chunks at the same time. A broken chunk goes on where it broke.

use std::{
    io::SeekFrom,
    sync::atomic::{AtomicBool, Ordering},
};

use divbase_contract::files::DownloadUrl;
use futures::{StreamExt, stream};
use indicatif::ProgressBar;
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE},
};
use tokio::{
    fs,
    io::{AsyncSeekExt, AsyncWriteExt, BufWriter},
    sync::Semaphore,
    time::sleep,
};

use super::{
    TransferError,
    address::{Address, RENEWALS},
    download::{Checks, Wanted},
    integrity::{Proof, Stored},
    partial::{Partial, Resume},
    progress, verify,
};
use crate::{app::ProjectApi, http::retry};

/// Bytes of one range request.
const CHUNK: u64 = 8 << 20;
/// From this size an interrupted download is continued by the next one.
const RESUME_FROM: u64 = 32 << 20;
const WRITE_BUFFER: usize = 1 << 20;

/// What downloads share.
pub(super) struct Store<'a> {
    pub(super) http: &'a Client,
    /// Bounds the requests over all files.
    pub(super) requests: &'a Semaphore,
}

/// What the first answer tells.
struct Head {
    stored: Stored,
    /// The answer whose body holds bytes `0..first`.
    body: Option<Response>,
    first: u64,
}

/// Fetches the object; answers with what shows that it is right, if it was checked.
pub(super) async fn object(
    at: &ProjectApi,
    store: &Store<'_>,
    given: &DownloadUrl,
    wanted: &Wanted,
    checks: Checks,
    bar: &ProgressBar,
) -> Result<Option<Proof>, TransferError> {
    let url = given.pre_signed_url.as_str();
    let address = &Address::new(at, wanted, url);
    let mut head = head(store.http, url, CHUNK).await?;
    let Stored { size, etag, .. } = head.stored.clone();
    bar.set_length(size);
    let resume = if size >= RESUME_FROM {
        Resume::Chunks
    } else {
        Resume::Never
    };
    let partial = Partial::open(&wanted.path, &etag, size, resume)?;
    let chunks: Vec<(u64, u64, u64)> = chunks(&head)
        .filter(|chunk| !partial.has(chunk.0))
        .collect();
    let missing: u64 = chunks.iter().map(|(_, start, end)| end - start).sum();
    progress::was_there(bar, size - missing);
    let mut body = head.body.take();
    let jobs: Vec<_> = chunks
        .into_iter()
        .map(|(index, start, end)| {
            (
                index,
                start,
                end,
                if index == 0 { body.take() } else { None },
            )
        })
        .collect();
    drop(body);
    // After a failure no chunk is begun, but those under way end: the next run need not fetch them again.
    let failed = AtomicBool::new(false);
    let results: Vec<Result<(), TransferError>> = stream::iter(jobs)
        .map(|(index, start, end, begun)| {
            let (partial, etag, failed) = (&partial, &etag, &failed);
            async move {
                if failed.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let result = chunk(store, address, etag, partial, start..end, begun, bar).await;
                failed.fetch_or(result.is_err(), Ordering::Relaxed);
                result.and_then(|()| Ok(partial.finished(index)?))
            }
        })
        .buffer_unordered(super::REQUESTS_AT_ONCE)
        .collect()
        .await;
    results.into_iter().collect::<Result<(), _>>()?;
    let proof = match checks {
        Checks::Skip => None,
        Checks::Verify => {
            let checked = verify::against(at, partial.path(), &head.stored, given, wanted).await;
            match checked {
                Ok(proof) => Some(proof),
                // What is known to be wrong must not be continued.
                Err(wrong @ (TransferError::Checksum { .. } | TransferError::Size { .. })) => {
                    partial.discard();
                    return Err(wrong);
                }
                Err(other) => return Err(other),
            }
        }
    };
    partial.complete(&wanted.path)?;
    Ok(proof)
}

/// Asks for the first byte, to learn what the store tells of the object.
pub(super) async fn probe(http: &Client, url: &str) -> Result<Stored, TransferError> {
    Ok(head(http, url, 1).await?.stored)
}

/// Number, first byte and end of each chunk; the first is what the first answer holds.
fn chunks(head: &Head) -> impl Iterator<Item = (u64, u64, u64)> {
    let (size, first) = (head.stored.size, head.first);
    let rest = (size - first).div_ceil(CHUNK);
    let begin = (first > 0).then_some((0, 0, first));
    begin.into_iter().chain((0..rest).map(move |index| {
        let start = first + index * CHUNK;
        (index + 1, start, (start + CHUNK).min(size))
    }))
}

/// Asks for the first bytes.
async fn head(http: &Client, url: &str, bytes: u64) -> Result<Head, TransferError> {
    super::retried(async || try_head(http, url, bytes).await).await
}

async fn try_head(http: &Client, url: &str, bytes: u64) -> Result<Head, TransferError> {
    let range = format!("bytes=0-{}", bytes - 1);
    let response = http.get(url).header(RANGE, range).send().await?;
    let untold = || TransferError::Connection("the store did not tell the file's size".to_owned());
    let (size, first) = match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            let size = total(&response).ok_or_else(untold)?;
            (size, size.min(bytes))
        }
        // A store that ignores ranges sends everything.
        StatusCode::OK => {
            let length = response.headers().get(CONTENT_LENGTH);
            let size = length.and_then(|value| value.to_str().ok()?.parse().ok());
            let size = size.ok_or_else(untold)?;
            (size, size)
        }
        // An empty object has no first byte.
        StatusCode::RANGE_NOT_SATISFIABLE if total(&response).is_none_or(|size| size == 0) => {
            (0, 0)
        }
        _ => return Err(TransferError::of_response(response).await),
    };
    let stored = Stored {
        size,
        etag: etag(&response),
        encryption: encryption(&response),
    };
    Ok(Head {
        stored,
        body: (first > 0).then_some(response),
        first,
    })
}

/// The size after the slash of `Content-Range`.
fn total(response: &Response) -> Option<u64> {
    let text = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    text.rsplit_once('/')?.1.parse().ok()
}

pub(super) fn etag(response: &Response) -> String {
    response
        .headers()
        .get(ETAG)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned()
}

/// How the object is encrypted: the service's keys, or one that its writer keeps.
fn encryption(response: &Response) -> Option<String> {
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    if header("x-amz-server-side-encryption-customer-algorithm").is_some() {
        return Some("a key of its writer".to_owned());
    }
    header("x-amz-server-side-encryption").map(str::to_owned)
}

async fn chunk(
    store: &Store<'_>,
    address: &Address<'_>,
    expected: &str,
    partial: &Partial,
    range: std::ops::Range<u64>,
    mut begun: Option<Response>,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    let mut at = range.start;
    let (mut attempt, mut renewals) = (1, 0);
    loop {
        let current = address.current().await;
        let one = async {
            let response = match begun.take() {
                Some(response) => response,
                None => ask(store, &current.url, expected, at, range.end).await?,
            };
            write(response, partial, &mut at, range.end, bar).await
        };
        let permit = store.requests.acquire().await;
        let result = one.await;
        drop(permit);
        match result {
            Err(error) if error.may_recover() && attempt < retry::TRANSFER_ATTEMPTS => {
                attempt += 1;
                sleep(retry::back_off(attempt)).await;
            }
            Err(error) if error.is_refused() && renewals < RENEWALS => {
                renewals += 1;
                address.renew(&current).await?;
            }
            other => return other,
        }
    }
}

async fn ask(
    store: &Store<'_>,
    url: &str,
    expected: &str,
    start: u64,
    end: u64,
) -> Result<Response, TransferError> {
    let response = store
        .http
        .get(url)
        .header(RANGE, format!("bytes={start}-{}", end - 1))
        .send()
        .await?;
    match response.status() {
        StatusCode::PARTIAL_CONTENT if etag(&response) == expected => Ok(response),
        // A store without ranges sends everything again: only good from the start.
        StatusCode::OK if start == 0 && etag(&response) == expected => Ok(response),
        StatusCode::PARTIAL_CONTENT | StatusCode::OK => Err(TransferError::Changed),
        _ => Err(TransferError::of_response(response).await),
    }
}

/// Writes the body at `at`, which follows what is safely written.
async fn write(
    response: Response,
    partial: &Partial,
    at: &mut u64,
    end: u64,
    bar: &ProgressBar,
) -> Result<(), TransferError> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(partial.path())
        .await?;
    file.seek(SeekFrom::Start(*at)).await?;
    let mut file = BufWriter::with_capacity(WRITE_BUFFER, file);
    let mut body = response.bytes_stream();
    let mut position = *at;
    let received = loop {
        match body.next().await {
            None => break Ok(()),
            Some(Err(error)) => break Err(TransferError::from(error)),
            Some(Ok(bytes)) => {
                // More than was asked for would overwrite the next chunk.
                let room = usize::try_from(end - position).unwrap_or(usize::MAX);
                let bytes = &bytes[..bytes.len().min(room)];
                file.write_all(bytes).await?;
                position += bytes.len() as u64;
                bar.inc(bytes.len() as u64);
            }
        }
    };
    file.flush().await?;
    *at = position;
    received?;
    if position < end {
        return Err(TransferError::Connection(
            "the connection ended too early".to_owned(),
        ));
    }
    Ok(())
}
