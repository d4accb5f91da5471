//! Dead letters as administrators see them: listed without being taken out, run again, or thrown away.
//!
//! A queue gives letters only to those who take them for a while, so each call takes what is there, up to a bound, deals with what
//! it is asked for, and gives the rest back at once. Two calls at the same moment share the letters between them.

use std::{collections::HashSet, sync::Arc, time::Duration};

use divbase_contract::audit::AuditAction;
use divbase_db::{Db, Origin, tasks::RetryOutcome};

use crate::{DeadLetter, Queue, QueueError, Queues, Relay, Sender, relay::RelayError};

/// How long letters are hidden from others while a call deals with them.
const HIDDEN: Duration = Duration::from_secs(60);
/// Most letters that a queue gives in one call.
const AT_ONCE: usize = 10;

/// Which letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letters {
    /// Every one.
    All,
    /// Those of these names.
    These(HashSet<String>),
}

impl Letters {
    fn has(&self, letter: &DeadLetter) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&letter.id),
        }
    }
}

/// What became of letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LettersDone {
    /// Failed tasks, each with the one that runs it again.
    pub retried: Vec<(i64, i64)>,
    /// Unfinished tasks that were announced again.
    pub announced: Vec<i64>,
    /// Letters about tasks that need nothing any more; thrown away.
    pub settled: usize,
    /// Letters that were thrown away because somebody wanted it.
    pub discarded: usize,
    /// Letters that were left: not ours, or another task excludes the one they name.
    pub left: usize,
    /// There were as many as a call reads.
    pub more: bool,
}

/// The dead letters of one installation; cheap to clone.
#[derive(Clone)]
pub struct DeadLetterBox {
    db: Db,
    queues: Arc<dyn Queues>,
    relay: Relay,
}

impl DeadLetterBox {
    /// Between these dead letters and this database.
    #[must_use]
    pub fn new(db: Db, queues: Arc<dyn Queues>) -> Self {
        Self {
            relay: Relay::new(db.clone(), Arc::clone(&queues) as Arc<dyn Sender>),
            db,
            queues,
        }
    }

    /// About how many there are, those that somebody looks at included.
    ///
    /// # Errors
    /// If the queue service fails.
    pub async fn count(&self, queue: Queue) -> Result<u64, QueueError> {
        self.queues.count_dead(queue).await
    }

    /// Reads up to `most` letters and gives them back at once, oldest first; with about how many there are, as [`Self::count`] tells.
    ///
    /// # Errors
    /// If the queue service fails.
    pub async fn list(
        &self,
        queue: Queue,
        most: usize,
    ) -> Result<(Vec<DeadLetter>, u64), QueueError> {
        let count = self.count(queue).await?;
        let mut letters = self.take(queue, most, count).await?;
        self.give_back(queue, &letters).await;
        letters.sort_by(|a, b| (a.sent_at, &a.id).cmp(&(b.sent_at, &b.id)));
        Ok((letters, count))
    }

    /// Runs the tasks of letters again, each at most once; looks at up to `most` letters. Each task has its entry in the audit log.
    ///
    /// # Errors
    /// If database or queue fail; what was not dealt with is still there.
    pub async fn redrive(
        &self,
        queue: Queue,
        which: &Letters,
        most: usize,
        by: &Origin,
    ) -> Result<LettersDone, RelayError> {
        let (wanted, mut done) = self.take_wanted(queue, which, most).await?;
        let (mut settled, mut kept) = (Vec::new(), Vec::new());
        for letter in wanted {
            if self.redrive_one(queue, &letter, by, &mut done).await? {
                settled.push(letter.receipt);
            } else {
                done.left += 1;
                kept.push(letter);
            }
        }
        // From here on the outbox sees to the tasks.
        self.queues.delete_dead(queue, &settled).await?;
        self.give_back(queue, &kept).await;
        Ok(done)
    }

    /// Throws letters away; looks at up to `most`. What is thrown away is in the audit log.
    ///
    /// # Errors
    /// If database or queue fail; what was not dealt with is still there.
    pub async fn discard(
        &self,
        queue: Queue,
        which: &Letters,
        most: usize,
        by: &Origin,
    ) -> Result<LettersDone, RelayError> {
        let (wanted, mut done) = self.take_wanted(queue, which, most).await?;
        if wanted.is_empty() {
            return Ok(done);
        }
        let tasks: Vec<String> = wanted
            .iter()
            .filter_map(|letter| Some(letter.task_id()?.to_string()))
            .collect();
        // Before, so that none is gone without an entry.
        self.db
            .letters_were_dealt_with(
                AuditAction::LettersDiscarded,
                queue.as_str(),
                wanted.len(),
                &tasks.join(" "),
                by,
            )
            .await?;
        done.discarded = wanted.len();
        let receipts: Vec<String> = wanted.into_iter().map(|letter| letter.receipt).collect();
        self.queues.delete_dead(queue, &receipts).await?;
        Ok(done)
    }

    /// Whether the letter is no longer needed.
    async fn redrive_one(
        &self,
        queue: Queue,
        letter: &DeadLetter,
        by: &Origin,
        done: &mut LettersDone,
    ) -> Result<bool, RelayError> {
        let Some(task_id) = letter.task_id() else {
            return Ok(false);
        };
        let outcome = self.db.redrive_task(task_id, queue.as_str(), by).await?;
        match settle(&self.db, &self.relay, task_id, outcome).await? {
            Settled::Retried(new) => done.retried.push((task_id, new)),
            Settled::Announced => done.announced.push(task_id),
            Settled::Done => done.settled += 1,
            Settled::Left => return Ok(false),
        }
        Ok(true)
    }

    /// Letters that are wanted, hidden from others; the rest is given back.
    async fn take_wanted(
        &self,
        queue: Queue,
        which: &Letters,
        most: usize,
    ) -> Result<(Vec<DeadLetter>, LettersDone), QueueError> {
        let count = self.count(queue).await?;
        let letters = self.take(queue, most, count).await?;
        let more = letters.len() >= most;
        let (wanted, rest): (Vec<_>, Vec<_>) =
            letters.into_iter().partition(|letter| which.has(letter));
        self.give_back(queue, &rest).await;
        let done = LettersDone {
            more,
            ..LettersDone::default()
        };
        Ok((wanted, done))
    }

    /// Takes up to `most` of about `count` letters, until none comes. Nobody waits for letters that are not there.
    async fn take(
        &self,
        queue: Queue,
        most: usize,
        count: u64,
    ) -> Result<Vec<DeadLetter>, QueueError> {
        let expected = usize::try_from(count).unwrap_or(most);
        let mut letters = Vec::new();
        while letters.len() < most {
            let room = (most - letters.len()).min(AT_ONCE);
            let wait = match letters.len() < expected {
                true => Duration::from_secs(1),
                false => Duration::ZERO,
            };
            let taken = self.queues.receive_dead(queue, room, wait, HIDDEN).await?;
            if taken.is_empty() {
                break;
            }
            letters.extend(taken);
        }
        Ok(letters)
    }

    /// Has letters seen by others again. Those for which it fails are seen again in a minute.
    async fn give_back(&self, queue: Queue, letters: &[DeadLetter]) {
        for letter in letters {
            if let Err(error) = self.queues.show_dead(queue, &letter.receipt).await {
                tracing::warn!(%queue, %error, "a dead letter stays hidden for a minute");
            }
        }
    }
}

/// What became of a letter.
pub(crate) enum Settled {
    /// Its task was run again, as the one of this number.
    Retried(i64),
    /// Its task is not over, and has another message.
    Announced,
    /// It needs nothing more.
    Done,
    /// It stays.
    Left,
}

/// Does what follows the attempt to run the task of a letter again.
pub(crate) async fn settle(
    db: &Db,
    relay: &Relay,
    task_id: i64,
    outcome: RetryOutcome,
) -> Result<Settled, RelayError> {
    let (settled, outbox_id) = match outcome {
        RetryOutcome::New {
            task_id: new,
            outbox_id,
        } => (Settled::Retried(new), Some(outbox_id)),
        RetryOutcome::NotFailed(status) if !status.is_final() => {
            (Settled::Announced, db.announce_task(task_id).await?)
        }
        RetryOutcome::Excluded | RetryOutcome::KeyOfAnotherTask { .. } | RetryOutcome::Full(_) => {
            return Ok(Settled::Left);
        }
        RetryOutcome::NotFailed(_) | RetryOutcome::Repeated { .. } | RetryOutcome::Unknown => {
            (Settled::Done, None)
        }
    };
    if let Some(outbox_id) = outbox_id {
        relay.try_send(task_id, outbox_id).await;
    }
    Ok(settled)
}
