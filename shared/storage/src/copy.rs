//! Copies within the store. They keep the promise about ETags: a copy in one piece has the MD5 of the whole (or keeps the
//! ETag of its source), a larger one is put together from parts of 32 MiB, each with
//! the SHA-256 that the store computes of it.

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{PartChecksums, StorageError, Store, streaming_upload::PART_BYTES};

/// The largest object that S3 copies in one request.
const LARGEST_COPY: u64 = 5_000_000_000;

/// Parts that are copied at the same time.
const AT_ONCE: usize = 8;

/// A version that is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopySource<'a> {
    /// The key.
    pub key: &'a str,
    /// The version.
    pub version_id: &'a str,
    /// Its bytes.
    pub size: u64,
}

impl CopySource<'_> {
    /// As the header has it, whose value is escaped like a URL (RFC 3986 §2.1).
    fn header(&self, bucket: &str) -> String {
        let escaped: String = self
            .key
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect();
        format!("{bucket}/{escaped}?versionId={}", self.version_id)
    }
}

impl Store {
    /// Copies a version to the newest of a key of the same bucket; gives the new version.
    ///
    /// # Errors
    /// `NotFound`, or the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "copy"))]
    pub async fn copy(
        &self,
        bucket: &str,
        from: CopySource<'_>,
        to: &str,
    ) -> Result<Option<String>, StorageError> {
        if from.size > LARGEST_COPY {
            return self.copy_in_parts(bucket, from, to).await;
        }
        let copied = self
            .client
            .copy_object()
            .bucket(bucket)
            .key(to)
            .copy_source(from.header(bucket))
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(from.key, error))?;
        Ok(copied.version_id().map(str::to_owned))
    }

    /// As [`Self::copy`], part by part, for what is too large for one request. A copy that fails leaves no open parts.
    ///
    /// # Errors
    /// As [`Self::copy`].
    #[tracing::instrument(name = "store", skip_all, fields(operation = "copy_in_parts"))]
    pub async fn copy_in_parts(
        &self,
        bucket: &str,
        from: CopySource<'_>,
        to: &str,
    ) -> Result<Option<String>, StorageError> {
        let upload_id = self.begin_upload(bucket, to, PartChecksums::Sha256).await?;
        let copied = self.copy_parts(bucket, from, to, &upload_id).await;
        if copied.is_err()
            && let Err(error) = self.abort_upload(bucket, to, &upload_id).await
        {
            tracing::warn!(key = to, %error, "a copy could not be given up");
        }
        copied
    }

    async fn copy_parts(
        &self,
        bucket: &str,
        from: CopySource<'_>,
        to: &str,
        upload_id: &str,
    ) -> Result<Option<String>, StorageError> {
        let source = from.header(bucket);
        let parts: Vec<CompletedPart> = stream::iter((1..).zip((0..from.size).step_by(PART_BYTES)))
            .map(|(number, first)| {
                let last = (first + PART_BYTES as u64).min(from.size) - 1;
                let request = self
                    .client
                    .upload_part_copy()
                    .bucket(bucket)
                    .key(to)
                    .upload_id(upload_id)
                    .part_number(number)
                    .copy_source(&source)
                    .copy_source_range(format!("bytes={first}-{last}"));
                async move {
                    let copied = request.send().await;
                    let copied = copied.map_err(|error| StorageError::from_sdk(from.key, error))?;
                    let part = copied.copy_part_result();
                    let etag = part.and_then(|part| part.e_tag());
                    let sha256 = part.and_then(|part| part.checksum_sha256());
                    Ok::<_, StorageError>(
                        CompletedPart::builder()
                            .part_number(number)
                            .set_e_tag(etag.map(str::to_owned))
                            .set_checksum_sha256(sha256.map(str::to_owned))
                            .build(),
                    )
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let done = self
            .client
            .complete_multipart_upload()
            .bucket(bucket)
            .key(to)
            .upload_id(upload_id)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts))
                    .build(),
            )
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(to, error))?;
        Ok(done.version_id().map(str::to_owned))
    }
}
