//! Settings of the object store.

use divbase_telemetry::{SettingsError, env};

/// Where the store is. Region and credentials come from the usual AWS variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageSettings {
    /// `S3_ENDPOINT_URL`: the store, if it is not AWS (falls back to `AWS_ENDPOINT_URL`).
    pub endpoint_url: Option<String>,
    /// `S3_PRESIGNING_URL`: the store as users reach it, if that differs.
    pub presigning_url: Option<String>,
    /// `DIVBASE_EVENTS_QUEUE_ARN`: the queue that buckets send their object events to. Without it files are indexed
    /// on request only.
    pub events_queue_arn: Option<String>,
    /// `S3_LARGEST_COPY_BYTES`: the largest object that is copied by one request; 5 GiB if unset, S3's own limit.
    pub largest_copy: Option<u64>,
    /// `S3_SUPERSEDED_COLD_DAYS`: days after which versions that newer ones replaced move to the storage class Glacier
    /// Instant Retrieval, in buckets that the service makes; never if 0 or unset. They stay readable as before.
    pub superseded_cold_days: Option<i32>,
}

const COLD_DAYS: &str = "S3_SUPERSEDED_COLD_DAYS";
/// The longest that versions may be kept where they are, days (a hundred years).
const LONGEST_DAYS: i32 = 36_500;

impl StorageSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a number is none.
    pub fn from_env() -> Result<Self, SettingsError> {
        let endpoint_url =
            env::optional("S3_ENDPOINT_URL").or_else(|| env::optional("AWS_ENDPOINT_URL"));
        Ok(Self {
            presigning_url: env::optional("S3_PRESIGNING_URL").or_else(|| endpoint_url.clone()),
            endpoint_url,
            events_queue_arn: env::optional("DIVBASE_EVENTS_QUEUE_ARN"),
            largest_copy: match env::parsed("S3_LARGEST_COPY_BYTES", 0)? {
                0 => None,
                bytes => Some(bytes),
            },
            superseded_cold_days: match env::parsed(COLD_DAYS, 0)? {
                0 => None,
                days @ 1..=LONGEST_DAYS => Some(days),
                _ => {
                    return Err(SettingsError::Invalid {
                        name: COLD_DAYS,
                        reason: format!("use 0 to {LONGEST_DAYS} days"),
                    });
                }
            },
        })
    }
}
