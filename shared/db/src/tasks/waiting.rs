//! How much waits for whom.

use sqlx::{Postgres, Transaction};

use crate::{Db, DbError};

/// Most tasks that may wait for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingLimits {
    /// Of one user.
    pub per_user: u32,
    /// Of one project, whoever submitted them.
    pub per_project: u32,
}

/// Whose tasks are too many, and how many they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The user's.
    User(u32),
    /// The project's.
    Project(u32),
}

/// Whose limit has no room for another task, if anybody's. Until the transaction ends no other one counts the same user or project.
pub(super) async fn full(
    tx: &mut Transaction<'_, Postgres>,
    user_id: Option<i64>,
    project_id: Option<i64>,
    limits: WaitingLimits,
) -> Result<Option<Whose>, DbError> {
    let keys = [
        format!("submit project {}", project_id.unwrap_or(0)),
        format!("submit user {}", user_id.unwrap_or(0)),
    ];
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) key ORDER BY key",
        &keys[..],
    )
    .fetch_all(&mut **tx)
    .await?;
    let waiting = sqlx::query!(
        "SELECT (SELECT count(*) FROM (SELECT FROM task WHERE user_id = $1
                     AND status IN ('PENDING', 'RETRY') LIMIT $3) t) AS \"of_user!\",
                (SELECT count(*) FROM (SELECT FROM task WHERE project_id = $2
                     AND status IN ('PENDING', 'RETRY') LIMIT $4) t) AS \"of_project!\"",
        user_id,
        project_id,
        i64::from(limits.per_user),
        i64::from(limits.per_project),
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(if waiting.of_user >= i64::from(limits.per_user) {
        Some(Whose::User(limits.per_user))
    } else if waiting.of_project >= i64::from(limits.per_project) {
        Some(Whose::Project(limits.per_project))
    } else {
        None
    })
}

impl Db {
    /// Whose limit has no room for another task at this moment, if anybody's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn no_room(
        &self,
        user_id: i64,
        project_id: Option<i64>,
        limits: WaitingLimits,
    ) -> Result<Option<Whose>, DbError> {
        let mut tx = self.begin().await?;
        full(&mut tx, Some(user_id), project_id, limits).await
    }
}
