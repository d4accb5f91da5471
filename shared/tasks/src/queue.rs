//! Queues, seen from a sender.

use std::fmt;

use futures::future::BoxFuture;

use crate::TaskMessage;

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
#[error("the queue does not answer: {0}")]
pub struct QueueError(pub String);

/// A message to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What it says.
    pub message: TaskMessage,
    /// Seconds that the queue holds it back; at most 900.
    pub delay_seconds: u16,
}

/// Something that takes messages. The one real implementation is [`crate::SqsQueues`].
pub trait Sender: Send + Sync + 'static {
    /// Sends messages; tells which (by index) were accepted.
    fn send<'a>(
        &'a self,
        queue: Queue,
        messages: &'a [Outgoing],
    ) -> BoxFuture<'a, Result<Vec<usize>, QueueError>>;

    /// Puts a message that nobody can deal with into the dead-letter queue of a queue.
    fn bury<'a>(&'a self, queue: Queue, body: &'a str) -> BoxFuture<'a, Result<(), QueueError>>;
}
