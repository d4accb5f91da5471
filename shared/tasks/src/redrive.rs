//! Redrive: an operator's second chance for what lies in the dead letters. A failed task is run again as a new
//! one that names it, at most once however often its letter is found; an unfinished one is announced again.

use std::{sync::Arc, time::Duration};

use divbase_db::{Db, tasks::RetryBy};
use serde::Serialize;

use crate::{
    DeadLetter, Queue, Queues, Relay, Sender,
    dead::{Settled, settle},
    relay::RelayError,
};

/// Letters that nobody can read are looked at once in this time, which is longer than a redrive takes.
const HIDDEN: Duration = Duration::from_secs(120);
/// Most letters that a queue gives in one call.
const AT_ONCE: usize = 10;

/// What became of the dead letters of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// Failed tasks that run again under a new number.
    pub retried: usize,
    /// Unfinished tasks that were announced again.
    pub announced: usize,
    /// Letters about tasks that need nothing any more; thrown away.
    pub settled: usize,
    /// Letters that were left: not ours, or another task excludes the one they name.
    pub left: usize,
}

/// Reads dead letters and acts on them.
#[derive(Clone)]
pub struct Redrive {
    db: Db,
    queues: Arc<dyn Queues>,
    relay: Relay,
}

impl Redrive {
    /// Between these dead letters and this database. `sender` takes the new messages.
    #[must_use]
    pub fn new(db: Db, queues: Arc<dyn Queues>, sender: Arc<dyn Sender>) -> Self {
        Self {
            relay: Relay::new(db.clone(), sender),
            db,
            queues,
        }
    }

    /// Goes through the dead letters of a queue until none comes for `wait`.
    ///
    /// # Errors
    /// If database or queue fail; what was not dealt with is still there.
    pub async fn run(&self, queue: Queue, wait: Duration) -> Result<Redriven, RelayError> {
        let mut done = Redriven::default();
        loop {
            let letters = self
                .queues
                .receive_dead(queue, AT_ONCE, wait, HIDDEN)
                .await?;
            if letters.is_empty() {
                return Ok(done);
            }
            for letter in letters {
                self.deal_with(queue, letter, &mut done).await?;
            }
        }
    }

    async fn deal_with(
        &self,
        queue: Queue,
        letter: DeadLetter,
        done: &mut Redriven,
    ) -> Result<(), RelayError> {
        let Some(task_id) = letter.task_id() else {
            tracing::warn!(%queue, body = %letter.body, "a dead letter that is not ours stays where it is");
            done.left += 1;
            return Ok(());
        };
        let outcome = self.db.retry_task(task_id, RetryBy::REDRIVE).await?;
        match settle(&self.db, &self.relay, task_id, outcome).await? {
            Settled::Retried(_) => done.retried += 1,
            Settled::Announced => done.announced += 1,
            Settled::Done => done.settled += 1,
            Settled::Left => {
                done.left += 1;
                return Ok(());
            }
        }
        self.queues.delete_dead(queue, &[letter.receipt]).await?;
        Ok(())
    }
}
