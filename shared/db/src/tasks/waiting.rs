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

/// What those take turns at who count the tasks of a user and a project.
pub(super) fn lock_keys(user_id: Option<i64>, project_id: Option<i64>) -> [String; 2] {
    [
        format!("submit project {}", project_id.unwrap_or(0)),
        format!("submit user {}", user_id.unwrap_or(0)),
    ]
}

/// Keeps others from counting until the transaction ends. The keys are taken in their order, so that two never wait for each other.
pub(super) async fn lock(
    tx: &mut Transaction<'_, Postgres>,
    keys: &[String],
) -> Result<(), DbError> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) key ORDER BY key",
        keys,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// Whose limit has no room for another task, if anybody's. Until the transaction ends no other one counts the same user or project.
/// Limits that an administrator has set, for the project or for all, hold instead of those that are given.
pub(super) async fn full(
    tx: &mut Transaction<'_, Postgres>,
    user_id: Option<i64>,
    project_id: Option<i64>,
    limits: WaitingLimits,
) -> Result<Option<Whose>, DbError> {
    lock(tx, &lock_keys(user_id, project_id)).await?;
    let waiting = sqlx::query!(
        "SELECT l.per_user AS \"per_user!\", l.per_project AS \"per_project!\",
                (SELECT count(*) FROM (SELECT FROM task WHERE user_id = $1
                     AND status IN ('PENDING', 'RETRY') LIMIT l.per_user) t) AS \"of_user!\",
                (SELECT count(*) FROM (SELECT FROM task WHERE project_id = $2
                     AND status IN ('PENDING', 'RETRY') LIMIT l.per_project) t) AS \"of_project!\"
         FROM (SELECT coalesce(waiting_per_user, $3::bigint) AS per_user,
                      coalesce((SELECT p.waiting_limit FROM project p WHERE p.id = $2), waiting_per_project,
                               $4::bigint) AS per_project
               FROM running_limit) l",
        user_id,
        project_id,
        i64::from(limits.per_user),
        i64::from(limits.per_project),
    )
    .fetch_one(&mut **tx)
    .await?;
    let told = |limit: i64| u32::try_from(limit).unwrap_or(u32::MAX);
    Ok(if waiting.of_user >= waiting.per_user {
        Some(Whose::User(told(waiting.per_user)))
    } else if waiting.of_project >= waiting.per_project {
        Some(Whose::Project(told(waiting.per_project)))
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
