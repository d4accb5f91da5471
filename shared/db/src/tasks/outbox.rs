//! The outbox: messages that are committed and not yet sent.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};

use crate::{Db, Result};

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its row.
    pub id: i64,
    /// The task it announces.
    pub task_id: i64,
    /// `quick`, `long` or `heavy`.
    pub queue: String,
    /// `queue`, or `dead` for the dead letters of that queue.
    pub destination: String,
    /// The project that the task works on.
    pub project_id: Option<i64>,
    /// Not to be delivered before.
    pub send_after: DateTime<Utc>,
}

/// Messages that this process holds locked while it sends them. Dropping it unlocks them unsent. A crash after
/// sending and before [`OutboxBatch::sent`] sends them again, which a claim tolerates.
pub struct OutboxBatch {
    /// The messages.
    pub messages: Vec<OutboxMessage>,
    tx: Transaction<'static, Postgres>,
}

impl Db {
    /// Locks up to `limit` messages that are due within `horizon_seconds`, oldest first, passing over those that
    /// another process holds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outbox_due(&self, limit: i64, horizon_seconds: i32) -> Result<OutboxBatch> {
        let mut tx = self.begin().await?;
        let messages = sqlx::query_as!(
            OutboxMessage,
            "SELECT o.id, o.task_id, o.queue, o.destination, o.send_after, t.project_id
             FROM outbox o JOIN task t ON t.id = o.task_id
             WHERE o.send_after <= now() + make_interval(secs => $2)
             ORDER BY o.send_after, o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED",
            limit,
            f64::from(horizon_seconds),
        )
        .fetch_all(&mut *tx)
        .await?;
        Ok(OutboxBatch { messages, tx })
    }

    /// Locks one message, if it is still there and nobody holds it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outbox_one(&self, id: i64) -> Result<OutboxBatch> {
        let mut tx = self.begin().await?;
        let messages = sqlx::query_as!(
            OutboxMessage,
            "SELECT o.id, o.task_id, o.queue, o.destination, o.send_after, t.project_id
             FROM outbox o JOIN task t ON t.id = o.task_id WHERE o.id = $1 FOR UPDATE OF o SKIP LOCKED",
            id,
        )
        .fetch_all(&mut *tx)
        .await?;
        Ok(OutboxBatch { messages, tx })
    }

    /// Commits another message about an unfinished task; nothing if it has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn announce_task(&self, task_id: i64) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar!(
            "INSERT INTO outbox (task_id, queue) SELECT id, queue FROM task
             WHERE id = $1 AND status IN ('PENDING', 'STARTED', 'RETRY') RETURNING id",
            task_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Age of the oldest message that should have been sent, seconds; 0 if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outbox_lag_seconds(&self) -> Result<f64> {
        Ok(sqlx::query_scalar!(
            "SELECT coalesce(extract(epoch FROM now() - min(send_after)), 0)::float8 AS \"lag!\"
             FROM outbox WHERE send_after <= now()"
        )
        .fetch_one(&self.pool)
        .await?)
    }
}

impl OutboxBatch {
    /// Commits that these messages were accepted by the queue; the others stay.
    ///
    /// # Errors
    /// If the database fails; then all will be sent again.
    pub async fn sent(mut self, ids: &[i64]) -> Result<()> {
        sqlx::query!("DELETE FROM outbox WHERE id = ANY($1)", ids)
            .execute(&mut *self.tx)
            .await?;
        Ok(self.tx.commit().await?)
    }
}
