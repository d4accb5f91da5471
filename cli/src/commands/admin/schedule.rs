//! `admin schedule`: what runs by itself, when, and what came of it.

use clap::{Args, Subcommand};
use divbase_contract::{
    field::ScheduleKey,
    operations::{Schedule, ScheduleChange, ScheduleExecution},
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    failure::Outcome,
    http::api::Call,
    output::{self, table, time},
};

/// `admin schedule …`
#[derive(Subcommand)]
pub enum ScheduleCommand {
    /// List the schedules with their next runs
    List(TableFormat),
    /// Show the newest runs of a schedule and what came of them
    Runs {
        /// Key of the schedule
        key: ScheduleKey,
        /// Show at most this many
        #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
        #[command(flatten)]
        format: TableFormat,
    },
    /// Let a schedule run again by itself
    Enable(KeyArgs),
    /// Let a schedule no longer run by itself
    Disable(KeyArgs),
    /// Run a schedule now, a disabled one too
    Run(KeyArgs),
}

/// Which schedule.
#[derive(Args)]
pub struct KeyArgs {
    /// Key of the schedule
    key: ScheduleKey,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(command: ScheduleCommand, app: &App) -> Outcome {
    match command {
        ScheduleCommand::List(format) => list(app, format).await,
        ScheduleCommand::Runs { key, limit, format } => runs(app, &key, limit, format).await,
        ScheduleCommand::Enable(args) => switch(app, args, true).await,
        ScheduleCommand::Disable(args) => switch(app, args, false).await,
        ScheduleCommand::Run(args) => trigger(app, args).await,
    }
}

fn rhythm(schedule: &Schedule) -> String {
    match (&schedule.cron, schedule.interval_seconds) {
        (Some(cron), _) => format!("{cron} ({})", schedule.time_zone),
        (None, Some(seconds)) => format!("every {seconds} s"),
        (None, None) => "-".to_owned(),
    }
}

async fn list(app: &App, format: TableFormat) -> Outcome {
    let schedules: Vec<Schedule> = app.server()?.get(&["schedules"]).await?;
    table::of(format, &schedules)
        .column("Schedule", |one| &one.key)
        .column("State", |one| if one.enabled { "on" } else { "off" })
        .column("When", rhythm)
        .optional("Next run", "-", |one| one.next_run_at.map(time::of_file))
        .column("Task", |one| &one.task_name)
        .show()
}

async fn runs(app: &App, key: &ScheduleKey, limit: u16, format: TableFormat) -> Outcome {
    let call = Call::new(Method::GET, &["schedules", key, "executions"]).query("limit", limit);
    let runs: Vec<ScheduleExecution> = app.server()?.call(call).await?;
    table::of(format, &runs)
        .column("Due", |one| time::of_file(one.scheduled_at))
        .column("By", |one| &one.made_by)
        .column("State", |one| &one.status)
        .optional("Task", "-", |one| one.task_id)
        .optional("Seconds", "-", |one| {
            let millis = one.duration_ms?;
            Some(format!("{:.1}", millis as f64 / 1e3))
        })
        .optional("Error", "", |one| one.error.as_ref())
        .show()
}

async fn switch(app: &App, args: KeyArgs, enabled: bool) -> Outcome {
    let change = ScheduleChange {
        enabled: Some(enabled),
        ..ScheduleChange::default()
    };
    let schedule: Schedule = app
        .server()?
        .patch(&["schedules", &args.key], &change)
        .await?;
    if args.format.json {
        return output::json(&schedule);
    }
    output::line(&match schedule.next_run_at {
        Some(next) => format!("'{}' runs next at {}.", args.key, time::of_file(next)),
        None => format!("'{}' no longer runs by itself.", args.key),
    })
}

async fn trigger(app: &App, args: KeyArgs) -> Outcome {
    let call = Call::new(Method::POST, &["schedules", &args.key, "trigger"]);
    let run: ScheduleExecution = app.server()?.call(call).await?;
    if args.format.json {
        return output::json(&run);
    }
    output::line(&match run.task_id {
        Some(id) => format!("'{}' runs now, as task {id}.", args.key),
        None => format!(
            "'{}' does not run: {}",
            args.key,
            run.error.unwrap_or_default()
        ),
    })
}
