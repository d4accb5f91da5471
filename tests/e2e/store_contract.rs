//! What the service takes for granted of an object store, asked of the one that the tests run on: the emulator in `make test`,
//! SeaweedFS and LocalStack's S3 in `make test-stores`.

mod copies;
mod listings;
mod objects;
mod uploads;

use divbase_storage::{Copied, ObjectVersion, StorageError, StorageSettings, Store};
use divbase_tests::{TestResult, client::Client, surroundings::Surroundings};
use uuid::Uuid;

/// A store with a bucket of the test's own.
pub(crate) struct Shelf {
    pub(crate) store: Store,
    pub(crate) bucket: String,
    pub(crate) http: Client,
}

impl Shelf {
    pub(crate) async fn set() -> TestResult<Self> {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut StorageSettings)) -> TestResult<Self> {
        let endpoint = Surroundings::from_env()?.store;
        let mut settings = StorageSettings {
            presigning_url: Some(endpoint.clone()),
            endpoint_url: Some(endpoint.clone()),
            ..StorageSettings::default()
        };
        change(&mut settings);
        let store = Store::new(&divbase_aws::local_sdk_config(&endpoint).await, &settings);
        let bucket = format!("shelf-{}", &Uuid::new_v4().simple().to_string()[..12]);
        store.make_bucket(&bucket).await?;
        Ok(Self {
            store,
            bucket,
            http: Client::new(&endpoint)?,
        })
    }

    /// Writes an object; gives the version.
    pub(crate) async fn put(&self, key: &str, bytes: &[u8]) -> TestResult<ObjectVersion> {
        let written = self.store.put(&self.bucket, key, bytes.to_vec()).await?;
        Ok(self.version(
            key,
            Copied {
                version_id: written.version_id,
                etag: written.etag,
            },
            bytes.len() as u64,
        ))
    }

    pub(crate) fn version(&self, key: &str, is: Copied, size: u64) -> ObjectVersion {
        ObjectVersion {
            bucket: self.bucket.clone(),
            key: key.to_owned(),
            version_id: is.version_id.unwrap_or_default(),
            etag: is.etag,
            size,
        }
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.store.delete(&self.bucket, key).await
    }
}
