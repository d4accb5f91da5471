//! The queue in which buckets tell of their changes, seen from its reader.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::DeleteMessageBatchRequestEntry};
use divbase_tasks::{QueueError, Received};

/// The queue; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct EventQueue {
    client: Client,
    url: String,
}

impl EventQueue {
    /// Prepares the client; nothing is sent yet.
    pub(crate) fn new(config: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(config),
            url,
        }
    }

    /// Waits up to `wait` (20 s at most) for up to ten messages and hides them for `visibility`.
    pub(crate) async fn receive(
        &self,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, QueueError> {
        let seconds = |duration: Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .wait_time_seconds(seconds(wait))
            .visibility_timeout(seconds(visibility))
            .send()
            .await
            .map_err(|error| QueueError(DisplayErrorContext(error).to_string()))?;
        Ok(answer
            .messages()
            .iter()
            .filter_map(|message| {
                Some(Received {
                    body: message.body().unwrap_or_default().to_owned(),
                    receipt: message.receipt_handle()?.to_owned(),
                })
            })
            .collect())
    }

    /// Takes messages, ten at most, out of the queue.
    pub(crate) async fn delete(&self, messages: &[Received]) -> Result<(), QueueError> {
        let entries = messages.iter().enumerate().filter_map(|(index, message)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(&message.receipt)
                .build()
                .ok()
        });
        self.client
            .delete_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .map_err(|error| QueueError(DisplayErrorContext(error).to_string()))?;
        Ok(())
    }
}
