//! The relay: sends what is committed in the outbox and not yet sent.

use std::sync::Arc;

use chrono::Utc;
use divbase_contract::FailureClass;
use divbase_db::{
    Db, DbError,
    tasks::{OutboxBatch, OutboxMessage},
};
use serde_json::json;

use crate::{Outgoing, Queue, QueueError, Sender, TaskMessage, Timing, error::failure};

/// Longest time that SQS holds a message back, seconds.
const MAX_DELAY_SECONDS: i32 = 900;
/// Messages that are locked at once.
const ROUND: i64 = 100;

/// Moves messages from the outbox to the queues. Any number may run at once.
#[derive(Clone)]
pub struct Relay {
    db: Db,
    sender: Arc<dyn Sender>,
}

/// Why a round ended early. What was not sent stays in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The queue failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Relay {
    /// A relay between this database and these queues.
    #[must_use]
    pub fn new(db: Db, sender: Arc<dyn Sender>) -> Self {
        Self { db, sender }
    }

    /// One round of rescue and relay: requeues what a worker or message was lost of, and sends what is due. A task that
    /// has waited for `timing.silent` without a message gets another, and a part of a batch that takes too long a second attempt. What
    /// fails is left to the next round.
    pub async fn rescue(&self, timing: &Timing) {
        let lost = json!(failure(
            FailureClass::WorkerLost,
            "The worker that ran this task was lost, again and again."
        ));
        let rescued = self
            .db
            .rescue_tasks(timing.silent, timing.stragglers, &lost);
        match rescued.await {
            Ok(rescued) if rescued == Default::default() => {}
            Ok(rescued) => {
                tracing::warn!(?rescued, "rescued tasks whose worker or message was lost");
            }
            Err(error) => tracing::error!(%error, "rescue failed; the next round goes on"),
        }
        if let Err(error) = self.flush().await {
            tracing::error!(%error, "the relay failed; the next round goes on");
        }
    }

    /// Sends all that is due, or will be within the time that a queue can hold a message back; tells how many.
    ///
    /// # Errors
    /// If database or queue fail; a later round sends the rest.
    pub async fn flush(&self) -> Result<usize, RelayError> {
        let mut total = 0;
        loop {
            let batch = self.db.outbox_due(ROUND, MAX_DELAY_SECONDS).await?;
            if batch.messages.is_empty() {
                return Ok(total);
            }
            let (due, sent) = (batch.messages.len(), self.send(batch).await?);
            total += sent;
            if sent < due {
                return Ok(total);
            }
        }
    }

    /// Sends one message now, if nobody else has.
    ///
    /// # Errors
    /// If database or queue fail; a later round sends it.
    pub async fn send_one(&self, outbox_id: i64) -> Result<(), RelayError> {
        let batch = self.db.outbox_one(outbox_id).await?;
        if !batch.messages.is_empty() {
            self.send(batch).await?;
        }
        Ok(())
    }

    /// Sends a message of a task now, if that can be.
    pub(crate) async fn try_send(&self, task_id: i64, outbox_id: i64) {
        if let Err(error) = self.send_one(outbox_id).await {
            tracing::warn!(task_id, %error, "the message stays in the outbox for the relay");
        }
    }

    /// Has the next task announced that a limit kept waiting, of a project and a user of whom one has ended.
    ///
    /// # Errors
    /// If database or queue fail; a later round does it.
    pub(crate) async fn release(
        &self,
        project_id: Option<i64>,
        user_id: Option<i64>,
    ) -> Result<(), RelayError> {
        match self.db.release_held(project_id, user_id).await? {
            Some(outbox_id) => self.send_one(outbox_id).await,
            None => Ok(()),
        }
    }

    /// Has a task run again whose last child has ended.
    ///
    /// # Errors
    /// If database or queue fail; a later round does it.
    pub(crate) async fn finish_batch(&self, parent: i64) -> Result<(), RelayError> {
        match self.db.finish_batch(parent).await? {
            Some(outbox_id) => self.send_one(outbox_id).await,
            None => Ok(()),
        }
    }

    /// Sends a message that this process has just committed. It is not locked for that: should a relay look at it in the same
    /// moment, it is sent twice, which a claim tolerates.
    ///
    /// # Errors
    /// If database or queue fail; a later round sends it.
    pub(crate) async fn send_fresh(
        &self,
        outbox_id: i64,
        task_id: i64,
        queue: Queue,
        project_id: Option<i64>,
    ) -> Result<(), RelayError> {
        let outgoing = Outgoing {
            message: TaskMessage::about(task_id),
            delay_seconds: 0,
            project_id,
        };
        let accepted = self.sender.send(queue, &[outgoing]).await?;
        if !accepted.is_empty() {
            self.db.outbox_sent(outbox_id).await?;
        }
        Ok(())
    }

    async fn send(&self, batch: OutboxBatch) -> Result<usize, RelayError> {
        let mut sent = Vec::with_capacity(batch.messages.len());
        let mut failure = None;
        for queue in Queue::ALL {
            let (dead, live): (Vec<&OutboxMessage>, Vec<_>) = batch
                .messages
                .iter()
                .filter(|message| message.queue == queue.as_str())
                .partition(|message| message.destination == "dead");
            if let Err(error) = self.send_live(queue, &live, &mut sent).await {
                failure = Some(error);
            }
            for message in dead {
                let body = TaskMessage::about(message.task_id).body();
                match self.sender.bury(queue, &body).await {
                    Ok(()) => sent.push(message.id),
                    Err(error) => failure = Some(error),
                }
            }
        }
        batch.sent(&sent).await?;
        match failure {
            Some(error) => Err(error.into()),
            None => Ok(sent.len()),
        }
    }

    /// Notes in `sent` which messages the queue accepted.
    async fn send_live(
        &self,
        queue: Queue,
        messages: &[&OutboxMessage],
        sent: &mut Vec<i64>,
    ) -> Result<(), QueueError> {
        if messages.is_empty() {
            return Ok(());
        }
        let now = Utc::now();
        let outgoing: Vec<Outgoing> = messages
            .iter()
            .map(|message| {
                let wait = (message.send_after - now).num_milliseconds().max(0);
                Outgoing {
                    message: TaskMessage::about(message.task_id),
                    delay_seconds: u16::try_from((wait + 999) / 1000).unwrap_or(u16::MAX),
                    project_id: message.project_id,
                }
            })
            .collect();
        let accepted = self.sender.send(queue, &outgoing).await?;
        sent.extend(
            accepted
                .into_iter()
                .filter_map(|index| messages.get(index))
                .map(|message| message.id),
        );
        Ok(())
    }
}
