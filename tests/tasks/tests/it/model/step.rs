//! The steps of a sequence.

use std::{sync::Arc, time::Duration};

use divbase_local::AnyError;
use divbase_task_tests::{probe::Gates, rig::FAST};
use divbase_tasks::{Delivery, Disposition, MessageLease, Queue, Received, Runner};
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
    (Step::Straggle, 14),
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
    pub(super) async fn perhaps<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
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

    pub(super) fn a_task(&mut self) -> Option<i64> {
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
