//! The model-based test: random sequences of everything that can happen to tasks, crashes included, after which
//! the faults stop and the promises are checked.
//!
//! `DIVBASE_TASK_SEQUENCES` says how many sequences are run (default 200), `DIVBASE_TASK_SEED` which is the first.
//! A failure names its seed; `DIVBASE_TASK_SEED=<seed> DIVBASE_TASK_SEQUENCES=1` runs that one alone.

mod audit;
mod crash;
mod flaky;
mod step;
mod wishes;
mod world;

use std::{str::FromStr, sync::Arc};

use divbase_local::AnyError;
use divbase_task_tests::{QueueService, Rig};
use futures::future::try_join_all;

use world::World;

/// Sequences that run side by side, each lane on a database and queues of its own.
const LANES: u64 = 3;

fn setting<T: FromStr>(name: &str, default: T) -> T {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn no_sequence_of_faults_breaks_a_promise() -> Result<(), AnyError> {
    let sequences: u64 = setting("DIVBASE_TASK_SEQUENCES", 200);
    let first: u64 = setting("DIVBASE_TASK_SEED", rand::random::<u32>().into());
    let lanes = (0..LANES.min(sequences)).map(|lane| {
        tokio::spawn(async move {
            // One lane of three on the queues of the database, unless the environment wants all there.
            let rig = match lane {
                0 => Rig::on(QueueService::Postgres).await,
                _ => Rig::new().await,
            };
            let rig = Arc::new(rig.map_err(|error| error.to_string())?);
            audit::install(&rig.pool)
                .await
                .map_err(|error| error.to_string())?;
            let mut tally = world::Tally::default();
            for seed in (first..first + sequences).skip(usize::try_from(lane).unwrap_or(0)) {
                if (seed - first) % LANES != lane {
                    continue;
                }
                let sequence = World::new(Arc::clone(&rig), seed);
                tally += sequence.run().await.map_err(|error| {
                    format!("DIVBASE_TASK_SEED={seed} DIVBASE_TASK_SEQUENCES=1: {error}")
                })?;
            }
            Ok::<_, String>(tally)
        })
    });
    let mut total = world::Tally::default();
    for tally in try_join_all(lanes).await? {
        total += tally?;
    }
    println!("{sequences} sequences from seed {first}: {total:?}");
    // A test that never crashes, cancels or fails anything would show nothing. What is rare, because it needs several
    // things to come together, need only have happened: 200 sequences have some 20 second attempts, at times 7.
    if sequences >= 100 {
        assert!(total.crashes > 50 && total.fenced > 0, "{total:?}");
        assert!(
            total.succeeded > 50
                && total.failed > 50
                && total.revoked > 20
                && total.joined > 10
                && total.seconds > 0
                && total.unheard > 0
                && total.lost > 0,
            "{total:?}"
        );
    }
    Ok(())
}
