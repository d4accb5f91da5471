//! `project request`, `requests` and `withdraw-request`: asking the administrators for a project.

use clap::Args;
use divbase_contract::{
    field::{ProjectDescription, ProjectName, ProjectReason},
    project_requests::{NewProjectRequest, ProjectRequest},
};

use super::Bytes;
use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    failure::Outcome,
    output, project_requests,
};

/// `project request NAME`
#[derive(Args)]
pub struct RequestArgs {
    /// Name: 3 to 100 letters, digits, `.`, `_` and `-`
    name: ProjectName,
    /// Why you need it; administrators read this
    #[arg(long, short = 'r', value_name = "TEXT")]
    reason: ProjectReason,
    /// What it is about
    #[arg(long, short = 'd')]
    description: Option<ProjectDescription>,
    /// Storage quota, such as 500GB [default: 100GB]
    #[arg(long, value_name = "SIZE")]
    quota: Option<Bytes>,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn ask(app: &App, args: RequestArgs) -> Outcome {
    let body = NewProjectRequest {
        name: args.name,
        description: args.description,
        storage_quota_bytes: args.quota.map(|bytes| bytes.0),
        reason: args.reason,
    };
    let asked: ProjectRequest = app.server()?.post(&["project-requests"], &body).await?;
    if args.format.json {
        return output::json(&asked);
    }
    output::done!(
        "You have asked for the project '{}', as request {}.",
        output::name(&asked.name),
        asked.id
    )?;
    output::line("An administrator decides; `divbase-cli project requests` shows the answer.")
}

pub(super) async fn list(app: &App, format: TableFormat) -> Outcome {
    let requests = project_requests::all(&app.server()?, false).await?;
    if requests.is_empty() && format.is_for_people() {
        return output::line("You have asked for no project.");
    }
    project_requests::show(format, &requests)
}

pub(super) async fn withdraw(app: &App, number: i64) -> Outcome {
    let path = ["project-requests", &number.to_string()];
    app.server()?.delete(&path).await?;
    output::line!("Request {number} was taken back.")
}
