//! How many tasks may run and wait, and which queues are paused, as administrators set it. Each change has its entry in the audit
//! log.

use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, audit::NewEntry, statement::Statement};

/// What is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// Tasks of one project that run.
    pub running_per_project: i32,
    /// Tasks of one user that run.
    pub running_per_user: i32,
    /// Tasks of one project that wait; the API's own setting if nobody has set it.
    pub waiting_per_project: Option<i32>,
    /// The same of one user.
    pub waiting_per_user: Option<i32>,
    /// Queues whose tasks do not begin.
    pub paused: Vec<String>,
}

/// What is to be set. A field that is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// See [`LimitSettings`].
    pub running_per_project: Option<i32>,
    /// See [`LimitSettings`].
    pub running_per_user: Option<i32>,
    /// See [`LimitSettings`].
    pub waiting_per_project: Option<i32>,
    /// See [`LimitSettings`].
    pub waiting_per_user: Option<i32>,
}

impl Db {
    /// The limits and the paused queues.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn limit_settings(&self) -> Result<LimitSettings> {
        Ok(sqlx::query_as!(
            LimitSettings,
            "SELECT per_project AS running_per_project, per_user AS running_per_user, waiting_per_project,
                    waiting_per_user, paused FROM running_limit"
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Changes limits. What a lower one keeps waiting waits; what a higher one sets free is announced by the next rescue.
    ///
    /// # Errors
    /// If the database fails, or a number is out of range.
    pub async fn change_limits(&self, to: LimitsChange, by: &Origin) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE running_limit SET per_project = coalesce($1, per_project), per_user = coalesce($2, per_user),
                    waiting_per_project = coalesce($3, waiting_per_project),
                    waiting_per_user = coalesce($4, waiting_per_user)",
            to.running_per_project,
            to.running_per_user,
            to.waiting_per_project,
            to.waiting_per_user,
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::new(AuditAction::LimitsChanged)
            .with("running_per_project", to.running_per_project)
            .with("running_per_user", to.running_per_user)
            .with("waiting_per_project", to.waiting_per_project)
            .with("waiting_per_user", to.waiting_per_user)
            .commit(tx, by)
            .await
    }

    /// Pauses a queue, or has its tasks begin again: those that were held are announced by the next rescue. Tells whether that changed
    /// anything.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn pause_queue(&self, queue: &str, paused: bool, by: &Origin) -> Result<bool> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE running_limit SET paused = CASE WHEN $2 THEN paused || $1::text ELSE array_remove(paused, $1) END
             WHERE ($1 = ANY (paused)) <> $2",
            queue,
            paused,
        )
        .changed(&mut *tx)
        .await?
            > 0;
        let action = if paused {
            AuditAction::QueuePaused
        } else {
            AuditAction::QueueResumed
        };
        NewEntry::new(action)
            .with("queue", Some(queue))
            .commit_if(changed, tx, by)
            .await?;
        Ok(changed)
    }

    /// Tasks of each queue that wait without a message, because of a limit or a pause: `quick`, `long` and `heavy` in the order of
    /// their names.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn held_by_queue(&self) -> Result<Vec<(String, i64)>> {
        Ok(sqlx::query!(
            "SELECT q.queue AS \"queue!\", count(t.id) AS \"held!\"
             FROM unnest(ARRAY['quick', 'long', 'heavy']) q(queue)
             LEFT JOIN task t ON t.queue = q.queue AND t.held AND t.status IN ('PENDING', 'RETRY')
             GROUP BY q.queue ORDER BY q.queue"
        )
        .map(|row| (row.queue, row.held))
        .fetch_all(&self.pool)
        .await?)
    }
}
