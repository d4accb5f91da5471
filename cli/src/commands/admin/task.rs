//! `admin task`: tasks of every kind, whoever's they are.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use divbase_contract::{
    field::{LoginName, ProjectName, SearchText, TaskName},
    history::{TaskKind, TaskStatus},
    task_admin::{Attempt, TaskFilter},
};
use reqwest::Method;
use serde::Deserialize;

use super::bulk::{self, BulkArgs};
use crate::{
    app::App,
    arguments::TableFormat,
    commands::task_history,
    failure::Outcome,
    http::api::{Api, Call},
    output::{table, time},
    tasks::{State, Task},
};

/// `admin task …`
#[derive(Subcommand)]
pub enum TaskCommand {
    /// List tasks of every kind, newest first
    List(ListArgs),
    /// Show the attempts of a task: who ran it, when, and what went wrong
    Attempts {
        /// Number of the task
        task_id: i64,
        #[command(flatten)]
        format: TableFormat,
    },
    /// Cancel the tasks that a filter finds; without --yes they are only counted
    Cancel(BulkArgs),
    /// Run tasks again that failed, or were cancelled (--status revoked); without --yes they are only counted
    Retry(BulkArgs),
}

/// Which tasks.
#[derive(Args, Clone, Debug)]
pub(super) struct Filter {
    /// Only tasks in this state
    #[arg(long, value_enum, ignore_case = true)]
    status: Option<State>,
    /// Only tasks of this name, for example tasks.bcftools_query
    #[arg(long, value_name = "NAME")]
    name: Option<TaskName>,
    /// Only tasks of this kind; parts of batches are listed with `part` or --batch alone
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<TaskKind>,
    /// Only tasks of the user with this address
    #[arg(long, value_name = "EMAIL")]
    user: Option<LoginName>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME")]
    project: Option<ProjectName>,
    /// Only tasks submitted at this time or later, for example 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
    /// Only tasks submitted before this time
    #[arg(long, value_name = "TIME")]
    until: Option<DateTime<Utc>>,
    /// Only tasks whose name, arguments or result contain this text, in any case
    #[arg(long, value_name = "TEXT")]
    text: Option<SearchText>,
    /// Only the parts of this task
    #[arg(long, value_name = "ID")]
    batch: Option<i64>,
}

fn kind(text: &str) -> Result<TaskKind, String> {
    let found = TaskKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    found.ok_or_else(|| {
        let names = TaskKind::ALL.map(TaskKind::as_str);
        format!("use one of {}", names.join(", "))
    })
}

fn status(state: State) -> Option<TaskStatus> {
    let mut all = TaskStatus::ALL.into_iter();
    all.find(|status| status.as_str() == state.on_the_wire())
}

impl Filter {
    /// As the service takes it.
    pub(super) fn to_wire(&self) -> TaskFilter {
        TaskFilter {
            status: self.status.and_then(status),
            name: self.name.clone(),
            kind: self.kind,
            user: self.user.clone(),
            project: self.project.clone(),
            since: self.since,
            until: self.until,
            text: self.text.clone(),
            batch: self.batch,
        }
    }

    fn of(&self, call: Call) -> Call {
        call.query_some("status", self.status.map(State::on_the_wire))
            .query_some("name", self.name.as_deref())
            .query_some("kind", self.kind)
            .query_some("user", self.user.as_deref())
            .query_some("project", self.project.as_deref())
            .query_some("since", self.since.map(|at| at.to_rfc3339()))
            .query_some("until", self.until.map(|at| at.to_rfc3339()))
            .query_some("text", self.text.as_deref())
            .query_some("batch", self.batch)
    }
}

/// `admin task list`
#[derive(Args)]
pub struct ListArgs {
    #[command(flatten)]
    filter: Filter,
    /// Show at most this many
    #[arg(long, short = 'n', default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Show all of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Only tasks with a smaller id: to go on after the last one shown
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// Print all columns, results in full
    #[arg(long, conflicts_with_all = ["tsv", "json", "jsonl"])]
    wide: bool,
    #[command(flatten)]
    format: TableFormat,
}

/// A page of tasks, read leniently.
#[derive(Deserialize)]
struct Page {
    tasks: Vec<Task>,
    next: Option<i64>,
}

pub(super) async fn run(command: TaskCommand, app: &App) -> Outcome {
    let api = app.server()?;
    match command {
        TaskCommand::List(args) => list(&api, args).await,
        TaskCommand::Attempts { task_id, format } => attempts(&api, task_id, format).await,
        TaskCommand::Cancel(args) => bulk::run(&api, bulk::What::Cancel, args).await,
        TaskCommand::Retry(args) => bulk::run(&api, bulk::What::Retry, args).await,
    }
}

async fn list(api: &Api, args: ListArgs) -> Outcome {
    let wanted = if args.all {
        usize::MAX
    } else {
        args.limit as usize
    };
    let call = args.filter.of(Call::new(Method::GET, &["tasks"]));
    let open = |page: Page| (page.tasks, page.next);
    let from = ("before", args.before);
    let tasks = api.pages(call, from, wanted, open).await?;
    task_history::show("DivBase Tasks", tasks, args.format, args.wide)
}

async fn attempts(api: &Api, task_id: i64, format: TableFormat) -> Outcome {
    let attempts: Vec<Attempt> = api
        .get(&["tasks", &task_id.to_string(), "attempts"])
        .await?;
    table::of(format, &attempts)
        .column("No.", |one| one.attempt)
        .optional("Outcome", "running", |one| one.outcome.as_ref())
        .column("Started", |one| time::of_file(one.started_at))
        .optional("Seconds", "-", |one| {
            let took = one.finished_at? - one.started_at;
            Some(format!("{:.1}", took.num_milliseconds() as f64 / 1e3))
        })
        .column("Worker", |one| &one.worker)
        .optional("Error", "", |one| one.error.as_ref())
        .show()
}
