//! The rule by which the public client verifies a download, written from its description and not from our code: the
//! store's ETag is the MD5 of the content in hex, or, if it holds a dash, the MD5 over the MD5s of each 32 MiB of the
//! content, a dash and the number of those parts. Size and ETag come from a request of the first byte.

use std::{fmt::Write as _, fs, path::Path};

use md5::{Digest, Md5};

use crate::{
    TestResult,
    client::{Client, Request},
};

const PART: usize = 33_554_432;

/// What the store says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Bytes.
    pub size: usize,
    /// The ETag without quotes.
    pub etag: String,
}

/// Asks a signed URL for its first byte.
///
/// # Errors
/// If the answer is not that byte with `Content-Range` and `ETag`.
pub async fn probe(client: &Client, url: &str) -> TestResult<Told> {
    let request = Request::get(url).header("Range", "bytes=0-0");
    let answer = client.send(request).await?;
    let header = |name: &str| {
        let value = answer.headers.get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let (range, etag) = (header("content-range"), header("etag"));
    let (206, Some(range), Some(etag), 1) = (answer.status, range, etag, answer.body.len()) else {
        return Err(format!(
            "a request of one byte was answered with {}, {:?} and {} bytes",
            answer.status,
            answer.headers,
            answer.body.len()
        )
        .into());
    };
    let size = range
        .strip_prefix("bytes 0-0/")
        .ok_or_else(|| format!("Content-Range: {range}"))?
        .parse()?;
    Ok(Told {
        size,
        etag: etag.trim_matches('"').to_owned(),
    })
}

/// The ETag that the client reckons for a content, in the form of the one that it was told.
#[must_use]
pub fn reckoned(content: &[u8], told: &str) -> String {
    if !told.contains('-') {
        return hex(&Md5::digest(content));
    }
    let digests: Vec<u8> = content.chunks(PART).flat_map(Md5::digest).collect();
    format!(
        "{}-{}",
        hex(&Md5::digest(&digests)),
        content.len().div_ceil(PART)
    )
}

/// Whether a local file is what the store told.
///
/// # Errors
/// If it is not.
pub fn is_verified(file: &Path, told: &Told) -> TestResult {
    let content = fs::read(file)?;
    let found = Told {
        size: content.len(),
        etag: reckoned(&content, &told.etag),
    };
    if found == *told {
        return Ok(());
    }
    Err(format!("the store told {told:?}, the file is {found:?}").into())
}

/// Bytes in hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
