//! Copying an object to another key of its bucket, by the store itself. Small ones go by one request, others in parts like those
//! of an upload, so that an ETag made of 32 MiB parts stays the same; a copy in parts that breaks off goes on where it was.

use std::{collections::BTreeSet, ops::Range, time::Instant};

use aws_sdk_s3::types::{CompletedPart, MetadataDirective};
use futures::{StreamExt, TryStreamExt, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{ObjectVersion, StorageError, Store, list::bare_etag};

/// Metadata of a copy: the version that it was made of.
pub(crate) const COPIED_FROM: &str = "divbase-copied-from";
const OCTETS: &str = "application/octet-stream";
/// Parts that are copied at once.
const AT_ONCE: usize = 8;
/// What a key may have as it is in a header (RFC 3986 §2.3, and the slash).
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A copy that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its version.
    pub version_id: Option<String>,
    /// Its ETag without quotes.
    pub etag: String,
}

impl Store {
    /// Whether a version is copied in parts of this size: it is too large for one request, or was itself put together from parts of
    /// this size, so that its copy gets the same ETag.
    #[must_use]
    pub fn is_copied_in_parts(&self, from: &ObjectVersion, part_bytes: u64) -> bool {
        let parts = from.etag.split_once('-').map(|(_, parts)| parts.parse());
        from.size > self.largest_copy || parts == Some(Ok(from.size.div_ceil(part_bytes)))
    }

    /// Copies a version by one request.
    ///
    /// # Errors
    /// `NotFound` if it is not there, or the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "copy"))]
    pub async fn copy(&self, from: &ObjectVersion, to: &str) -> Result<Copied, StorageError> {
        let done = self
            .client
            .copy_object()
            .bucket(&from.bucket)
            .key(to)
            .copy_source(source(from))
            .metadata_directive(MetadataDirective::Replace)
            .metadata(COPIED_FROM, &from.version_id)
            .content_type(OCTETS)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(&from.key, error))?;
        let etag = done.copy_object_result().and_then(|result| result.e_tag());
        Ok(Copied {
            version_id: done.version_id().map(str::to_owned),
            etag: bare_etag(etag),
        })
    }

    /// Begins a copy in parts; gives the store's name for it.
    ///
    /// # Errors
    /// If the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "begin_copy"))]
    pub async fn begin_copy(&self, from: &ObjectVersion, to: &str) -> Result<String, StorageError> {
        let begun = self
            .client
            .create_multipart_upload()
            .bucket(&from.bucket)
            .key(to)
            .metadata(COPIED_FROM, &from.version_id)
            .content_type(OCTETS)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(to, error))?;
        Ok(begun.upload_id().unwrap_or_default().to_owned())
    }

    /// Copies parts that are missing until all are there or the time is over; gives the bytes that are there, or nothing if
    /// there is no such copy under way any more. Every call copies some.
    ///
    /// # Errors
    /// `NotFound` if the version is not there, or the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "copy_parts"))]
    pub async fn copy_parts(
        &self,
        from: &ObjectVersion,
        to: &str,
        upload_id: &str,
        part_bytes: u64,
        until: Instant,
    ) -> Result<Option<u64>, StorageError> {
        let Some(there) = self.parts(&from.bucket, to, upload_id).await? else {
            return Ok(None);
        };
        let mut bytes: u64 = there.iter().map(|part| part.size).sum();
        let there: BTreeSet<i32> = there.iter().map(|part| part.number).collect();
        let count = i32::try_from(from.size.div_ceil(part_bytes)).unwrap_or(i32::MAX);
        let missing: Vec<i32> = (1..=count)
            .filter(|number| !there.contains(number))
            .collect();
        for some in missing.chunks(AT_ONCE) {
            bytes += stream::iter(some.iter().copied())
                .map(|number| self.copy_part(from, to, upload_id, number, part_bytes))
                .buffer_unordered(AT_ONCE)
                .try_fold(0, async |sum, bytes| Ok(sum + bytes))
                .await?;
            if Instant::now() >= until {
                break;
            }
        }
        Ok(Some(bytes))
    }

    async fn copy_part(
        &self,
        from: &ObjectVersion,
        to: &str,
        upload_id: &str,
        number: i32,
        part_bytes: u64,
    ) -> Result<u64, StorageError> {
        let start = u64::from(number.unsigned_abs().saturating_sub(1)) * part_bytes;
        let end = (start + part_bytes).min(from.size);
        let to = (from.bucket.as_str(), to, upload_id);
        self.copy_range(from, start..end, to, number).await?;
        Ok(end - start)
    }

    /// Has the store copy bytes of a version as a part of an upload, named by bucket, key and the store's name for it. Gives the
    /// part's ETag.
    pub(crate) async fn copy_range(
        &self,
        from: &ObjectVersion,
        bytes: Range<u64>,
        (bucket, key, upload_id): (&str, &str, &str),
        number: i32,
    ) -> Result<Option<String>, StorageError> {
        let last = bytes.end.saturating_sub(1);
        let copied = self
            .client
            .upload_part_copy()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(number)
            .copy_source(source(from))
            .copy_source_range(format!("bytes={}-{last}", bytes.start))
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(&from.key, error))?;
        let result = copied.copy_part_result();
        Ok(result.and_then(|part| part.e_tag()).map(str::to_owned))
    }

    /// Puts the parts of a copy together.
    ///
    /// # Errors
    /// If the store fails or refuses.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "complete_copy"))]
    pub async fn complete_copy(
        &self,
        from: &ObjectVersion,
        to: &str,
        upload_id: &str,
    ) -> Result<Copied, StorageError> {
        let parts = self.parts(&from.bucket, to, upload_id).await?;
        let parts = parts.into_iter().flatten().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .e_tag(part.etag)
                .build()
        });
        let done = self
            .put_parts_together(&from.bucket, to, upload_id, parts.collect())
            .await?;
        Ok(Copied {
            version_id: done.version_id,
            etag: bare_etag(Some(&done.etag)),
        })
    }
}

/// A version as the source of a copy.
fn source(from: &ObjectVersion) -> String {
    format!(
        "{}/{}?versionId={}",
        from.bucket,
        utf8_percent_encode(&from.key, IN_A_PATH),
        utf8_percent_encode(&from.version_id, IN_A_PATH)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_no_letter_that_a_header_or_a_query_would_read_otherwise() {
        let from = ObjectVersion {
            bucket: "b".to_owned(),
            key: "å b/c+%?versionId=1.txt".to_owned(),
            version_id: "x/y=".to_owned(),
            etag: String::new(),
            size: 1,
        };
        assert_eq!(
            source(&from),
            "b/%C3%A5%20b/c%2B%25%3FversionId%3D1.txt?versionId=x/y%3D"
        );
    }
}
