//! Versions of a key, and what was deleted.

use std::collections::HashSet;

use aws_sdk_s3::{operation::list_object_versions::ListObjectVersionsOutput, types::EncodingType};
use chrono::{DateTime, Utc};

use crate::{
    Refusal, StorageError, Store,
    list::{bare_etag, instant, size},
    names::{CarriedNames, Names},
};

/// Most delete markers that are removed from one key.
const MARKERS: usize = 100;

/// One version of a key that has data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyVersion {
    /// The store's name for it.
    pub version_id: String,
    /// When it was written.
    pub last_modified: DateTime<Utc>,
    /// Bytes.
    pub size: u64,
    /// ETag without quotes.
    pub etag: String,
    /// Whether it is the newest, delete markers counted.
    pub is_latest: bool,
}

/// A key whose newest version is a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedKey {
    /// The key.
    pub key: String,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
}

impl Store {
    /// A page of the version listing below a prefix, and where the next one begins.
    pub(crate) async fn version_page(
        &self,
        bucket: &str,
        prefix: &str,
        marker: Marker,
    ) -> Result<(VersionPage, Option<Marker>), StorageError> {
        let listed = self
            .client
            .list_object_versions()
            .bucket(bucket)
            .prefix(prefix)
            .set_key_marker(marker.key)
            .set_version_id_marker(marker.version)
            .encoding_type(EncodingType::Url)
            .customize()
            .interceptor(CarriedNames)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        let names = Names::of(listed.encoding_type());
        let next = (listed.is_truncated() == Some(true)).then(|| Marker {
            key: listed.next_key_marker().map(|key| names.read(Some(key))),
            version: listed.next_version_id_marker().map(str::to_owned),
        });
        Ok((VersionPage { listed, names }, next))
    }

    /// All pages of the version listing below a prefix.
    pub(crate) async fn version_pages(
        &self,
        bucket: &str,
        prefix: &str,
        mut page_done: impl FnMut(&ListObjectVersionsOutput, Names) -> Pages,
    ) -> Result<(), StorageError> {
        let mut marker = Marker::default();
        loop {
            let (page, next) = self.version_page(bucket, prefix, marker).await?;
            match (page_done(&page.listed, page.names), next) {
                (Pages::More, Some(next)) => marker = next,
                _ => return Ok(()),
            }
        }
    }

    /// The versions of a key that have data, newest first, however many other keys begin like it.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "versions"))]
    pub async fn versions(&self, bucket: &str, key: &str) -> Result<Vec<KeyVersion>, StorageError> {
        let mut found = Vec::new();
        self.version_pages(bucket, key, |page, names| {
            found.extend(
                page.versions()
                    .iter()
                    .filter(|version| names.read(version.key()) == key)
                    .map(|version| KeyVersion {
                        version_id: version.version_id().unwrap_or("null").to_owned(),
                        last_modified: instant(version.last_modified()),
                        size: size(version.size()),
                        etag: bare_etag(version.e_tag()),
                        is_latest: version.is_latest() == Some(true),
                    }),
            );
            // Keys come in order, and a key comes before all that it is a prefix of.
            match page.versions().last() {
                Some(last) if names.read(last.key()) != key => Pages::Enough,
                _ => Pages::More,
            }
        })
        .await?;
        Ok(found)
    }

    /// Makes the newest version with data current again by removing the delete markers above it: the version and its ETag
    /// stay as they were, whatever its size. Says whether the key has data. One that is live already stays as it is, and
    /// what was broken off half way can be done again.
    ///
    /// # Errors
    /// If the store fails or refuses.
    pub async fn undelete(&self, bucket: &str, key: &str) -> Result<bool, StorageError> {
        // One above the other is rare: a key that is deleted is not deleted again.
        for _ in 0..MARKERS {
            let (mut has_data, mut marker) = (false, None);
            self.version_pages(bucket, key, |page, names| {
                let is_key = |found: Option<&str>| names.read(found) == key;
                has_data |= page.versions().iter().any(|version| is_key(version.key()));
                let latest = page.delete_markers().iter();
                let mut latest = latest
                    .filter(|marker| marker.is_latest() == Some(true) && is_key(marker.key()));
                marker = marker
                    .take()
                    .or_else(|| latest.next()?.version_id().map(str::to_owned));
                Pages::More
            })
            .await?;
            let Some(marker) = marker.filter(|_| has_data) else {
                return Ok(has_data);
            };
            self.client
                .delete_object()
                .bucket(bucket)
                .key(key)
                .version_id(marker)
                .send()
                .await
                .map_err(|error| StorageError::from_sdk(key, error))?;
        }
        Err(StorageError::Refused {
            code: Refusal::Other("TooManyMarkers".to_owned()),
            message: format!("`{key}` was deleted more than {MARKERS} times"),
        })
    }

    /// Keys below a prefix whose newest version is a delete marker, by key.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "deleted_keys"))]
    pub async fn deleted_keys(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Vec<DeletedKey>, StorageError> {
        let (mut deleted, mut with_data) = (Vec::new(), HashSet::new());
        self.version_pages(bucket, prefix, |page, names| {
            with_data.extend(
                page.versions()
                    .iter()
                    .map(|version| names.read(version.key())),
            );
            deleted.extend(
                page.delete_markers()
                    .iter()
                    .filter(|marker| marker.is_latest() == Some(true))
                    .map(|marker| DeletedKey {
                        key: names.read(marker.key()),
                        deleted_at: instant(marker.last_modified()),
                    }),
            );
            Pages::More
        })
        .await?;
        // A marker without data below it has nothing to restore.
        deleted.retain(|deleted: &DeletedKey| with_data.contains(&deleted.key));
        deleted.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(deleted)
    }
}

/// A page of the version listing, with how its keys are written.
pub(crate) struct VersionPage {
    pub(crate) listed: ListObjectVersionsOutput,
    pub(crate) names: Names,
}

/// After which key and version a page begins.
#[derive(Debug, Default)]
pub(crate) struct Marker {
    key: Option<String>,
    version: Option<String>,
}

/// Whether a listing goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    More,
    Enough,
}
