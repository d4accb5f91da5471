//! URLs with which a user transfers bytes without passing them through the service.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_s3::presigning::PresigningConfig;

use crate::{StorageError, Store};

/// A URL for one PUT and the headers that belong to its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedPut {
    /// PUT to it.
    pub url: String,
    /// Send exactly these.
    pub headers: BTreeMap<String, String>,
}

/// What the store compares the body of a PUT with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpectedBody<'a> {
    /// Bytes; any number if it is absent.
    pub length: Option<u64>,
    /// MD5 in base64.
    pub md5: Option<&'a str>,
    /// SHA-256 in base64; the store keeps it.
    pub sha256: Option<&'a str>,
}

impl ExpectedBody<'_> {
    /// The length as the SDK takes it.
    pub(crate) fn content_length(self) -> Option<i64> {
        self.length
            .map(|length| i64::try_from(length).unwrap_or(i64::MAX))
    }

    /// The headers that carry the checksums.
    pub(crate) fn headers(self) -> BTreeMap<String, String> {
        [
            ("Content-MD5", self.md5),
            ("x-amz-checksum-sha256", self.sha256),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect()
    }
}

const OCTETS: &str = "application/octet-stream";

fn lifetime(seconds: u64) -> Result<PresigningConfig, StorageError> {
    Ok(PresigningConfig::expires_in(Duration::from_secs(seconds))?)
}

impl Store {
    /// A URL that reads an object, or one version of it. Whether it exists is not asked.
    ///
    /// # Errors
    /// If signing fails.
    pub async fn presign_get(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        seconds: u64,
    ) -> Result<String, StorageError> {
        let request = self
            .presigner
            .get_object()
            .bucket(bucket)
            .key(key)
            .set_version_id(version_id.map(str::to_owned))
            .presigned(lifetime(seconds)?)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(request.uri().to_owned())
    }

    /// A URL that writes an object of exactly this body.
    ///
    /// # Errors
    /// If signing fails.
    pub async fn presign_put(
        &self,
        bucket: &str,
        key: &str,
        body: ExpectedBody<'_>,
        seconds: u64,
    ) -> Result<PresignedPut, StorageError> {
        let request = self
            .presigner
            .put_object()
            .bucket(bucket)
            .key(key)
            .content_type(OCTETS)
            .set_content_length(body.content_length())
            .set_content_md5(body.md5.map(str::to_owned))
            .set_checksum_sha256(body.sha256.map(str::to_owned))
            .presigned(lifetime(seconds)?)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        let mut headers = body.headers();
        headers.insert("Content-Type".to_owned(), OCTETS.to_owned());
        let length = body.length.map(|length| length.to_string());
        headers.extend(length.map(|length| ("Content-Length".to_owned(), length)));
        Ok(PresignedPut {
            url: request.uri().to_owned(),
            headers,
        })
    }
}
