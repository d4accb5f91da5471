//! The long-poll driver with this worker's queues.

use std::sync::Arc;

use divbase_tasks::{LongPoll, PollOutcome, Queue};

use crate::Wiring;

/// Which queues a process serves, with how many tasks at a time each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes(pub Vec<(Queue, usize)>);

impl Lanes {
    /// All queues, on one machine: a long task never keeps a quick one waiting.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![(Queue::Quick, 4), (Queue::Long, 2), (Queue::Heavy, 1)])
    }

    /// The heavy queue only: Fargate.
    #[must_use]
    pub fn heavy() -> Self {
        Self(vec![(Queue::Heavy, 1)])
    }
}

/// Serves until the wiring's shutdown token is cancelled.
pub async fn serve(wiring: &Wiring, lanes: &Lanes) -> PollOutcome {
    LongPoll::new(
        Arc::clone(&wiring.runner),
        Arc::clone(&wiring.queues),
        wiring.shutdown.clone(),
    )
    .run(&lanes.0)
    .await
}

/// Cancels the token at SIGTERM or SIGINT.
pub fn shutdown_on_signal(wiring: &Wiring) {
    let token = wiring.shutdown.clone();
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) else {
            tracing::error!(
                "signals cannot be received; the process ends without handing back its work"
            );
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("shutting down");
        token.cancel();
    });
}
