//! `task-history cancel`: stop a task.

use clap::Args;
use reqwest::Method;

use crate::{
    app::App,
    arguments::JsonFormat,
    failure::{Failure, Outcome},
    http::api::Call,
    output,
    tasks::{State, Task},
};

/// `task-history cancel TASK_ID`
#[derive(Args)]
pub struct CancelArgs {
    /// Number of the task
    task_id: i64,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: CancelArgs, app: &App) -> Outcome {
    let id = args.task_id.to_string();
    let call = Call::new(Method::POST, &["task-history", "tasks", &id, "cancel"]);
    let tasks: Vec<Task> = app.server()?.call(call).await?;
    let task = tasks
        .into_iter()
        .next()
        .ok_or_else(|| Failure::Refused(format!("the server knows no task {id}.")))?;
    if args.format.json {
        return output::json(&task);
    }
    output::line(&match task.state() {
        State::Revoked => format!("Task {id} is cancelled."),
        State::Started => format!(
            "Task {id} was asked to stop, which takes a few seconds. See 'divbase-cli task-history id {id}'."
        ),
        other => format!(
            "Task {id} ended as {} before it could be stopped.",
            other.as_str()
        ),
    })
}
