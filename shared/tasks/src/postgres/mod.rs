//! Queues in the database that the tasks are in, for installations without a queue service.
//!
//! A worker that waits is told by `NOTIFY` when a message comes; one whose time of being hidden is over is found by a look once a
//! second. Should the connection that listens be lost, that look finds new messages as well.

mod dead;
mod waiting;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use divbase_db::{
    Db, DbError,
    tasks::{MessagePlace, MessageReceipt, TakenMessages},
};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Answer, Outgoing, Queue, QueueError, Queues, Received, Receiver, Sender};
use waiting::{Waiting, listen};

/// Deliveries of one message before it goes to the dead letters without anybody's decision, as in the queues of the template.
const MOST_RECEIVES: i32 = 20;
/// Most messages that one call takes.
const BATCH: usize = 100;
/// How often a receiver that waits looks by itself.
const LOOK: Duration = Duration::from_secs(1);

/// The queues of one database.
pub struct PostgresQueues {
    db: Db,
    waiting: Arc<Waiting>,
    listens: AtomicBool,
    stop: CancellationToken,
    /// Whoever listens ends with this.
    _stops: DropGuard,
}

impl From<DbError> for QueueError {
    fn from(error: DbError) -> Self {
        Self(error.into())
    }
}

fn receipt(id: i64, receives: i32) -> String {
    format!("{id}-{receives}")
}

fn parse(receipt: &str) -> Option<MessageReceipt> {
    let (id, receives) = receipt.split_once('-')?;
    Some(MessageReceipt {
        id: id.parse().ok()?,
        receives: receives.parse().ok()?,
    })
}

fn live(queue: Queue) -> MessagePlace<'static> {
    MessagePlace {
        queue: queue.as_str(),
        is_dead: false,
    }
}

fn dead(queue: Queue) -> MessagePlace<'static> {
    MessagePlace {
        queue: queue.as_str(),
        is_dead: true,
    }
}

impl PostgresQueues {
    /// In this database. It listens from the first receive on.
    #[must_use]
    pub fn new(db: Db) -> Self {
        let stop = CancellationToken::new();
        Self {
            db,
            waiting: Arc::default(),
            listens: AtomicBool::new(false),
            _stops: stop.clone().drop_guard(),
            stop,
        }
    }

    /// Begins to listen, once.
    fn listen(&self) {
        if !self.listens.swap(true, Ordering::Relaxed) {
            let listening = listen(self.db.clone(), Arc::clone(&self.waiting));
            let stop = self.stop.clone();
            tokio::spawn(async move { stop.run_until_cancelled(listening).await });
        }
    }

    async fn take(
        &self,
        place: MessagePlace<'_>,
        most: usize,
        visibility: Duration,
        most_receives: i32,
    ) -> Result<TakenMessages, QueueError> {
        let limit = i64::try_from(most.clamp(1, BATCH)).unwrap_or(1);
        let seconds = visibility.as_secs_f64();
        let taken = self
            .db
            .take_messages(place, limit, seconds, most_receives)
            .await?;
        if taken.given_up > 0 {
            tracing::warn!(
                queue = place.queue,
                messages = taken.given_up,
                "messages that were delivered too often are dead letters now"
            );
        }
        Ok(taken)
    }

    async fn delete_at(
        &self,
        place: MessagePlace<'_>,
        receipts: &[String],
    ) -> Result<(), QueueError> {
        let receipts: Vec<MessageReceipt> = receipts.iter().filter_map(|r| parse(r)).collect();
        Ok(self.db.delete_messages(place, &receipts).await?)
    }

    async fn hide_at(
        &self,
        place: MessagePlace<'_>,
        receipt: &str,
        visibility: Duration,
    ) -> Result<(), QueueError> {
        let seconds = visibility.as_secs_f64();
        match parse(receipt) {
            Some(receipt) if self.db.hide_message(place, receipt, seconds).await? => Ok(()),
            _ => Err(QueueError("the delivery is no longer current".into())),
        }
    }
}

impl Receiver for PostgresQueues {
    fn receive(
        &self,
        queue: Queue,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> Answer<'_, Vec<Received>> {
        Box::pin(async move {
            let deadline = Instant::now() + wait;
            if !wait.is_zero() {
                self.listen();
            }
            loop {
                // From here on, so that nothing comes unheard between the look and the wait.
                let mut arrived = std::pin::pin!(self.waiting.of(queue).notified());
                arrived.as_mut().enable();
                let taken = self
                    .take(live(queue), most, visibility, MOST_RECEIVES)
                    .await?;
                if !taken.messages.is_empty() {
                    let messages = taken.messages.into_iter();
                    return Ok(messages
                        .map(|message| Received {
                            receipt: receipt(message.id, message.receives),
                            body: message.body,
                        })
                        .collect());
                }
                let now = Instant::now();
                if taken.given_up > 0 {
                    continue;
                }
                if now >= deadline {
                    return Ok(Vec::new());
                }
                // Woken or not: the next look tells.
                let _ = timeout_at(deadline.min(now + LOOK), arrived).await;
            }
        })
    }

    fn delete<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a> {
        Box::pin(self.delete_at(live(queue), receipts))
    }

    fn hide<'a>(&'a self, queue: Queue, receipt: &'a str, visibility: Duration) -> Answer<'a> {
        Box::pin(self.hide_at(live(queue), receipt, visibility))
    }
}

impl Sender for PostgresQueues {
    /// All are accepted, or none.
    fn send<'a>(&'a self, queue: Queue, messages: &'a [Outgoing]) -> Answer<'a, Vec<usize>> {
        Box::pin(async move {
            if messages.is_empty() {
                return Ok(Vec::new());
            }
            let bodies: Vec<String> = messages.iter().map(|out| out.message.body()).collect();
            let groups: Vec<Option<i64>> = messages.iter().map(|out| out.project_id).collect();
            let delays: Vec<i32> = messages
                .iter()
                .map(|out| i32::from(out.delay_seconds))
                .collect();
            self.db
                .put_messages(queue.as_str(), &bodies, &groups, &delays)
                .await?;
            Ok((0..messages.len()).collect())
        })
    }

    fn bury<'a>(&'a self, queue: Queue, body: &'a str) -> Answer<'a> {
        Box::pin(async move { Ok(self.db.put_dead_letter(queue.as_str(), body).await?) })
    }
}

impl Queues for PostgresQueues {
    fn ping(&self) -> Answer<'_> {
        Box::pin(async move { Ok(self.db.ping().await?) })
    }
}
