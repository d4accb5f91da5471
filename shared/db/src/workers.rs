//! Processes that run tasks.

use chrono::{DateTime, Utc};

use crate::{Db, DbError};

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
    ) -> Result<(), DbError> {
        sqlx::query!(
            "INSERT INTO worker_instance (id, kind, version, queues) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET last_heartbeat = now(), queues = excluded.queues",
            id,
            kind,
            version,
            queues,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Says that a worker has ended in order.
    ///
    /// # Errors
    /// If the database fails; it will then be taken for dead.
    pub async fn worker_ended(&self, id: &str) -> Result<(), DbError> {
        sqlx::query!("DELETE FROM worker_instance WHERE id = $1", id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets workers that have been silent for so many seconds; tells how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_silent_workers(&self, seconds: f64) -> Result<u64, DbError> {
        let gone = sqlx::query!(
            "DELETE FROM worker_instance WHERE last_heartbeat < now() - make_interval(secs => $1)",
            seconds,
        )
        .execute(&self.pool)
        .await?;
        Ok(gone.rows_affected())
    }

    /// All workers, those that started last first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workers(&self) -> Result<Vec<WorkerInstance>, DbError> {
        Ok(sqlx::query_as!(
            WorkerInstance,
            "SELECT w.id, w.kind, w.version, w.queues, w.started_at, w.last_heartbeat,
                    ARRAY(SELECT t.id FROM task t WHERE t.worker = w.id AND t.status = 'STARTED' ORDER BY t.id)
                        AS \"current_tasks!\"
             FROM worker_instance w ORDER BY w.started_at DESC, w.id"
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
