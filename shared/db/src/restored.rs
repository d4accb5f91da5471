//! What an operator looks at, and sets, after the database was restored to an instant.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Db, Result};

/// How much there is, and until when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// The newest migration that was applied; none in an empty database.
    pub schema: Option<i64>,
    /// Accounts that were not deleted.
    pub accounts: i64,
    /// Projects that were not deleted.
    pub projects: i64,
    /// Tasks of any state.
    pub tasks: i64,
    /// Tasks that have not ended.
    pub unfinished_tasks: i64,
    /// When the newest task was submitted.
    pub newest_task: Option<DateTime<Utc>>,
    /// The number that the next task gets at least.
    pub next_task: i64,
}

impl Db {
    /// The facts of now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn facts(&self) -> Result<Facts> {
        Ok(sqlx::query_as!(
            Facts,
            "SELECT (SELECT max(version) FROM _sqlx_migrations WHERE success) AS schema,
                    (SELECT count(*) FROM app_user WHERE NOT is_deleted) AS \"accounts!\",
                    (SELECT count(*) FROM project WHERE NOT is_deleted) AS \"projects!\",
                    count(*) AS \"tasks!\",
                    count(*) FILTER (WHERE status IN ('PENDING', 'STARTED', 'RETRY')) AS \"unfinished_tasks!\",
                    max(created_at) AS newest_task,
                    (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM task_id_seq) AS \"next_task!\"
             FROM task"
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Leaves out the next `by` numbers of tasks, which users may have seen before the restored instant, and names of
    /// result files with them. Gives the number that comes next.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn skip_task_numbers(&self, by: u32) -> Result<i64> {
        let last = sqlx::query_scalar!(
            "SELECT setval('task_id_seq', greatest((SELECT coalesce(max(id), 0) FROM task), last_value) + $1) AS \"last!\"
             FROM task_id_seq",
            i64::from(by),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(last + 1)
    }
}
