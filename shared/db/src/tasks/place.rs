//! Where a task stands that waits for a worker: how many go before it, and how fast its queue moves.

use crate::{Db, Result};

/// Most tasks that are counted before one.
const MOST: i64 = 1_000;

/// How a task's turn is to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Tasks that go before it, up to 1,000: those of its project that are older or more urgent, and as many of each other project (one more if
    /// that is older), because projects take turns.
    pub before: i64,
    /// Tasks of its queue that run.
    pub running: i64,
    /// How long tasks of its queue ran lately, mean of the last attempts that are known, seconds; none if nothing is known.
    pub mean_seconds: Option<f64>,
    /// Seconds until it may run at all; 0 if it may.
    pub not_before_seconds: f64,
    /// Its queue is paused.
    pub paused: bool,
    /// Its project has as many running as it may.
    pub project_is_full: bool,
    /// Its user has as many running as they may.
    pub user_is_full: bool,
}

impl Db {
    /// The place of a task that waits; none if it does not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_place(&self, task_id: i64) -> Result<Option<Place>> {
        Ok(sqlx::query_as!(
            Place,
            "WITH RECURSIVE me AS MATERIALIZED (
                 SELECT id, queue, priority, coalesce(project_id, 0) AS lane, project_id, user_id, not_before
                 FROM task WHERE id = $1 AND status IN ('PENDING', 'RETRY') AND NOT batch_open
             ), mine AS MATERIALIZED (
                 SELECT count(*) AS n FROM (
                     SELECT FROM me, generate_series(0, me.priority) p CROSS JOIN LATERAL (
                         SELECT FROM task t WHERE t.queue = me.queue AND t.status IN ('PENDING', 'RETRY')
                           AND NOT t.batch_open AND t.priority = p::smallint AND coalesce(t.project_id, 0) = me.lane
                           AND t.id < CASE WHEN p < me.priority THEN 9223372036854775807 ELSE me.id END
                         LIMIT $2) t
                     LIMIT $2) t
             ), lanes AS (
                 (SELECT t.priority, coalesce(t.project_id, 0) AS lane FROM task t
                  WHERE t.queue = (SELECT queue FROM me) AND t.status IN ('PENDING', 'RETRY') AND NOT t.batch_open
                  ORDER BY t.priority, coalesce(t.project_id, 0) LIMIT 1)
                 UNION ALL
                 SELECT n.priority, n.lane FROM lanes l CROSS JOIN LATERAL (
                     SELECT t.priority, coalesce(t.project_id, 0) AS lane FROM task t
                     WHERE t.queue = (SELECT queue FROM me) AND t.status IN ('PENDING', 'RETRY') AND NOT t.batch_open
                       AND (t.priority, coalesce(t.project_id, 0)) > (l.priority, l.lane)
                     ORDER BY t.priority, coalesce(t.project_id, 0) LIMIT 1) n
                 WHERE n.priority <= (SELECT priority FROM me)
             ), others AS MATERIALIZED (
                 SELECT count(*) AS n FROM (
                     SELECT FROM (SELECT priority, lane FROM lanes LIMIT $2) l CROSS JOIN LATERAL (
                         SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
                             SELECT t.id FROM task t
                             WHERE t.queue = (SELECT queue FROM me) AND t.status IN ('PENDING', 'RETRY')
                               AND NOT t.batch_open AND t.priority = l.priority AND coalesce(t.project_id, 0) = l.lane
                             ORDER BY t.id
                             LIMIT CASE WHEN l.priority < (SELECT priority FROM me) THEN $2
                                        ELSE (SELECT n FROM mine) + 1 END) first) t
                     WHERE l.lane <> (SELECT lane FROM me)
                       AND (l.priority < (SELECT priority FROM me) OR (l.priority = (SELECT priority FROM me)
                            AND (t.place <= (SELECT n FROM mine) OR t.id < (SELECT id FROM me)))) LIMIT $2) t
             ), lately AS MATERIALIZED (
                 SELECT avg(extract(epoch FROM coalesce(a.finished_at, now()) - a.started_at))::float8 AS seconds
                 FROM (SELECT task_id, started_at, finished_at FROM task_attempt
                       ORDER BY task_id DESC, attempt DESC LIMIT 500) a
                 JOIN task t ON t.id = a.task_id
                 WHERE t.queue = (SELECT queue FROM me) AND a.started_at > now() - interval '1 day'
             )
             SELECT least((SELECT n FROM mine) + (SELECT n FROM others), $2) AS \"before!\",
                    (SELECT count(*) FROM task r WHERE r.status = 'STARTED' AND r.queue = me.queue) AS \"running!\",
                    (SELECT seconds FROM lately) AS mean_seconds,
                    greatest(coalesce(extract(epoch FROM me.not_before - now()), 0), 0)::float8
                        AS \"not_before_seconds!\",
                    me.queue = ANY (l.paused) AS \"paused!\",
                    (SELECT count(*) FROM task r WHERE r.project_id = me.project_id AND r.status = 'STARTED')
                        >= l.per_project AS \"project_is_full!\",
                    (SELECT count(*) FROM task r WHERE r.user_id = me.user_id AND r.status = 'STARTED')
                        >= l.per_user AS \"user_is_full!\"
             FROM me, running_limit l",
            task_id,
            MOST,
        )
        .fetch_optional(&self.pool)
        .await?)
    }
}
