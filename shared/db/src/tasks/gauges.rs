//! How much waits, for whom and since when: what is watched from outside.

use crate::{Db, Result};

/// What waits for and runs on one queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueGauge {
    /// `quick`, `long` or `heavy`.
    pub queue: String,
    /// Tasks that could run now.
    pub waiting: i64,
    /// How long the oldest of them has waited since it could, seconds; 0 if there is none.
    pub oldest_seconds: f64,
    /// Tasks that a worker runs.
    pub running: i64,
}

/// What waits for and runs of one kind of task on one queue.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskGauge {
    /// `quick`, `long` or `heavy`.
    pub queue: String,
    /// Dotted name.
    pub name: String,
    /// Tasks that could run now.
    pub waiting: i64,
    /// How long the oldest of them has waited since it could, seconds; 0 if there is none.
    pub oldest_seconds: f64,
    /// Tasks that a worker runs.
    pub running: i64,
}

impl Db {
    /// All kinds of task of which any waits or runs.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_gauges(&self) -> Result<Vec<TaskGauge>> {
        Ok(sqlx::query_as!(
            TaskGauge,
            "SELECT queue, name,
                    count(*) FILTER (WHERE status <> 'STARTED' AND ready <= now()) AS \"waiting!\",
                    coalesce(extract(epoch FROM now() - min(ready) FILTER (WHERE status <> 'STARTED' AND ready <= now())), 0)::float8
                        AS \"oldest_seconds!\",
                    count(*) FILTER (WHERE status = 'STARTED') AS \"running!\"
             FROM (SELECT queue, name, status, greatest(created_at, not_before) AS ready FROM task
                   WHERE status IN ('PENDING', 'STARTED', 'RETRY')) t
             GROUP BY queue, name ORDER BY queue, name"
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// All queues, whether anything waits or not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_gauges(&self) -> Result<Vec<QueueGauge>> {
        Ok(sqlx::query_as!(
            QueueGauge,
            "SELECT q.queue AS \"queue!\",
                    count(*) FILTER (WHERE t.status IN ('PENDING', 'RETRY') AND t.ready <= now()) AS \"waiting!\",
                    coalesce(extract(epoch FROM now() - min(t.ready) FILTER (
                        WHERE t.status IN ('PENDING', 'RETRY') AND t.ready <= now())), 0)::float8
                        AS \"oldest_seconds!\",
                    count(*) FILTER (WHERE t.status = 'STARTED') AS \"running!\"
             FROM unnest(ARRAY['quick', 'long', 'heavy']) q(queue)
             LEFT JOIN (SELECT queue, status, greatest(created_at, not_before) AS ready FROM task
                        WHERE status IN ('PENDING', 'STARTED', 'RETRY')) t ON t.queue = q.queue
             GROUP BY q.queue ORDER BY q.queue"
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
