//! Writing an object whose length is not known beforehand. Nothing is visible before `finish`; what is given up leaves no
//! open parts. Memory: two parts, 64 MiB.
//!
//! Clients verify a download by its ETag: the MD5 of the content, or the MD5 over the MD5s of parts of 32 MiB. So an
//! object of up to 32 MiB is one PUT, and a larger one has parts of exactly 32 MiB. Each request carries the SHA-256 of
//! what it sends, which the store compares and keeps.

use aws_sdk_s3::types::CompletedPart;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use crate::{PartChecksums, StorageError, Store, Written};

/// Bytes of every part but the last.
pub(crate) const PART_BYTES: usize = 32 << 20;

/// The most parts that S3 puts together: 312.5 GiB.
pub(crate) const MAX_PARTS: usize = 10_000;

/// An object that is being written.
#[derive(Debug)]
pub struct StreamingUpload {
    store: Store,
    bucket: String,
    key: String,
    /// The store's name for the upload, once there is more than one part.
    upload_id: Option<String>,
    buffer: Vec<u8>,
    in_flight: Option<JoinHandle<Result<CompletedPart, StorageError>>>,
    parts: Vec<CompletedPart>,
    sha256: Sha256,
    /// Of what is in the buffer.
    part_sha256: Sha256,
    size: u64,
}

/// An object that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streamed {
    /// What the store says.
    pub written: Written,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl StreamingUpload {
    /// Begins an object; nothing is sent yet.
    #[must_use]
    pub fn new(store: Store, bucket: &str, key: &str) -> Self {
        Self {
            store,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            upload_id: None,
            buffer: Vec::new(),
            in_flight: None,
            parts: Vec::new(),
            sha256: Sha256::new(),
            part_sha256: Sha256::new(),
            size: 0,
        }
    }

    /// Bytes written so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// `TooLarge` beyond 312.5 GiB, or the store fails or refuses; the object should be given up then.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), StorageError> {
        self.sha256.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full part waits for the first byte after it: 32 MiB alone are one PUT.
            if self.buffer.len() == PART_BYTES {
                self.send_part().await?;
            }
            let room = (PART_BYTES - self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(&bytes[..room]);
            self.part_sha256.update(&bytes[..room]);
            bytes = &bytes[room..];
        }
        Ok(())
    }

    /// Ends the object; it is visible from now on.
    ///
    /// # Errors
    /// If the store fails or refuses; nothing is left then.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "put_in_parts"))]
    pub async fn finish(mut self) -> Result<Streamed, StorageError> {
        let written = match self.complete().await {
            Ok(written) => written,
            Err(error) => {
                self.abort().await;
                return Err(error);
            }
        };
        self.upload_id = None;
        Ok(Streamed {
            written,
            sha256: std::mem::take(&mut self.sha256).finalize().into(),
        })
    }

    /// Gives the object up.
    pub async fn abort(mut self) {
        if let Some(part) = self.in_flight.take() {
            part.abort();
            // A part that arrives after the upload was given up would be kept.
            let _ = part.await;
        }
        if let Some(id) = self.upload_id.take()
            && let Err(error) = self.store.abort_upload(&self.bucket, &self.key, &id).await
        {
            tracing::warn!(key = self.key, %error, "an upload could not be given up");
        }
    }

    /// SHA-256 of what is in the buffer, as the store takes it; the next part begins a new one.
    fn part_checksum(&mut self) -> String {
        BASE64_STANDARD.encode(self.part_sha256.finalize_reset())
    }

    async fn complete(&mut self) -> Result<Written, StorageError> {
        if self.upload_id.is_none() {
            let body = std::mem::take(&mut self.buffer);
            let sha256 = self.part_checksum();
            return self
                .store
                .put_checked(&self.bucket, &self.key, body, sha256)
                .await;
        }
        if !self.buffer.is_empty() {
            self.send_part().await?;
        }
        self.arrived().await?;
        let parts = std::mem::take(&mut self.parts);
        let id = self.upload_id.as_deref().unwrap_or_default();
        let done = self
            .store
            .put_parts_together(&self.bucket, &self.key, id, parts)
            .await?;
        Ok(done.written(self.size))
    }

    /// Sends the buffer as a part while the next one is filled.
    async fn send_part(&mut self) -> Result<(), StorageError> {
        if self.upload_id.is_none() {
            let id = self
                .store
                .begin_upload(&self.bucket, &self.key, PartChecksums::Sha256)
                .await?;
            self.upload_id = Some(id);
        }
        self.arrived().await?;
        if self.parts.len() == MAX_PARTS {
            return Err(StorageError::TooLarge {
                key: self.key.clone(),
                size: self.size,
                limit: (MAX_PARTS * PART_BYTES) as u64,
            });
        }
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let sha256 = self.part_checksum();
        let body = std::mem::replace(&mut self.buffer, Vec::with_capacity(PART_BYTES));
        let request = self
            .store
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(&self.key)
            .set_upload_id(self.upload_id.clone())
            .part_number(number)
            .checksum_sha256(&sha256)
            .body(body.into());
        let key = self.key.clone();
        self.in_flight = Some(tokio::spawn(async move {
            let part = request
                .send()
                .await
                .map_err(|error| StorageError::from_sdk(&key, error))?;
            Ok(CompletedPart::builder()
                .part_number(number)
                .set_e_tag(part.e_tag().map(str::to_owned))
                .checksum_sha256(sha256)
                .build())
        }));
        Ok(())
    }

    /// Waits for the part that is under way.
    async fn arrived(&mut self) -> Result<(), StorageError> {
        if let Some(part) = self.in_flight.take() {
            let part = part
                .await
                .map_err(|error| StorageError::Unavailable(error.into()))??;
            self.parts.push(part);
        }
        Ok(())
    }
}

impl Drop for StreamingUpload {
    /// For what is dropped without a word, by a panic or at the end of a task: best effort.
    fn drop(&mut self) {
        let Some(id) = self.upload_id.take() else {
            return;
        };
        let (store, bucket, key) = (self.store.clone(), self.bucket.clone(), self.key.clone());
        let part = self.in_flight.take();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Some(part) = part {
                    part.abort();
                    let _ = part.await;
                }
                let _ = store.abort_upload(&bucket, &key, &id).await;
            });
        }
    }
}
