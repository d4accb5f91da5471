//! Destroying versions for good. A plain delete only hides, and a restore destroys nothing but what hides.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use chrono::{DateTime, Utc};

use crate::{
    Refusal, StorageError, Store,
    list::{instant, size},
    versions::Pages,
};

/// Most versions that the store destroys in one call.
const BATCH: usize = 1000;

/// What a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionKind {
    /// It has data.
    Data,
    /// It hides those below it.
    Marker,
}

/// A version of a key, or a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVersion {
    /// The key.
    pub key: String,
    /// The store's name for it.
    pub version_id: String,
    /// Bytes; a marker has none.
    pub size: u64,
    /// When it was written.
    pub last_modified: DateTime<Utc>,
    /// Whether it is the newest.
    pub is_latest: bool,
    /// What it is.
    pub kind: VersionKind,
}

impl Store {
    /// Every version and delete marker of a bucket, by key.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "all_versions"))]
    pub async fn all_versions(&self, bucket: &str) -> Result<Vec<StoredVersion>, StorageError> {
        self.versions_below(bucket, "").await
    }

    /// The same of keys that begin so.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn versions_below(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Vec<StoredVersion>, StorageError> {
        let mut found = Vec::new();
        self.version_pages(bucket, prefix, |page, names| {
            found.extend(page.versions().iter().map(|version| StoredVersion {
                key: names.read(version.key()),
                version_id: version.version_id().unwrap_or("null").to_owned(),
                size: size(version.size()),
                last_modified: instant(version.last_modified()),
                is_latest: version.is_latest() == Some(true),
                kind: VersionKind::Data,
            }));
            found.extend(page.delete_markers().iter().map(|marker| StoredVersion {
                key: names.read(marker.key()),
                version_id: marker.version_id().unwrap_or("null").to_owned(),
                size: 0,
                last_modified: instant(marker.last_modified()),
                is_latest: marker.is_latest() == Some(true),
                kind: VersionKind::Marker,
            }));
            Pages::More
        })
        .await?;
        found.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }

    /// Destroys versions for good. Doing it twice is no error.
    ///
    /// # Errors
    /// If the store fails, or refuses one of them; the others may be gone.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "destroy"))]
    pub async fn destroy(
        &self,
        bucket: &str,
        versions: &[&StoredVersion],
    ) -> Result<(), StorageError> {
        for batch in versions.chunks(BATCH) {
            let objects = batch.iter().filter_map(|version| {
                ObjectIdentifier::builder()
                    .key(&version.key)
                    .version_id(&version.version_id)
                    .build()
                    .ok()
            });
            let answer = self
                .client
                .delete_objects()
                .bucket(bucket)
                .delete(
                    Delete::builder()
                        .set_objects(Some(objects.collect()))
                        .quiet(true)
                        .build()?,
                )
                .send()
                .await
                .map_err(|error| StorageError::from_sdk(bucket, error))?;
            // S3 takes a version that is gone for destroyed, some stores say so.
            let is_gone = |code: Option<&str>| matches!(code, Some("NoSuchVersion" | "NoSuchKey"));
            let refused = answer.errors().iter();
            let refused: Vec<_> = refused.filter(|error| !is_gone(error.code())).collect();
            if let Some(first) = refused.first() {
                return Err(StorageError::Refused {
                    code: Refusal::of(first.code().unwrap_or("unknown")),
                    message: format!(
                        "{} of {} versions could not be destroyed, the first of them of `{}`: {}",
                        refused.len(),
                        batch.len(),
                        first.key().unwrap_or_default(),
                        first.message().unwrap_or("no reason given")
                    ),
                });
            }
        }
        Ok(())
    }
}
