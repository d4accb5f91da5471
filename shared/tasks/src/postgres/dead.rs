//! Dead letters in the database.

use std::time::Duration;

use futures::future::BoxFuture;

use super::{PostgresQueues, dead, failed, receipt};
use crate::{DeadLetter, DeadLetters, Queue, QueueError};

impl DeadLetters for PostgresQueues {
    fn count_dead(&self, queue: Queue) -> BoxFuture<'_, Result<u64, QueueError>> {
        Box::pin(async move { self.db.count_messages(dead(queue)).await.map_err(failed) })
    }

    /// Nobody waits for letters that are not there: one look tells.
    fn receive_dead(
        &self,
        queue: Queue,
        most: usize,
        _: Duration,
        visibility: Duration,
    ) -> BoxFuture<'_, Result<Vec<DeadLetter>, QueueError>> {
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

    fn delete_dead<'a>(
        &'a self,
        queue: Queue,
        receipts: &'a [String],
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(self.delete_at(dead(queue), receipts))
    }

    fn show_dead<'a>(
        &'a self,
        queue: Queue,
        receipt: &'a str,
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(self.hide_at(dead(queue), receipt, Duration::ZERO))
    }
}
