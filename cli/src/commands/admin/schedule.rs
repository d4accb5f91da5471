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
    let schedules: Vec<Schedule> = app
        .server()?
        .call(Call::new(Method::GET, &["schedules"]))
        .await?;
    let rows: Vec<Vec<String>> = schedules
        .iter()
        .map(|one| {
            vec![
                one.key.clone(),
                if one.enabled { "on" } else { "off" }.to_owned(),
                rhythm(one),
                one.next_run_at
                    .map_or_else(|| "-".to_owned(), time::of_file),
                one.task_name.clone(),
            ]
        })
        .collect();
    let header = ["Schedule", "State", "When", "Next run", "Task"];
    table::show(format, &header, &rows, &schedules)
}

async fn runs(app: &App, key: &ScheduleKey, limit: u16, format: TableFormat) -> Outcome {
    let call =
        Call::new(Method::GET, &["schedules", key, "executions"]).query("limit", limit.to_string());
    let runs: Vec<ScheduleExecution> = app.server()?.call(call).await?;
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|one| {
            vec![
                time::of_file(one.scheduled_at),
                one.made_by.clone(),
                one.status.clone(),
                one.task_id
                    .map_or_else(|| "-".to_owned(), |id| id.to_string()),
                one.duration_ms.map_or_else(
                    || "-".to_owned(),
                    |millis| format!("{:.1}", millis as f64 / 1e3),
                ),
                one.error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = ["Due", "By", "State", "Task", "Seconds", "Error"];
    table::show(format, &header, &rows, &runs)
}

async fn switch(app: &App, args: KeyArgs, enabled: bool) -> Outcome {
    let change = ScheduleChange {
        enabled: Some(enabled),
        ..ScheduleChange::default()
    };
    let call = Call::new(Method::PATCH, &["schedules", &args.key]).json(&change)?;
    let schedule: Schedule = app.server()?.call(call).await?;
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
