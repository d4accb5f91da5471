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

/// Tasks of a page of the service.
const PAGE: usize = 1_000;

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

fn status(state: State) -> TaskStatus {
    match state {
        State::Queuing => TaskStatus::Pending,
        State::Started => TaskStatus::Started,
        State::Retry => TaskStatus::Retry,
        State::Success => TaskStatus::Success,
        State::Failure => TaskStatus::Failure,
        State::Revoked => TaskStatus::Revoked,
    }
}

impl Filter {
    /// As the service takes it.
    pub(super) fn to_wire(&self) -> TaskFilter {
        TaskFilter {
            status: self.status.map(status),
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

    fn of(&self, mut call: Call) -> Call {
        let fields = [
            (
                "status",
                self.status.map(|one| one.on_the_wire().to_owned()),
            ),
            ("name", self.name.clone().map(String::from)),
            ("kind", self.kind.map(|kind| kind.to_string())),
            ("user", self.user.clone().map(String::from)),
            ("project", self.project.clone().map(String::from)),
            ("since", self.since.map(|at| at.to_rfc3339())),
            ("until", self.until.map(|at| at.to_rfc3339())),
            ("text", self.text.clone().map(String::from)),
            ("batch", self.batch.map(|id| id.to_string())),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                call = call.query(name, value);
            }
        }
        call
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
    let (mut tasks, mut before): (Vec<Task>, _) = (Vec::new(), args.before);
    while tasks.len() < wanted {
        let limit = PAGE.min(wanted - tasks.len());
        let call = Call::new(Method::GET, &["tasks"]).query("limit", limit.to_string());
        let mut call = args.filter.of(call);
        if let Some(before) = before {
            call = call.query("before", before.to_string());
        }
        let page: Page = api.call(call).await?;
        tasks.extend(page.tasks);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    task_history::show("DivBase Tasks", tasks, args.format, args.wide)
}

async fn attempts(api: &Api, task_id: i64, format: TableFormat) -> Outcome {
    let call = Call::new(Method::GET, &["tasks", &task_id.to_string(), "attempts"]);
    let attempts: Vec<Attempt> = api.call(call).await?;
    let seconds = |one: &Attempt| {
        let ended = one.finished_at?;
        Some((ended - one.started_at).num_milliseconds() as f64 / 1e3)
    };
    let rows: Vec<Vec<String>> = attempts
        .iter()
        .map(|one| {
            vec![
                one.attempt.to_string(),
                one.outcome.clone().unwrap_or_else(|| "running".to_owned()),
                time::of_file(one.started_at),
                seconds(one).map_or_else(|| "-".to_owned(), |took| format!("{took:.1}")),
                one.worker.clone(),
                one.error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = ["No.", "Outcome", "Started", "Seconds", "Worker", "Error"];
    table::show(format, &header, &rows, &attempts)
}
