//! Writing small objects, and deleting. Nothing is visible before the last byte arrived.

use aws_sdk_s3::primitives::ByteStream;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

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

impl Store {
    /// Writes bytes as an object. The store compares and keeps their SHA-256.
    ///
    /// # Errors
    /// If the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "put"))]
    pub async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
    ) -> Result<Written, StorageError> {
        let sha256 = BASE64_STANDARD.encode(Sha256::digest(&body));
        self.put_checked(bucket, key, body, sha256).await
    }

    /// Writes bytes whose SHA-256 (base64) is known.
    pub(crate) async fn put_checked(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
        sha256: String,
    ) -> Result<Written, StorageError> {
        let size = body.len() as u64;
        let put = self
            .client
            .put_object()
            .bucket(bucket)
            .key(key)
            .checksum_sha256(sha256)
            .body(ByteStream::from(body))
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(Written {
            version_id: put.version_id().map(str::to_owned),
            etag: bare_etag(put.e_tag()),
            size,
        })
    }

    /// Deletes the newest version (a delete marker is put on top).
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "delete"))]
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
}
