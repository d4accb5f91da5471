//! The claim of most tasks: the first attempt at the task that its message names, of a project that has none running. What workers of a
//! process claim at the same moment is one statement, without what only another attempt or another task's message needs.

use std::{collections::HashMap, sync::Arc};

use sqlx::PgPool;

use super::ClaimedTask;
use crate::{Db, gather::Gather};

/// Claims that wait for a statement.
pub(crate) type FirstClaims = Arc<Gather<Asked, Option<ClaimedTask>>>;

/// Who wants which task.
pub(crate) struct Asked {
    task_id: i64,
    worker: String,
    lease_seconds: f64,
}

impl Db {
    /// Claims what [`super::claim::Rule::Quiet`] would, if it has not been begun before. Nothing else is known of a task that it does
    /// not claim.
    pub(super) async fn claim_first(
        &self,
        task_id: i64,
        worker: &str,
        lease_seconds: f64,
    ) -> Option<ClaimedTask> {
        let asked = Asked {
            task_id,
            worker: worker.to_owned(),
            lease_seconds,
        };
        let pool = self.pool.clone();
        let claimed = self
            .gathered
            .first_claims
            .ask(asked, move |asked| claim_all(pool.clone(), asked));
        claimed.await.flatten()
    }
}

/// Of those that want the same task the first gets it. Of a project one task is claimed, since then it has one running; what is claimed
/// of a user counts towards the user's limit. One that another statement holds is passed over.
async fn claim_all(
    pool: PgPool,
    asked: Vec<Asked>,
) -> Result<Vec<Option<ClaimedTask>>, sqlx::Error> {
    let ids: Vec<i64> = asked.iter().map(|one| one.task_id).collect();
    let workers: Vec<String> = asked.iter().map(|one| one.worker.clone()).collect();
    let leases: Vec<f64> = asked.iter().map(|one| one.lease_seconds).collect();
    let claimed = sqlx::query_as!(
        ClaimedTask,
        "WITH ready AS MATERIALIZED (
             SELECT t.id, t.project_id, t.user_id, a.worker, a.lease_seconds, a.place
             FROM unnest($1::bigint[], $2::text[], $3::float8[]) WITH ORDINALITY AS a(task_id, worker, lease_seconds, place)
             JOIN task t ON t.id = a.task_id
             WHERE t.status = 'PENDING' AND t.attempt = 0 AND t.priority = 0 AND t.max_attempts > 0
               AND t.cancel_requested_at IS NULL AND coalesce(t.not_before, '-infinity') <= now()
               AND NOT EXISTS (SELECT FROM task r WHERE r.project_id = t.project_id AND r.status = 'STARTED')
             FOR UPDATE OF t SKIP LOCKED
         ), ranked AS (
             SELECT id, user_id, worker, lease_seconds,
                    row_number() OVER (PARTITION BY id ORDER BY place) AS of_task,
                    row_number() OVER (PARTITION BY coalesce(project_id, -id) ORDER BY place) AS of_project,
                    row_number() OVER (PARTITION BY coalesce(user_id, -id) ORDER BY place) AS of_user
             FROM ready
         ), claimed AS (
             UPDATE task SET status = 'STARTED', attempt = 1, worker = c.worker, started_at = now(), not_before = NULL,
                    held = false, lease_expires_at = now() + make_interval(secs => c.lease_seconds)
             FROM ranked c, running_limit l
             WHERE task.id = c.id AND c.of_task = 1 AND c.of_project = 1
               AND task.queue <> ALL (l.paused) AND least(l.per_project, l.per_user) >= 16
               AND c.of_user - 1 + (SELECT count(*) FROM task r WHERE r.user_id = c.user_id AND r.status = 'STARTED')
                   < l.per_user / 2
             RETURNING task.*
         ), began AS (
             INSERT INTO task_attempt (task_id, attempt, worker) SELECT id, attempt, worker FROM claimed
         )
         SELECT c.id AS \"id!\", c.uuid AS \"uuid!\", c.name AS \"name!\", c.kwargs AS \"kwargs!\", c.attempt AS \"attempt!\",
                c.max_attempts AS \"max_attempts!\", c.user_id, c.project_id, c.request_id, c.created_at AS \"created_at!\", c.batch_of,
                c.batch_then, c.estimated_seconds, c.traceparent,
                extract(epoch FROM now() - c.created_at)::float8 AS \"waited_seconds!\",
                (p.id IS NULL OR (p.is_active AND NOT p.is_deleted))
                AND (u.id IS NULL OR (u.is_active AND NOT u.is_deleted))
                AND (p.id IS NULL OR u.id IS NULL OR EXISTS (
                     SELECT FROM project_membership m WHERE m.project_id = p.id AND m.user_id = u.id
                       AND m.role IN ('query', 'edit', 'manage'))) AS \"may_run!\"
         FROM claimed c LEFT JOIN project p ON p.id = c.project_id LEFT JOIN app_user u ON u.id = c.user_id",
        &ids,
        &workers,
        &leases,
    )
    .fetch_all(&pool)
    .await?;
    let mut claimed: HashMap<i64, ClaimedTask> =
        claimed.into_iter().map(|task| (task.id, task)).collect();
    Ok(ids.iter().map(|id| claimed.remove(id)).collect())
}
