//! `admin queue`, `admin limits` and `admin workers`.

use clap::{Args, Subcommand, ValueEnum};
use divbase_contract::{
    operations::Worker,
    task_admin::{LimitsChange, QueueChange, QueueState, RunningLimit, TaskLimits, WaitingLimit},
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    failure::Outcome,
    http::api::Call,
    output::{self, table, time},
};

/// `admin queue …`
#[derive(Subcommand)]
pub enum QueueCommand {
    /// Show how much waits in each queue and since when, and how much runs
    List(TableFormat),
    /// Let no more tasks of a queue begin; those that run go on, and tasks can be submitted
    Pause(QueueArgs),
    /// Let the tasks of a queue begin again
    Resume(QueueArgs),
}

/// Which queue.
#[derive(Args)]
pub struct QueueArgs {
    /// Name of the queue
    #[arg(value_enum)]
    queue: Queue,
    #[command(flatten)]
    format: JsonFormat,
}

/// One of the queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Queue {
    /// Seconds
    Quick,
    /// Minutes
    Long,
    /// Longer
    Heavy,
}

impl Queue {
    /// The name on the wire.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Long => "long",
            Self::Heavy => "heavy",
        }
    }
}

/// `admin limits …`
#[derive(Subcommand)]
pub enum LimitsCommand {
    /// Show how many tasks may run at a time, and how many may wait
    Show(JsonFormat),
    /// Change some of them
    Set(LimitsArgs),
}

/// `admin limits set`
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct LimitsArgs {
    /// Tasks of one project that run at a time
    #[arg(long, value_name = "N", value_parser = whole::<1, 10_000>)]
    running_per_project: Option<RunningLimit>,
    /// Tasks of one user that run at a time
    #[arg(long, value_name = "N", value_parser = whole::<1, 10_000>)]
    running_per_user: Option<RunningLimit>,
    /// Tasks of one project that may wait; a submission beyond that is refused
    #[arg(long, value_name = "N", value_parser = whole::<1, 1_000_000>)]
    waiting_per_project: Option<WaitingLimit>,
    /// Tasks of one user that may wait
    #[arg(long, value_name = "N", value_parser = whole::<1, 1_000_000>)]
    waiting_per_user: Option<WaitingLimit>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn whole<const LEAST: i64, const MOST: i64>(
    text: &str,
) -> Result<divbase_contract::field::Whole<LEAST, MOST>, String> {
    let number: i64 = text.parse().map_err(|_| "use a whole number".to_owned())?;
    number.try_into()
}

pub(super) async fn run(command: QueueCommand, app: &App) -> Outcome {
    let (args, paused) = match command {
        QueueCommand::List(format) => return list(app, format).await,
        QueueCommand::Pause(args) => (args, true),
        QueueCommand::Resume(args) => (args, false),
    };
    let name = args.queue.as_str();
    let state: QueueState = app
        .server()?
        .put(&["queues", name], &QueueChange { paused })
        .await?;
    if args.format.json {
        return output::json(&state);
    }
    output::line(&if state.paused {
        format!(
            "The queue '{name}' is paused: {} tasks wait, {} still run.",
            state.waiting, state.running
        )
    } else {
        format!(
            "The tasks of the queue '{name}' begin; {} wait.",
            state.waiting
        )
    })
}

async fn list(app: &App, format: TableFormat) -> Outcome {
    let queues: Vec<QueueState> = app.server()?.get(&["queues"]).await?;
    table::of(format, &queues)
        .column("Queue", |one| &one.queue)
        .column("State", |one| if one.paused { "paused" } else { "open" })
        .column("Waiting", |one| one.waiting)
        .column("Held", |one| one.held)
        .column("Oldest (s)", |one| {
            if one.waiting > 0 {
                format!("{:.0}", one.oldest_seconds)
            } else {
                "-".to_owned()
            }
        })
        .column("Running", |one| one.running)
        .optional("Dead", "?", |one| one.dead_letters)
        .show()
}

pub(super) async fn limits(command: LimitsCommand, app: &App) -> Outcome {
    let (call, json) = match command {
        LimitsCommand::Show(format) => (Call::new(Method::GET, &["limits"]), format.json),
        LimitsCommand::Set(args) => {
            let change = LimitsChange {
                running_per_project: args.running_per_project,
                running_per_user: args.running_per_user,
                waiting_per_project: args.waiting_per_project,
                waiting_per_user: args.waiting_per_user,
            };
            let call = Call::new(Method::PATCH, &["limits"]).json(&change)?;
            (call, args.json)
        }
    };
    let limits: TaskLimits = app.server()?.call(call).await?;
    if json {
        return output::json(&limits);
    }
    output::line!(
        "Running at a time: {} of a project, {} of a user\nWaiting at most:   {} of a project, {} of a user",
        limits.running_per_project,
        limits.running_per_user,
        limits.waiting_per_project,
        limits.waiting_per_user
    )
}

pub(super) async fn workers(app: &App, format: TableFormat) -> Outcome {
    let workers: Vec<Worker> = app.server()?.get(&["workers"]).await?;
    table::of(format, &workers)
        .or_say("No worker lives, and no function has run anything within the last hour.")
        .column("Worker", |one| &one.id)
        .column("Kind", |one| {
            if one.registered {
                "process"
            } else {
                "function"
            }
        })
        .column("Queues", |one| one.queues.join(" "))
        .column("Last seen", |one| time::of_file(one.last_heartbeat))
        .column("Runs", |one| {
            let tasks: Vec<String> = one.current_tasks.iter().map(ToString::to_string).collect();
            tasks.join(" ")
        })
        .show()
}
