//! Has a bucket tell of its changes: every object that is written or removed becomes a message in one queue.
//!
//! What a bucket tells others of stays as it is. It must not read the messages.

use aws_sdk_s3::{
    operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput,
    types::{Event, NotificationConfiguration, QueueConfiguration},
};

use crate::{StorageError, Store};

/// Our entry in a bucket's configuration. An entry of this name is ours to replace.
const ID: &str = "divbase-index";

/// What became of a bucket's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// No queue is set; nothing was looked at.
    Off,
    /// It was right already.
    Kept,
    /// It was written.
    Set,
}

impl Store {
    /// Sees to it that the bucket sends its object events to the queue of the settings. Safe to repeat: a bucket
    /// that does already is only read.
    ///
    /// # Errors
    /// If the bucket does not exist, or store or queue refuse.
    pub async fn ensure_events(&self, bucket: &str) -> Result<Events, StorageError> {
        let Some(queue_arn) = &self.events_queue_arn else {
            return Ok(Events::Off);
        };
        let current = self
            .client
            .get_bucket_notification_configuration()
            .bucket(bucket)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        let Some(wanted) = with_ours(&current, queue_arn) else {
            return Ok(Events::Kept);
        };
        self.client
            .put_bucket_notification_configuration()
            .bucket(bucket)
            .notification_configuration(wanted)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(Events::Set)
    }
}

/// The configuration with our entry in it; nothing if it has that already.
fn with_ours(
    current: &GetBucketNotificationConfigurationOutput,
    queue_arn: &str,
) -> Option<NotificationConfiguration> {
    let events = [Event::S3ObjectCreated, Event::S3ObjectRemoved];
    // One entry or several, ours or made with the bucket: together they have to name both kinds.
    let is_told = |event: &Event| {
        current.queue_configurations().iter().any(|entry| {
            entry.queue_arn() == queue_arn
                && entry.filter().is_none()
                && entry.events().contains(event)
        })
    };
    if events.iter().all(is_told) {
        return None;
    }
    let mut queues: Vec<QueueConfiguration> = current
        .queue_configurations()
        .iter()
        // The store refuses two entries for the same event.
        .filter(|entry| entry.id() != Some(ID) && entry.queue_arn() != queue_arn)
        .cloned()
        .collect();
    queues.extend(
        QueueConfiguration::builder()
            .id(ID)
            .queue_arn(queue_arn)
            .set_events(Some(events.to_vec()))
            .build()
            .ok(),
    );
    Some(
        NotificationConfiguration::builder()
            .set_queue_configurations(Some(queues))
            .set_topic_configurations(current.topic_configurations.clone())
            .set_lambda_function_configurations(current.lambda_function_configurations.clone())
            .set_event_bridge_configuration(current.event_bridge_configuration.clone())
            .build(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:eu-north-1:123456789012:divbase-dev-events";

    fn entry(id: &str, arn: &str, events: &[Event]) -> QueueConfiguration {
        QueueConfiguration::builder()
            .id(id)
            .queue_arn(arn)
            .set_events(Some(events.to_vec()))
            .build()
            .expect("all is given")
    }

    fn configured(
        entries: impl IntoIterator<Item = QueueConfiguration>,
    ) -> GetBucketNotificationConfigurationOutput {
        GetBucketNotificationConfigurationOutput::builder()
            .set_queue_configurations(Some(entries.into_iter().collect()))
            .build()
    }

    fn events_apart() -> [QueueConfiguration; 2] {
        [
            entry("created", QUEUE, &[Event::S3ObjectCreated]),
            entry("removed", QUEUE, &[Event::S3ObjectRemoved]),
        ]
    }

    #[test]
    fn what_others_set_stays_and_ours_is_there_once() {
        let other = entry(
            "theirs",
            "arn:aws:sqs:eu-north-1:1:other",
            &[Event::S3ObjectCreated],
        );
        let wanted = with_ours(&configured([other.clone()]), QUEUE).expect("ours is missing");
        let entries = wanted.queue_configurations();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0], other);
        assert_eq!(with_ours(&configured(entries.to_vec()), QUEUE), None);
        // As a template writes it.
        let apart = events_apart();
        assert_eq!(with_ours(&configured(apart.clone()), QUEUE), None);
        let half = with_ours(&configured([apart[0].clone()]), QUEUE).expect("half is missing");
        assert_eq!(half.queue_configurations().len(), 1);
        // The queue was made anew: the entry follows it.
        let moved = with_ours(
            &configured(entries.to_vec()),
            "arn:aws:sqs:eu-north-1:1:new",
        )
        .expect("ours is outdated");
        assert_eq!(moved.queue_configurations().len(), 2);
    }
}
