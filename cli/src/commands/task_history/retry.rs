//! `task-history retry`: run a task again that failed or was cancelled.

use clap::Args;
use reqwest::Method;
use serde_json::json;

use crate::{app::App, arguments::JsonFormat, failure::Outcome, http::api::Call, output};

/// `task-history retry TASK_ID`
#[derive(Args)]
pub struct RetryArgs {
    /// Number of a task that has failed or was cancelled
    task_id: i64,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: RetryArgs, app: &App) -> Outcome {
    let old = args.task_id.to_string();
    let call = Call::new(Method::POST, &["task-history", "tasks", &old, "retry"]).submission();
    let id: i64 = app.server()?.call(call).await?;
    if args.format.json {
        return output::json(&json!({ "task_id": id }));
    }
    output::line!(
        "Task {old} runs again with task id: {id}. To check its status, use the command: divbase-cli task-history \
         id {id}"
    )
}
