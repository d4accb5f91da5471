//! `chaos [batches] [SECONDS] [SEED]`: 300 tasks, or 20 batches of 50, on three worker processes, while workers are killed at random, Postgres is
//! restarted and the queue service returns errors for a while. In the end all must be `SUCCESS`, each result
//! committed once, and each batch continued once.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use divbase_local::{AnyError, database, queues};
use divbase_services::{MiniStack, Postgres, RunFolder, workspace_root};
use divbase_task_tests::{
    Rig,
    family::{Flock, FlockKwargs},
    probe::{Nap, Pretence},
    proxy::Proxy,
};
use divbase_tasks::{Idempotency, Submission, Submit, Transport};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sqlx::PgPool;
use tokio::process::{Child, Command};

const TASKS: usize = 300;
const BATCHES: usize = 20;
const CHILDREN: u64 = 50;
const WORKERS: usize = 3;
const PREFIX: &str = "chaos";

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1).peekable();
    let work = match arguments.next_if(|word| word == "batches") {
        Some(_) => Work::Batches,
        None => Work::Tasks,
    };
    let seconds: u64 = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let seed: u64 = arguments
        .next()
        .map_or_else(|| Ok(rand::random::<u32>().into()), |text| text.parse())?;
    println!("chaos: {seconds} s, seed {seed}");
    let root = workspace_root();
    let folder = root.join(format!(".local/chaos-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = storm(&root, &folder, Duration::from_secs(seconds), seed, work).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

/// What is submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Tasks,
    Batches,
}

impl Work {
    /// Tasks that are submitted, and all that follow from them.
    fn counts(self) -> (usize, usize) {
        match self {
            Self::Tasks => (TASKS, TASKS),
            Self::Batches => {
                let children = usize::try_from(CHILDREN).unwrap_or(0);
                (BATCHES, BATCHES * (children + 1))
            }
        }
    }
}

/// What is needed to start another worker.
struct Crew {
    program: PathBuf,
    database_url: String,
    endpoint: String,
    log: PathBuf,
}

impl Crew {
    fn hire(&self) -> Result<Child, AnyError> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&self.log)?;
        Ok(Command::new(&self.program)
            .args([&self.database_url, PREFIX, "4"])
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?)
    }
}

async fn storm(
    root: &Path,
    folder: &Path,
    length: Duration,
    seed: u64,
    work: Work,
) -> Result<(), AnyError> {
    // Kept, and so durable: a restarted Postgres has all that it committed.
    let run = RunFolder::kept(folder)?;
    let postgres = Postgres::start(root, &run).await?;
    let ministack = MiniStack::start(root, &run).await?;
    let target: SocketAddr = ministack
        .endpoint()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .parse()?;
    let (proxy, address) = Proxy::start(target).await?;
    let database_url = database::ensure(&postgres.url("postgres"), "chaos", None).await?;
    let sdk = divbase_aws::local_sdk_config(&ministack.endpoint()).await;
    divbase_db::Db::connect(&database_url, divbase_db::PoolSize(2))?
        .migrate()
        .await?;
    let urls = queues::ensure(&sdk, PREFIX).await?;
    let rig = Rig::connect(database_url.clone(), sdk, Transport::Sqs(urls)).await?;
    let crew = Crew {
        program: std::env::current_exe()?.with_file_name("task-worker"),
        database_url,
        endpoint: format!("http://{address}"),
        log: folder.join("workers.log"),
    };

    let started = Instant::now();
    let submitting = submit_all(&rig, length.mul_f64(0.8), work);
    let breaking = break_things(&run, root, postgres, &proxy, &crew, length, seed);
    let (submitted, broken) = tokio::join!(submitting, breaking);
    submitted?;
    let (postgres, workers, kills) = broken?;
    println!("calm after {kills} kills, one restart of Postgres and an outage of the queues");
    let verdict = settle(&rig.pool, started, work).await;
    drop(workers);
    postgres.stop().await;
    ministack.stop().await;
    verdict
}

/// Submits all tasks over a time, again and again until each is accepted.
async fn submit_all(rig: &Rig, length: Duration, work: Work) -> Result<(), AnyError> {
    let submitter = rig.submitter();
    let (count, _) = work.counts();
    let mut beat = tokio::time::interval(length / u32::try_from(count)?);
    for number in 0..count {
        beat.tick().await;
        let key = format!("task-{number}");
        let submit = Submit {
            idempotency: Some(Idempotency {
                key: &key,
                fingerprint: &[0; 32],
            }),
            ..rig.as_user()
        };
        let millis = 50 + (number as u64 * 37) % 700;
        loop {
            let submit = submit.clone();
            let submitted = match work {
                Work::Tasks => {
                    submitter
                        .submit::<Nap>(submit, |_| Pretence { millis })
                        .await
                }
                Work::Batches => {
                    let flock = FlockKwargs {
                        children: CHILDREN,
                        millis: 100,
                    };
                    submitter.submit::<Flock>(submit, |_| flock).await
                }
            };
            match submitted {
                Ok(Submission::Accepted(_)) => break,
                Ok(Submission::Excluded(_)) => return Err("excluded".into()),
                // The database is away: the user presses the key again.
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }
    Ok(())
}

async fn break_things(
    run: &RunFolder,
    root: &Path,
    postgres: Postgres,
    proxy: &Proxy,
    crew: &Crew,
    length: Duration,
    seed: u64,
) -> Result<(Postgres, Vec<Child>, usize), AnyError> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut postgres = Some(postgres);
    let mut restarted = false;
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(crew.hire()?);
    }
    let (started, mut kills) = (Instant::now(), 0);
    while started.elapsed() < length {
        tokio::time::sleep(Duration::from_millis(rng.random_range(300..2000))).await;
        let victim = rng.random_range(0..WORKERS);
        workers[victim].kill().await?;
        workers[victim] = crew.hire()?;
        kills += 1;
        let passed = started.elapsed().as_secs_f64() / length.as_secs_f64();
        if passed > 0.3 && !restarted {
            restarted = true;
            if let Some(running) = postgres.take() {
                running.stop().await;
            }
            postgres = Some(Postgres::start(root, run).await?);
        }
        proxy.set_failing((0.6..0.75).contains(&passed));
    }
    proxy.set_failing(false);
    let postgres = postgres.ok_or("Postgres did not come back")?;
    Ok((postgres, workers, kills))
}

/// Waits for the end of all tasks and counts.
async fn settle(pool: &PgPool, started: Instant, work: Work) -> Result<(), AnyError> {
    let deadline = Instant::now() + Duration::from_secs(180);
    loop {
        let unfinished: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM task WHERE status NOT IN ('SUCCESS', 'FAILURE', 'REVOKED')",
        )
        .fetch_one(pool)
        .await?;
        if unfinished == 0 {
            break;
        }
        if Instant::now() > deadline {
            return Err(
                format!("{unfinished} tasks are unfinished three minutes after the calm").into(),
            );
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (succeeded, results, attempts, lost, whole): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM task WHERE status = 'SUCCESS'),
                (SELECT count(*) FROM task_attempt WHERE outcome = 'success'),
                (SELECT count(*) FROM task_attempt),
                (SELECT count(*) FROM task_attempt WHERE outcome = 'lost'),
                (SELECT count(*) FROM task p WHERE p.batch_size IS NOT NULL AND p.result = to_jsonb(p.batch_size)
                   AND (SELECT count(*) FROM task_attempt a WHERE a.task_id = p.id AND a.outcome = 'split') = 1
                   AND (SELECT count(*) FROM task_attempt a WHERE a.task_id = p.id AND a.outcome = 'success') = 1
                   AND (SELECT count(*) FROM task c WHERE c.batch_of = p.id) = p.batch_size)",
    )
    .fetch_one(pool)
    .await?;
    let all = i64::try_from(work.counts().1)?;
    let batches = if work == Work::Batches {
        i64::try_from(BATCHES)?
    } else {
        0
    };
    println!(
        "{succeeded} of {all} tasks succeeded, {results} results, {attempts} attempts ({lost} lost with their worker), \
         {whole} of {batches} batches split once and continued once with all results, {:.1} s",
        started.elapsed().as_secs_f64()
    );
    if succeeded == all && results == all && lost > 0 && whole == batches {
        Ok(())
    } else {
        Err("not every task ended in SUCCESS with one result, or no worker was lost".into())
    }
}
