//! The long-poll driver of a worker, with its heartbeat, its events and its clock.

use std::{sync::Arc, time::Duration};

use divbase_tasks::{LongPoll, Queue, Ticker, ensure_built_in};
use tokio::task::JoinHandle;

use crate::{
    Wiring, events, heartbeat,
    schedules::{built_in, gauges},
    tasks::periodic::FollowBuckets,
};

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

/// Serves until the wiring's shutdown token is cancelled; meanwhile it is on the list of workers.
pub async fn serve(wiring: &Wiring, lanes: &Lanes) {
    let following = follow(wiring, lanes);
    let queues = lanes.0.iter().map(|(queue, _)| *queue).collect();
    let beating = tokio::spawn(heartbeat::run(
        wiring.db.clone(),
        wiring.runner.worker.clone(),
        queues,
        wiring.shutdown.clone(),
    ));
    LongPoll::new(
        Arc::clone(&wiring.runner),
        wiring.queues.clone(),
        wiring.shutdown.clone(),
    )
    .run(&lanes.0)
    .await;
    // It ends with the same token, and has nothing to say.
    let _ = beating.await;
    if let Some(following) = following {
        let _ = following.await;
    }
}

/// Follows object events where there is a queue of them, in the process that runs the updates they lead to.
fn follow(wiring: &Wiring, lanes: &Lanes) -> Option<JoinHandle<()>> {
    let queue = wiring.event_queue.clone()?;
    lanes.0.iter().find(|(queue, _)| *queue == Queue::Long)?;
    let (follower, shutdown) = (wiring.follower.clone(), wiring.shutdown.clone());
    let services = Arc::clone(wiring.runner.services());
    Some(tokio::spawn(async move {
        // What changed while nothing ran, and buckets that are older than their events.
        let catch_up = shutdown.run_until_cancelled(FollowBuckets::now(&services));
        let (caught_up, ()) =
            tokio::join!(catch_up, events::run(follower, queue, shutdown.clone()));
        if let Some(Err(error)) = caught_up {
            tracing::error!(%error, "the buckets could not be compared with the index");
        }
    }))
}

/// Compares buckets with the index until shutdown, if that is set: for stores that tell nothing of their changes. One process does
/// it for all; more only list more often.
pub async fn compare(wiring: &Wiring) {
    if let Some(every) = wiring.compare_every {
        let services = Arc::clone(wiring.runner.services());
        let (follower, shutdown) = (wiring.follower.clone(), wiring.shutdown.clone());
        events::run_by_comparison(follower, services, every, shutdown).await;
    }
}

/// Makes the built-in schedules that are missing, and all runs that are due, until shutdown. For a machine without
/// EventBridge Scheduler.
pub async fn tick(wiring: &Wiring) {
    let made = ensure_built_in(&wiring.db, &built_in::schedules(), &built_in::time_zone()).await;
    if let Err(error) = made {
        tracing::error!(%error, "the built-in schedules could not be made");
    }
    let ticker = Ticker::new(wiring.db.clone(), wiring.runner.relay().clone());
    let ticking = ticker.run(Duration::from_secs(1), wiring.shutdown.clone());
    let noting = wiring.shutdown.run_until_cancelled(async {
        loop {
            gauges::note(&wiring.db).await;
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    });
    tokio::join!(ticking, noting);
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
