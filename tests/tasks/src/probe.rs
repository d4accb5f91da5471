//! Tasks that do what their arguments say, attempt by attempt.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::family::{Family, Flock, Generations};
use divbase_tasks::{Context, Policy, Queue, Registry, Retry, RetryOn, Task, TaskError};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use utoipa::ToSchema;

/// What one attempt does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Ends with a result.
    Succeed,
    /// Something outside fails.
    Transient,
    /// The user made a mistake.
    User,
    /// A fault of the service.
    Internal,
    /// Panics.
    Panic,
    /// Waits until [`Gates::open`], or until it is told to stop.
    Gate,
    /// Waits until it is told to stop.
    UntilStopped,
    /// Waits for ever and does not listen.
    Deaf,
    /// Has nothing to do yet.
    Snooze,
    /// Moves bytes and takes CPU time, and then fails as if something outside had.
    Work,
}

/// What each attempt does; the last goes for all further ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acts {
    /// From the first attempt.
    pub acts: Vec<Act>,
    /// The task's own number.
    pub job_id: i64,
}

/// The result names the attempt that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Made {
    /// The attempt.
    pub attempt: i32,
    /// The number in the arguments.
    pub job_id: i64,
}

/// Where attempts wait for a test.
#[derive(Debug, Default)]
pub struct Gates {
    reached: Notify,
    opened: Notify,
    runs: AtomicU64,
}

impl Gates {
    /// Waits until an attempt stands at the gate.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets all attempts pass that stand at the gate.
    pub fn open(&self) {
        self.opened.notify_waiters();
    }

    /// How many attempts began.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::SeqCst)
    }
}

pub(crate) async fn act(ctx: &Context<Gates>, kwargs: &Acts) -> Result<Made, TaskError> {
    let gates = &ctx.services;
    gates.runs.fetch_add(1, Ordering::SeqCst);
    let attempt = ctx.task.fence.attempt;
    let index = usize::try_from(attempt - 1).unwrap_or(0);
    let act = kwargs.acts.get(index).or(kwargs.acts.last());
    match act.copied().unwrap_or(Act::Succeed) {
        Act::Succeed => {}
        Act::Transient => return Err(TaskError::Transient("the store is away".into())),
        Act::Snooze => {
            return Err(TaskError::Snooze {
                after: Duration::ZERO,
                reason: "it is too early".to_owned(),
            });
        }
        Act::User => return Err(TaskError::user("there is no such sample")),
        Act::Work => {
            ctx.add_bytes_read(1000);
            ctx.add_bytes_written(10);
            ctx.meter.add_cpu(Duration::from_secs(2));
            return Err(TaskError::Transient("the store is away".into()));
        }
        Act::Internal => return Err(TaskError::Internal("a fault".into())),
        // Past the panic hook, which would print a trace each time.
        Act::Panic => std::panic::resume_unwind(Box::new("a bug in a task")),
        Act::Gate => {
            ctx.progress("at the gate", Some(0.5));
            let opened = gates.opened.notified();
            tokio::pin!(opened);
            // Registered before anybody is told, so that no opening is missed.
            opened.as_mut().enable();
            gates.reached.notify_one();
            tokio::select! {
                () = opened => {}
                _ = ctx.stop.stopped() => return Err(TaskError::Stopped),
            }
        }
        Act::UntilStopped => {
            ctx.progress("waiting", Some(0.5));
            gates.reached.notify_one();
            ctx.stop.stopped().await;
            return Err(TaskError::Stopped);
        }
        Act::Deaf => {
            gates.reached.notify_one();
            std::future::pending::<()>().await;
        }
    }
    Ok(Made {
        attempt,
        job_id: kwargs.job_id,
    })
}

const AT_ONCE: Retry = Retry::on(RetryOn::Transient).after(Duration::ZERO, Duration::ZERO);

/// Three attempts without a pause between them.
pub struct Probe;

impl Task for Probe {
    const NAME: &'static str = "tasks.probe";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        max_attempts: 3,
        retry: &[AT_ONCE],
        ..Policy::DEFAULT
    };
    type Services = Gates;
    type Kwargs = Acts;
    type Output = Made;

    async fn run(ctx: Context<Gates>, kwargs: Acts) -> Result<Made, TaskError> {
        act(&ctx, &kwargs).await
    }
}

/// The same with little time.
pub struct Hasty;

impl Task for Hasty {
    const NAME: &'static str = "tasks.hasty";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        soft_limit: Duration::from_millis(50),
        hard_limit: Duration::from_millis(200),
        retry: &[Retry::on(RetryOn::Transient)
            .after(Duration::from_secs(1000), Duration::from_secs(3000))],
        ..Policy::DEFAULT
    };
    type Services = Gates;
    type Kwargs = Acts;
    type Output = Made;

    async fn run(ctx: Context<Gates>, kwargs: Acts) -> Result<Made, TaskError> {
        act(&ctx, &kwargs).await
    }
}

/// All of them.
#[must_use]
pub fn registry() -> Registry<Gates> {
    Registry::default()
        .with::<Probe>()
        .with::<Hasty>()
        .with::<Stubborn>()
        .with::<Choosy>()
        .with::<Nap>()
        .with::<Family>()
        .with::<Flock>()
        .with::<Generations>()
}

/// Gates of their own.
#[must_use]
pub fn gates() -> Arc<Gates> {
    Arc::new(Gates::default())
}

/// Three attempts, whatever happens.
pub struct Stubborn;

impl Task for Stubborn {
    const NAME: &'static str = "tasks.stubborn";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        soft_limit: Duration::from_millis(50),
        hard_limit: Duration::from_millis(200),
        retry: &Retry::any(AT_ONCE),
        ..Probe::POLICY
    };
    type Services = Gates;
    type Kwargs = Acts;
    type Output = Made;

    async fn run(ctx: Context<Gates>, kwargs: Acts) -> Result<Made, TaskError> {
        act(&ctx, &kwargs).await
    }
}

/// Has a rule of its own for each kind of failure.
pub struct Choosy;

impl Task for Choosy {
    const NAME: &'static str = "tasks.choosy";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        max_attempts: 4,
        retry: &[
            Retry::on(RetryOn::Transient)
                .after(Duration::from_secs(1000), Duration::from_secs(1500)),
            Retry::on(RetryOn::Internal)
                .after(Duration::from_secs(10), Duration::from_secs(10))
                .attempts(2),
        ],
        ..Policy::DEFAULT
    };
    type Services = Gates;
    type Kwargs = Acts;
    type Output = Made;

    async fn run(ctx: Context<Gates>, kwargs: Acts) -> Result<Made, TaskError> {
        act(&ctx, &kwargs).await
    }
}

/// How long to pretend to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pretence {
    /// Milliseconds.
    pub millis: u64,
}

/// Takes its time and survives many lost workers.
pub struct Nap;

impl Task for Nap {
    const NAME: &'static str = "tasks.nap";
    const QUEUE: Queue = Queue::Quick;
    const POLICY: Policy = Policy {
        max_attempts: 100,
        retry: &[
            Retry::on(RetryOn::Transient).after(Duration::from_millis(100), Duration::from_secs(2))
        ],
        ..Policy::DEFAULT
    };
    type Services = Gates;
    type Kwargs = Pretence;
    type Output = i32;

    async fn run(ctx: Context<Gates>, kwargs: Pretence) -> Result<i32, TaskError> {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(kwargs.millis)) => Ok(ctx.task.fence.attempt),
            _ = ctx.stop.stopped() => Err(TaskError::Stopped),
        }
    }
}
