//! The long-poll driver: receives, runs, deletes. Used on one machine and by Fargate.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tokio::sync::{
    Semaphore,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Delivery, Disposition, MessageLease, Queue, QueueError, Received, Receiver, Runner};

/// How long one call waits for a message.
const WAIT: Duration = Duration::from_secs(10);
/// How long a received message is hidden before its task has begun; from then on it is hidden as long as the lease lasts.
/// Short, because a queue may give a message to a receiver that has gone.
const FIRST_VISIBILITY: Duration = Duration::from_secs(10);
/// After work was handed back, how long is waited for our own receive to get it.
const LINGER: Duration = Duration::from_millis(500);

/// Messages that are deleted in one call at most.
const AT_ONCE: usize = 10;

type Receiving<'a> = BoxFuture<'a, Result<Vec<Received>, QueueError>>;

/// The loop and its limits.
pub struct LongPoll<S> {
    runner: Arc<Runner<S>>,
    queues: Arc<dyn Receiver>,
    shutdown: CancellationToken,
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

    /// Serves each queue with so many tasks at a time until shutdown, and hands back what still runs then.
    pub async fn run(self, queues: &[(Queue, usize)]) {
        let this = Arc::new(self);
        let tracker = TaskTracker::new();
        for &(queue, concurrency) in queues {
            tracker.spawn(Arc::clone(&this).serve(queue, concurrency));
        }
        tracker.spawn(Arc::clone(&this).rescue());
        tracker.close();
        tracker.wait().await;
    }

    async fn rescue(self: Arc<Self>) {
        loop {
            self.runner.rescue().await;
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                () = tokio::time::sleep(self.runner.timing.rescue_every) => {}
            }
        }
    }

    async fn serve(self: Arc<Self>, queue: Queue, concurrency: usize) {
        let running = TaskTracker::new();
        let (done, to_delete) = unbounded_channel();
        let deleting = tokio::spawn(Arc::clone(&self).delete(queue, to_delete));
        let outstanding = self.take_on(queue, concurrency, &running, done).await;
        running.close();
        let hands_back = !running.is_empty();
        let ended = async {
            running.wait().await;
            if hands_back {
                tokio::time::sleep(LINGER).await;
            }
        };
        // What was handed back may be given to our own receive, which nobody serves any more.
        tokio::select! {
            () = self.give_back(queue, outstanding) => running.wait().await,
            () = ended => {}
        }
        // All senders are gone by now, so it ends once everything is deleted.
        let _ = deleting.await;
    }

    /// Receives and starts tasks until shutdown; gives the receive that is still under way.
    async fn take_on<'a>(
        self: &'a Arc<Self>,
        queue: Queue,
        concurrency: usize,
        running: &TaskTracker,
        done: UnboundedSender<String>,
    ) -> Option<Receiving<'a>> {
        let slots = Arc::new(Semaphore::new(concurrency));
        let visibility = self.runner.timing.lease.min(FIRST_VISIBILITY);
        while !self.shutdown.is_cancelled() {
            let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
            // The number of free slots, this one included.
            let most = slots.available_permits() + 1;
            let mut receiving = self.queues.receive(queue, most, WAIT, visibility);
            let received = tokio::select! {
                () = self.shutdown.cancelled() => return Some(receiving),
                received = &mut receiving => received,
            };
            drop(slot);
            match received {
                Ok(messages) => {
                    for message in messages {
                        let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
                        let (this, done) = (Arc::clone(self), done.clone());
                        running.spawn(async move {
                            this.deal_with(queue, message, &done).await;
                            drop(slot);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(%queue, %error, "no messages could be received");
                    tokio::select! {
                        () = self.shutdown.cancelled() => return None,
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
            }
        }
        None
    }

    /// Waits for a receive and makes its messages visible again at once.
    async fn give_back(&self, queue: Queue, outstanding: Option<Receiving<'_>>) {
        let Some(receiving) = outstanding else {
            return;
        };
        for message in receiving.await.unwrap_or_default() {
            let given = self.queues.hide(queue, &message.receipt, Duration::ZERO);
            if let Err(error) = given.await {
                tracing::warn!(%queue, %error, "a message could not be given back; it will come again");
            }
        }
    }

    /// Takes messages out of the queue: those of tasks that ended while the last call was under way, in one call.
    async fn delete(self: Arc<Self>, queue: Queue, mut done: UnboundedReceiver<String>) {
        let mut receipts = Vec::new();
        while done.recv_many(&mut receipts, AT_ONCE).await > 0 {
            if let Err(error) = self.queues.delete(queue, &receipts).await {
                tracing::warn!(%queue, %error, "messages could not be deleted; they will come again");
            }
            receipts.clear();
        }
    }

    async fn deal_with(&self, queue: Queue, message: Received, done: &UnboundedSender<String>) {
        let Received { body, receipt } = message;
        let lease = MessageLease::new(Arc::clone(&self.queues), queue, receipt.clone());
        let disposition = self
            .runner
            .handle(Delivery {
                queue,
                body,
                lease: Some(lease),
            })
            .await;
        match disposition {
            // Nobody listens any more only if the loop has panicked; then the message comes again.
            Disposition::Done => drop(done.send(receipt)),
            Disposition::Again(after) => {
                if let Err(error) = self.queues.hide(queue, &receipt, after).await {
                    tracing::warn!(%queue, %error, "the queue did not take the answer; the message will come again");
                }
            }
        }
    }
}
