//! `bench-queue [MESSAGES]`: the queues of Postgres, on a cluster that is durable. Prints `RATIO name value goal`; a goal is met from
//! `goal` on.
//!
//! `queue-rate` is how many messages a second are sent, taken and deleted in hundreds, in units of 10,000: what the queue itself can
//! do, of tasks that do nothing and are nowhere written down. `queue-idle` is 5 ms by the time that a task of the service takes from its
//! submission to its committed result when a worker waits. `queue-growth` is the time of a take from 1,000 messages by that from
//! 200,000.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use divbase_db::{Db, PoolSize};
use divbase_local::{AnyError, database};
use divbase_services::{Postgres, RunFolder, workspace_root};
use divbase_task_tests::{
    Rig,
    probe::{Act, Acts, Probe},
};
use divbase_tasks::{
    LongPoll, Outgoing, PostgresQueues, Queue, Queues, Receiver as _, Sender as _, Submission,
    TaskMessage, Timing, Transport,
};
use tokio_util::sync::CancellationToken;

const AT_ONCE: usize = 100;
const WORKERS: usize = 4;
const SENDERS: usize = 2;
const HIDDEN: Duration = Duration::from_secs(60);
const FEW: usize = 1_000;
const MANY: usize = 200_000;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let messages: usize = std::env::args()
        .nth(1)
        .map_or(Ok(100_000), |text| text.parse())?;
    let root = workspace_root();
    let folder = root.join(format!(".local/bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    // Kept, and so durable.
    let run = RunFolder::kept(&folder)?;
    let postgres = Postgres::start(&root, &run).await?;
    let outcome = measure(&postgres.url("postgres"), messages).await;
    postgres.stop().await;
    drop(run);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn measure(server: &str, messages: usize) -> Result<(), AnyError> {
    let db = fresh(server, "rate").await?;
    let rate = rate(&db, messages).await?;
    println!("{messages} messages sent, taken and deleted in hundreds: {rate:.0} a second");
    println!("RATIO queue-rate {:.2} 1.00", rate / 10_000.0);
    let idle = idle(server).await?;
    println!("a task on a worker that waits: {idle:.1} ms from submission to result");
    println!("RATIO queue-idle {:.2} 1.00", 5.0 / idle);
    let few = take(&fresh(server, "few").await?, FEW).await?;
    let many = take(&fresh(server, "many").await?, MANY).await?;
    println!("ten messages taken of {FEW}: {few:.2} ms; of {MANY}: {many:.2} ms");
    println!("RATIO queue-growth {:.2} 0.50", few / many);
    Ok(())
}

async fn fresh(server: &str, name: &str) -> Result<Db, AnyError> {
    let db = Db::connect(
        &database::ensure(server, name, None).await?,
        PoolSize(u32::try_from(WORKERS + SENDERS)?),
    )?;
    db.migrate().await?;
    Ok(db)
}

/// Messages of ten projects.
fn batch(first: usize, count: usize) -> Vec<Outgoing> {
    (first..first + count)
        .map(|number| Outgoing {
            message: TaskMessage::about(i64::try_from(number).unwrap_or(0)),
            delay_seconds: 0,
            project_id: i64::try_from(number / 10 % 10).ok(),
        })
        .collect()
}

async fn rate(db: &Db, messages: usize) -> Result<f64, AnyError> {
    let done = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut running = Vec::new();
    for sender in 0..SENDERS {
        let queues = PostgresQueues::new(db.clone());
        running.push(tokio::spawn(async move {
            for first in (sender * AT_ONCE..messages).step_by(AT_ONCE * SENDERS) {
                let batch = batch(first, AT_ONCE.min(messages - first));
                queues
                    .send(Queue::Quick, &batch)
                    .await
                    .map_err(|error| error.to_string())?;
            }
            Ok::<_, String>(())
        }));
    }
    for _ in 0..WORKERS {
        let (queues, done) = (PostgresQueues::new(db.clone()), Arc::clone(&done));
        running.push(tokio::spawn(async move {
            while done.load(Ordering::Relaxed) < messages {
                let wait = Duration::from_millis(100);
                let taken = queues
                    .receive(Queue::Quick, AT_ONCE, wait, HIDDEN)
                    .await
                    .map_err(|error| error.to_string())?;
                let receipts: Vec<String> = taken.into_iter().map(|one| one.receipt).collect();
                queues
                    .delete(Queue::Quick, &receipts)
                    .await
                    .map_err(|error| error.to_string())?;
                done.fetch_add(receipts.len(), Ordering::Relaxed);
            }
            Ok(())
        }));
    }
    for one in running {
        one.await??;
    }
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}

/// The median of what a task takes, milliseconds.
async fn idle(server: &str) -> Result<f64, AnyError> {
    let url = database::ensure(server, "idle", None).await?;
    Db::connect(&url, PoolSize(1))?.migrate().await?;
    let sdk = divbase_aws::local_sdk_config("http://127.0.0.1:1").await;
    let rig = Rig::connect(url, sdk, Transport::Postgres).await?;
    let shutdown = CancellationToken::new();
    let timing = Timing::with_lease(Duration::from_secs(30));
    let worker = Arc::new(rig.worker("bench", timing, shutdown.clone()));
    let poll = LongPoll::new(worker, rig.queues.clone(), shutdown.clone());
    let serving = tokio::spawn(poll.run(&[(Queue::Quick, 4)]));
    let mut waits = Vec::new();
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let started = Instant::now();
        let acts = |job_id| Acts {
            acts: vec![Act::Succeed],
            job_id,
        };
        let submitted = rig.submitter().submit::<Probe>(rig.as_user(), acts).await?;
        let Submission::Accepted(task_id) = submitted else {
            return Err("excluded".into());
        };
        loop {
            let status: String = sqlx::query_scalar("SELECT status FROM task WHERE id = $1")
                .bind(task_id)
                .fetch_one(&rig.pool)
                .await?;
            if status == "SUCCESS" {
                break;
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        waits.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    shutdown.cancel();
    serving.await?;
    // The first ones wait for connections.
    waits.drain(..10);
    waits.sort_by(f64::total_cmp);
    Ok(waits[waits.len() / 2])
}

/// Milliseconds of a take of ten, of so many messages of ten projects.
async fn take(db: &Db, messages: usize) -> Result<f64, AnyError> {
    let queues: Arc<dyn Queues> = Arc::new(PostgresQueues::new(db.clone()));
    for first in (0..messages).step_by(1_000) {
        queues.send(Queue::Quick, &batch(first, 1_000)).await?;
    }
    let mut times = Vec::new();
    for _ in 0..50 {
        let started = Instant::now();
        let taken = queues
            .receive(Queue::Quick, 10, Duration::ZERO, HIDDEN)
            .await?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        if taken.len() != 10 {
            return Err("too few were taken".into());
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
