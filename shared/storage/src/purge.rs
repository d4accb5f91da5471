//! Destroying versions for good. A plain delete only hides, and a restore destroys nothing but what hides.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::{Refusal, StorageError, Store, StoredVersion};

/// Most versions that the store destroys in one call.
const BATCH: usize = 1000;

impl Store {
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
