//! The Lambda driver: a batch of SQS messages in, the ones that have to come again out (partial batch response).

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use divbase_tasks::{Delivery, Disposition, MessageLease, Queue};
use futures::future::join_all;

use crate::Wiring;

/// Runs the tasks of one batch. A message that has to come again is hidden for its time and reported as failed.
pub async fn handle(wiring: &Wiring, event: SqsEvent) -> SqsBatchResponse {
    let failed = join_all(
        event
            .records
            .into_iter()
            .map(|record| deal_with(wiring, record)),
    )
    .await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .flatten()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    response
}

/// The queue that an event source names, e.g. `…:divbase-prod-long`.
fn queue_of(arn: Option<&str>) -> Queue {
    let name = arn.unwrap_or_default();
    Queue::ALL
        .into_iter()
        .find(|queue| name.ends_with(queue.as_str()))
        .unwrap_or(Queue::Quick)
}

async fn deal_with(wiring: &Wiring, record: SqsMessage) -> Option<String> {
    let queue = queue_of(record.event_source_arn.as_deref());
    let id = record.message_id.unwrap_or_default();
    let lease = record
        .receipt_handle
        .clone()
        .map(|receipt| MessageLease::new(wiring.queues.clone(), queue, receipt));
    let body = record.body.unwrap_or_default();
    // The queue hides a message for longer than the function may run, so nothing has to be renewed meanwhile.
    match wiring
        .runner
        .handle(Delivery {
            queue,
            body,
            lease: None,
        })
        .await
    {
        Disposition::Done => None,
        Disposition::Again(after) => {
            if let Some(lease) = lease {
                lease.renew(after).await;
            }
            Some(id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_read_from_the_event_source() {
        for (arn, queue) in [
            (
                "arn:aws:sqs:eu-north-1:123456789012:divbase-dev-long",
                Queue::Long,
            ),
            ("arn:aws:sqs:eu-north-1:123456789012:heavy", Queue::Heavy),
            ("", Queue::Quick),
        ] {
            assert_eq!(queue_of(Some(arn)), queue, "{arn}");
        }
    }
}
