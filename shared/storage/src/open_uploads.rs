//! Uploads that were begun and neither completed nor given up, and their parts.

use aws_sdk_s3::types::EncodingType;
use chrono::{DateTime, Utc};

use crate::{
    Refusal, StorageError, Store,
    list::{bare_etag, instant, size},
    names::Names,
};

/// An upload that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUpload {
    /// The key that it writes.
    pub key: String,
    /// The store's name for it.
    pub upload_id: String,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
}

/// A part of an open upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPart {
    /// From 1.
    pub number: i32,
    /// Bytes.
    pub size: u64,
    /// Its ETag without quotes.
    pub etag: String,
    /// Its SHA-256 in base64, if it was sent with that.
    pub sha256: Option<String>,
}

impl Store {
    /// The open uploads whose keys begin with a prefix and that `wanted` takes, by key, and whether there are more than
    /// `most`.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "open_uploads"))]
    pub async fn open_uploads(
        &self,
        bucket: &str,
        prefix: &str,
        most: usize,
        wanted: impl Fn(&OpenUpload) -> bool,
    ) -> Result<(Vec<OpenUpload>, bool), StorageError> {
        let mut found = Vec::new();
        let (mut key_marker, mut upload_marker): (Option<String>, Option<String>) = (None, None);
        loop {
            let page = self
                .client
                .list_multipart_uploads()
                .bucket(bucket)
                .prefix(prefix)
                .set_key_marker(key_marker)
                .set_upload_id_marker(upload_marker)
                .encoding_type(EncodingType::Url)
                .send()
                .await
                .map_err(|error| StorageError::from_sdk(bucket, error))?;
            let names = Names::of(page.encoding_type());
            let uploads = page.uploads().iter().map(|upload| OpenUpload {
                key: names.read(upload.key()),
                upload_id: upload.upload_id().unwrap_or_default().to_owned(),
                begun_at: instant(upload.initiated()),
            });
            found.extend(uploads.filter(&wanted));
            if found.len() > most {
                found.truncate(most);
                return Ok((found, true));
            }
            if page.is_truncated() != Some(true) {
                return Ok((found, false));
            }
            key_marker = page.next_key_marker().map(|key| names.read(Some(key)));
            upload_marker = page.next_upload_id_marker().map(str::to_owned);
        }
    }

    /// The parts that an upload has, by number; nothing if there is no such upload.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "parts"))]
    pub async fn parts(
        &self,
        bucket: &str,
        key: &str,
        upload_id: &str,
    ) -> Result<Option<Vec<OpenPart>>, StorageError> {
        let mut pages = self
            .client
            .list_parts()
            .bucket(bucket)
            .key(key)
            .upload_id(upload_id)
            .into_paginator()
            .send();
        let mut parts = Vec::new();
        while let Some(page) = pages.next().await {
            match page.map_err(|error| StorageError::from_sdk(key, error)) {
                Ok(page) => parts.extend(page.parts().iter().map(|part| OpenPart {
                    number: part.part_number().unwrap_or_default(),
                    size: size(part.size()),
                    etag: bare_etag(part.e_tag()),
                    sha256: part.checksum_sha256().map(str::to_owned),
                })),
                Err(StorageError::NotFound { .. }) => return Ok(None),
                Err(error) if error.is_refused(Refusal::NoSuchUpload) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(parts))
    }
}
