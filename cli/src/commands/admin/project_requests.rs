//! `admin project-requests`: deciding about projects that people ask for.

use clap::Subcommand;
use divbase_contract::{
    field::RequestAnswer,
    project_requests::{ApproveRequest, DeclineRequest, ProjectRequest},
    projects::ProjectInfo,
};

use crate::{
    app::App, arguments::TableFormat, commands::project::Bytes, failure::Outcome, output,
    project_requests,
};

/// `admin project-requests …`
#[derive(Subcommand)]
pub enum RequestsCommand {
    /// List the requests that wait for a decision
    List(TableFormat),
    /// Make the project; who asked becomes its manager
    Approve {
        /// Its number, as the list shows it
        number: i64,
        /// Another storage quota than was asked for, such as 500GB
        #[arg(long, value_name = "SIZE")]
        quota: Option<Bytes>,
        /// What is said to who asked
        #[arg(long, value_name = "TEXT")]
        answer: Option<RequestAnswer>,
    },
    /// Do not make the project
    Decline {
        /// Its number, as the list shows it
        number: i64,
        /// Why; who asked reads it
        #[arg(long, value_name = "TEXT")]
        answer: RequestAnswer,
    },
}

pub(super) async fn run(command: RequestsCommand, app: &App) -> Outcome {
    let api = app.server()?;
    match command {
        RequestsCommand::List(format) => {
            let waiting = project_requests::all(&api, true).await?;
            if waiting.is_empty() && format.is_for_people() {
                return output::line("No request waits.");
            }
            project_requests::show(format, &waiting)
        }
        RequestsCommand::Approve {
            number,
            quota,
            answer,
        } => {
            let body = ApproveRequest {
                storage_quota_bytes: quota.map(|bytes| bytes.0),
                answer,
            };
            let path = ["project-requests", &number.to_string(), "approve"];
            let made: ProjectInfo = api.post(&path, &body).await?;
            output::done!("Project '{}' created.", output::name(&made.name))
        }
        RequestsCommand::Decline { number, answer } => {
            let path = ["project-requests", &number.to_string(), "decline"];
            let request: ProjectRequest = api.post(&path, &DeclineRequest { answer }).await?;
            output::line!(
                "The project '{}' of {} was declined.",
                output::name(&request.name),
                output::name(&request.email)
            )
        }
    }
}
