//! Lets pages send files to a bucket and read them from it. Whoever holds a signed URL may use it, and browsers refuse to
//! unless the bucket says that a page of another host may (CORS). No cookie is ever sent to the store, so that the rule
//! opens nothing to anybody who has no signed URL.

use aws_sdk_s3::types::{CorsConfiguration, CorsRule};

use crate::{Refusal, StorageError, Store};

/// Seconds for which browsers remember the answer.
const REMEMBERED: i32 = 3_600;

impl Store {
    /// Sees to it that pages may use signed URLs of the bucket. A bucket that has rules already keeps them.
    ///
    /// # Errors
    /// If the store refuses.
    pub async fn ensure_browsers(&self, bucket: &str) -> Result<(), StorageError> {
        let current = self.client.get_bucket_cors().bucket(bucket).send().await;
        match current.map_err(|error| StorageError::from_sdk(bucket, error)) {
            Ok(current) if !current.cors_rules().is_empty() => return Ok(()),
            Ok(_) => {}
            Err(error) if error.is_refused(Refusal::NoSuchCors) => {}
            // What cannot be read is not known to be absent.
            Err(error) => return Err(error),
        }
        let rule = CorsRule::builder()
            .allowed_origins("*")
            .allowed_methods("GET")
            .allowed_methods("HEAD")
            .allowed_methods("PUT")
            .allowed_headers("*")
            .expose_headers("ETag")
            .expose_headers("Content-Range")
            .expose_headers("Content-Length")
            .max_age_seconds(REMEMBERED)
            .build()?;
        self.client
            .put_bucket_cors()
            .bucket(bucket)
            .cors_configuration(CorsConfiguration::builder().cors_rules(rule).build()?)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }

    /// Where signed URLs lead, as a source of a content security policy: the address of the store, or every bucket's host.
    #[must_use]
    pub fn transfer_source(&self) -> &str {
        &self.transfer_source
    }
}
