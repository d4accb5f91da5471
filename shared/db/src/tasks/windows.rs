//! What a window of a query, a child of a batch, asks about its parent and its siblings, and what a clean-up asks of those who
//! left something.

use std::collections::HashSet;

use serde_json::Value;

use crate::{Db, Result};

impl Db {
    /// The arguments of a task; nothing if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_kwargs(&self, task_id: i64) -> Result<Option<Value>> {
        Ok(
            sqlx::query_scalar!("SELECT kwargs FROM task WHERE id = $1", task_id)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Whether the batch of a parent has come to nothing: the parent has ended or is to be cancelled, or a child has failed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn batch_is_lost(&self, parent: i64) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            r#"SELECT NOT EXISTS (SELECT FROM task WHERE id = $1 AND status = 'RETRY' AND cancel_requested_at IS NULL)
                      OR EXISTS (SELECT FROM task WHERE batch_of = $1 AND status IN ('FAILURE', 'REVOKED')) AS "lost!""#,
            parent,
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Those of these tasks that have not ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unended_tasks(&self, tasks: &[i64]) -> Result<HashSet<i64>> {
        let unended = sqlx::query_scalar!(
            "SELECT id FROM task WHERE id = ANY($1) AND status IN ('PENDING', 'STARTED', 'RETRY')",
            tasks,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(unended.into_iter().collect())
    }
}
