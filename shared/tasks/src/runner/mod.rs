//! Runs one task from claim to committed end. Both drivers, and inline execution, go through here.

mod attempt;
mod inline;
mod watch;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use chrono::Utc;
use divbase_db::{
    Db, DbError,
    tasks::{Claim, ClaimedTask, Committed, Cost, Ending, Fence},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

pub use inline::InlineError;

use attempt::Place;

use crate::{
    Delivery, Disposition, Observer, Outcome, Queue, Registry, Relay, Sender, TaskMessage, Timing,
};

/// Runs tasks; one a process, shared.
pub struct Runner<S> {
    db: Db,
    registry: Registry<S>,
    services: Arc<S>,
    sender: Arc<dyn Sender>,
    relay: Relay,
    /// The name it has in history.
    pub worker: String,
    /// Its clocks.
    pub timing: Timing,
    shutdown: CancellationToken,
    observer: OnceLock<Arc<dyn Observer>>,
}

impl<S: Send + Sync + 'static> Runner<S> {
    /// A runner. `worker` names it in history; `shutdown` makes it hand back what it runs.
    #[must_use]
    pub fn new(
        db: Db,
        registry: Registry<S>,
        services: Arc<S>,
        sender: Arc<dyn Sender>,
        worker: String,
        timing: Timing,
        shutdown: CancellationToken,
    ) -> Self {
        let relay = Relay::new(db.clone(), Arc::clone(&sender));
        Self {
            db,
            registry,
            services,
            sender,
            relay,
            worker,
            timing,
            shutdown,
            observer: OnceLock::new(),
        }
    }

    /// Has attempts told to somebody, for metrics. The first call counts.
    pub fn observed_by(&self, observer: Arc<dyn Observer>) {
        let _ = self.observer.set(observer);
    }

    /// The relay that goes with it.
    #[must_use]
    pub fn relay(&self) -> &Relay {
        &self.relay
    }

    /// The tasks that it knows.
    #[must_use]
    pub fn registry(&self) -> &Registry<S> {
        &self.registry
    }

    /// What its tasks work with.
    #[must_use]
    pub fn services(&self) -> &Arc<S> {
        &self.services
    }

    /// Deals with one message.
    pub async fn handle(&self, delivery: Delivery) -> Disposition {
        self.handle_until(delivery, None).await
    }

    /// Deals with one message in a process that ends at a known instant. A task that would run beyond it is handed back in time,
    /// which counts as no attempt.
    pub async fn handle_until(&self, delivery: Delivery, deadline: Option<Instant>) -> Disposition {
        let Some(message) = TaskMessage::parse(&delivery.body) else {
            tracing::error!(queue = %delivery.queue, "a message that is not ours goes to the dead letters");
            return self.bury(delivery.queue, &delivery.body).await;
        };
        let task_id = message.task_id;
        let claim = self
            .db
            .claim_fairly(
                delivery.queue.as_str(),
                task_id,
                &self.worker,
                self.timing.lease.as_secs_f64(),
            )
            .await;
        match claim {
            Ok(Claim::Claimed(task)) => self.run(*task, delivery, deadline).await,
            // Should its worker be lost, a rescue announces the task again. Kept, the message would come back as often as the lease is
            // renewed, until it lies in the dead letters.
            Ok(Claim::Running { .. }) => {
                tracing::debug!(task_id, "a message about a task that runs");
                Disposition::Done
            }
            Ok(Claim::NotYet { until, .. }) => {
                let wait = (until - Utc::now()).to_std().unwrap_or_default();
                Disposition::Again(wait + Duration::from_secs(1))
            }
            Ok(Claim::Ended(status)) => {
                tracing::debug!(task_id, %status, "a message about a task that has ended");
                Disposition::Done
            }
            Ok(Claim::Waits | Claim::Held) => Disposition::Done,
            Ok(Claim::Unknown) => {
                tracing::warn!(task_id, "a message about a task that does not exist");
                Disposition::Done
            }
            Ok(Claim::Spent) => {
                self.rescue().await;
                Disposition::Done
            }
            Err(error) => {
                tracing::error!(task_id, %error, "the task could not be claimed");
                Disposition::Again(Duration::from_secs(2))
            }
        }
    }

    /// One round of rescue and relay.
    pub async fn rescue(&self) {
        self.relay.rescue(&self.timing).await;
    }

    async fn run(
        &self,
        task: ClaimedTask,
        delivery: Delivery,
        deadline: Option<Instant>,
    ) -> Disposition {
        let span = span(&task, delivery.queue);
        async {
            tracing::info!("task started");
            let started = Instant::now();
            let place = Place {
                queue: delivery.queue,
                message: delivery.lease.as_ref(),
                budget: None,
                deadline,
            };
            let (ending, cost) = self.attempt(&task, place).await;
            let outcome = Outcome::of(ending.as_ref()).as_str();
            self.commit(&task, ending, cost).await;
            tracing::info!(
                outcome,
                seconds = started.elapsed().as_secs_f64(),
                "task ended"
            );
            // Whatever another attempt or an operator needs lies in the outbox.
            Disposition::Done
        }
        .instrument(span)
        .await
    }

    /// Writes the end down, for as long as the lease lasts. If the database stays away the lease runs out and the
    /// task is run again.
    async fn commit(&self, task: &ClaimedTask, ending: Option<Ending>, cost: Cost) {
        let Some(ending) = ending else {
            return;
        };
        let deadline = Instant::now() + self.timing.lease;
        loop {
            match self.db.end_attempt(task.fence(), &ending, cost).await {
                Ok(Committed::Yes { outbox_id }) => {
                    if let Some(outbox_id) = outbox_id {
                        self.relay.try_send(task.id, outbox_id).await;
                    }
                    return self.afterwards(task, &ending).await;
                }
                Ok(Committed::Fenced) => {
                    tracing::warn!(
                        "the attempt was no longer the current one; its end was not committed"
                    );
                    return;
                }
                Err(error) if is_final(&error) || Instant::now() > deadline => {
                    tracing::error!(%error, "the end of the attempt could not be committed");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the end of the attempt could not be committed yet");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    /// What the end of one task means for others. Whatever fails here a rescue does.
    async fn afterwards(&self, task: &ClaimedTask, ending: &Ending) {
        let freed = self.relay.release(task.project_id, task.user_id).await;
        let sent = match ending {
            Ending::Split(batch) if batch.children.is_empty() => {
                self.relay.finish_batch(task.id).await
            }
            Ending::Split(_) => self.relay.flush().await.map(drop),
            Ending::Success(_)
            | Ending::Failure { .. }
            | Ending::Revoked
            | Ending::Retry { .. }
            | Ending::Released
            | Ending::Snoozed { .. } => match task.batch_of {
                Some(parent) => self.relay.finish_batch(parent).await,
                None => Ok(()),
            },
        };
        for error in [freed, sent].into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "what follows this end is left to the next rescue");
        }
    }

    async fn bury(&self, queue: Queue, body: &str) -> Disposition {
        match self.sender.bury(queue, body).await {
            Ok(()) => Disposition::Done,
            Err(error) => {
                tracing::error!(%error, "the message could not be moved to the dead letters");
                // The queue's own redrive policy is the safety net.
                Disposition::Again(Duration::from_secs(30))
            }
        }
    }
}

fn is_final(error: &DbError) -> bool {
    !error.is_transient()
}

/// The span of an attempt, which goes on with the one that submitted the task.
fn span(task: &ClaimedTask, queue: Queue) -> Span {
    let Fence { task_id, attempt } = task.fence();
    tracing::info_span!("task", task_id, attempt, task = %task.name, queue = queue.as_str(),
        request_id = task.request_id.as_deref().unwrap_or_default(), traceparent = task.traceparent.as_deref())
}
