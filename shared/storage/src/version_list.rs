//! All versions of a bucket, a page at a time: how much memory a listing takes does not grow with the bucket.

use chrono::{DateTime, Utc};

use crate::{
    StorageError, Store,
    list::{instant, size},
    versions::{Marker, VersionPage},
};

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

/// A listing that goes on where it is asked to.
#[derive(Debug)]
pub struct VersionList<'s> {
    store: &'s Store,
    bucket: &'s str,
    prefix: &'s str,
    /// Where the next page begins; nothing after the last one.
    next: Option<Marker>,
    /// Versions of the last key so far, of which the next page may have more.
    held: Vec<StoredVersion>,
}

impl Store {
    /// Every version and delete marker of keys that begin so, by key.
    #[must_use]
    pub fn version_list<'s>(&'s self, bucket: &'s str, prefix: &'s str) -> VersionList<'s> {
        VersionList {
            store: self,
            bucket,
            prefix,
            next: Some(Marker::default()),
            held: Vec::new(),
        }
    }

    /// All of them at once; for a bucket of any size use [`Store::version_list`].
    ///
    /// # Errors
    /// If the store fails.
    pub async fn all_versions(&self, bucket: &str) -> Result<Vec<StoredVersion>, StorageError> {
        let mut list = self.version_list(bucket, "");
        let mut found = Vec::new();
        while let Some(some) = list.next().await? {
            found.extend(some);
        }
        Ok(found)
    }
}

impl VersionList<'_> {
    /// The next keys with all their versions, by key; nothing when there are no more. It is about a page of the store's (1,000
    /// versions), or as many as one key has.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "version_list"))]
    pub async fn next(&mut self) -> Result<Option<Vec<StoredVersion>>, StorageError> {
        while let Some(marker) = self.next.take() {
            let store = self.store;
            let (page, next) = store.version_page(self.bucket, self.prefix, marker).await?;
            self.next = next;
            let mut found = std::mem::take(&mut self.held);
            found.extend(stored(&page));
            found.sort_by(|a, b| a.key.cmp(&b.key));
            if self.next.is_some() {
                self.held = split_last_key(&mut found);
            }
            if !found.is_empty() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Takes the versions of the last key off.
fn split_last_key(found: &mut Vec<StoredVersion>) -> Vec<StoredVersion> {
    let Some(last) = found.last() else {
        return Vec::new();
    };
    let begins = found.partition_point(|version| version.key < last.key);
    found.split_off(begins)
}

fn stored(page: &VersionPage) -> impl Iterator<Item = StoredVersion> {
    let (listed, names) = (&page.listed, page.names);
    let versions = listed.versions().iter().map(move |version| StoredVersion {
        key: names.read(version.key()),
        version_id: version.version_id().unwrap_or("null").to_owned(),
        size: size(version.size()),
        last_modified: instant(version.last_modified()),
        is_latest: version.is_latest() == Some(true),
        kind: VersionKind::Data,
    });
    let markers = listed.delete_markers().iter();
    versions.chain(markers.map(move |marker| StoredVersion {
        key: names.read(marker.key()),
        version_id: marker.version_id().unwrap_or("null").to_owned(),
        size: 0,
        last_modified: instant(marker.last_modified()),
        is_latest: marker.is_latest() == Some(true),
        kind: VersionKind::Marker,
    }))
}
