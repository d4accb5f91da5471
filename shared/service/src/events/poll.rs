//! The long-poll driver of the follower: for one machine, where no function is called with the messages.

use std::time::Duration;

use divbase_tasks::SqsQueue;
use tokio_util::sync::CancellationToken;

use super::Follower;

/// Messages that one call gives at most.
const MOST: usize = 10;
/// How long one call waits for a message.
const WAIT: Duration = Duration::from_secs(10);
/// A message that was not noted comes again after so long.
const VISIBILITY: Duration = Duration::from_secs(30);
/// How often is looked for updates that are due.
const EVERY: Duration = Duration::from_millis(500);

/// Notes and submits until shutdown.
pub(crate) async fn run(follower: Follower, queue: SqsQueue, shutdown: CancellationToken) {
    tokio::join!(
        listen(&follower, &queue, &shutdown),
        submit(&follower, &shutdown)
    );
}

async fn listen(follower: &Follower, queue: &SqsQueue, shutdown: &CancellationToken) {
    loop {
        let received = tokio::select! {
            () = shutdown.cancelled() => return,
            received = queue.receive(MOST, WAIT, VISIBILITY) => received,
        };
        let failed = match received {
            Ok(messages) if messages.is_empty() => None,
            Ok(messages) => {
                let (bodies, receipts): (Vec<String>, Vec<String>) = messages
                    .into_iter()
                    .map(|message| (message.body, message.receipt))
                    .unzip();
                match follower.note(bodies.iter().map(String::as_str)).await {
                    // If they stay they come again, and an update too many does no harm.
                    Ok(()) => queue
                        .delete(&receipts)
                        .await
                        .err()
                        .map(|error| error.to_string()),
                    Err(error) => Some(error.to_string()),
                }
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(error) = failed {
            tracing::warn!(
                error,
                "object events cannot be followed; they will come again"
            );
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }
}

pub(super) async fn submit(follower: &Follower, shutdown: &CancellationToken) {
    loop {
        if let Err(error) = follower.submit_due().await {
            tracing::warn!(%error, "updates that are due cannot be submitted; the next round goes on");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
