//! The client and what it needs.

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation},
};

use crate::{StorageError, StorageSettings};

/// A handle on the store; cheap to clone, one a process.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) presigner: Client,
    pub(crate) events_queue_arn: Option<String>,
    pub(crate) is_plain_http: bool,
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
        Self {
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
