//! Dead letters as administrators see them: listed without being taken out, run again, or thrown away.
//!
//! A queue gives letters only to those who take them for a while, so each call takes what is there, up to a bound, deals with what
//! it is asked for, and gives the rest back at once. Two calls at the same moment share the letters between them.

use std::{collections::HashSet, sync::Arc};

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use divbase_db::{Db, Origin, tasks::RetryOutcome};

use crate::{
    Queue, QueueError, Relay, Sender, SqsQueues, TaskMessage,
    relay::RelayError,
    sqs::{BATCH, failed},
};

/// How long letters are hidden from others while a call deals with them.
const HIDDEN_SECONDS: i32 = 60;

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The queue's name for it.
    pub id: String,
    /// What it says.
    pub body: String,
    /// When it was put there.
    pub sent_at: Option<DateTime<Utc>>,
    receipt: String,
}

impl DeadLetter {
    /// The task that it is about; none if it is no message of ours.
    #[must_use]
    pub fn task_id(&self) -> Option<i64> {
        TaskMessage::parse(&self.body).map(|message| message.task_id)
    }
}

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
    queues: Arc<SqsQueues>,
    relay: Relay,
}

impl DeadLetterBox {
    /// Between these dead letters and this database.
    #[must_use]
    pub fn new(db: Db, queues: Arc<SqsQueues>) -> Self {
        let sender = Arc::clone(&queues) as Arc<dyn Sender>;
        Self {
            relay: Relay::new(db.clone(), sender),
            db,
            queues,
        }
    }

    /// About how many there are, those that somebody looks at included.
    ///
    /// # Errors
    /// If the queue service fails.
    pub async fn count(&self, queue: Queue) -> Result<u64, QueueError> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let (client, url) = self.queues.dead(queue);
        let answer = client
            .get_queue_attributes()
            .queue_url(url)
            .set_attribute_names(Some(names.to_vec()))
            .send()
            .await
            .map_err(failed)?;
        let numbers = answer.attributes().into_iter().flatten();
        Ok(numbers
            .filter_map(|(_, number)| number.parse::<u64>().ok())
            .sum())
    }

    /// Reads up to `most` letters and gives them back at once, oldest first.
    ///
    /// # Errors
    /// If the queue service fails.
    pub async fn list(&self, queue: Queue, most: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let mut letters = self.take(queue, most).await?;
        self.give_back(queue, &letters).await;
        letters.sort_by(|a, b| (a.sent_at, &a.id).cmp(&(b.sent_at, &b.id)));
        Ok(letters)
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
        let outbox_id = match outcome {
            RetryOutcome::New {
                task_id: new,
                outbox_id,
            } => {
                done.retried.push((task_id, new));
                Some(outbox_id)
            }
            RetryOutcome::NotFailed(status) if !status.is_final() => {
                done.announced.push(task_id);
                self.db.announce_task(task_id).await?
            }
            RetryOutcome::Excluded
            | RetryOutcome::KeyOfAnotherTask { .. }
            | RetryOutcome::Full(_) => return Ok(false),
            RetryOutcome::NotFailed(_) | RetryOutcome::Repeated { .. } | RetryOutcome::Unknown => {
                done.settled += 1;
                None
            }
        };
        if let Some(outbox_id) = outbox_id
            && let Err(error) = self.relay.send_one(outbox_id).await
        {
            tracing::warn!(task_id, %error, "the message stays in the outbox for the relay");
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
        let letters = self.take(queue, most).await?;
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

    /// Takes up to `most` letters, until none comes. Nobody waits for letters that are not there.
    async fn take(&self, queue: Queue, most: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let expected = usize::try_from(self.count(queue).await?).unwrap_or(most);
        let (client, url) = self.queues.dead(queue);
        let mut letters = Vec::new();
        while letters.len() < most {
            let room = (most - letters.len()).min(BATCH);
            let wait = i32::from(letters.len() < expected);
            let answer = client
                .receive_message()
                .queue_url(url)
                .max_number_of_messages(i32::try_from(room).unwrap_or(1))
                .wait_time_seconds(wait)
                .visibility_timeout(HIDDEN_SECONDS)
                .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
                .send()
                .await
                .map_err(failed)?;
            if answer.messages().is_empty() {
                break;
            }
            letters.extend(answer.messages().iter().filter_map(|message| {
                let sent = message
                    .attributes()
                    .and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp));
                Some(DeadLetter {
                    id: message.message_id()?.to_owned(),
                    body: message.body().unwrap_or_default().to_owned(),
                    sent_at: sent
                        .and_then(|millis| DateTime::from_timestamp_millis(millis.parse().ok()?)),
                    receipt: message.receipt_handle()?.to_owned(),
                })
            }));
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
