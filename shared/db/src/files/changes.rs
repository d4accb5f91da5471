//! Files that have changed, or may have, since the present state was last compared with the bucket. Queries ask the
//! store about these keys alone, so that nobody lists a bucket while a user waits.

use std::time::Duration;

use crate::{Db, Result, statement::Statement};

/// What is said of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has changed.
    Happened,
    /// Somebody was given leave to change it, for so long.
    Permitted(Duration),
}

impl Db {
    /// Notes changes that we make ourselves or give leave to make.
    ///
    /// # Errors
    /// If the database fails; then nothing is noted.
    pub async fn note_changes(
        &self,
        project_id: i64,
        keys: &[String],
        change: Change,
    ) -> Result<()> {
        let seconds = match change {
            Change::Happened => None,
            Change::Permitted(time) => Some(time.as_secs_f64()),
        };
        // In the order of the keys, so that two requests never wait for each other.
        sqlx::query!(
            "INSERT INTO changed_file AS known (project_id, object_key, possible_until)
             SELECT $1, key, now() + make_interval(secs => $3)
             FROM (SELECT DISTINCT unnest($2::text[]) AS key ORDER BY 1) AS keys
             ON CONFLICT (project_id, object_key) DO UPDATE SET number = nextval('changed_file_number'),
                 -- What has happened is not undone by another leave.
                 possible_until = CASE WHEN known.possible_until IS NULL THEN NULL
                                       ELSE excluded.possible_until END",
            project_id,
            keys,
            seconds,
        )
        .run(&self.pool)
        .await
    }

    /// Notes changes that buckets tell of (bucket and key pairwise). Buckets of no project are ignored.
    ///
    /// # Errors
    /// If the database fails; then nothing is noted.
    pub async fn note_changes_in_buckets(&self, buckets: &[String], keys: &[String]) -> Result<()> {
        sqlx::query!(
            "INSERT INTO changed_file (project_id, object_key)
             SELECT DISTINCT p.id, told.object_key
             FROM unnest($1::text[], $2::text[]) AS told (bucket_name, object_key)
             JOIN project p USING (bucket_name) WHERE NOT p.is_deleted ORDER BY 1, 2
             ON CONFLICT (project_id, object_key)
             DO UPDATE SET number = nextval('changed_file_number'), possible_until = NULL",
            buckets,
            keys,
        )
        .run(&self.pool)
        .await
    }

    /// Files of a project that have changed or may have, at most `limit`, by key; and how many there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn changed_files(&self, project_id: i64, limit: i64) -> Result<(Vec<String>, u64)> {
        let rows = sqlx::query!(
            "SELECT object_key, count(*) OVER () AS \"count!\" FROM changed_file
             WHERE project_id = $1 AND (possible_until IS NULL OR possible_until > now())
             ORDER BY object_key COLLATE \"C\" LIMIT $2",
            project_id,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let count = rows.first().map_or(0, |row| super::unsigned(row.count));
        Ok((rows.into_iter().map(|row| row.object_key).collect(), count))
    }

    /// A number that is greater than that of every change noted so far. An update takes it before it lists the bucket.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_number(&self) -> Result<i64> {
        Ok(
            sqlx::query_scalar!("SELECT nextval('changed_file_number') AS \"number!\"")
                .fetch_one(&self.pool)
                .await?,
        )
    }

    /// Forgets the changes up to a number that the present state shows by now: those that had happened, those that
    /// cannot come any more, and those of the keys in `seen`, which an update found changed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settle_changes(
        &self,
        project_id: i64,
        number: i64,
        seen: &[String],
    ) -> Result<()> {
        sqlx::query!(
            "DELETE FROM changed_file
             WHERE project_id = $1 AND number < $2
               AND (possible_until IS NULL OR possible_until < now() OR object_key = ANY($3))",
            project_id,
            number,
            seen,
        )
        .run(&self.pool)
        .await
    }
}
