//! `task-history`: what became of submitted tasks.

mod cancel;
mod lines;
mod listing;
mod retry;

use clap::{Args, Subcommand};
use divbase_contract::history::{Waiting, WaitsFor};
use reqwest::Method;

use crate::{
    app::App,
    arguments::TableFormat,
    failure::Outcome,
    http::api::Call,
    output::{self, style, table, time},
    project,
    tasks::{self, State, Task, result},
};
use listing::Listing;

/// `task-history …`
#[derive(Subcommand)]
pub enum TaskHistoryCommand {
    /// Your own tasks, newest first
    User(UserArgs),
    /// One task
    Id(IdArgs),
    /// All tasks of a project (for its managers), newest first
    Project(ProjectArgs),
    /// All tasks of all users and schedules (for administrators), newest first
    All(AllArgs),
    /// Cancel a queued or running task of yours, or of a project that you manage
    Cancel(cancel::CancelArgs),
    /// Run a task again that failed or was cancelled, as a new task: yours, or one of a project that you manage
    Retry(retry::RetryArgs),
}

/// `task-history user`
#[derive(Args)]
pub struct UserArgs {
    /// Only tasks of this project
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// `task-history id TASK_ID`
#[derive(Args)]
pub struct IdArgs {
    /// Number of the task
    task_id: i64,
    #[command(flatten)]
    format: TableFormat,
}

/// `task-history project [PROJECT]`
#[derive(Args)]
pub struct ProjectArgs {
    /// The project [default: your default project]
    project: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// `task-history all`
#[derive(Args)]
pub struct AllArgs {
    /// Only tasks of the user with this address
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Runs it.
///
/// # Errors
/// What the server says.
pub async fn run(command: TaskHistoryCommand, app: &App) -> Outcome {
    match command {
        TaskHistoryCommand::User(args) => user(args, app).await,
        TaskHistoryCommand::All(args) => {
            let call = Call::new(Method::GET, &["task-history", "tasks"])
                .query_some("user", args.user.as_deref())
                .query_some("project", args.project.as_deref());
            let api = app.server()?;
            args.listing.show("DivBase Task History", &api, call).await
        }
        TaskHistoryCommand::Cancel(args) => cancel::run(args, app).await,
        TaskHistoryCommand::Retry(args) => retry::run(args, app).await,
        TaskHistoryCommand::Id(args) => {
            let task = tasks::by_id(&app.server()?, args.task_id).await?;
            let title = format!("DivBase Task History for Task ID: {}", args.task_id);
            if !args.format.is_for_people() {
                show(&title, vec![task], args.format, false)
            } else {
                show_one(&title, &task)
            }
        }
        TaskHistoryCommand::Project(args) => {
            let at = app.project(args.project.as_deref())?;
            let call = Call::new(Method::GET, &["task-history", "projects", &at.project]);
            let title = format!("DivBase Task History for Project: {}", at.project);
            args.listing.show(&title, &at.api, call).await
        }
    }
}

async fn user(args: UserArgs, app: &App) -> Outcome {
    let config = app.config()?;
    project::server(&config, &app.settings)?;
    let who = config
        .logged_in_email
        .unwrap_or_else(|| "owner of the access token".to_owned());
    let api = app.server()?;
    let mut title = format!("DivBase Task History for User: {who}");
    if let Some(project) = &args.project {
        title.push_str(&format!(" and Project: {project}"));
    }
    let mut path = vec!["task-history", "tasks", "user"];
    path.extend(
        args.project
            .iter()
            .flat_map(|project| ["projects", project.as_str()]),
    );
    let call = Call::new(Method::GET, &path);
    args.listing.show(&title, &api, call).await
}

const HEADER: [&str; 7] = [
    "Submitting user",
    "Task ID",
    "State",
    "Created at",
    "Started at",
    "Runtime (s)",
    "Result",
];

pub(super) fn show(title: &str, tasks: Vec<Task>, format: TableFormat, wide: bool) -> Outcome {
    if format.json {
        return output::json(&tasks);
    }
    if format.jsonl {
        return output::json_lines(&tasks);
    }
    if !format.tsv && !wide {
        output::line(&style::bold(&output::name(title)))?;
        return output::raw(lines::of(&tasks, table::window()).as_bytes());
    }
    let mut rows: Vec<Vec<String>> = tasks.iter().map(row).collect();
    if format.tsv {
        // One line a task, so that tools that know nothing of quoting can read it.
        for cell in rows.iter_mut().flatten() {
            *cell = cell.replace('\n', "; ");
        }
        return table::tsv(&HEADER, &rows);
    }
    output::line(&style::bold(&output::name(title)))?;
    table::boxed(&HEADER, &rows)
}

/// One task line by line: a table would have no room for its result.
fn show_one(title: &str, task: &Task) -> Outcome {
    const LABEL_WIDTH: usize = 15;
    output::line(&style::bold(title))?;
    for (label, value) in HEADER.iter().zip(row(task)) {
        let indent = format!("\n{:LABEL_WIDTH$}  ", "");
        let value = output::text(&value).replace('\n', &indent);
        let value = if *label == "State" {
            coloured(task.state())
        } else {
            value
        };
        output::line!("{label:LABEL_WIDTH$}  {value}")?;
    }
    // What servers of others do not tell is left out.
    for (label, value) in [
        ("Queue", task.queue.as_deref().map(output::text)),
        ("Attempts", task.attempts.map(|count| count.to_string())),
        ("Cost", task.cost.as_ref().map(result::cost)),
        ("Waiting", waiting(task)),
    ] {
        if let Some(value) = value {
            output::line!("{label:LABEL_WIDTH$}  {value}")?;
        }
    }
    Ok(())
}

/// Its place in the queue, and when it will probably begin.
fn waiting(task: &Task) -> Option<String> {
    let waiting: Waiting = serde_json::from_value(task.other.get("waiting")?.clone()).ok()?;
    let place = match waiting.position {
        1 => "it is the next of its queue".to_owned(),
        n => format!("{} tasks go before it", n - 1),
    };
    let because = waiting.because.map(|what| match what {
        WaitsFor::PausedQueue => "its queue is paused",
        WaitsFor::ProjectLimit => "its project has as many tasks running as it may",
        WaitsFor::UserLimit => "its submitter has as many tasks running as they may",
        WaitsFor::NextAttempt => "its next attempt is later",
    });
    let start = waiting.expected_start;
    let start = start.map(|at| format!("expected to begin {}", time::of_task(Some(&at))));
    let parts = [Some(place), because.map(str::to_owned), start];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

fn coloured(state: State) -> String {
    coloured_as(state, state.as_str())
}

fn coloured_as(state: State, text: &str) -> String {
    let paint = match state {
        State::Success => style::green,
        State::Failure => style::red,
        State::Started | State::Retry => style::blue,
        State::Revoked => style::magenta,
        State::Queuing => return text.to_owned(),
    };
    paint(text)
}

fn row(task: &Task) -> Vec<String> {
    vec![
        task.submitter_email
            .clone()
            .unwrap_or_else(|| "Unknown".to_owned()),
        task.id.to_string(),
        task.state().as_str().to_owned(),
        time::of_task(task.created_at.as_deref()),
        time::of_task(task.started_at.as_deref()),
        task.runtime
            .map_or_else(|| "N/A".to_owned(), |seconds| format!("{seconds:.2}")),
        match task.state() {
            State::Queuing if task.progress.is_none() => "None".to_owned(),
            _ => result::sentence(task),
        },
    ]
}
