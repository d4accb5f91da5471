//! Rescue: no task stays unfinished because a worker or a message was lost.

use std::time::Duration;

use serde_json::Value;

use super::{
    Stragglers,
    batch::{cancel_orphans, finish_all},
    straggler,
};
use crate::{Db, Result};

/// What a round of rescue did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rescued {
    /// Attempts whose lease ran out and that get another.
    pub requeued: u64,
    /// Tasks whose last attempt was lost.
    pub failed: u64,
    /// Tasks that were cancelled while nobody ran them.
    pub revoked: u64,
    /// Children of tasks that have ended without them.
    pub orphaned: u64,
    /// Tasks whose children had all ended and that nobody had told.
    pub joined: u64,
    /// Tasks that were held and may run now.
    pub freed: u64,
    /// Parts of batches that take too long and get a second attempt.
    pub second: u64,
    /// Tasks that waited without a message and got a new one.
    pub announced: u64,
}

impl Db {
    /// Ends or requeues attempts whose lease ran out, ends what was cancelled meanwhile, and announces again what
    /// has waited for `silent` beyond its time, and since it was last announced, without a message in the outbox. `lost` is the result of
    /// tasks that have no attempt left; `too_long` is when a part of a batch gets a second attempt beside the first.
    ///
    /// # Errors
    /// If the database fails; the next round does what is left.
    pub async fn rescue_tasks(
        &self,
        silent: Duration,
        too_long: Stragglers,
        lost: &Value,
    ) -> Result<Rescued> {
        let mut tx = self.begin().await?;
        let revoked = sqlx::query!(
            "WITH ended AS (
                 UPDATE task SET status = 'REVOKED', finished_at = now(), lease_expires_at = NULL
                 WHERE id IN (SELECT id FROM task WHERE cancel_requested_at IS NOT NULL
                              AND (status IN ('PENDING', 'RETRY')
                                   OR (status = 'STARTED' AND lease_expires_at < now()))
                              FOR UPDATE SKIP LOCKED)
                 RETURNING id, attempt
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'the lease ran out'
                 FROM ended e WHERE a.task_id = e.id AND a.finished_at IS NULL
             )
             SELECT id FROM ended"
        )
        .fetch_all(&mut *tx)
        .await?
        .len() as u64;
        let failed = sqlx::query!(
            "WITH ended AS (
                 UPDATE task SET status = 'FAILURE', result = $1, finished_at = now(), lease_expires_at = NULL
                 WHERE id IN (SELECT id FROM task WHERE status = 'STARTED' AND lease_expires_at < now()
                              AND attempt >= max_attempts FOR UPDATE SKIP LOCKED)
                 RETURNING id, attempt, queue
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'the lease ran out'
                 FROM ended e WHERE a.task_id = e.id AND a.finished_at IS NULL
             )
             INSERT INTO outbox (task_id, queue, destination) SELECT id, queue, 'dead' FROM ended RETURNING id",
            lost,
        )
        .fetch_all(&mut *tx)
        .await?
        .len() as u64;
        let requeued = sqlx::query!(
            "WITH ended AS (
                 UPDATE task SET status = 'RETRY', not_before = now(), lease_expires_at = NULL, wants_beside = false
                 WHERE id IN (SELECT id FROM task WHERE status = 'STARTED' AND lease_expires_at < now()
                              AND attempt < max_attempts FOR UPDATE SKIP LOCKED)
                 RETURNING id, attempt, queue
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'the lease ran out'
                 FROM ended e WHERE a.task_id = e.id AND a.finished_at IS NULL
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM ended RETURNING id"
        )
        .fetch_all(&mut *tx)
        .await?
        .len() as u64;
        let orphaned = cancel_orphans(&mut tx).await?;
        let joined = finish_all(&mut tx).await?;
        let second = straggler::announce(&mut tx, too_long, silent).await?;
        let freed = sqlx::query!(
            "WITH waiting AS (
                 SELECT id, project_id, row_number() OVER (PARTITION BY project_id, user_id ORDER BY priority, id) AS place
                 FROM task WHERE held AND status IN ('PENDING', 'RETRY')
                   AND queue <> ALL ((SELECT paused FROM running_limit)::text[])
             ), freed AS (
                 UPDATE task SET held = false, announced_at = now()
                 WHERE id IN (SELECT w.id FROM waiting w, running_limit l
                              WHERE w.place <= l.per_project - (SELECT count(*) FROM task r
                                  WHERE r.project_id = w.project_id AND r.status = 'STARTED'))
                   AND held
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM freed RETURNING id"
        )
        .fetch_all(&mut *tx)
        .await?
        .len() as u64;
        let announced = sqlx::query!(
            "WITH silent AS (
                 UPDATE task SET announced_at = now()
                 WHERE id IN (SELECT id FROM task t WHERE status IN ('PENDING', 'RETRY')
                              AND NOT held AND greatest(not_before, created_at, announced_at)
                                  < now() - make_interval(secs => $1)
                              AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.task_id = t.id)
                              FOR UPDATE SKIP LOCKED)
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM silent RETURNING id",
            silent.as_secs_f64(),
        )
        .fetch_all(&mut *tx)
        .await?
        .len() as u64;
        tx.commit().await?;
        Ok(Rescued {
            requeued,
            failed,
            revoked,
            orphaned,
            joined,
            freed,
            second,
            announced,
        })
    }
}
