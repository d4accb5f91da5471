//! One PUT of a file, or of a part of it, to a pre-signed URL. The content is streamed, and read again for each attempt.

use std::{collections::BTreeMap, io::SeekFrom, path::Path};

use futures::TryStreamExt;
use indicatif::ProgressBar;
use reqwest::{
    Body, Client,
    header::{CONTENT_LENGTH, ETAG},
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
    time::sleep,
};
use tokio_util::io::ReaderStream;

use super::TransferError;
use crate::http::retry;

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
    let mut attempt = 1;
    loop {
        let before = bar.position();
        match once(http, url, headers, section, bar).await {
            Err(error) if error.may_recover() && attempt < retry::TRANSFER_ATTEMPTS => {
                attempt += 1;
                bar.set_position(before);
                sleep(retry::back_off(attempt)).await;
            }
            other => return other,
        }
    }
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
    let etag = response
        .headers()
        .get(ETAG)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Ok(etag.trim_matches('"').to_owned())
}
