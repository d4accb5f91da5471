//! A queue service that is away at times.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use divbase_tasks::{Outgoing, Queue, QueueError, Queues, Sender, TaskMessage};
use futures::future::BoxFuture;

/// Passes messages on, unless it is told to be away.
pub(crate) struct Flaky {
    queues: Arc<dyn Queues>,
    away: AtomicBool,
    buried: Mutex<HashSet<i64>>,
}

impl Flaky {
    pub(crate) fn new(queues: Arc<dyn Queues>) -> Self {
        Self {
            queues,
            away: AtomicBool::new(false),
            buried: Mutex::default(),
        }
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Tasks of which a dead letter was accepted.
    pub(crate) fn buried(&self) -> HashSet<i64> {
        self.buried
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn check(&self) -> Result<(), QueueError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(QueueError("away".into()));
        }
        Ok(())
    }
}

impl Sender for Flaky {
    fn send<'a>(
        &'a self,
        queue: Queue,
        messages: &'a [Outgoing],
    ) -> BoxFuture<'a, Result<Vec<usize>, QueueError>> {
        Box::pin(async move {
            self.check()?;
            self.queues.send(queue, messages).await
        })
    }

    fn bury<'a>(&'a self, queue: Queue, body: &'a str) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(async move {
            self.check()?;
            self.queues.bury(queue, body).await?;
            if let Some(message) = TaskMessage::parse(body) {
                self.buried
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(message.task_id);
            }
            Ok(())
        })
    }
}
