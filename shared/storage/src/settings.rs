//! Settings of the object store.

use std::time::Duration;

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
    /// `S3_URL_ROLE_ARN` and `S3_URL_SESSION_SECONDS` (3600): the role whose sessions sign URLs. Without it they are signed by what
    /// the process has itself, and end with their lifetimes alone.
    pub url_role: Option<UrlRole>,
}

/// A role whose sessions sign URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlRole {
    /// Its name, as `arn:aws:iam::…:role/…`.
    pub arn: String,
    /// How long a session lasts: 900 to 43,200 s, and no longer than the role allows. A process that is itself a role's session,
    /// as functions are, gets 3,600 s at most (IAM User Guide, role chaining).
    pub life: Duration,
}

const SESSION_SECONDS: &str = "S3_URL_SESSION_SECONDS";

impl UrlRole {
    fn from_env() -> Result<Option<Self>, SettingsError> {
        let seconds = env::parsed(SESSION_SECONDS, 3_600)?;
        if !(900..=43_200).contains(&seconds) {
            let reason = "use 900 to 43200 seconds";
            return Err(SettingsError::invalid(SESSION_SECONDS, reason));
        }
        Ok(env::optional("S3_URL_ROLE_ARN").map(|arn| Self {
            arn,
            life: Duration::from_secs(seconds),
        }))
    }
}

const COLD_DAYS: &str = "S3_SUPERSEDED_COLD_DAYS";
/// The longest that versions may be kept where they are, days (a hundred years).
const LONGEST_DAYS: i32 = 36_500;

impl StorageSettings {
    /// A store at this address, for us and for users.
    #[must_use]
    pub fn at(url: String) -> Self {
        Self {
            presigning_url: Some(url.clone()),
            endpoint_url: Some(url),
            ..Self::default()
        }
    }

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
            url_role: UrlRole::from_env()?,
            superseded_cold_days: match env::parsed(COLD_DAYS, 0)? {
                0 => None,
                days @ 1..=LONGEST_DAYS => Some(days),
                _ => {
                    let reason = format!("use 0 to {LONGEST_DAYS} days");
                    return Err(SettingsError::invalid(COLD_DAYS, reason));
                }
            },
        })
    }
}
