//! Queues, seen from a sender and from a receiver.

use std::{fmt, time::Duration};

use aws_sdk_sqs::error::DisplayErrorContext;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::{Cause, TaskMessage};

/// Where a task's messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Seconds; Lambda.
    Quick,
    /// Minutes; Lambda.
    Long,
    /// Longer than Lambda allows; Fargate.
    Heavy,
}

impl Queue {
    /// All queues.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Long, Self::Heavy];

    /// The longest that a task may run on it, to where it is stopped; nothing limits what is heavy. It is what the time of the function
    /// (`Timeout` of the worker in `infra/template.yaml`) leaves, with room to start, and to commit the end.
    #[must_use]
    pub const fn longest(self) -> Option<Duration> {
        match self {
            Self::Quick => Some(Duration::from_secs(390)),
            Self::Long => Some(Duration::from_secs(880)),
            Self::Heavy => None,
        }
    }

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Long => "long",
            Self::Heavy => "heavy",
        }
    }

    /// The queue of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.as_str() == name)
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The queue service failed; the message may or may not have been accepted.
#[derive(Debug, thiserror::Error)]
#[error("the queue does not answer: {}", DisplayErrorContext(&**.0))]
pub struct QueueError(#[source] pub Cause);

/// What a queue answers.
pub type Answer<'a, T = ()> = BoxFuture<'a, Result<T, QueueError>>;

/// A message to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What it says.
    pub message: TaskMessage,
    /// Seconds that the queue holds it back; at most 900.
    pub delay_seconds: u16,
    /// The project that the task works on. A queue with a backlog lets the messages of projects with few tasks pass those of
    /// one with many ("Amazon SQS fair queues").
    pub project_id: Option<i64>,
}

/// Something that takes messages. [`crate::SqsQueues`] and [`crate::PostgresQueues`] do for real, [`crate::MemoryQueues`] inside one
/// process.
pub trait Sender: Send + Sync + 'static {
    /// Sends messages; tells which (by index) were accepted.
    fn send<'a>(&'a self, queue: Queue, messages: &'a [Outgoing]) -> Answer<'a, Vec<usize>>;

    /// Puts a message that nobody can deal with into the dead-letter queue of a queue.
    fn bury<'a>(&'a self, queue: Queue, body: &'a str) -> Answer<'a>;
}

/// A message that was received and is hidden from others for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its text.
    pub body: String,
    /// Names this delivery in later calls.
    pub receipt: String,
}

/// Something that gives messages: those that it is asked for, hidden from others until they are deleted or their time is
/// over.
pub trait Receiver: Send + Sync + 'static {
    /// Waits up to `wait` for up to `most` messages and hides them for `visibility`.
    fn receive(
        &self,
        queue: Queue,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> Answer<'_, Vec<Received>>;

    /// Takes delivered messages out of the queue. Those for which it fails will come again.
    fn delete<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a>;

    /// Hides a delivered message for so long from now; zero gives it back at once. It fails if the delivery is no longer
    /// current.
    fn hide<'a>(&'a self, queue: Queue, receipt: &'a str, visibility: Duration) -> Answer<'a>;
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The queue's name for it.
    pub id: String,
    /// What it says.
    pub body: String,
    /// When it was put there, or was sent first.
    pub sent_at: Option<DateTime<Utc>>,
    /// Names this delivery in later calls.
    pub receipt: String,
}

impl DeadLetter {
    /// The task that it is about; none if it is no message of ours.
    #[must_use]
    pub fn task_id(&self) -> Option<i64> {
        TaskMessage::parse(&self.body).map(|message| message.task_id)
    }
}

/// Something that keeps dead letters, and gives them as a queue gives messages.
pub trait DeadLetters: Send + Sync + 'static {
    /// About how many there are, those that somebody looks at included.
    fn count_dead(&self, queue: Queue) -> Answer<'_, u64>;

    /// Waits up to `wait` for up to `most` dead letters, 10 at most, and hides them for `visibility`.
    fn receive_dead(
        &self,
        queue: Queue,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> Answer<'_, Vec<DeadLetter>>;

    /// Takes dead letters out. Those for which it fails will be found again.
    fn delete_dead<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a>;

    /// Has a dead letter that was received be seen by others at once. It fails if the delivery is no longer current.
    fn show_dead<'a>(&'a self, queue: Queue, receipt: &'a str) -> Answer<'a>;
}

/// A queue service: all that an installation needs of one.
pub trait Queues: Sender + Receiver + DeadLetters {
    /// Whether it answers.
    fn ping(&self) -> Answer<'_>;
}
