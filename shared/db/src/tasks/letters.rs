//! What is known of the tasks that dead letters are about, and the entries of the audit log of what was done with them.

use divbase_contract::{audit::AuditAction, history::TaskStatus};
use serde_json::Value;

use super::{RetryBy, RetryOutcome, retry::retry_in, status};
use crate::{Db, Origin, Result, audit::NewEntry};

/// A task that a dead letter is about.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterTask {
    /// Its number.
    pub id: i64,
    /// Dotted name.
    pub name: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// Result or error.
    pub result: Option<Value>,
    /// Attempts so far.
    pub attempts: i32,
    /// The project's name.
    pub project: Option<String>,
    /// The submitter's address.
    pub user: Option<String>,
    /// The newest task that runs it again.
    pub retried_as: Option<i64>,
}

impl Db {
    /// Those of these tasks that there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn letter_tasks(&self, ids: &[i64]) -> Result<Vec<LetterTask>> {
        let rows = sqlx::query!(
            "SELECT t.id, t.name, t.status, t.result, t.attempt, p.name AS \"project?\", u.email AS \"user?\",
                    (SELECT max(r.id) FROM task r WHERE r.retry_of = t.id) AS retried_as
             FROM task t LEFT JOIN project p ON p.id = t.project_id LEFT JOIN app_user u ON u.id = t.user_id
             WHERE t.id = ANY($1) ORDER BY t.id",
            ids,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(LetterTask {
                    id: row.id,
                    name: row.name,
                    status: status(&row.status)?,
                    result: row.result,
                    attempts: row.attempt,
                    project: row.project,
                    user: row.user,
                    retried_as: row.retried_as,
                })
            })
            .collect()
    }

    /// Runs the task of a dead letter again, at most once however often it is found, with its entry in the audit log.
    ///
    /// # Errors
    /// If the database fails; then nothing was submitted.
    pub async fn redrive_task(
        &self,
        task_id: i64,
        queue: &str,
        by: &Origin,
    ) -> Result<RetryOutcome> {
        let mut tx = self.begin().await?;
        let outcome = retry_in(&mut tx, task_id, RetryBy::REDRIVE).await?;
        if let RetryOutcome::New { task_id: new, .. } = &outcome {
            NewEntry::new(AuditAction::LettersRedriven)
                .with("queue", Some(queue))
                .with("task", Some(task_id))
                .with("new_task", Some(new))
                .write(&mut tx, by)
                .await?;
        }
        tx.commit().await?;
        Ok(outcome)
    }

    /// Notes what was done with dead letters of a queue: `tasks` in words, which names each.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn letters_were_dealt_with(
        &self,
        action: AuditAction,
        queue: &str,
        letters: usize,
        tasks: &str,
        by: &Origin,
    ) -> Result<()> {
        NewEntry::new(action)
            .with("queue", Some(queue))
            .with("letters", Some(letters))
            .with("tasks", Some(tasks).filter(|tasks| !tasks.is_empty()))
            .commit(self.begin().await?, by)
            .await
    }
}
