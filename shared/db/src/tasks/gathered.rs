//! Statements that the tasks of a process share.

use std::sync::Arc;

use sqlx::PgPool;

use super::{claim_first::FirstClaims, insert::Inserts, succeed::Successes};
use crate::{Db, DbError, gather::Gather};

/// Those who wait for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    pub(super) first_claims: FirstClaims,
    pub(super) successes: Successes,
    pub(super) inserts: Inserts,
    numbers: Arc<Gather<(), i64>>,
    sent: Arc<Gather<i64, ()>>,
    freed: Arc<Gather<Freed, bool>>,
}

/// Of whom a task has ended: project and user.
type Freed = (Option<i64>, Option<i64>);

impl Db {
    /// The number of a task to be.
    pub(super) async fn next_task_id(&self) -> Result<i64, DbError> {
        let pool = self.pool.clone();
        let number = self
            .gathered
            .numbers
            .ask((), move |asked| next_ids(pool.clone(), asked.len()));
        if let Some(number) = number.await {
            return Ok(number);
        }
        let alone = next_ids(self.pool.clone(), 1).await?;
        alone
            .first()
            .copied()
            .ok_or_else(|| DbError::Corrupt("a sequence without an end gave no number".to_owned()))
    }

    /// Deletes a message that was sent. Its commit is not waited for: should the database crash within a moment, the message
    /// is sent again, which a claim tolerates. One that a relay holds is left to it.
    ///
    /// # Errors
    /// If the database fails; then it will be sent again.
    pub async fn outbox_sent(&self, id: i64) -> Result<(), DbError> {
        let pool = self.pool.clone();
        let sent = self
            .gathered
            .sent
            .ask(id, move |ids| delete_sent(pool.clone(), ids));
        if sent.await.is_none() {
            delete_sent(self.pool.clone(), vec![id]).await?;
        }
        Ok(())
    }

    /// Whether a task of this project or of this user is held; nothing if it is not known.
    pub(super) async fn holds_any(&self, freed: Freed) -> Option<bool> {
        let pool = self.pool.clone();
        let held = self
            .gathered
            .freed
            .ask(freed, move |freed| any_held(pool.clone(), freed));
        held.await
    }
}

async fn next_ids(pool: PgPool, count: usize) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT nextval(pg_get_serial_sequence('task', 'id'))::bigint AS \"id!\" FROM generate_series(1, $1::bigint)",
        i64::try_from(count).unwrap_or(1),
    )
    .fetch_all(&pool)
    .await
}

async fn delete_sent(pool: PgPool, ids: Vec<i64>) -> Result<Vec<()>, sqlx::Error> {
    sqlx::query!(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED)
         AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL",
        &ids,
    )
    .execute(&pool)
    .await?;
    Ok(vec![(); ids.len()])
}

async fn any_held(pool: PgPool, freed: Vec<Freed>) -> Result<Vec<bool>, sqlx::Error> {
    let (projects, users): (Vec<_>, Vec<_>) = freed.into_iter().unzip();
    sqlx::query_scalar!(
        "SELECT EXISTS (SELECT FROM task t WHERE t.held AND t.project_id = a.project_id)
             OR EXISTS (SELECT FROM task t WHERE t.held AND t.user_id = a.user_id) AS \"any!\"
         FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS a(project_id, user_id, place) ORDER BY a.place",
        &projects as &[Option<i64>],
        &users as &[Option<i64>],
    )
    .fetch_all(&pool)
    .await
}
