//! `bench-tasks [TASKS]`: no-op tasks from submission to committed result, and a batch of 1,000 against a chord of as many, ours
//! against Celery with RabbitMQ and results in Postgres, on the same durable Postgres in the same run. Celery needs
//! `tests/tasks/bench/setup.sh`.
//!
//! `bench-tasks --rows ROWS [TASKS]`: ours alone, with empty tables and with so many tasks that have ended; and lists of these, each with
//! its plan.

mod filled;

use std::{
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use divbase_db::{Db, PoolSize};
use divbase_local::{AnyError, database, queues};
use divbase_services::{MiniStack, Postgres, RunFolder, workspace_root};
use divbase_task_tests::{
    Rig,
    family::{Flock, FlockKwargs},
    probe::{self, Nap, Pretence},
};
use divbase_tasks::{
    LongPoll, MemoryQueues, Queue, Receiver, Runner, Sender, Submission, Submit, Submitter, Timing,
    Transport,
};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// Submissions under way at a time.
const SUBMITTERS: usize = 16;
/// Tasks that a worker process runs at a time.
const AT_A_TIME: usize = 16;
/// Tasks before those that are measured, by ours and by Celery: connections are made and statements planned.
const WARM_UP: usize = 200;
/// Children of a batch.
const CHILDREN: u64 = 1000;

#[derive(Clone, Copy, Debug)]
struct Measured {
    rate: f64,
    idle_ms: f64,
    megabytes: f64,
    /// Seconds from the submission of a task to its end after it has joined its children, or of a chord.
    batch: f64,
}

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1).peekable();
    let rows: Option<u64> = match arguments.next_if_eq("--rows") {
        Some(_) => Some(arguments.next().ok_or("--rows needs a number")?.parse()?),
        None => None,
    };
    let tasks: usize = arguments.next().map_or(Ok(2000), |text| text.parse())?;
    let root = workspace_root();
    let folder = root.join(format!(".local/bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = match rows {
        Some(rows) => filled::measure(&root, &folder, rows, tasks).await,
        None => measure(&root, &folder, tasks).await,
    };
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn measure(root: &Path, folder: &Path, tasks: usize) -> Result<(), AnyError> {
    // Kept, and so durable: both sides pay for their commits.
    let run = RunFolder::kept(folder)?;
    let postgres = Postgres::start(root, &run).await?;
    let ministack = MiniStack::start(root, &run).await?;
    let server = postgres.url("postgres");
    println!(
        "{tasks} no-op tasks, {AT_A_TIME} at a time in a process of ours, one in a process of Celery's"
    );

    let url = database::ensure(&server, "bench_memory", None).await?;
    let memory = in_process(&url, &ministack.endpoint(), tasks).await?;
    show("ours, in-process queue, 1 process", memory);
    let mut sqs = Vec::new();
    for processes in [1, 2] {
        let name = format!("bench_sqs_{processes}");
        let url = database::ensure(&server, &name, None).await?;
        let measured = over_sqs(&url, &ministack.endpoint(), &name, tasks, processes).await?;
        show(
            &format!("ours, SQS emulator, {processes} process(es)"),
            measured,
        );
        sqs.push(measured);
    }
    if !root.join(".local/bench-venv/installed").exists() {
        println!("Celery is not here: run tests/tasks/bench/setup.sh");
        return Ok(());
    }
    for processes in [1, 2] {
        let url = database::ensure(&server, &format!("bench_celery_{processes}"), None).await?;
        let (theirs, broker) = celery(root, &url, tasks, processes).await?;
        show(
            &format!("Celery, RabbitMQ ({broker:.0} MB), {processes} process(es)"),
            theirs,
        );
        let over_sqs = sqs[processes - 1];
        // One process of ours holds workers, queue and submitters. The emulator of SQS stands for a service that takes none of
        // our memory, and is slower than it: its rows are held to be no slower than Celery.
        for (name, value, goal) in [
            ("rate-in-process", memory.rate / theirs.rate, 4.0),
            ("idle-in-process", theirs.idle_ms / memory.idle_ms, 1.0),
            (
                "memory-of-all",
                (theirs.megabytes + broker) / memory.megabytes,
                10.0,
            ),
            ("rate-sqs-emulator", over_sqs.rate / theirs.rate, 1.0),
            ("batch-in-process", theirs.batch / memory.batch, 4.0),
            (
                "memory-of-workers",
                theirs.megabytes / over_sqs.megabytes,
                5.0,
            ),
        ] {
            println!("RATIO tasks-{name}-celery-{processes} {value:.2} {goal:.2}");
        }
    }
    postgres.stop().await;
    ministack.stop().await;
    Ok(())
}

fn show(what: &str, measured: Measured) {
    let Measured {
        rate,
        idle_ms,
        megabytes,
        batch,
    } = measured;
    println!(
        "{what}: {rate:.0} tasks/s, {idle_ms:.1} ms from submission to result when idle, {megabytes:.0} MB, \
         {batch:.2} s for a batch of {CHILDREN}"
    );
}

async fn submit_one(submitter: &Submitter, user_id: i64) -> Result<i64, AnyError> {
    let submit = Submit {
        user_id: Some(user_id),
        ..Submit::default()
    };
    match submitter
        .submit::<Nap>(submit, |_| Pretence { millis: 0 })
        .await?
    {
        Submission::Accepted(task_id) => Ok(task_id),
        Submission::Excluded(_) => Err("excluded".into()),
    }
}

/// Waits for the end of a task.
async fn ended(rig: &Rig, task_id: i64) -> Result<(), AnyError> {
    loop {
        let status: String = sqlx::query_scalar("SELECT status FROM task WHERE id = $1")
            .bind(task_id)
            .fetch_one(&rig.pool)
            .await?;
        if status == "SUCCESS" {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Seconds for a batch, from its submission to the end of the task that has joined it.
async fn batch(rig: &Rig, submitter: &Submitter) -> Result<f64, AnyError> {
    let kwargs = FlockKwargs {
        children: CHILDREN,
        millis: 0,
    };
    let begun = Instant::now();
    let submitted = submitter.submit::<Flock>(rig.as_user(), |_| kwargs).await?;
    let Submission::Accepted(task_id) = submitted else {
        return Err("excluded".into());
    };
    ended(rig, task_id).await?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Submits all, waits for the results, and then some one by one. Memory is measured by the caller.
async fn drive(rig: &Rig, submitter: &Submitter, tasks: usize) -> Result<(f64, f64), AnyError> {
    run_all(rig, submitter, WARM_UP).await?;
    let rate = tasks as f64 / run_all(rig, submitter, tasks).await?;
    let mut idle = Vec::new();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        let task_id = submit_one(submitter, rig.user_id).await?;
        ended(rig, task_id).await?;
        idle.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    idle.sort_by(f64::total_cmp);
    Ok((rate, idle[idle.len() / 2]))
}

/// Seconds from the first submission of so many tasks to the last result.
async fn run_all(rig: &Rig, submitter: &Submitter, tasks: usize) -> Result<f64, AnyError> {
    // Those that were there before are not looked at.
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM task")
        .fetch_one(&rig.pool)
        .await?;
    let succeeded = async || -> Result<i64, AnyError> {
        Ok(
            sqlx::query_scalar("SELECT count(*) FROM task WHERE status = 'SUCCESS' AND id > $1")
                .bind(last)
                .fetch_one(&rig.pool)
                .await?,
        )
    };
    let started = Instant::now();
    stream::iter(0..tasks)
        .map(|_| submit_one(submitter, rig.user_id))
        .buffer_unordered(SUBMITTERS)
        .try_collect::<Vec<_>>()
        .await?;
    while succeeded().await? < i64::try_from(tasks)? {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(started.elapsed().as_secs_f64())
}

/// Resident megabytes of a process.
fn resident(pid: u32) -> Result<f64, AnyError> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1000.0)
}

async fn migrated(url: &str) -> Result<Db, AnyError> {
    let db = Db::connect(url, PoolSize(24))?;
    db.migrate().await?;
    Ok(db)
}

async fn in_process(url: &str, endpoint: &str, tasks: usize) -> Result<Measured, AnyError> {
    let db = migrated(url).await?;
    // For the user and the connection; its queues stay empty.
    let sdk = divbase_aws::local_sdk_config(endpoint).await;
    let urls = queues::ensure(&sdk, "bench_memory").await?;
    let rig = Rig::connect(url.to_owned(), sdk, Transport::Sqs(urls)).await?;
    let memory = MemoryQueues::default();
    let shutdown = CancellationToken::new();
    let runner = Arc::new(Runner::new(
        db.clone(),
        probe::registry(),
        probe::gates(),
        Arc::new(memory.clone()) as Arc<dyn Sender>,
        "bench".to_owned(),
        Timing::with_lease(Duration::from_secs(30)),
        shutdown.clone(),
    ));
    let receiver: Arc<dyn Receiver> = Arc::new(memory.clone());
    let poll = LongPoll::new(runner, receiver, shutdown.clone());
    let serving = tokio::spawn(poll.run(&[(Queue::Quick, AT_A_TIME)]));
    let submitter = Submitter::new(db, Arc::new(memory));
    let (rate, idle_ms) = drive(&rig, &submitter, tasks).await?;
    let megabytes = resident(std::process::id())?;
    let batch = batch(&rig, &submitter).await?;
    shutdown.cancel();
    serving.await?;
    Ok(Measured {
        rate,
        idle_ms,
        megabytes,
        batch,
    })
}

async fn over_sqs(
    url: &str,
    endpoint: &str,
    prefix: &str,
    tasks: usize,
    processes: usize,
) -> Result<Measured, AnyError> {
    migrated(url).await?;
    let sdk = divbase_aws::local_sdk_config(endpoint).await;
    let urls = queues::ensure(&sdk, prefix).await?;
    let rig = Rig::connect(url.to_owned(), sdk, Transport::Sqs(urls)).await?;
    let workers: Vec<Child> = (0..processes)
        .map(|_| {
            Command::new(std::env::current_exe()?.with_file_name("task-worker"))
                .args([url, prefix, &AT_A_TIME.to_string()])
                .env("AWS_ENDPOINT_URL", endpoint)
                .env("LOG_LEVEL", "error")
                .stdout(Stdio::null())
                .kill_on_drop(true)
                .spawn()
        })
        .collect::<Result<_, _>>()?;
    let (rate, idle_ms) = drive(&rig, &rig.submitter(), tasks).await?;
    let mut megabytes = 0.0;
    for worker in &workers {
        megabytes += resident(worker.id().ok_or("a worker has ended")?)?;
    }
    let batch = batch(&rig, &rig.submitter()).await?;
    Ok(Measured {
        rate,
        idle_ms,
        megabytes,
        batch,
    })
}

/// What Celery's workers do, and the megabytes of their broker.
async fn celery(
    root: &Path,
    url: &str,
    tasks: usize,
    processes: usize,
) -> Result<(Measured, f64), AnyError> {
    let output = Command::new(root.join("tests/tasks/bench/celery.sh"))
        .args([
            tasks.to_string(),
            processes.to_string(),
            CHILDREN.to_string(),
        ])
        .env(
            "BENCH_DATABASE",
            url.replacen("postgres://", "postgresql+psycopg2://", 1),
        )
        .stderr(Stdio::inherit())
        .output()
        .await?;
    let seen: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("the Celery side gave no result: {error}"))?;
    let number = |name: &str| seen[name].as_f64().unwrap_or(f64::NAN);
    let measured = Measured {
        rate: number("rate"),
        idle_ms: number("idle_ms"),
        megabytes: number("worker_mb"),
        batch: number("chord_s"),
    };
    Ok((measured, number("broker_mb")))
}
