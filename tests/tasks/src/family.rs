//! Tasks that split, and do what their arguments say when they join.

use std::time::Duration;

use divbase_tasks::{Child, ChildEnd, Context, Policy, Queue, Retry, RetryOn, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::probe::{Act, Acts, Gates, Made, Nap, Pretence, Probe, act};

/// What children and parent do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FamilyKwargs {
    /// One list of acts for each child, a [`Probe`].
    pub children: Vec<Vec<Act>>,
    /// What the parent does with them, attempt by attempt; as a rule its second attempt is the first of these.
    pub then: Vec<Act>,
    /// The task's own number.
    pub job_id: i64,
}

/// What a parent has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FamilyResult {
    /// The attempt that joined.
    pub attempt: i32,
    /// How each child ended, in order: `SUCCESS`, `FAILURE` or `REVOKED`.
    pub seen: Vec<String>,
}

fn status<T>(child: &Child<T>) -> String {
    match child.end {
        ChildEnd::Done(_) => "SUCCESS",
        ChildEnd::Failed(_) => "FAILURE",
        ChildEnd::Cancelled => "REVOKED",
    }
    .to_owned()
}

/// Splits into probes and joins them.
pub struct Family;

impl Task for Family {
    const NAME: &'static str = "tasks.family";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Probe::POLICY;
    type Services = Gates;
    type Kwargs = FamilyKwargs;
    type Output = FamilyResult;

    async fn run(ctx: Context<Gates>, kwargs: FamilyKwargs) -> Result<FamilyResult, TaskError> {
        // What it leaves itself goes on with it.
        let Some(joined) = ctx.joined::<Probe, i64>().await? else {
            let job_id = kwargs.job_id;
            let children = kwargs.children.into_iter();
            let children = children.map(|acts| Acts { acts, job_id }).collect();
            return Err(ctx.batch::<Probe>(children, &job_id));
        };
        if joined.then != kwargs.job_id {
            return Err(TaskError::Internal("the state is another task's".into()));
        }
        let acts = Acts {
            acts: kwargs.then,
            job_id: kwargs.job_id,
        };
        let Made { attempt, .. } = act(&ctx, &acts).await?;
        Ok(FamilyResult {
            attempt,
            seen: joined.children.iter().map(status).collect(),
        })
    }
}

/// How many children nap, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlockKwargs {
    /// Children.
    pub children: u64,
    /// Milliseconds that the first naps; each further one a little more.
    pub millis: u64,
}

/// Splits into naps, and counts them.
pub struct Flock;

impl Task for Flock {
    const NAME: &'static str = "tasks.flock";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        max_attempts: 100,
        retry: &[Retry::on(RetryOn::Transient)
            .after(Duration::from_millis(100), Duration::from_secs(300))],
        ..Policy::DEFAULT
    };
    type Services = Gates;
    type Kwargs = FlockKwargs;
    type Output = u64;

    async fn run(ctx: Context<Gates>, kwargs: FlockKwargs) -> Result<u64, TaskError> {
        let Some(joined) = ctx.joined::<Nap, ()>().await? else {
            let children = (0..kwargs.children)
                .map(|number| Pretence {
                    millis: kwargs.millis + number * kwargs.millis / 50,
                })
                .collect();
            return Err(ctx.batch::<Nap>(children, &()));
        };
        let done = |child: &&Child<i32>| matches!(child.end, ChildEnd::Done(_));
        Ok(joined.children.iter().filter(done).count() as u64)
    }
}

/// How many children of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GenerationsKwargs {
    /// Probes, of whom the last fails.
    pub first: u64,
    /// Naps, when these have ended.
    pub second: u64,
}

/// Splits, and once more when its children have ended.
pub struct Generations;

/// Which children are awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Generation {
    First,
    Second,
}

impl Task for Generations {
    const NAME: &'static str = "tasks.generations";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Probe::POLICY;
    type Services = Gates;
    type Kwargs = GenerationsKwargs;
    type Output = FamilyResult;

    async fn run(
        ctx: Context<Gates>,
        kwargs: GenerationsKwargs,
    ) -> Result<FamilyResult, TaskError> {
        match ctx.left_by_split::<Generation>()? {
            None => {
                let children = (0..kwargs.first).map(|number| Acts {
                    acts: if number + 1 < kwargs.first {
                        vec![Act::Succeed]
                    } else {
                        vec![Act::User]
                    },
                    job_id: 1,
                });
                Err(ctx.batch::<Probe>(children.collect(), &Generation::First))
            }
            Some(Generation::First) => {
                let naps = (0..kwargs.second).map(|_| Pretence { millis: 1 });
                Err(ctx.batch::<Nap>(naps.collect(), &Generation::Second))
            }
            Some(Generation::Second) => {
                let probes = ctx.joined::<Probe, Generation>().await?;
                let naps = ctx.joined::<Nap, Generation>().await?;
                let probes = probes.into_iter().flat_map(|joined| joined.children);
                let naps = naps.into_iter().flat_map(|joined| joined.children);
                let seen = probes.map(|child| status(&child));
                Ok(FamilyResult {
                    attempt: ctx.task.fence.attempt,
                    seen: seen.chain(naps.map(|child| status(&child))).collect(),
                })
            }
        }
    }
}
