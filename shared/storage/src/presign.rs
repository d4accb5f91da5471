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

    /// A URL that writes an object of exactly this length and, if given, this MD5 (base64).
    ///
    /// # Errors
    /// If signing fails.
    pub async fn presign_put(
        &self,
        bucket: &str,
        key: &str,
        content_length: u64,
        md5_base64: Option<&str>,
        seconds: u64,
    ) -> Result<PresignedPut, StorageError> {
        let request = self
            .presigner
            .put_object()
            .bucket(bucket)
            .key(key)
            .content_type(OCTETS)
            .content_length(i64::try_from(content_length).unwrap_or(i64::MAX))
            .set_content_md5(md5_base64.map(str::to_owned))
            .presigned(lifetime(seconds)?)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        let mut headers = BTreeMap::from([
            ("Content-Type".to_owned(), OCTETS.to_owned()),
            ("Content-Length".to_owned(), content_length.to_string()),
        ]);
        if let Some(md5) = md5_base64 {
            headers.insert("Content-MD5".to_owned(), md5.to_owned());
        }
        Ok(PresignedPut {
            url: request.uri().to_owned(),
            headers,
        })
    }
}
