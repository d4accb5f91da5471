//! A worker process for tests: `task-worker DATABASE_URL QUEUE_PREFIX TASKS_AT_A_TIME`. It finds the queues by
//! `AWS_ENDPOINT_URL`, and ends in order at SIGTERM.

use std::{sync::Arc, time::Duration};

use divbase_db::{Db, PoolSize};
use divbase_local::{AnyError, queues};
use divbase_task_tests::probe;
use divbase_tasks::{LongPoll, Queue, Runner, SqsQueues, Stragglers, Timing};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database_url, prefix, at_a_time] = arguments.as_slice() else {
        return Err("usage: task-worker DATABASE_URL QUEUE_PREFIX TASKS_AT_A_TIME".into());
    };
    let timing = Timing {
        lease: Duration::from_secs(3),
        tick: Duration::from_secs(1),
        grace: Duration::from_secs(1),
        soft_grace: Duration::from_secs(1),
        silent: Duration::from_secs(15),
        rescue_every: Duration::from_secs(1),
        // Naps differ in length by much less.
        stragglers: Stragglers {
            factor: 20.0,
            least: Duration::from_secs(10),
        },
    };
    let endpoint = std::env::var("AWS_ENDPOINT_URL")?;
    let sdk = divbase_aws::local_sdk_config(&endpoint).await;
    let queues = Arc::new(SqsQueues::new(&sdk, queues::ensure(&sdk, prefix).await?));
    let shutdown = CancellationToken::new();
    let runner = Arc::new(Runner::new(
        Db::connect(database_url, PoolSize::SERVER)?,
        probe::registry(),
        probe::gates(),
        Arc::clone(&queues) as Arc<_>,
        format!("task-worker-{}", std::process::id()),
        timing,
        shutdown.clone(),
    ));
    let mut terminate = signal(SignalKind::terminate())?;
    let ending = shutdown.clone();
    tokio::spawn(async move {
        terminate.recv().await;
        ending.cancel();
    });
    println!("ready");
    LongPoll::new(runner, queues, shutdown)
        .run(&[(Queue::Quick, at_a_time.parse()?)])
        .await;
    Ok(())
}
