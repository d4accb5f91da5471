//! Uploads in parts that a client makes with signed URLs.

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use crate::{Refusal, StorageError, Store, Written, list::bare_etag};

/// An upload that was put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// The new version.
    pub version_id: Option<String>,
    /// The composite ETag as the store gives it, quotes included.
    pub etag: String,
}

/// What every part of an upload carries beside its MD5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartChecksums {
    /// Nothing.
    None,
    /// Its SHA-256, without which the store refuses it.
    Sha256,
}

/// A part that the store has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedPart {
    /// From 1.
    pub number: i32,
    /// Its ETag.
    pub etag: String,
    /// Its SHA-256 in base64, for an upload that was begun with that.
    pub sha256: Option<String>,
}

impl Completed {
    /// What was written so, of this many bytes.
    pub(crate) fn written(self, size: u64) -> Written {
        Written {
            version_id: self.version_id,
            etag: bare_etag(Some(&self.etag)),
            size,
        }
    }
}

impl Store {
    /// Begins an upload; gives the store's name for it.
    ///
    /// # Errors
    /// If the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "begin_upload"))]
    pub async fn begin_upload(
        &self,
        bucket: &str,
        key: &str,
        checksums: PartChecksums,
    ) -> Result<String, StorageError> {
        let algorithm = match checksums {
            PartChecksums::None => None,
            PartChecksums::Sha256 => Some(ChecksumAlgorithm::Sha256),
        };
        let begun = self
            .client
            .create_multipart_upload()
            .bucket(bucket)
            .key(key)
            .content_type("application/octet-stream")
            .set_checksum_algorithm(algorithm)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(begun.upload_id().unwrap_or_default().to_owned())
    }

    /// Puts the parts together.
    ///
    /// # Errors
    /// If the store fails or refuses, for example because a part is missing.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "complete_upload"))]
    pub async fn complete_upload(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
        mut parts: Vec<UploadedPart>,
    ) -> Result<Completed, StorageError> {
        parts.sort_by_key(|part| part.number);
        let parts = parts
            .into_iter()
            .map(|part| {
                CompletedPart::builder()
                    .part_number(part.number)
                    .e_tag(part.etag)
                    .set_checksum_sha256(part.sha256)
                    .build()
            })
            .collect();
        self.put_parts_together(bucket, key, upload_id, parts).await
    }

    /// The same of parts as the store named them.
    pub(crate) async fn put_parts_together(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
        parts: Vec<CompletedPart>,
    ) -> Result<Completed, StorageError> {
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(parts))
            .build();
        let done = self
            .client
            .complete_multipart_upload()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(parts)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(Completed {
            version_id: done.version_id().map(str::to_owned),
            etag: done.e_tag().unwrap_or_default().to_owned(),
        })
    }

    /// Gives an upload up. One that does not exist is no error.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "abort_upload"))]
    pub async fn abort_upload(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
    ) -> Result<(), StorageError> {
        let aborted = self
            .client
            .abort_multipart_upload()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .send()
            .await;
        match aborted.map_err(|error| StorageError::from_sdk(key, error)) {
            Ok(_) | Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) if error.is_refused(Refusal::NoSuchUpload) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
