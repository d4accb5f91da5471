//! Ranges of one version of an object.
//!
//! A version that is still the newest of its key is read by its ETag (`If-Match`), any other by its version id: both are
//! exact, and some stores that speak S3 honour `Range` only in the first case. A store that answers with the whole object
//! all the same is asked once; the object is then kept in an unnamed temporary file.

use std::{
    fs::File,
    io::Write,
    os::unix::fs::FileExt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use aws_sdk_s3::{operation::get_object::GetObjectOutput, primitives::ByteStream};
use bytes::{Bytes, BytesMut};
use tokio::sync::OnceCell;

use crate::{Refusal, StorageError, Store};

/// How often a range is asked for whose body breaks off.
const ATTEMPTS: u32 = 3;

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectVersion {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The version.
    pub version_id: String,
    /// Its ETag, without quotes.
    pub etag: String,
    /// Its bytes.
    pub size: u64,
}

/// Reads ranges of one version.
#[derive(Debug)]
pub struct RangeReader {
    store: Store,
    object: ObjectVersion,
    /// Whether the version was the newest of its key when it was last asked for.
    is_newest: AtomicBool,
    transferred: AtomicU64,
    requests: AtomicU64,
    /// The whole object, from a store that gives nothing less.
    whole: OnceCell<File>,
}

/// What a store answered.
enum Answer {
    Range(ByteStream),
    Whole(ByteStream),
}

impl RangeReader {
    /// Reads this version; nothing is sent yet.
    #[must_use]
    pub fn new(store: Store, object: ObjectVersion) -> Self {
        Self {
            store,
            object,
            is_newest: AtomicBool::new(true),
            transferred: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            whole: OnceCell::new(),
        }
    }

    /// What is read.
    #[must_use]
    pub fn object(&self) -> &ObjectVersion {
        &self.object
    }

    /// Bytes that the store has sent so far.
    #[must_use]
    pub fn transferred(&self) -> u64 {
        self.transferred.load(Ordering::Relaxed)
    }

    /// Requests so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The bytes from `offset` (0-based), `length` of them or up to the end of the object.
    ///
    /// # Errors
    /// `NotFound` if the version is gone, or the store fails.
    pub async fn read(&self, offset: u64, length: u64) -> Result<Bytes, StorageError> {
        let length = length.min(self.object.size.saturating_sub(offset));
        if length == 0 {
            return Ok(Bytes::new());
        }
        let mut attempt = 1;
        loop {
            if let Some(file) = self.whole.get() {
                return from_file(file, offset, length);
            }
            let read = match self.ask(offset, length).await? {
                Answer::Range(body) => self.collect(body, length).await,
                Answer::Whole(body) => {
                    let kept = self.whole.get_or_try_init(|| self.keep(body)).await;
                    kept.and_then(|file| from_file(file, offset, length))
                }
            };
            match read {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => attempt += 1,
                read => return read,
            }
        }
    }

    async fn ask(&self, offset: u64, length: u64) -> Result<Answer, StorageError> {
        let object = &self.object;
        let request = || {
            self.requests.fetch_add(1, Ordering::Relaxed);
            self.store
                .client
                .get_object()
                .bucket(&object.bucket)
                .key(&object.key)
                .range(format!("bytes={offset}-{}", offset + length - 1))
        };
        let failed = |error| StorageError::from_sdk(&object.key, error);
        if self.is_newest.load(Ordering::Relaxed) {
            let etag = format!("\"{}\"", object.etag);
            match request().if_match(etag).send().await.map_err(failed) {
                Ok(output) => return Ok(answer(output, length, object.size)),
                Err(StorageError::NotFound { .. }) => {}
                Err(error) if error.is_refused(Refusal::PreconditionFailed) => {}
                Err(error) => return Err(error),
            }
            self.is_newest.store(false, Ordering::Relaxed);
        }
        let output = request().version_id(&object.version_id).send().await;
        Ok(answer(output.map_err(failed)?, length, object.size))
    }

    async fn collect(&self, mut body: ByteStream, length: u64) -> Result<Bytes, StorageError> {
        let mut bytes = BytesMut::with_capacity(usize::try_from(length).unwrap_or_default());
        while let Some(chunk) = next(&mut body).await? {
            self.transferred
                .fetch_add(chunk.len() as u64, Ordering::Relaxed);
            bytes.extend_from_slice(&chunk);
        }
        if bytes.len() as u64 != length {
            return Err(StorageError::ChecksumMismatch {
                key: self.object.key.clone(),
            });
        }
        Ok(bytes.freeze())
    }

    async fn keep(&self, mut body: ByteStream) -> Result<File, StorageError> {
        tracing::debug!(key = self.object.key, "the store sends the whole object");
        let mut file = tempfile::tempfile()?;
        let mut kept = 0;
        while let Some(chunk) = next(&mut body).await? {
            self.transferred
                .fetch_add(chunk.len() as u64, Ordering::Relaxed);
            kept += chunk.len() as u64;
            file.write_all(&chunk)?;
        }
        if kept == self.object.size {
            Ok(file)
        } else {
            Err(StorageError::ChecksumMismatch {
                key: self.object.key.clone(),
            })
        }
    }
}

/// A range of an object has a `Content-Range` (RFC 9110 §14.4); of a short object a range can be all of it.
fn answer(output: GetObjectOutput, length: u64, size: u64) -> Answer {
    if output.content_range().is_some() || length == size {
        Answer::Range(output.body)
    } else {
        Answer::Whole(output.body)
    }
}

async fn next(body: &mut ByteStream) -> Result<Option<Bytes>, StorageError> {
    body.try_next()
        .await
        .map_err(|error| StorageError::Unavailable(error.into()))
}

fn from_file(file: &File, offset: u64, length: u64) -> Result<Bytes, StorageError> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes.into())
}
