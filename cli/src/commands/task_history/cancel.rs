//! `task-history cancel`: stop a task.

use clap::Args;

use crate::{app::App, arguments::JsonFormat, failure::Outcome, output, tasks};

/// `task-history cancel TASK_ID`
#[derive(Args)]
pub struct CancelArgs {
    /// Number of the task
    task_id: i64,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: CancelArgs, app: &App) -> Outcome {
    let task = tasks::cancel(&app.server()?, args.task_id).await?;
    if args.format.json {
        return output::json(&task);
    }
    output::line(&tasks::result::of_cancelling(&task))
}
