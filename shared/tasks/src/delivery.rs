//! What a driver hands to the runner and what it gets back.

use std::{fmt, sync::Arc, time::Duration};

use crate::{Queue, Receiver};

/// A message as a driver received it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where it came from.
    pub queue: Queue,
    /// Its text.
    pub body: String,
    /// How to keep it hidden while its task runs, where the driver has to see to that.
    pub lease: Option<MessageLease>,
}

/// What a driver does with the message afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Delete it.
    Done,
    /// Let it come again after so long.
    Again(Duration),
}

/// A received message that has to be kept hidden.
#[derive(Clone)]
pub struct MessageLease {
    queues: Arc<dyn Receiver>,
    queue: Queue,
    receipt: String,
}

impl MessageLease {
    /// The lease on one delivery.
    #[must_use]
    pub fn new(queues: Arc<dyn Receiver>, queue: Queue, receipt: String) -> Self {
        Self {
            queues,
            queue,
            receipt,
        }
    }

    /// Hides the message for so long from now.
    pub async fn renew(&self, visibility: Duration) {
        if let Err(error) = self
            .queues
            .hide(self.queue, &self.receipt, visibility)
            .await
        {
            // The task's own lease decides; a second delivery finds it running.
            tracing::warn!(%error, "the message could not be kept hidden");
        }
    }
}

impl fmt::Debug for MessageLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageLease")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
