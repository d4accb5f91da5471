//! The dead-letter queues of SQS.

use std::time::Duration;

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use chrono::DateTime;
use futures::future::BoxFuture;

use crate::{
    DeadLetter, DeadLetters, Queue, QueueError, Queues, SqsQueues,
    sqs::{BATCH, failed, seconds},
};

impl DeadLetters for SqsQueues {
    fn count_dead(&self, queue: Queue) -> BoxFuture<'_, Result<u64, QueueError>> {
        Box::pin(async move {
            let names = [
                QueueAttributeName::ApproximateNumberOfMessages,
                QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            ];
            let answer = self
                .client
                .get_queue_attributes()
                .queue_url(self.urls.dead(queue))
                .set_attribute_names(Some(names.to_vec()))
                .send()
                .await
                .map_err(failed)?;
            let numbers = answer.attributes().into_iter().flatten();
            Ok(numbers
                .filter_map(|(_, number)| number.parse::<u64>().ok())
                .sum())
        })
    }

    fn receive_dead(
        &self,
        queue: Queue,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> BoxFuture<'_, Result<Vec<DeadLetter>, QueueError>> {
        Box::pin(async move {
            let answer = self
                .client
                .receive_message()
                .queue_url(self.urls.dead(queue))
                .max_number_of_messages(i32::try_from(most.clamp(1, BATCH)).unwrap_or(1))
                .wait_time_seconds(seconds(wait).min(20))
                .visibility_timeout(seconds(visibility))
                .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
                .send()
                .await
                .map_err(failed)?;
            let letters = answer.messages().iter().filter_map(|message| {
                let sent = message
                    .attributes()
                    .and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp));
                Some(DeadLetter {
                    id: message.message_id()?.to_owned(),
                    body: message.body().unwrap_or_default().to_owned(),
                    sent_at: sent
                        .and_then(|millis| DateTime::from_timestamp_millis(millis.parse().ok()?)),
                    receipt: message.receipt_handle()?.to_owned(),
                })
            });
            Ok(letters.collect())
        })
    }

    fn delete_dead<'a>(
        &'a self,
        queue: Queue,
        receipts: &'a [String],
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        let queue = self.at(self.urls.dead(queue));
        Box::pin(async move { queue.delete(receipts).await })
    }

    fn show_dead<'a>(
        &'a self,
        queue: Queue,
        receipt: &'a str,
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(async move {
            self.client
                .change_message_visibility()
                .queue_url(self.urls.dead(queue))
                .receipt_handle(receipt)
                .visibility_timeout(0)
                .send()
                .await
                .map_err(failed)?;
            Ok(())
        })
    }
}

impl Queues for SqsQueues {
    fn ping(&self) -> BoxFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            self.client
                .get_queue_attributes()
                .queue_url(self.urls.of(Queue::Quick))
                .send()
                .await
                .map_err(failed)?;
            Ok(())
        })
    }
}
