//! Writing objects: one PUT for small ones, parts for large ones. Nothing is visible before the last byte arrived.

use std::path::Path;

use aws_sdk_s3::{
    primitives::{ByteStream, Length},
    types::{CompletedMultipartUpload, CompletedPart},
};

use crate::{StorageError, Store, list::bare_etag};

/// An object that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its version.
    pub version_id: Option<String>,
    /// Its ETag without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

const SINGLE_PUT_MAX: u64 = 100_663_296;
const PART: u64 = 33_554_432;

impl Store {
    /// Writes bytes as an object.
    ///
    /// # Errors
    /// If the store fails or refuses.
    pub async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
    ) -> Result<Written, StorageError> {
        let size = body.len() as u64;
        self.put_stream(bucket, key, ByteStream::from(body), size)
            .await
    }

    /// Writes a local file as an object; above 96 MiB in parts of 32 MiB. A failed upload leaves no open parts.
    ///
    /// # Errors
    /// If the store fails or refuses, or the file cannot be read.
    pub async fn upload(
        &self,
        bucket: &str,
        key: &str,
        path: &Path,
    ) -> Result<Written, StorageError> {
        let size = tokio::fs::metadata(path).await?.len();
        if size <= SINGLE_PUT_MAX {
            let body = file_part(path, 0, size).await?;
            return self.put_stream(bucket, key, body, size).await;
        }
        let created = self
            .client
            .create_multipart_upload()
            .bucket(bucket)
            .key(key)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        let upload_id = created.upload_id().unwrap_or_default();
        let written = self.upload_parts(bucket, key, upload_id, path, size).await;
        if written.is_err() {
            // Best effort: the error that matters is the one above.
            let _ = self
                .client
                .abort_multipart_upload()
                .bucket(bucket)
                .key(key)
                .upload_id(upload_id)
                .send()
                .await;
        }
        written
    }

    /// Deletes the newest version (a delete marker is put on top).
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete(&self, bucket: &str, key: &str) -> Result<(), StorageError> {
        self.client
            .delete_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(())
    }

    async fn put_stream(
        &self,
        bucket: &str,
        key: &str,
        body: ByteStream,
        size: u64,
    ) -> Result<Written, StorageError> {
        let put = self
            .client
            .put_object()
            .bucket(bucket)
            .key(key)
            .body(body)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(Written {
            version_id: put.version_id().map(str::to_owned),
            etag: bare_etag(put.e_tag()),
            size,
        })
    }

    async fn upload_parts(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
        path: &Path,
        size: u64,
    ) -> Result<Written, StorageError> {
        let mut parts = Vec::new();
        for (number, offset) in (1..).zip((0..size).step_by(PART as usize)) {
            let body = file_part(path, offset, PART.min(size - offset)).await?;
            let part = self
                .client
                .upload_part()
                .bucket(bucket)
                .key(key)
                .upload_id(upload_id)
                .part_number(number)
                .body(body)
                .send()
                .await
                .map_err(|error| StorageError::from_sdk(key, error))?;
            parts.push(
                CompletedPart::builder()
                    .part_number(number)
                    .set_e_tag(part.e_tag().map(str::to_owned))
                    .build(),
            );
        }
        let done = self
            .client
            .complete_multipart_upload()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts))
                    .build(),
            )
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(Written {
            version_id: done.version_id().map(str::to_owned),
            etag: bare_etag(done.e_tag()),
            size,
        })
    }
}

async fn file_part(path: &Path, offset: u64, length: u64) -> Result<ByteStream, StorageError> {
    ByteStream::read_from()
        .path(path)
        .offset(offset)
        .length(Length::Exact(length))
        .build()
        .await
        .map_err(|error| StorageError::Local(std::io::Error::other(error)))
}
