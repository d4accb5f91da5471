//! What is asked for in a sequence: tasks, batches, retries, second attempts.

use divbase_db::tasks::{RetryBy, RetryOutcome};
use divbase_local::AnyError;
use divbase_task_tests::{
    family::{Family, FamilyKwargs},
    probe::{Act, Acts, Probe},
};
use divbase_tasks::{Idempotency, Submission, Submit, SubmitError};
use rand::{RngExt, seq::IndexedRandom};

use super::world::World;

const ACTS: [Act; 10] = [
    Act::Snooze,
    Act::Succeed,
    Act::Succeed,
    Act::Transient,
    Act::Transient,
    Act::User,
    Act::Internal,
    Act::Panic,
    Act::Gate,
    Act::Gate,
];

impl World {
    /// What a task does, attempt by attempt. One that has nothing to do yet will have.
    fn acts(&mut self) -> Vec<Act> {
        let count = self.rng.random_range(1..=3);
        let mut acts: Vec<Act> = (0..count)
            .filter_map(|_| ACTS.choose(&mut self.rng).copied())
            .collect();
        if acts.last() == Some(&Act::Snooze) {
            acts.push(Act::Succeed);
        }
        acts
    }

    /// A part of a batch that runs has taken too long, and whoever takes its next message runs it once more.
    pub(super) async fn straggle(&mut self) -> Result<(), AnyError> {
        sqlx::query(
            "WITH late AS (
                 UPDATE task SET wants_beside = true, announced_at = now()
                 WHERE id = (SELECT id FROM task c WHERE batch_of IS NOT NULL AND status = 'STARTED'
                               AND lease_expires_at > now() AND cancel_requested_at IS NULL AND NOT wants_beside
                               AND NOT EXISTS (SELECT FROM task_attempt a WHERE a.task_id = c.id AND a.is_second)
                             ORDER BY id LIMIT 1)
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM late",
        )
        .execute(&self.rig.pool)
        .await?;
        Ok(())
    }

    pub(super) async fn submit_batch(&mut self) -> Result<(), AnyError> {
        let count = self.rng.random_range(0..=3);
        let children: Vec<Vec<Act>> = (0..count).map(|_| self.acts()).collect();
        let then = self.acts();
        let submit = Submit {
            project_id: self.a_project().await?,
            ..self.rig.as_user()
        };
        let submitter = self.submitter.clone();
        let kwargs = |job_id| FamilyKwargs {
            children,
            then,
            job_id,
        };
        let answer = self
            .perhaps(submitter.submit::<Family>(submit, kwargs))
            .await;
        if let Some(Submission::Accepted(task_id)) = answered(answer)? {
            self.accepted.insert(task_id);
        }
        Ok(())
    }

    /// One of two projects, or none: of the first, more is submitted than may run at a time.
    async fn a_project(&mut self) -> Result<Option<i64>, AnyError> {
        Ok(match self.rng.random_range(0..5) {
            0..=2 => Some(self.rig.project("herring").await?),
            3 => Some(self.rig.project("salmon").await?),
            _ => None,
        })
    }

    pub(super) async fn a_child(&mut self) -> Result<Option<i64>, AnyError> {
        let children: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM task WHERE batch_of IS NOT NULL ORDER BY id")
                .fetch_all(&self.rig.pool)
                .await?;
        Ok(children.choose(&mut self.rng).copied())
    }

    pub(super) async fn submit(&mut self) -> Result<(), AnyError> {
        let acts = self.acts();
        let number = self.rng.random_range(0..3);
        let key = self.rng.random_bool(0.4).then(|| format!("key-{number}"));
        let project_id = self.a_project().await?;
        let exclusive = self.rng.random_bool(0.2).then(|| format!("only-{number}"));
        let submit = Submit {
            idempotency: key.as_deref().map(|key| Idempotency {
                key,
                fingerprint: &[0; 32],
            }),
            exclusive_key: exclusive.as_deref(),
            project_id,
            ..self.rig.as_user()
        };
        let submitter = self.submitter.clone();
        let answer = self
            .perhaps(submitter.submit::<Probe>(submit, |job_id| Acts { acts, job_id }))
            .await;
        match answered(answer)? {
            Some(Submission::Accepted(task_id)) => {
                self.accepted.insert(task_id);
                if let Some(key) = key
                    && let Some(before) = self.by_key.insert(key.clone(), task_id)
                    && before != task_id
                {
                    return Err(format!("{key} was {before} and is {task_id}").into());
                }
            }
            Some(Submission::Excluded(task_id)) => {
                self.accepted.insert(task_id);
            }
            None => {}
        }
        Ok(())
    }

    pub(super) async fn retry(&mut self) -> Result<(), AnyError> {
        let Some(task_id) = self.a_task() else {
            return Ok(());
        };
        let by = RetryBy::default();
        let submitter = self.submitter.clone();
        let outcome = self.perhaps(submitter.retry(task_id, by)).await;
        if let Some(RetryOutcome::New { task_id, .. } | RetryOutcome::Repeated { task_id }) =
            answered(outcome.map(|outcome| outcome.map_err(SubmitError::from)))?
        {
            self.accepted.insert(task_id);
        }
        Ok(())
    }
}

/// What a caller was told. A busy machine may keep the database from answering in time; then it was told nothing, as if its
/// process had died.
fn answered<T>(answer: Option<Result<T, SubmitError>>) -> Result<Option<T>, SubmitError> {
    match answer {
        Some(Err(SubmitError::Db(error))) if error.is_transient() => Ok(None),
        other => other.transpose(),
    }
}
