//! The client and what it needs.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation},
};

use crate::{
    StorageError, StorageSettings, UrlSessions, bucket_policy::partition,
    url_sessions::RoleSessions,
};

/// Largest object that S3 copies by one request, bytes (5 GiB; Amazon S3 API reference, CopyObject).
const LARGEST_COPY: u64 = 5 << 30;

/// A handle on the store; cheap to clone, one a process.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) presigner: Client,
    pub(crate) events_queue_arn: Option<String>,
    pub(crate) is_plain_http: bool,
    pub(crate) transfer_source: String,
    pub(crate) largest_copy: u64,
    pub(crate) superseded_cold_days: Option<i32>,
    pub(crate) url_sessions: Option<Arc<dyn UrlSessions>>,
}

impl Store {
    /// Prepares the clients; nothing is sent yet.
    #[must_use]
    pub fn new(config: &SdkConfig, settings: &StorageSettings) -> Self {
        let client = |endpoint: Option<&str>| {
            let mut builder = Builder::from(config)
                // Emulators and many S3-compatible stores know no bucket host names.
                .force_path_style(endpoint.is_some())
                // A pre-signed PUT must list exactly the headers that clients send.
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
            builder.set_endpoint_url(endpoint.map(str::to_owned));
            Client::from_conf(builder.build())
        };
        let region = config.region().map_or("us-east-1", AsRef::as_ref);
        let transfer_source = match settings.presigning_url.as_deref() {
            Some(url) => origin(url).to_owned(),
            None => format!("https://*.s3.{region}.amazonaws.com"),
        };
        let url_sessions = settings.url_role.clone().map(|role| {
            let sessions = RoleSessions::new(config, role, partition(region));
            Arc::new(sessions) as Arc<dyn UrlSessions>
        });
        Self {
            transfer_source,
            url_sessions,
            largest_copy: settings.largest_copy.unwrap_or(LARGEST_COPY),
            superseded_cold_days: settings.superseded_cold_days,
            client: client(settings.endpoint_url.as_deref()),
            presigner: client(settings.presigning_url.as_deref()),
            events_queue_arn: settings.events_queue_arn.clone(),
            is_plain_http: settings
                .endpoint_url
                .as_deref()
                .is_some_and(|url| url.starts_with("http:")),
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.client
            .list_buckets()
            .max_buckets(1)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk("", error))?;
        Ok(())
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    let end = url[host..]
        .find('/')
        .map_or(url.len(), |place| host + place);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_ends_before_the_path() {
        assert_eq!(origin("http://127.0.0.1:4566/"), "http://127.0.0.1:4566");
        assert_eq!(
            origin("https://s3.example.org/a/b"),
            "https://s3.example.org"
        );
        assert_eq!(origin("https://s3.example.org"), "https://s3.example.org");
    }
}
