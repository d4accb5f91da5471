//! Making a project's bucket. Used by development routes only: in production operators make buckets.

use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};

use crate::{Refusal, StorageError, Store};

impl Store {
    /// Makes a versioned bucket that tells of its changes, or makes an existing one so.
    ///
    /// # Errors
    /// If the store refuses the name.
    pub async fn ensure_bucket(&self, bucket: &str) -> Result<(), StorageError> {
        let made = self.client.create_bucket().bucket(bucket).send().await;
        match made.map_err(|error| StorageError::from_sdk(bucket, error)) {
            Ok(_) => {}
            Err(StorageError::Refused {
                code: Refusal::BucketExists,
                ..
            }) => {}
            Err(error) => return Err(error),
        }
        self.client
            .put_bucket_versioning()
            .bucket(bucket)
            .versioning_configuration(
                VersioningConfiguration::builder()
                    .status(BucketVersioningStatus::Enabled)
                    .build(),
            )
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        match self.ensure_events(bucket).await {
            Ok(_) => Ok(()),
            // Some stores that speak S3 have no events. Files are indexed on request then.
            Err(StorageError::Refused { code, message }) => {
                tracing::warn!(bucket, %code, message, "the bucket will not tell of its changes");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
