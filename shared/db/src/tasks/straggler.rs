//! Parts of a batch that take far longer than their siblings: each gets a second attempt beside the first, for what keeps it may be
//! the machine and not the work. Whichever ends first is the task's end.

use std::time::Duration;

use sqlx::PgConnection;

use crate::{Result, statement::Statement};

/// When a part of a batch takes too long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stragglers {
    /// More than so many times the median of its siblings that have succeeded; nothing is too long if it is not finite.
    pub factor: f64,
    /// And longer than this.
    pub least: Duration,
}

impl Stragglers {
    /// No part ever gets a second attempt.
    pub const NEVER: Self = Self {
        factor: f64::INFINITY,
        least: Duration::MAX,
    };
}

/// Announces the running parts of batches that take too long; whoever takes one of these messages runs the second attempt. A message
/// that has led to none within `silent` is sent again. The median is that of a hundred siblings at most.
pub(super) async fn announce(
    tx: &mut PgConnection,
    too_long: Stragglers,
    silent: Duration,
) -> Result<u64> {
    if !too_long.factor.is_finite() {
        return Ok(0);
    }
    sqlx::query!(
        "WITH slow AS MATERIALIZED (
             SELECT c.id, c.batch_of, extract(epoch FROM now() - a.started_at)::float8 AS ran
             FROM task c JOIN task_attempt a ON a.task_id = c.id AND a.attempt = c.attempt
             WHERE c.status = 'STARTED' AND c.batch_of IS NOT NULL AND c.cancel_requested_at IS NULL
               AND NOT EXISTS (SELECT FROM task_attempt s WHERE s.task_id = c.id AND s.is_second)
               AND (NOT c.wants_beside OR c.announced_at < now() - make_interval(secs => $3))
               AND a.started_at < now() - make_interval(secs => $2)
         ), usual AS MATERIALIZED (
             SELECT b.batch_of, median.seconds
             FROM (SELECT DISTINCT batch_of FROM slow) b CROSS JOIN LATERAL (
                 SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.finished_at - a.started_at)) AS seconds
                 FROM (SELECT id FROM task WHERE batch_of = b.batch_of AND status = 'SUCCESS' ORDER BY id DESC LIMIT 100) s
                 JOIN task_attempt a ON a.task_id = s.id AND a.outcome = 'success'
             ) median
         ), late AS (
             UPDATE task SET wants_beside = true, announced_at = now()
             WHERE id IN (SELECT t.id FROM slow s JOIN usual u USING (batch_of) JOIN task t ON t.id = s.id
                          WHERE s.ran > u.seconds * $1 AND t.status = 'STARTED' AND t.cancel_requested_at IS NULL
                          FOR UPDATE OF t SKIP LOCKED)
             RETURNING id, queue
         )
         INSERT INTO outbox (task_id, queue) SELECT id, queue FROM late",
        too_long.factor,
        too_long.least.as_secs_f64(),
        silent.as_secs_f64(),
    )
    .changed(&mut *tx)
    .await
}
