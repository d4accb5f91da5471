//! Whether a task may still run: what its submission was allowed by may have ended since.

use crate::{Db, DbError};

impl Db {
    /// Whether the task's project is open, and its submitter's account active with a role that may run tasks there.
    /// What is in no project, or was submitted by nobody, needs no such leave.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_may_run(&self, task_id: i64) -> Result<bool, DbError> {
        let may_run = sqlx::query_scalar!(
            "SELECT (p.id IS NULL OR (p.is_active AND NOT p.is_deleted))
                    AND (u.id IS NULL OR (u.is_active AND NOT u.is_deleted))
                    AND (p.id IS NULL OR u.id IS NULL OR EXISTS (
                         SELECT 1 FROM project_membership m WHERE m.project_id = p.id AND m.user_id = u.id
                           AND m.role IN ('query', 'edit', 'manage'))) AS \"may_run!\"
             FROM task t LEFT JOIN project p ON p.id = t.project_id LEFT JOIN app_user u ON u.id = t.user_id
             WHERE t.id = $1",
            task_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        // One that is gone is dealt with by whoever commits its end.
        Ok(may_run.unwrap_or(true))
    }
}
