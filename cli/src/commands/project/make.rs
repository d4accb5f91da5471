//! `project create` and `project change`.

use clap::Args;
use divbase_contract::{
    field::{EmailAddress, ProjectDescription, ProjectName},
    projects::{NewProject, ProjectChange, ProjectInfo, ProjectLimit},
};

use super::Bytes;
use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    output,
};

/// `project create NAME`
#[derive(Args)]
pub struct CreateArgs {
    /// Name: 3 to 100 letters, digits, `.`, `_` and `-`
    name: ProjectName,
    /// What it is about
    #[arg(long, short = 'd')]
    description: Option<ProjectDescription>,
    /// Storage quota, such as 500GB [default: 100GB]
    #[arg(long, value_name = "SIZE")]
    quota: Option<Bytes>,
    /// The account that becomes its first manager [default: you]
    #[arg(long, value_name = "EMAIL")]
    manager: Option<EmailAddress>,
    #[command(flatten)]
    format: JsonFormat,
}

/// `project change`
#[derive(Args)]
pub struct ChangeArgs {
    #[command(flatten)]
    project: ProjectArg,
    /// What it is about
    #[arg(long, short = 'd')]
    description: Option<ProjectDescription>,
    /// Storage quota, such as 500GB
    #[arg(long, value_name = "SIZE")]
    quota: Option<Bytes>,
    /// Most versions of the project
    #[arg(long, value_name = "NUMBER", value_parser = limit)]
    most_versions: Option<ProjectLimit>,
    /// Most folders
    #[arg(long, value_name = "NUMBER", value_parser = limit)]
    most_folders: Option<ProjectLimit>,
    /// Most tasks that may wait, whoever submitted them
    #[arg(long, value_name = "NUMBER", value_parser = limit)]
    most_waiting: Option<ProjectLimit>,
    /// Let nobody in any more
    #[arg(long, conflicts_with = "open")]
    close: bool,
    /// Let its members in again
    #[arg(long)]
    open: bool,
}

fn limit(text: &str) -> Result<ProjectLimit, String> {
    let number: i64 = text.parse().map_err(|_| "use a whole number".to_owned())?;
    number.try_into()
}

pub(super) async fn create(app: &App, args: CreateArgs) -> Outcome {
    let body = NewProject {
        name: args.name,
        description: args.description,
        storage_quota_bytes: args.quota.map(|bytes| bytes.0),
        manager_email: args.manager,
    };
    let made: ProjectInfo = app.server()?.post(&["projects"], &body).await?;
    if args.format.json {
        return output::json(&made);
    }
    let name = output::name(&made.name);
    output::done!("Project '{name}' created.")?;
    output::line!("To work with it on this device: divbase-cli config add {name}")
}

pub(super) async fn change(app: &App, args: ChangeArgs) -> Outcome {
    let is_active = match (args.close, args.open) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    };
    let body = ProjectChange {
        description: args.description,
        storage_quota_bytes: args.quota.map(|bytes| bytes.0),
        is_active,
        versions_limit: args.most_versions,
        folders_limit: args.most_folders,
        waiting_limit: args.most_waiting,
    };
    if body == ProjectChange::default() {
        return Err(Failure::Usage(
            "name what to change: --description, --quota, --most-versions, --most-folders, --most-waiting, --close or --open"
                .to_owned(),
        ));
    }
    let target = args.project.target(app)?;
    let path = ["projects", &target.project];
    let project: ProjectInfo = target.api.patch(&path, &body).await?;
    let state = if project.is_active { "open" } else { "closed" };
    output::line!(
        "Project '{}' changed; it is {state}.",
        output::name(&project.name)
    )
}
