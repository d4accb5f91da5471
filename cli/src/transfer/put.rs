//! One PUT of a file, or of a part of it, to a pre-signed URL. The content is streamed, and read again for each attempt.

use std::{collections::BTreeMap, io::SeekFrom, path::Path};

use futures::TryStreamExt;
use indicatif::ProgressBar;
use reqwest::{Body, Client, header::CONTENT_LENGTH};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};
use tokio_util::io::ReaderStream;

use super::{TransferError, fetch::etag};

const READ_BUFFER: usize = 256 << 10;

/// Bytes of a file.
pub(super) struct Section<'a> {
    pub(super) path: &'a Path,
    pub(super) start: u64,
    pub(super) length: u64,
}

/// Puts the section with exactly these headers; answers with the ETag, without quotes.
pub(super) async fn section(
    http: &Client,
    url: &str,
    headers: &BTreeMap<String, String>,
    section: &Section<'_>,
    bar: &ProgressBar,
) -> Result<String, TransferError> {
    super::retried(async || {
        let before = bar.position();
        let sent = once(http, url, headers, section, bar).await;
        if sent.as_ref().is_err_and(TransferError::may_recover) {
            bar.set_position(before);
        }
        sent
    })
    .await
}

async fn once(
    http: &Client,
    url: &str,
    headers: &BTreeMap<String, String>,
    section: &Section<'_>,
    bar: &ProgressBar,
) -> Result<String, TransferError> {
    let mut request = http.put(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if !headers
        .keys()
        .any(|name| name.eq_ignore_ascii_case("content-length"))
    {
        request = request.header(CONTENT_LENGTH, section.length);
    }
    let request = if section.length == 0 {
        request.body(Body::from(""))
    } else {
        let mut file = File::open(section.path).await?;
        file.seek(SeekFrom::Start(section.start)).await?;
        let bar = bar.clone();
        let content = ReaderStream::with_capacity(file.take(section.length), READ_BUFFER)
            .inspect_ok(move |bytes| bar.inc(bytes.len() as u64));
        request.body(Body::wrap_stream(content))
    };
    let response = request.send().await?;
    if !response.status().is_success() {
        return Err(TransferError::of_response(response).await);
    }
    Ok(etag(&response))
}
