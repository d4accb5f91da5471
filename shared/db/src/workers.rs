//! Processes that run tasks.

use chrono::{DateTime, Utc};

use crate::{Db, Result, statement::Statement};

/// A process that runs tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerInstance {
    /// The name it has in task history.
    pub id: String,
    /// What kind of process it is.
    pub kind: String,
    /// Version of the program.
    pub version: String,
    /// The queues it serves.
    pub queues: Vec<String>,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last said that it lives.
    pub last_heartbeat: DateTime<Utc>,
    /// The tasks that it runs.
    pub current_tasks: Vec<i64>,
    /// Whether it says by itself that it lives.
    pub registered: bool,
}

impl Db {
    /// Says that a worker lives; the first time, that it exists.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn worker_lives(
        &self,
        id: &str,
        kind: &str,
        version: &str,
        queues: &[String],
    ) -> Result<()> {
        sqlx::query!(
            "INSERT INTO worker_instance (id, kind, version, queues) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET last_heartbeat = now(), queues = excluded.queues",
            id,
            kind,
            version,
            queues,
        )
        .run(&self.pool)
        .await
    }

    /// Says that a worker has ended in order.
    ///
    /// # Errors
    /// If the database fails; it will then be taken for dead.
    pub async fn worker_ended(&self, id: &str) -> Result<()> {
        sqlx::query!("DELETE FROM worker_instance WHERE id = $1", id)
            .run(&self.pool)
            .await
    }

    /// Forgets workers that have been silent for so many seconds; tells how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_silent_workers(&self, seconds: f64) -> Result<u64> {
        sqlx::query!(
            "DELETE FROM worker_instance WHERE last_heartbeat < now() - make_interval(secs => $1)",
            seconds,
        )
        .changed(&self.pool)
        .await
    }

    /// All workers, those that started last first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workers(&self) -> Result<Vec<WorkerInstance>> {
        Ok(sqlx::query_as!(
            WorkerInstance,
            "SELECT w.id, w.kind, w.version, w.queues, w.started_at, w.last_heartbeat,
                    ARRAY(SELECT t.id FROM task t WHERE t.worker = w.id AND t.status = 'STARTED' ORDER BY t.id)
                        AS \"current_tasks!\", true AS \"registered!\"
             FROM worker_instance w ORDER BY w.started_at DESC, w.id"
        )
        .fetch_all(&self.pool)
        .await?)
    }
}

/// Attempts among which functions are looked for: the newest ones.
const NEWEST: i64 = 1_000;

impl Db {
    /// Processes that are not registered and have run one of the newest thousand attempts within the last hour, or run a task now:
    /// functions. Those that were seen last come first; at most 200. When one started is when its first attempt among these began.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn function_workers(&self) -> Result<Vec<WorkerInstance>> {
        Ok(sqlx::query_as!(
            WorkerInstance,
            "WITH seen AS (
                 SELECT worker, task_id, started_at, coalesce(finished_at, started_at) AS at
                 FROM (SELECT worker, task_id, started_at, finished_at FROM task_attempt
                       ORDER BY task_id DESC, attempt DESC LIMIT $1) newest
                 WHERE coalesce(finished_at, started_at) > now() - interval '1 hour'
                 UNION ALL
                 SELECT t.worker, t.id, t.started_at, now() FROM task t
                 WHERE t.status = 'STARTED' AND t.lease_expires_at > now()
             )
             SELECT s.worker AS \"id!\", regexp_replace(s.worker, '-[^-]*$', '') AS \"kind!\", '' AS \"version!\",
                    array_agg(DISTINCT t.queue) AS \"queues!\", min(s.started_at) AS \"started_at!\",
                    max(s.at) AS \"last_heartbeat!\",
                    coalesce(array_agg(DISTINCT t.id) FILTER (WHERE t.status = 'STARTED' AND t.worker = s.worker), '{}')
                        AS \"current_tasks!\", false AS \"registered!\"
             FROM seen s JOIN task t ON t.id = s.task_id
             WHERE s.worker IS NOT NULL AND NOT EXISTS (SELECT FROM worker_instance w WHERE w.id = s.worker)
             GROUP BY s.worker ORDER BY max(s.at) DESC, s.worker LIMIT 200",
            NEWEST,
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
