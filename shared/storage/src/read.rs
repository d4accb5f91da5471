//! Reading objects.

use std::path::Path;

use aws_sdk_s3::{operation::get_object::GetObjectOutput, primitives::ByteStream};
use futures::{StreamExt, TryStreamExt, stream};
use md5::{Digest, Md5};
use tokio::io::AsyncWriteExt;

use crate::{
    Refusal, StorageError, Store,
    copy::COPIED_FROM,
    list::{bare_etag, size},
};

/// Questions to the store under way at once.
const AT_ONCE: usize = 16;

/// What the store says about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectMeta {
    /// ETag without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// The newest version.
    pub version_id: Option<String>,
    /// The version that [`Store::copy`] made it of, whatever key that had.
    pub copied_from: Option<String>,
}

impl Store {
    /// What the store says about the newest version of a key; nothing if it does not exist or is deleted.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "head"))]
    pub async fn head(&self, bucket: &str, key: &str) -> Result<Option<ObjectMeta>, StorageError> {
        let head = self
            .client
            .head_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await;
        match head.map_err(|error| StorageError::from_sdk(key, error)) {
            Ok(head) => Ok(Some(ObjectMeta {
                etag: bare_etag(head.e_tag()),
                size: size(head.content_length()),
                version_id: head.version_id().map(str::to_owned),
                copied_from: head
                    .metadata()
                    .and_then(|all| all.get(COPIED_FROM).cloned()),
            })),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the store says about the newest version of each key, in their order. Asked sixteen at a time.
    ///
    /// # Errors
    /// If the store fails. A bucket that does not exist is an error too: the store answers to each of its keys as to one
    /// that is absent.
    pub async fn heads(
        &self,
        bucket: &str,
        keys: &[impl AsRef<str> + Sync],
    ) -> Result<Vec<Option<ObjectMeta>>, StorageError> {
        let keys: Vec<String> = keys.iter().map(|key| key.as_ref().to_owned()).collect();
        let found: Vec<Option<ObjectMeta>> = stream::iter(keys)
            .map(|key| async move { self.head(bucket, &key).await })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        if !found.is_empty() && found.iter().all(Option::is_none) {
            self.bucket_exists(bucket).await?;
        }
        Ok(found)
    }

    async fn bucket_exists(&self, bucket: &str) -> Result<(), StorageError> {
        let head = self.client.head_bucket().bucket(bucket).send().await;
        match head.map_err(|error| StorageError::from_sdk(bucket, error)) {
            Ok(_) => Ok(()),
            Err(StorageError::NotFound { .. }) => Err(StorageError::Refused {
                code: Refusal::NoSuchBucket,
                message: format!("the bucket {bucket} does not exist"),
            }),
            Err(error) => Err(error),
        }
    }

    /// A small object: this version of it, or the newest.
    ///
    /// # Errors
    /// `NotFound`, `TooLarge`, or the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "read"))]
    pub async fn read(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        limit: u64,
    ) -> Result<Vec<u8>, StorageError> {
        let output = self.get(bucket, key, version_id).await?;
        let size = size(output.content_length());
        if size > limit {
            return Err(StorageError::TooLarge {
                key: key.to_owned(),
                size,
                limit,
            });
        }
        let body = output
            .body
            .collect()
            .await
            .map_err(|error| StorageError::Unavailable(error.into()))?;
        Ok(body.to_vec())
    }

    /// Writes one version of an object to a local file; gives its size in bytes. The content is checked against
    /// the ETag where that is an MD5 (it is not for multipart uploads), the length always.
    ///
    /// # Errors
    /// `NotFound`, `ChecksumMismatch`, the store fails, or the file cannot be written.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "download"))]
    pub async fn download(
        &self,
        bucket: &str,
        key: &str,
        version_id: &str,
        path: &Path,
    ) -> Result<u64, StorageError> {
        let output = self.get(bucket, key, Some(version_id)).await?;
        let size = size(output.content_length());
        let etag = bare_etag(output.e_tag());
        let (written, md5) = copy(output.body, path).await?;
        let is_md5 = etag.len() == 32 && !etag.contains('-');
        if written != size || (is_md5 && md5 != etag) {
            return Err(StorageError::ChecksumMismatch {
                key: key.to_owned(),
            });
        }
        Ok(size)
    }

    async fn get(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<GetObjectOutput, StorageError> {
        let sent = self
            .client
            .get_object()
            .bucket(bucket)
            .key(key)
            .set_version_id(version_id.map(str::to_owned))
            .send()
            .await;
        sent.map_err(|error| StorageError::from_sdk(key, error))
    }
}

/// Streams a body to a file; gives bytes and MD5 in hex.
async fn copy(mut body: ByteStream, path: &Path) -> Result<(u64, String), StorageError> {
    let mut file = tokio::io::BufWriter::new(tokio::fs::File::create(path).await?);
    let (mut written, mut md5) = (0, Md5::new());
    while let Some(chunk) = body
        .try_next()
        .await
        .map_err(|error| StorageError::Unavailable(error.into()))?
    {
        md5.update(&chunk);
        written += chunk.len() as u64;
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok((written, hex::encode(md5.finalize())))
}
