//! The claim of most tasks: the first attempt at the task that its message names, of a project that has none running.

use super::{ClaimedTask, claim::ClaimedRow};
use crate::{Db, DbError};

impl Db {
    /// Claims what [`super::claim::Rule::Quiet`] would, if it has not been begun before: one short statement, without what only another
    /// attempt or another task's message needs.
    pub(super) async fn claim_first(
        &self,
        task_id: i64,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<Option<ClaimedTask>, DbError> {
        let claimed = sqlx::query_as!(
            ClaimedRow,
            "WITH claimed AS (
                 UPDATE task SET status = 'STARTED', attempt = 1, worker = $2, started_at = now(), not_before = NULL,
                        held = false, lease_expires_at = now() + make_interval(secs => $3)
                 WHERE id = $1 AND status = 'PENDING' AND attempt = 0 AND priority = 0 AND max_attempts > 0
                   AND cancel_requested_at IS NULL AND coalesce(not_before, '-infinity') <= now()
                   AND EXISTS (SELECT FROM running_limit l
                               WHERE task.queue <> ALL (l.paused) AND least(l.per_project, l.per_user) >= 16
                                 AND NOT EXISTS (SELECT FROM task r
                                                 WHERE r.project_id = task.project_id AND r.status = 'STARTED')
                                 AND (SELECT count(*) FROM task r WHERE r.user_id = task.user_id
                                        AND r.status = 'STARTED') < l.per_user / 2)
                 RETURNING task.*
             ), began AS (
                 INSERT INTO task_attempt (task_id, attempt, worker) SELECT id, attempt, $2 FROM claimed
             )
             SELECT c.id, c.uuid, c.name, c.kwargs, c.attempt, c.max_attempts, c.user_id, c.project_id, c.request_id,
                    c.created_at, c.batch_of, c.batch_then, c.estimated_seconds, c.traceparent,
                    extract(epoch FROM now() - c.created_at)::float8 AS \"waited_seconds!\",
                    (p.id IS NULL OR (p.is_active AND NOT p.is_deleted))
                    AND (u.id IS NULL OR (u.is_active AND NOT u.is_deleted))
                    AND (p.id IS NULL OR u.id IS NULL OR EXISTS (
                         SELECT FROM project_membership m WHERE m.project_id = p.id AND m.user_id = u.id
                           AND m.role IN ('query', 'edit', 'manage'))) AS \"may_run!\"
             FROM claimed c LEFT JOIN project p ON p.id = c.project_id LEFT JOIN app_user u ON u.id = c.user_id",
            task_id,
            worker,
            lease_seconds,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(claimed.map(ClaimedTask::from))
    }
}
