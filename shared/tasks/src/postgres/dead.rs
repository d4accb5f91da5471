//! Dead letters in the database.

use std::time::Duration;

use super::{PostgresQueues, dead, receipt};
use crate::{Answer, DeadLetter, DeadLetters, Queue};

impl DeadLetters for PostgresQueues {
    fn count_dead(&self, queue: Queue) -> Answer<'_, u64> {
        Box::pin(async move { Ok(self.db.count_messages(dead(queue)).await?) })
    }

    /// Nobody waits for letters that are not there: one look tells.
    fn receive_dead(
        &self,
        queue: Queue,
        most: usize,
        _: Duration,
        visibility: Duration,
    ) -> Answer<'_, Vec<DeadLetter>> {
        Box::pin(async move {
            let taken = self.take(dead(queue), most, visibility, i32::MAX).await?;
            let letters = taken.messages.into_iter();
            Ok(letters
                .map(|message| DeadLetter {
                    id: message.id.to_string(),
                    receipt: receipt(message.id, message.receives),
                    body: message.body,
                    sent_at: Some(message.sent_at),
                })
                .collect())
        })
    }

    fn delete_dead<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a> {
        Box::pin(self.delete_at(dead(queue), receipts))
    }

    fn show_dead<'a>(&'a self, queue: Queue, receipt: &'a str) -> Answer<'a> {
        Box::pin(self.hide_at(dead(queue), receipt, Duration::ZERO))
    }
}
