//! The long-poll driver: receives, runs, deletes. Used on one machine and by Fargate.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Delivery, Disposition, MessageLease, Queue, Received, Receiver, Runner};

/// How long one call waits for a message.
const WAIT: Duration = Duration::from_secs(10);

/// The loop and its limits.
pub struct LongPoll<S> {
    runner: Arc<Runner<S>>,
    queues: Arc<dyn Receiver>,
    shutdown: CancellationToken,
}

/// How the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollOutcome {
    /// It was asked to, and handed back what it ran.
    ShutDown,
}

impl<S: Send + Sync + 'static> LongPoll<S> {
    /// A loop over these queues; it ends after `shutdown`.
    #[must_use]
    pub fn new(
        runner: Arc<Runner<S>>,
        queues: Arc<dyn Receiver>,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            runner,
            queues,
            shutdown,
        }
    }

    /// Serves each queue with so many tasks at a time until shutdown.
    pub async fn run(self, queues: &[(Queue, usize)]) -> PollOutcome {
        let this = Arc::new(self);
        let tracker = TaskTracker::new();
        for &(queue, concurrency) in queues {
            tracker.spawn(Arc::clone(&this).serve(queue, concurrency));
        }
        tracker.spawn(Arc::clone(&this).rescue());
        tracker.close();
        tracker.wait().await;
        PollOutcome::ShutDown
    }

    async fn rescue(self: Arc<Self>) {
        loop {
            self.runner.rescue().await;
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                () = tokio::time::sleep(self.runner.timing().rescue_every) => {}
            }
        }
    }

    async fn serve(self: Arc<Self>, queue: Queue, concurrency: usize) {
        let slots = Arc::new(Semaphore::new(concurrency));
        let running = TaskTracker::new();
        while !self.shutdown.is_cancelled() {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                break;
            };
            // The number of free slots, this one included.
            let most = slots.available_permits() + 1;
            let received = tokio::select! {
                () = self.shutdown.cancelled() => break,
                received = self.queues.receive(queue, most, WAIT, self.runner.timing().lease) => received,
            };
            drop(slot);
            match received {
                Ok(messages) => {
                    for message in messages {
                        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                            break;
                        };
                        let this = Arc::clone(&self);
                        running.spawn(async move {
                            this.deal_with(queue, message).await;
                            drop(slot);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(%queue, %error, "no messages could be received");
                    tokio::select! {
                        () = self.shutdown.cancelled() => break,
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
            }
        }
        running.close();
        running.wait().await;
    }

    async fn deal_with(&self, queue: Queue, message: Received) {
        let Received { body, receipt } = message;
        let lease = MessageLease::new(Arc::clone(&self.queues), queue, receipt.clone());
        let done = match self
            .runner
            .handle(Delivery {
                queue,
                body,
                lease: Some(lease),
            })
            .await
        {
            Disposition::Done => {
                self.queues
                    .delete(queue, std::slice::from_ref(&receipt))
                    .await
            }
            Disposition::Again(after) => self.queues.hide(queue, &receipt, after).await,
        };
        if let Err(error) = done {
            tracing::warn!(%queue, %error, "the queue did not take the answer; the message will come again");
        }
    }
}
