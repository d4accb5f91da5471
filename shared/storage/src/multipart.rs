//! Uploads in parts that a client makes with signed URLs.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_s3::{
    presigning::PresigningConfig,
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart},
};

use crate::{PresignedPut, StorageError, Store};

/// An upload that was put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// The new version.
    pub version_id: Option<String>,
    /// The composite ETag as the store gives it, quotes included.
    pub etag: String,
}

impl Store {
    /// Begins an upload; gives the store's name for it. With a checksum algorithm every part must carry its checksum.
    ///
    /// # Errors
    /// If the store fails or refuses.
    pub async fn begin_upload(
        &self,
        bucket: &str,
        key: &str,
        checksums: Option<ChecksumAlgorithm>,
    ) -> Result<String, StorageError> {
        let begun = self
            .client
            .create_multipart_upload()
            .bucket(bucket)
            .key(key)
            .content_type("application/octet-stream")
            .set_checksum_algorithm(checksums)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(begun.upload_id().unwrap_or_default().to_owned())
    }

    /// A URL that writes one part (from 1) with, if given, this MD5 (base64).
    ///
    /// # Errors
    /// If signing fails.
    pub async fn presign_part(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
        part_number: i32,
        md5_base64: Option<&str>,
        seconds: u64,
    ) -> Result<PresignedPut, StorageError> {
        let lifetime =
            PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(|error| {
                StorageError::Refused {
                    code: "Presigning".to_owned(),
                    message: error.to_string(),
                }
            })?;
        let request = self
            .presigner
            .upload_part()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(part_number)
            .set_content_md5(md5_base64.map(str::to_owned))
            .presigned(lifetime)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        let headers: BTreeMap<String, String> = md5_base64
            .map(|md5| ("Content-MD5".to_owned(), md5.to_owned()))
            .into_iter()
            .collect();
        Ok(PresignedPut {
            url: request.uri().to_owned(),
            headers,
        })
    }

    /// Puts the parts (number, ETag) together.
    ///
    /// # Errors
    /// If the store fails or refuses, for example because a part is missing.
    pub async fn complete_upload(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
        mut parts: Vec<(i32, String)>,
    ) -> Result<Completed, StorageError> {
        parts.sort_by_key(|(number, _)| *number);
        let parts = parts
            .into_iter()
            .map(|(number, etag)| {
                CompletedPart::builder()
                    .part_number(number)
                    .e_tag(etag)
                    .build()
            })
            .collect();
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
        Ok(Completed {
            version_id: done.version_id().map(str::to_owned),
            etag: done.e_tag().unwrap_or_default().to_owned(),
        })
    }

    /// Gives an upload up. One that does not exist is no error.
    ///
    /// # Errors
    /// If the store fails.
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
            Err(StorageError::Refused { code, .. }) if code == "NoSuchUpload" => Ok(()),
            Err(error) => Err(error),
        }
    }
}
