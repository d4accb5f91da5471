//! Cancelling and running again many tasks at once, as administrators do. Each call is one transaction over the tasks that it is
//! given, with its entry in the audit log.

use std::collections::BTreeSet;

use divbase_contract::audit::AuditAction;

use super::{
    RetryBy, RetryOutcome, WaitingLimits,
    batch::cancel_orphans,
    retry::retry_in,
    waiting::{lock, lock_keys},
};
use crate::{Db, Origin, Result, audit::NewEntry};

/// Numbers as an entry of the audit log lists them.
fn listed(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(" ")
}

impl Db {
    /// Cancels those of these tasks that have not ended; gives their numbers. Those that run are asked to stop.
    ///
    /// # Errors
    /// If the database fails; then none was cancelled.
    pub async fn cancel_tasks(&self, ids: &[i64], filter: &str, by: &Origin) -> Result<Vec<i64>> {
        let mut tx = self.begin().await?;
        // In the order of their numbers, so that two calls never wait for each other.
        let cancelled = sqlx::query!(
            "WITH chosen AS (
                 SELECT id FROM task WHERE id = ANY($1) AND status IN ('PENDING', 'STARTED', 'RETRY')
                 ORDER BY id FOR UPDATE
             )
             UPDATE task SET cancel_requested_at = coalesce(cancel_requested_at, now()),
                    cancel_requested_by = coalesce(cancel_requested_by, $2),
                    status = CASE WHEN status = 'STARTED' THEN status ELSE 'REVOKED' END,
                    finished_at = CASE WHEN status = 'STARTED' THEN NULL ELSE now() END
             WHERE id IN (SELECT id FROM chosen)
             RETURNING id, batch_of",
            ids,
            by.user_id,
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut done: Vec<i64> = cancelled.iter().map(|row| row.id).collect();
        done.sort_unstable();
        if !done.is_empty() {
            cancel_orphans(&mut tx).await?;
            NewEntry::new(AuditAction::TasksCancelled)
                .with("filter", Some(filter))
                .with("tasks", Some(listed(&done)))
                .write(&mut tx, by)
                .await?;
        }
        tx.commit().await?;
        let parents: BTreeSet<i64> = cancelled.iter().filter_map(|row| row.batch_of).collect();
        for parent in parents {
            self.finish_batch(parent).await?;
        }
        Ok(done)
    }

    /// Runs these tasks again, each as a new task, as [`Db::retry_task`] does; what became of each, in their order.
    ///
    /// # Errors
    /// If the database fails; then none is run again.
    pub async fn retry_tasks(
        &self,
        ids: &[i64],
        filter: &str,
        waiting: WaitingLimits,
        by: &Origin,
    ) -> Result<Vec<(i64, RetryOutcome)>> {
        let mut tx = self.begin().await?;
        // All of them first and in their order, and then all that is counted: two calls never wait for each other.
        let owners = sqlx::query!(
            "SELECT user_id, project_id FROM task WHERE id = ANY($1) ORDER BY id FOR UPDATE",
            ids,
        )
        .fetch_all(&mut *tx)
        .await?;
        let keys: BTreeSet<String> = owners
            .iter()
            .flat_map(|row| lock_keys(row.user_id, row.project_id))
            .collect();
        lock(&mut tx, &keys.into_iter().collect::<Vec<_>>()).await?;
        let (mut outcomes, mut made) = (Vec::with_capacity(ids.len()), Vec::new());
        for &id in ids {
            let by = RetryBy {
                request_id: by.request_id.as_deref(),
                waiting: Some(waiting),
                ..RetryBy::default()
            };
            let outcome = retry_in(&mut tx, id, by).await?;
            if let RetryOutcome::New { task_id, .. } = outcome {
                made.push((id, task_id));
            }
            outcomes.push((id, outcome));
        }
        if !made.is_empty() {
            let (old, new): (Vec<i64>, Vec<i64>) = made.into_iter().unzip();
            NewEntry::new(AuditAction::TasksRetried)
                .with("filter", Some(filter))
                .with("tasks", Some(listed(&old)))
                .with("new_tasks", Some(listed(&new)))
                .write(&mut tx, by)
                .await?;
        }
        tx.commit().await?;
        Ok(outcomes)
    }
}
