//! Listings.

use aws_sdk_s3::{primitives::DateTime as SdkDateTime, types::EncodingType};
use chrono::{DateTime, Utc};

use crate::{Refusal, StorageError, Store, names::Names, versions::Pages};

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// The key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When it was written.
    pub last_modified: DateTime<Utc>,
    /// ETag without quotes.
    pub etag: String,
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// Objects, by key.
    pub objects: Vec<ListedObject>,
    /// Common prefixes that end in the delimiter.
    pub folders: Vec<String>,
    /// Token of the next page.
    pub next_token: Option<String>,
}

/// The newest version of a key that is not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentObject {
    /// The key.
    pub key: String,
    /// Its newest version.
    pub version_id: String,
    /// That version's ETag without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

pub(crate) fn bare_etag(etag: Option<&str>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}

pub(crate) fn instant(time: Option<&SdkDateTime>) -> DateTime<Utc> {
    time.and_then(|time| DateTime::from_timestamp(time.secs(), time.subsec_nanos()))
        .unwrap_or(DateTime::UNIX_EPOCH)
}

pub(crate) fn size(bytes: Option<i64>) -> u64 {
    bytes
        .and_then(|bytes| u64::try_from(bytes).ok())
        .unwrap_or(0)
}

impl Store {
    /// One page of at most 1000 objects and folders.
    ///
    /// # Errors
    /// If the store fails or refuses the token.
    pub async fn list(
        &self,
        bucket: &str,
        prefix: &str,
        delimiter: Option<&str>,
        token: Option<&str>,
    ) -> Result<ListPage, StorageError> {
        self.list_some(bucket, prefix, delimiter, token, 1000).await
    }

    /// As [`Self::list`], a page of at most `most` objects and folders.
    ///
    /// # Errors
    /// As [`Self::list`].
    #[tracing::instrument(name = "store", skip_all, fields(operation = "list"))]
    pub async fn list_some(
        &self,
        bucket: &str,
        prefix: &str,
        delimiter: Option<&str>,
        token: Option<&str>,
        most: i32,
    ) -> Result<ListPage, StorageError> {
        let page = self
            .client
            .list_objects_v2()
            .bucket(bucket)
            .prefix(prefix)
            .set_delimiter(delimiter.map(str::to_owned))
            .set_continuation_token(token.map(str::to_owned))
            .max_keys(most)
            // Keys may have characters that XML cannot carry.
            .encoding_type(EncodingType::Url)
            .send()
            .await
            .map_err(|error| match StorageError::from_sdk(bucket, error) {
                // All else that is sent is checked before: the store can only mean the token.
                StorageError::Refused { code, .. }
                    if token.is_some() && code == Refusal::InvalidArgument =>
                {
                    StorageError::NoSuchToken
                }
                error => error,
            })?;
        let names = Names::of(page.encoding_type());
        let objects = page.contents().iter().map(|object| ListedObject {
            key: names.read(object.key()),
            size: size(object.size()),
            last_modified: instant(object.last_modified()),
            etag: bare_etag(object.e_tag()),
        });
        let mut objects: Vec<ListedObject> = objects.collect();
        let folders = page.common_prefixes().iter();
        let mut folders: Vec<String> = folders.map(|folder| names.read(folder.prefix())).collect();
        // S3 gives them in this order, some stores in one of their own.
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        folders.sort();
        Ok(ListPage {
            objects,
            folders,
            next_token: page.next_continuation_token().map(str::to_owned),
        })
    }

    /// The newest version of every key that is not deleted, by key. Keys with NUL are left out: no route makes one, and
    /// no text of a database or a header can name one.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "current_objects"))]
    pub async fn current_objects(&self, bucket: &str) -> Result<Vec<CurrentObject>, StorageError> {
        let mut found = Vec::new();
        self.version_pages(bucket, "", |page, names| {
            found.extend(
                page.versions()
                    .iter()
                    .filter(|version| version.is_latest() == Some(true))
                    .map(|version| CurrentObject {
                        key: names.read(version.key()),
                        version_id: version.version_id().unwrap_or("null").to_owned(),
                        etag: bare_etag(version.e_tag()),
                        size: size(version.size()),
                    })
                    .filter(|object| !object.key.contains('\0')),
            );
            Pages::More
        })
        .await?;
        found.sort_by(|a: &CurrentObject, b: &CurrentObject| a.key.cmp(&b.key));
        Ok(found)
    }
}
