//! The dead-letter queues of SQS.

use std::time::Duration;

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use chrono::DateTime;

use crate::{Answer, DeadLetter, DeadLetters, Queue, Queues, SqsQueues, sqs::failed};

impl DeadLetters for SqsQueues {
    fn count_dead(&self, queue: Queue) -> Answer<'_, u64> {
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
    ) -> Answer<'_, Vec<DeadLetter>> {
        let queue = self.at(self.urls.dead(queue));
        Box::pin(async move {
            let sent = MessageSystemAttributeName::SentTimestamp;
            let taken = queue
                .take(most, wait, visibility, Some(sent.clone()))
                .await?;
            let letters = taken.into_iter().filter_map(|message| {
                let sent = message.attributes.as_ref().and_then(|all| all.get(&sent));
                Some(DeadLetter {
                    sent_at: sent
                        .and_then(|millis| DateTime::from_timestamp_millis(millis.parse().ok()?)),
                    id: message.message_id?,
                    body: message.body.unwrap_or_default(),
                    receipt: message.receipt_handle?,
                })
            });
            Ok(letters.collect())
        })
    }

    fn delete_dead<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a> {
        let queue = self.at(self.urls.dead(queue));
        Box::pin(async move { queue.delete(receipts).await })
    }

    fn show_dead<'a>(&'a self, queue: Queue, receipt: &'a str) -> Answer<'a> {
        let queue = self.at(self.urls.dead(queue));
        Box::pin(async move { queue.hide(receipt, Duration::ZERO).await })
    }
}

impl Queues for SqsQueues {
    fn ping(&self) -> Answer<'_> {
        Box::pin(async move {
            self.client
                .get_queue_attributes()
                .queue_url(self.urls.of(Queue::Quick))
                .send()
                .await
                .map(drop)
                .map_err(failed)
        })
    }
}
