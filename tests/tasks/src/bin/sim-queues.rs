//! `sim-queues [TASKS]`: how long one query waits beside a project that has submitted 5,000 (or TASKS).
//!
//! First with the clock of a simulation and everything else real: the claims of the product, over Postgres, of a queue that keeps
//! its order, by eight workers whose tasks take ten seconds; beside the busy project there are up to a thousand others, one of which
//! submits a query every two seconds. Then with real workers and queues. Prints `RATIO name value goal`: the wait that is allowed, 1.2
//! times the run time and two seconds, over the longest that was seen; the goal is met from 1 on.

use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    process::Stdio,
    time::Duration,
};

use divbase_db::{
    Db, PoolSize,
    tasks::{Claim, ClaimedTask, Cost, Ending},
};
use divbase_local::{AnyError, database, queues};
use divbase_services::{MiniStack, Postgres, RunFolder, workspace_root};
use divbase_task_tests::{
    Rig,
    probe::{Nap, Pretence},
};
use divbase_tasks::{Submission, Submit, Transport};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use sqlx::PgPool;
use tokio::process::Command;

const WORKERS: usize = 8;
/// Of the simulation, milliseconds.
const RUN: u64 = 10_000;
const BETWEEN: u64 = 2_000;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let tasks: i64 = std::env::args()
        .nth(1)
        .map_or(Ok(5000), |text| text.parse())?;
    let root = workspace_root();
    let folder = root.join(format!(".local/sim-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&root, &folder, tasks).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn measure(root: &Path, folder: &Path, tasks: i64) -> Result<(), AnyError> {
    let run = RunFolder::kept(folder)?;
    let postgres = Postgres::start(root, &run).await?;
    let ministack = MiniStack::start(root, &run).await?;
    let server = postgres.url("postgres");
    let allowed = 1.2 * RUN as f64 / 1e3 + 2.0;
    for projects in [1, 2, 10, 100, 1000] {
        let url = database::ensure(&server, &format!("sim_{projects}"), None).await?;
        let mut waits = simulate(&url, tasks, projects).await?;
        waits.sort_by(f64::total_cmp);
        let longest = waits.last().copied().unwrap_or(0.0);
        let middle = waits.get(waits.len() / 2).copied().unwrap_or(0.0);
        println!(
            "{projects} project(s) beside one with {tasks} tasks: waits of {middle:.1} s in the middle, {longest:.1} s at most"
        );
        println!(
            "RATIO wait-simulated-{projects} {:.2} 1.00",
            allowed / longest
        );
    }
    let (wait, ran) = beside(&server, &ministack.endpoint(), tasks).await?;
    println!("measured: a query of {ran:.2} s beside {tasks} others waited for {wait:.2} s");
    println!("RATIO wait-measured {:.2} 1.00", (1.2 * ran + 2.0) / wait);
    postgres.stop().await;
    ministack.stop().await;
    Ok(())
}

async fn migrated(url: &str) -> Result<(Db, PgPool), AnyError> {
    let db = Db::connect(url, PoolSize(4))?;
    db.migrate().await?;
    Ok((db, PgPool::connect(url).await?))
}

/// Makes tasks of a project, without messages.
async fn add(pool: &PgPool, project: i64, count: i64) -> Result<Vec<i64>, AnyError> {
    Ok(sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, project_id, max_attempts)
         SELECT 'tasks.nap', 'quick', '{\"millis\": 20}', $1, 3 FROM generate_series(1, $2) RETURNING id",
    )
    .bind(project)
    .bind(count)
    .fetch_all(pool)
    .await?)
}

async fn add_projects(pool: &PgPool, count: i64) -> Result<Vec<i64>, AnyError> {
    Ok(sqlx::query_scalar(
        "INSERT INTO project (name, bucket_name, storage_quota_bytes)
         SELECT 'project-' || n, 'project-' || n, 1 FROM generate_series(1, $1) n RETURNING id",
    )
    .bind(count)
    .fetch_all(pool)
    .await?)
}

/// Waits, seconds, of one query of each project.
async fn simulate(url: &str, tasks: i64, projects: i64) -> Result<Vec<f64>, AnyError> {
    let (db, pool) = migrated(url).await?;
    let ids = add_projects(&pool, projects + 1).await?;
    let (busy, others) = ids.split_first().ok_or("no project")?;
    let mut queue: VecDeque<i64> = add(&pool, *busy, tasks).await?.into();
    let mut rng = StdRng::seed_from_u64(7);
    let mut arrivals: VecDeque<(u64, i64)> = (1..)
        .map(|n| n * BETWEEN + RUN)
        .zip(others.iter().copied())
        .collect();
    let mut arrived: BTreeMap<i64, u64> = BTreeMap::new();
    // When each worker is free, and what it runs until then.
    let mut workers: Vec<(u64, Option<ClaimedTask>)> = (0..WORKERS)
        .map(|number| (number as u64 * RUN / WORKERS as u64, None))
        .collect();
    let mut waits = Vec::new();
    while waits.len() < others.len() {
        let (now, done) = {
            let next = workers
                .iter_mut()
                .min_by_key(|(free, _)| *free)
                .ok_or("no worker")?;
            (next.0, next.1.take())
        };
        while let Some((at, project)) = arrivals.pop_front_if(|(at, _)| *at <= now) {
            for task_id in add(&pool, project, 1).await? {
                arrived.insert(task_id, at);
                queue.push_back(task_id);
            }
        }
        if let Some(task) = done {
            let end = Ending::Success(json!(1));
            db.end_attempt(task.fence(), &end, Cost::default()).await?;
        }
        let message = queue.pop_front().ok_or("the queue is empty")?;
        let claim = db.claim_fairly("quick", message, "sim", 3600.0).await?;
        let runs = match claim {
            Claim::Claimed(task) => {
                if let Some(at) = arrived.get(&task.id) {
                    waits.push((now - at) as f64 / 1e3);
                }
                Some(*task)
            }
            _ => None,
        };
        let next = workers
            .iter_mut()
            .min_by_key(|(free, _)| *free)
            .ok_or("no worker")?;
        let takes = if runs.is_some() {
            RUN * rng.random_range(90..110) / 100
        } else {
            1
        };
        *next = (now + takes, runs);
    }
    Ok(waits)
}

/// Wait and run time, seconds, of a query that is submitted behind many of another project, with one worker process.
async fn beside(server: &str, endpoint: &str, tasks: i64) -> Result<(f64, f64), AnyError> {
    let url = database::ensure(server, "beside", None).await?;
    migrated(&url).await?;
    let sdk = divbase_aws::local_sdk_config(endpoint).await;
    let urls = queues::ensure(&sdk, "beside").await?;
    let rig = Rig::connect(url.clone(), sdk, Transport::Sqs(urls)).await?;
    let (busy, quiet) = (rig.project("busy").await?, rig.project("quiet").await?);
    let many = add(&rig.pool, busy, tasks).await?;
    sqlx::query("INSERT INTO outbox (task_id, queue) SELECT id, 'quick' FROM unnest($1::bigint[]) id ORDER BY id")
        .bind(&many)
        .execute(&rig.pool)
        .await?;
    // All messages are in the queue before anybody reads them.
    rig.fast_worker().relay().flush().await?;
    let _worker = Command::new(std::env::current_exe()?.with_file_name("task-worker"))
        .args([url.as_str(), "beside", "4"])
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("LOG_LEVEL", "error")
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let ended = async |least: i64| -> Result<(), AnyError> {
        loop {
            let count: i64 =
                sqlx::query_scalar("SELECT count(*) FROM task WHERE status = 'SUCCESS'")
                    .fetch_one(&rig.pool)
                    .await?;
            if count >= least {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    ended(10).await?;
    let submit = Submit {
        project_id: Some(quiet),
        ..rig.as_user()
    };
    let submitter = rig.submitter();
    let submitted = submitter.submit::<Nap>(submit, |_| Pretence { millis: 20 });
    let Submission::Accepted(task_id) = submitted.await? else {
        return Err("it is accepted".into());
    };
    let row = rig
        .until(task_id, divbase_contract::history::TaskStatus::Success)
        .await?;
    let (started, finished) = row.started_at.zip(row.finished_at).ok_or("it has ended")?;
    let seconds = |time: chrono::TimeDelta| time.num_milliseconds() as f64 / 1e3;
    Ok((
        seconds(started - row.created_at).max(0.001),
        seconds(finished - started),
    ))
}
