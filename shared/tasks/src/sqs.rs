//! SQS.

use std::{collections::HashMap, fmt::Debug, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_sqs::{
    Client,
    error::SdkError,
    types::{
        DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName,
        MessageSystemAttributeNameForSends as SystemAttribute, MessageSystemAttributeValue,
        SendMessageBatchRequestEntry,
    },
};
use divbase_telemetry::env;

use crate::{Answer, Outgoing, Queue, QueueError, QueueUrls, Received, Receiver, Sender};

/// Most messages that SQS takes or gives in one call.
pub(crate) const BATCH: usize = 10;

/// One queue, seen from its reader; cheap to clone.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// Prepares the client; nothing is sent yet.
    #[must_use]
    pub fn new(config: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(config),
            url,
        }
    }

    /// Waits up to `wait` (20 s at most) for up to `most` messages (10 at most) and hides them for `visibility`.
    ///
    /// # Errors
    /// If the queue service fails.
    pub async fn receive(
        &self,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Received>, QueueError> {
        let messages = self.take(most, wait, visibility, None).await?;
        let received = messages.into_iter().filter_map(|message| {
            Some(Received {
                body: message.body.unwrap_or_default(),
                receipt: message.receipt_handle?,
            })
        });
        Ok(received.collect())
    }

    /// Messages as they come, with what the queue knows of them besides.
    pub(crate) async fn take(
        &self,
        most: usize,
        wait: Duration,
        visibility: Duration,
        besides: Option<MessageSystemAttributeName>,
    ) -> Result<Vec<Message>, QueueError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(most.clamp(1, BATCH)).unwrap_or(1))
            .wait_time_seconds(seconds(wait).min(20))
            .visibility_timeout(seconds(visibility))
            .set_message_system_attribute_names(besides.map(|name| vec![name]))
            .send()
            .await
            .map_err(failed)?;
        Ok(answer.messages.unwrap_or_default())
    }

    /// Hides a message for so long from now.
    pub(crate) async fn hide(&self, receipt: &str, visibility: Duration) -> Result<(), QueueError> {
        let hidden = self
            .client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(seconds(visibility))
            .send();
        hidden.await.map(drop).map_err(failed)
    }

    /// Takes messages out of the queue.
    ///
    /// # Errors
    /// If the queue service fails; those that are left come again.
    pub async fn delete(&self, receipts: &[String]) -> Result<(), QueueError> {
        for chunk in receipts.chunks(BATCH) {
            let entries = chunk.iter().enumerate().filter_map(|(index, receipt)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(receipt)
                    .build()
                    .ok()
            });
            self.client
                .delete_message_batch()
                .queue_url(&self.url)
                .set_entries(Some(entries.collect()))
                .send()
                .await
                .map_err(failed)?;
        }
        Ok(())
    }
}

/// The queues of one installation; cheap to clone.
#[derive(Clone, Debug)]
pub struct SqsQueues {
    pub(crate) client: Client,
    pub(crate) urls: QueueUrls,
}

pub(crate) fn failed<E, R>(error: SdkError<E, R>) -> QueueError
where
    E: std::error::Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    QueueError(error.into())
}

/// The trace that this message continues, if the process is a Lambda function: the runtime sets the variable anew for
/// each invocation. Whoever works on the message finds it in the attribute `AWSTraceHeader`.
fn trace() -> Option<HashMap<SystemAttribute, MessageSystemAttributeValue>> {
    let header = env::optional("_X_AMZN_TRACE_ID")?;
    let value = MessageSystemAttributeValue::builder()
        .data_type("String")
        .string_value(header)
        .build()
        .ok()?;
    Some(HashMap::from([(SystemAttribute::AwsTraceHeader, value)]))
}

pub(crate) fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs_f64().ceil() as u64)
        .unwrap_or(i32::MAX)
        .min(43_200)
}

impl SqsQueues {
    /// Prepares the client; nothing is sent yet.
    #[must_use]
    pub fn new(config: &SdkConfig, urls: QueueUrls) -> Self {
        Self {
            client: Client::new(config),
            urls,
        }
    }

    pub(crate) fn at(&self, url: &str) -> SqsQueue {
        SqsQueue {
            client: self.client.clone(),
            url: url.to_owned(),
        }
    }
}

impl Receiver for SqsQueues {
    fn receive(
        &self,
        queue: Queue,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> Answer<'_, Vec<Received>> {
        let queue = self.at(self.urls.of(queue));
        Box::pin(async move { queue.receive(most, wait, visibility).await })
    }

    fn delete<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a> {
        let queue = self.at(self.urls.of(queue));
        Box::pin(async move { queue.delete(receipts).await })
    }

    fn hide<'a>(&'a self, queue: Queue, receipt: &'a str, visibility: Duration) -> Answer<'a> {
        let queue = self.at(self.urls.of(queue));
        Box::pin(async move { queue.hide(receipt, visibility).await })
    }
}

impl Sender for SqsQueues {
    fn send<'a>(&'a self, queue: Queue, messages: &'a [Outgoing]) -> Answer<'a, Vec<usize>> {
        Box::pin(async move {
            let mut accepted = Vec::with_capacity(messages.len());
            for (number, chunk) in messages.chunks(BATCH).enumerate() {
                let entries = chunk.iter().enumerate().filter_map(|(index, outgoing)| {
                    SendMessageBatchRequestEntry::builder()
                        .id((number * BATCH + index).to_string())
                        .message_body(outgoing.message.body())
                        .set_message_system_attributes(trace())
                        .set_message_group_id(outgoing.project_id.map(|id| format!("project-{id}")))
                        .delay_seconds(i32::from(outgoing.delay_seconds.min(900)))
                        .build()
                        .ok()
                });
                let answer = self
                    .client
                    .send_message_batch()
                    .queue_url(self.urls.of(queue))
                    .set_entries(Some(entries.collect()))
                    .send()
                    .await
                    .map_err(failed)?;
                accepted.extend(
                    answer
                        .successful()
                        .iter()
                        .filter_map(|ok| ok.id().parse::<usize>().ok()),
                );
            }
            Ok(accepted)
        })
    }

    fn bury<'a>(&'a self, queue: Queue, body: &'a str) -> Answer<'a> {
        Box::pin(async move {
            self.client
                .send_message()
                .queue_url(self.urls.dead(queue))
                .message_body(body)
                .send()
                .await
                .map(drop)
                .map_err(failed)
        })
    }
}
