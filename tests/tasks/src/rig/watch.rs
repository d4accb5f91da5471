//! What has become of tasks.

use std::time::Duration;

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::{HistoryFilter, HistoryRow, HistoryScope};
use divbase_local::AnyError;

use super::Rig;

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between one look and the next.
const LOOK: Duration = Duration::from_millis(10);

impl Rig {
    /// A task as its history shows it.
    ///
    /// # Errors
    /// If there is none.
    pub async fn task(&self, task_id: i64) -> Result<HistoryRow, AnyError> {
        self.db
            .task_history(HistoryScope::Task(task_id), &HistoryFilter::default())
            .await?
            .pop()
            .ok_or_else(|| format!("there is no task {task_id}").into())
    }

    /// Waits until a task has this status.
    ///
    /// # Errors
    /// If it has not within twenty seconds.
    pub async fn until(&self, task_id: i64, status: TaskStatus) -> Result<HistoryRow, AnyError> {
        self.until_task(task_id, |row| row.status == status).await
    }

    /// Waits until a task is as wanted.
    ///
    /// # Errors
    /// If it is not within twenty seconds.
    pub async fn until_task(
        &self,
        task_id: i64,
        wanted: impl Fn(&HistoryRow) -> bool,
    ) -> Result<HistoryRow, AnyError> {
        let poll = async {
            loop {
                let row = self.task(task_id).await?;
                if wanted(&row) {
                    return Ok(row);
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(PATIENCE, poll).await {
            Ok(found) => found,
            Err(_) => Err(format!("waited in vain: {:?}", self.task(task_id).await?).into()),
        }
    }

    /// Waits until a query of one value finds one that is wanted.
    ///
    /// # Errors
    /// If it does not within twenty seconds, or the database fails.
    pub async fn until_seen<T>(
        &self,
        what: &str,
        query: &'static str,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<T, AnyError>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let poll = async {
            loop {
                let seen: Option<T> = sqlx::query_scalar(query).fetch_optional(&self.pool).await?;
                if let Some(seen) = seen.filter(|seen| wanted(seen)) {
                    return Ok(seen);
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll)
            .await
            .map_err(|_| format!("waited in vain for {what}"))?
    }

    /// The outcomes of a task's attempts, from the first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outcomes(&self, task_id: i64) -> Result<Vec<Option<String>>, AnyError> {
        Ok(sqlx::query_scalar(
            "SELECT outcome FROM task_attempt WHERE task_id = $1 ORDER BY attempt",
        )
        .bind(task_id)
        .fetch_all(&self.pool)
        .await?)
    }
}
