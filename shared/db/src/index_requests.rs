//! Wishes that a project's files be looked at: made by object events, answered by updates of the index.
//!
//! A wish stays until an update that began after it has ended. It must not be deleted for any other reason: it is
//! all that remains of an event once its message is gone.

use std::time::Duration;

use crate::{Db, Result, statement::Statement};

/// A project whose update is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueUpdate {
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// Its bucket.
    pub bucket_name: String,
}

impl Db {
    /// Wishes an update of the projects that own these buckets; tells how many there are. It is due once nothing
    /// more has come for `quiet`, or after `at_most` since the first wish. Buckets of no project are ignored.
    ///
    /// # Errors
    /// If the database fails; then nothing is noted.
    pub async fn request_index(
        &self,
        buckets: &[String],
        quiet: Duration,
        at_most: Duration,
    ) -> Result<u64> {
        // In the order of their numbers, so that two processes never wait for each other.
        sqlx::query!(
            "INSERT INTO index_request AS known (project_id, due_at)
             SELECT id, now() + make_interval(secs => $2) FROM project
             WHERE bucket_name = ANY($1) AND NOT is_deleted ORDER BY id
             ON CONFLICT (project_id) DO UPDATE SET
                 number = nextval('index_request_number'), tries = 0,
                 waiting_since = coalesce(known.waiting_since, now()),
                 due_at = least(now() + make_interval(secs => $2),
                                coalesce(known.waiting_since, now()) + make_interval(secs => $3))",
            buckets,
            quiet.as_secs_f64(),
            at_most.as_secs_f64(),
        )
        .changed(&self.pool)
        .await
    }

    /// Takes the wishes that are due, each by one caller. None is due while an update of its project, the one with
    /// either key, has not ended, or while submissions are paused. One that stays unanswered is due again, later
    /// each time (after 30 s, a minute, … a day at most).
    ///
    /// The keys are `prefix` followed by the project's number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_due_updates(&self, key_prefixes: &[String]) -> Result<Vec<DueUpdate>> {
        Ok(sqlx::query_as!(
            DueUpdate,
            "WITH due AS (
                 SELECT r.project_id FROM index_request r
                 WHERE r.due_at <= now()
                   AND NOT EXISTS (SELECT 1 FROM task t, unnest($1::text[]) AS prefix
                                   WHERE t.exclusive_key = prefix || r.project_id
                                     AND t.status IN ('PENDING', 'STARTED', 'RETRY'))
                   AND NOT EXISTS (SELECT 1 FROM queue_status q
                                   WHERE q.is_closed AND coalesce(q.scheduled_start, now()) <= now())
                 ORDER BY r.project_id FOR UPDATE OF r SKIP LOCKED
             ), taken AS (
                 UPDATE index_request r SET tries = r.tries + 1, waiting_since = NULL,
                        due_at = now() + make_interval(secs => least(30 * 2 ^ least(r.tries, 12), 86400))
                 FROM due d WHERE r.project_id = d.project_id RETURNING r.project_id
             )
             SELECT p.id AS project_id, p.name AS project_name, p.bucket_name
             FROM taken t JOIN project p ON p.id = t.project_id WHERE NOT p.is_deleted",
            key_prefixes,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// How long until the next wish is due; nothing if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_update_due(&self) -> Result<Option<Duration>> {
        let seconds = sqlx::query_scalar!(
            "SELECT greatest(extract(epoch FROM min(due_at) - now()), 0)::float8 FROM index_request"
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(seconds.map(Duration::from_secs_f64))
    }

    /// The number of a project's wish. An update reads it before it looks at the bucket.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn index_request(&self, project_id: i64) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar!(
            "SELECT number FROM index_request WHERE project_id = $1",
            project_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Answers a wish, unless another event has come since its number was read.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn answer_index_request(&self, project_id: i64, number: i64) -> Result<()> {
        sqlx::query!(
            "DELETE FROM index_request WHERE project_id = $1 AND number = $2",
            project_id,
            number,
        )
        .run(&self.pool)
        .await
    }

    /// Whether another task of this name has begun its present attempt before this one on the same project and still runs, or has
    /// split into children and not ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn began_earlier(&self, task_id: i64) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM task mine JOIN task other
                                 ON other.project_id = mine.project_id AND other.name = mine.name AND other.id <> mine.id
                            JOIN task_attempt me ON me.task_id = mine.id AND me.attempt = mine.attempt
                            JOIN task_attempt its ON its.task_id = other.id AND its.attempt = other.attempt
                            WHERE mine.id = $1
                              AND (other.status = 'STARTED' AND other.lease_expires_at > now()
                                   AND (its.started_at, other.id) < (me.started_at, mine.id)
                                   OR other.status IN ('STARTED', 'RETRY')
                                   AND EXISTS (SELECT 1 FROM task child WHERE child.batch_of = other.id)))
             AS \"exists!\"",
            task_id,
        )
        .fetch_one(&self.pool)
        .await?)
    }
}
