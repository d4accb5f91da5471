//! How many versions and folders a project may have. Whoever counts takes turns, so that two together do not pass a limit.

use sqlx::PgConnection;

use crate::{Db, Result};

/// What was done, unless a limit had no room for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limited<T> {
    /// It is done.
    Done(T),
    /// Nothing was done: the project may have so many.
    Full(i64),
}

/// The most versions that a project may have, if it has so many; deleted ones that can be restored count.
pub(crate) async fn versions_full(
    tx: &mut PgConnection,
    project_id: i64,
    usual: i64,
) -> Result<Option<i64>> {
    let row = sqlx::query!(
        "SELECT coalesce(versions_limit, $2::bigint) AS \"most!\" FROM project WHERE id = $1 FOR NO KEY UPDATE",
        project_id,
        usual,
    )
    .fetch_one(&mut *tx)
    .await?;
    let there = sqlx::query_scalar!(
        "SELECT count(*) AS \"there!\" FROM project_version WHERE project_id = $1",
        project_id,
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok((there >= row.most).then_some(row.most))
}

impl Db {
    /// Notes folders that are about to be made, unless the project would have more than it may: `usual`, or what an administrator
    /// has set for it. A folder that was deleted counts until it is destroyed, as its bytes would.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_folders(
        &self,
        project_id: i64,
        folders: &[String],
        usual: i64,
    ) -> Result<Limited<()>> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "SELECT coalesce(folders_limit, $2::bigint) AS \"most!\" FROM project WHERE id = $1 FOR NO KEY UPDATE",
            project_id,
            usual,
        )
        .fetch_one(&mut *tx)
        .await?;
        // The store tells of them soon, and the nightly count forgets those that could not be made.
        sqlx::query!(
            "INSERT INTO key_usage (project_id, object_key, bytes, counted_at)
             SELECT $1, key, 0, now() FROM unnest($2::text[]) key ON CONFLICT DO NOTHING",
            project_id,
            folders,
        )
        .execute(&mut *tx)
        .await?;
        let there = sqlx::query_scalar!(
            "SELECT count(*) AS \"there!\" FROM key_usage WHERE project_id = $1 AND object_key LIKE '%/'",
            project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        if there > row.most {
            return Ok(Limited::Full(row.most));
        }
        tx.commit().await?;
        Ok(Limited::Done(()))
    }
}
