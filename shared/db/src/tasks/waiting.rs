//! How much waits for whom.

use sqlx::{Postgres, Transaction};

use crate::{Db, DbError};

/// Most tasks that may wait for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Who wants to submit a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asker {
    pub(super) user_id: Option<i64>,
    pub(super) project_id: Option<i64>,
    /// Limits that an administrator has set, for the project or for all, hold instead of these.
    pub(super) limits: WaitingLimits,
}

/// What waits of a user and of a project, and how much may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    of_user: i64,
    of_project: i64,
    per_user: i64,
    per_project: i64,
}

impl Waiting {
    /// Whose limit has no room for another task beside so many more, if anybody's.
    pub(super) fn full(&self, more_of_user: i64, more_of_project: i64) -> Option<Whose> {
        let told = |limit: i64| u32::try_from(limit).unwrap_or(u32::MAX);
        if self.of_user + more_of_user >= self.per_user {
            Some(Whose::User(told(self.per_user)))
        } else if self.of_project + more_of_project >= self.per_project {
            Some(Whose::Project(told(self.per_project)))
        } else {
            None
        }
    }
}

/// What waits of each, in their order. It stays so while their keys are locked.
pub(super) async fn waiting_of(
    tx: &mut Transaction<'_, Postgres>,
    askers: &[Asker],
) -> Result<Vec<Waiting>, DbError> {
    let users: Vec<_> = askers.iter().map(|asker| asker.user_id).collect();
    let projects: Vec<_> = askers.iter().map(|asker| asker.project_id).collect();
    let per_user: Vec<_> = askers
        .iter()
        .map(|asker| i64::from(asker.limits.per_user))
        .collect();
    let per_project: Vec<_> = askers
        .iter()
        .map(|asker| i64::from(asker.limits.per_project))
        .collect();
    Ok(sqlx::query_as!(
        Waiting,
        "SELECT l.per_user AS \"per_user!\", l.per_project AS \"per_project!\",
                (SELECT count(*) FROM (SELECT FROM task WHERE user_id = l.user_id
                     AND status IN ('PENDING', 'RETRY') LIMIT l.per_user) t) AS \"of_user!\",
                (SELECT count(*) FROM (SELECT FROM task WHERE project_id = l.project_id
                     AND status IN ('PENDING', 'RETRY') LIMIT l.per_project) t) AS \"of_project!\"
         FROM (SELECT a.user_id, a.project_id, a.place, coalesce(waiting_per_user, a.per_user) AS per_user,
                      coalesce((SELECT p.waiting_limit FROM project p WHERE p.id = a.project_id), waiting_per_project,
                               a.per_project) AS per_project
               FROM running_limit, unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
                    WITH ORDINALITY AS a(user_id, project_id, per_user, per_project, place)) l
         ORDER BY l.place",
        &users as &[Option<i64>],
        &projects as &[Option<i64>],
        &per_user,
        &per_project,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Whose limit has no room for another task, if anybody's. Until the transaction ends no other one counts the same user or project.
pub(super) async fn full(
    tx: &mut Transaction<'_, Postgres>,
    user_id: Option<i64>,
    project_id: Option<i64>,
    limits: WaitingLimits,
) -> Result<Option<Whose>, DbError> {
    lock(tx, &lock_keys(user_id, project_id)).await?;
    let asker = Asker {
        user_id,
        project_id,
        limits,
    };
    let waiting = waiting_of(tx, &[asker]).await?;
    Ok(waiting.first().and_then(|waiting| waiting.full(0, 0)))
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
