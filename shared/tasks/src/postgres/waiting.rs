//! Waking those who wait for messages.

use std::{sync::Arc, time::Duration};

use divbase_db::{Db, DbError, tasks::Arrival};
use tokio::sync::Notify;

use crate::Queue;

/// How long is waited before another try to listen.
const AGAIN: Duration = Duration::from_secs(5);

/// Those who wait, by queue.
#[derive(Debug, Default)]
pub(super) struct Waiting([Notify; 3]);

impl Waiting {
    pub(super) fn of(&self, queue: Queue) -> &Notify {
        &self.0[queue as usize]
    }

    fn wake_all(&self) {
        for queue in Queue::ALL {
            self.of(queue).notify_waiters();
        }
    }
}

/// Wakes those who wait for messages as they come, until the database is closed.
pub(super) async fn listen(db: Db, waiting: Arc<Waiting>) {
    loop {
        let error = match hear(&db, &waiting).await {
            Ok(()) => return,
            Err(error) => error,
        };
        tracing::warn!(%error, "messages are not announced; they are found within a second");
        tokio::time::sleep(AGAIN).await;
    }
}

async fn hear(db: &Db, waiting: &Waiting) -> Result<(), DbError> {
    let mut arrivals = db.arrivals().await?;
    // What came before is not announced.
    waiting.wake_all();
    loop {
        match arrivals.next().await? {
            Arrival::In(name) => match Queue::parse(&name) {
                Some(queue) => waiting.of(queue).notify_waiters(),
                None => tracing::warn!(name, "a message was announced for a queue that is unknown"),
            },
            Arrival::Perhaps => waiting.wake_all(),
            Arrival::Closed => return Ok(()),
        }
    }
}
