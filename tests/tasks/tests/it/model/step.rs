//! The steps of a sequence.

use std::{sync::Arc, time::Duration};

use divbase_db::tasks::{RetryBy, RetryOutcome};
use divbase_local::AnyError;
use divbase_task_tests::{
    family::{Family, FamilyKwargs},
    probe::{Act, Acts, Gates, Probe},
    rig::FAST,
};
use divbase_tasks::{
    Delivery, Disposition, Idempotency, MessageLease, Queue, Received, Receiver, Runner,
    Submission, Submit, SubmitError,
};
use rand::{RngExt, seq::IndexedRandom};

use super::{crash::CrashAfter, world::World};

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Submit,
    SubmitBatch,
    CancelChild,
    Deliver,
    DeliverTwice,
    DeliverOld,
    LoseMessage,
    Straggle,
    VisibilityEnds,
    LeaseExpires,
    KillAtGate,
    OpenGate,
    Cancel,
    Retry,
    Relay,
    Rescue,
    Redrive,
    QueueAway,
    QueueBack,
}

/// How often each happens.
const WEIGHTS: [(Step, u32); 19] = [
    (Step::Submit, 16),
    (Step::SubmitBatch, 6),
    (Step::CancelChild, 2),
    (Step::Deliver, 26),
    (Step::DeliverTwice, 5),
    (Step::DeliverOld, 6),
    (Step::LoseMessage, 4),
    (Step::Straggle, 8),
    (Step::VisibilityEnds, 6),
    (Step::LeaseExpires, 8),
    (Step::KillAtGate, 3),
    (Step::OpenGate, 4),
    (Step::Cancel, 5),
    (Step::Retry, 4),
    (Step::Relay, 4),
    (Step::Rescue, 8),
    (Step::Redrive, 2),
    (Step::QueueAway, 2),
    (Step::QueueBack, 3),
];

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
    pub(crate) fn choose(&mut self) -> Step {
        WEIGHTS
            .choose_weighted(&mut self.rng, |(_, weight)| *weight)
            .map_or(Step::Deliver, |(step, _)| *step)
    }

    /// Where a process dies this time, if it does.
    fn dies_at(&mut self) -> Option<u32> {
        self.rng
            .random_bool(0.35)
            .then(|| self.rng.random_range(0..14))
    }

    /// Runs something in a process that may die; nothing if it did.
    async fn perhaps<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let Some(waits) = self.dies_at() else {
            return Some(future.await);
        };
        let output = CrashAfter::new(waits, future).await;
        self.crashes += u64::from(output.is_none());
        output
    }

    fn a_worker(&mut self) -> Arc<Runner<Gates>> {
        let index = self.rng.random_range(0..self.workers.len());
        Arc::clone(&self.workers[index])
    }

    fn a_task(&mut self) -> Option<i64> {
        let mut known: Vec<i64> = self.accepted.iter().copied().collect();
        known.sort_unstable();
        known.choose(&mut self.rng).copied()
    }

    pub(crate) async fn step(&mut self, step: Step) -> Result<(), AnyError> {
        match step {
            Step::Submit => self.submit().await?,
            Step::SubmitBatch => self.submit_batch().await?,
            Step::CancelChild => {
                if let Some(task_id) = self.a_child().await? {
                    let (db, user_id) = (self.rig.db.clone(), self.rig.user_id);
                    self.perhaps(db.cancel_task(task_id, user_id)).await;
                }
            }
            Step::Deliver => {
                if let Some(message) = self.receive().await? {
                    let (worker, dies) = (self.a_worker(), self.dies_at());
                    self.deliver(&worker, message, dies).await?;
                }
            }
            Step::DeliverTwice => {
                if let Some(message) = self.receive().await? {
                    let (one, two) = (self.a_worker(), self.a_worker());
                    self.handle_old(&two, &message.body, Some(2)).await;
                    self.deliver(&one, message.clone(), None).await?;
                    self.handle_old(&two, &message.body, Some(40)).await;
                }
            }
            Step::DeliverOld => {
                if let Some(body) = self.delivered.choose(&mut self.rng).cloned() {
                    let (worker, dies) = (self.a_worker(), self.dies_at());
                    // Attempts that would wait at the gate die there.
                    self.handle_old(&worker, &body, Some(dies.unwrap_or(40)))
                        .await;
                }
            }
            Step::LoseMessage => {
                if let Some(Received { receipt, .. }) = self.receive().await? {
                    self.rig.queues.delete(Queue::Quick, &[receipt]).await?;
                    self.lost += 1;
                }
            }
            Step::Straggle => self.straggle().await?,
            Step::VisibilityEnds => {
                if let Some(message) = self.stuck.pop() {
                    // It may have been dealt with since; then there is nothing to unhide.
                    let _ = self
                        .rig
                        .queues
                        .hide(Queue::Quick, &message.receipt, Duration::ZERO)
                        .await;
                }
            }
            Step::LeaseExpires => {
                if let Some(task_id) = self.a_task() {
                    self.rig.expire(task_id).await?;
                }
            }
            Step::KillAtGate => {
                if let Some((running, message)) = self.at_gate.pop() {
                    running.abort();
                    self.crashes += 1;
                    self.stuck.push(message);
                }
            }
            Step::OpenGate => self.open_gate().await?,
            Step::Cancel => {
                if let Some(task_id) = self.a_task() {
                    let (db, user_id) = (self.rig.db.clone(), self.rig.user_id);
                    self.perhaps(db.cancel_task(task_id, user_id)).await;
                }
            }
            Step::Retry => self.retry().await?,
            Step::Relay => {
                let worker = self.a_worker();
                self.perhaps(worker.relay().flush()).await;
            }
            Step::Rescue => {
                let worker = self.a_worker();
                self.perhaps(worker.rescue()).await;
            }
            Step::Redrive => {
                let redrive = self.redrive.clone();
                self.perhaps(redrive.run(Queue::Quick, Duration::ZERO))
                    .await;
            }
            Step::QueueAway => self.sender.set_away(true),
            Step::QueueBack => self.sender.set_away(false),
        }
        Ok(())
    }

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
    async fn straggle(&mut self) -> Result<(), AnyError> {
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

    async fn submit_batch(&mut self) -> Result<(), AnyError> {
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

    async fn a_child(&mut self) -> Result<Option<i64>, AnyError> {
        let children: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM task WHERE batch_of IS NOT NULL ORDER BY id")
                .fetch_all(&self.rig.pool)
                .await?;
        Ok(children.choose(&mut self.rng).copied())
    }

    async fn submit(&mut self) -> Result<(), AnyError> {
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

    async fn retry(&mut self) -> Result<(), AnyError> {
        let Some(task_id) = self.a_task() else {
            return Ok(());
        };
        let by = RetryBy::Submitter {
            idempotency: None,
            request_id: None,
            waiting: None,
        };
        let submitter = self.submitter.clone();
        let outcome = self.perhaps(submitter.retry(task_id, by)).await;
        if let Some(RetryOutcome::New { task_id, .. } | RetryOutcome::Repeated { task_id }) =
            answered(outcome.map(|outcome| outcome.map_err(SubmitError::from)))?
        {
            self.accepted.insert(task_id);
        }
        Ok(())
    }

    pub(crate) async fn receive(&mut self) -> Result<Option<Received>, AnyError> {
        let mut messages = self
            .rig
            .queues
            .receive(Queue::Quick, 1, Duration::ZERO, FAST.lease)
            .await?;
        let message = messages.pop();
        if let Some(message) = &message {
            self.delivered.push(message.body.clone());
        }
        Ok(message)
    }

    /// Has a message dealt with, up to its end, its worker's death, or the gate.
    pub(crate) async fn deliver(
        &mut self,
        worker: &Arc<Runner<Gates>>,
        message: Received,
        dies: Option<u32>,
    ) -> Result<(), AnyError> {
        let queues = Arc::clone(&self.rig.queues);
        let (worker, received) = (Arc::clone(worker), message.clone());
        let process = async move {
            let Received { body, receipt } = received;
            let lease = MessageLease::new(queues.clone(), Queue::Quick, receipt.clone());
            let delivery = Delivery {
                queue: Queue::Quick,
                body,
                lease: Some(lease),
            };
            // A receipt that is no longer good is answered with an error, which is what a worker expects.
            let _ = match worker.handle(delivery).await {
                Disposition::Done => queues.delete(Queue::Quick, &[receipt]).await,
                Disposition::Again(_) => queues.hide(Queue::Quick, &receipt, Duration::ZERO).await,
            };
        };
        let gates = Arc::clone(&self.rig.gates);
        if let Some(waits) = dies {
            let survived = tokio::select! {
                output = CrashAfter::new(waits, process) => output.is_some(),
                // Where nothing happens any more it would wait for ever for its death.
                () = gates.reached() => false,
            };
            if !survived {
                self.crashes += 1;
                self.stuck.push(message);
            }
            return Ok(());
        }
        let mut running = tokio::spawn(process);
        tokio::select! {
            ended = &mut running => ended?,
            () = gates.reached() => self.at_gate.push((running, message)),
            () = tokio::time::sleep(Duration::from_secs(20)) => {
                return Err(format!("{} is neither at its end nor at the gate", message.body).into());
            }
        }
        Ok(())
    }

    /// Has a copy of a message dealt with by a worker that dies at some point at the latest.
    async fn handle_old(&mut self, worker: &Runner<Gates>, body: &str, dies: Option<u32>) {
        let delivery = Delivery {
            queue: Queue::Quick,
            body: body.to_owned(),
            lease: None,
        };
        let handled = tokio::time::timeout(
            Duration::from_millis(100),
            CrashAfter::new(dies.unwrap_or(40), worker.handle(delivery)),
        )
        .await;
        if !matches!(handled, Ok(Some(_))) {
            self.crashes += 1;
        }
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
