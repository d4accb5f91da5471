//! A batch of SQS messages in, the ones that have to come again out (partial batch response).
//! Messages are about tasks, or, from the queue of that name, about changes in buckets.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use divbase_service::Wiring;
use divbase_tasks::{Delivery, Disposition, MessageLease, Queue};
use futures::future::join_all;
use tokio::time::Instant;
use tracing::Instrument;

/// Runs the tasks of one batch. A message that has to come again is hidden for its time and reported as failed.
pub(crate) async fn handle(
    wiring: &Wiring,
    event: SqsEvent,
    deadline: Option<Instant>,
) -> SqsBatchResponse {
    let (changes, tasks): (Vec<_>, Vec<_>) = event.records.into_iter().partition(is_of_a_bucket);
    let mut failed = join_all(
        tasks
            .into_iter()
            .map(|record| deal_with(wiring, record, deadline)),
    )
    .await;
    if changes.is_empty() {
        // An update that has just ended may have held up another.
        if let Err(error) = wiring.follower.submit_due().await {
            tracing::warn!(%error, "updates that are due stay for a later call");
        }
    } else {
        failed.extend(follow(wiring, changes).await);
    }
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

/// Whether a bucket sent it: its event source is the queue `…-events`.
fn is_of_a_bucket(record: &SqsMessage) -> bool {
    let arn = record.event_source_arn.as_deref().unwrap_or_default();
    arn.ends_with("-events")
}

/// Notes changes and submits the updates they lead to; gives the messages that have to come again.
async fn follow(wiring: &Wiring, changes: Vec<SqsMessage>) -> Vec<Option<String>> {
    let bodies = changes
        .iter()
        .map(|record| record.body.as_deref().unwrap_or_default());
    let followed = match wiring.follower.note(bodies).await {
        Ok(()) => wiring.follower.submit_noted().await.map(|_| ()),
        Err(error) => Err(error.into()),
    };
    match followed {
        Ok(()) => Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "object events cannot be followed; they will come again");
            changes
                .into_iter()
                .map(|record| record.message_id)
                .collect()
        }
    }
}

/// The queue that an event source names, e.g. `…:divbase-prod-long`.
fn queue_of(arn: Option<&str>) -> Queue {
    let name = arn.unwrap_or_default();
    Queue::ALL
        .into_iter()
        .find(|queue| name.ends_with(queue.as_str()))
        .unwrap_or(Queue::Quick)
}

async fn deal_with(
    wiring: &Wiring,
    record: SqsMessage,
    deadline: Option<Instant>,
) -> Option<String> {
    let queue = queue_of(record.event_source_arn.as_deref());
    let id = record.message_id.unwrap_or_default();
    let lease = record
        .receipt_handle
        .clone()
        .map(|receipt| MessageLease::new(wiring.queues.clone(), queue, receipt));
    let body = record.body.unwrap_or_default();
    // The trace of the request that submitted the task; the logs of both are found by it.
    let trace = record
        .attributes
        .get("AWSTraceHeader")
        .map_or("", String::as_str);
    let span = tracing::info_span!("message", message_id = %id, trace);
    // The queue hides a message for longer than the function may run, so nothing has to be renewed meanwhile.
    let delivery = Delivery {
        queue,
        body,
        lease: None,
    };
    match wiring
        .runner
        .handle_until(delivery, deadline)
        .instrument(span)
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
