//! `version undelete` and `version freeze`: what managers do so that a version stays.

use clap::Args;
use divbase_contract::project_versions::ProjectVersion;
use reqwest::Method;
use serde_json::json;

use super::ask;
use crate::{
    app::App,
    arguments::ProjectArg,
    failure::Outcome,
    output::{self, time},
};

/// `version undelete NAME`
#[derive(Args)]
pub struct UndeleteArgs {
    /// Name of the version
    name: String,
    #[command(flatten)]
    project: ProjectArg,
}

/// `version freeze NAME`
#[derive(Args)]
pub struct FreezeArgs {
    /// Name of the version
    name: String,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn undelete(args: UndeleteArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let body = json!({ "version_name": args.name });
    let version: ProjectVersion = ask(&at, Method::PATCH, "undelete", body).await?;
    output::line!(
        "The version '{}' is in the project '{}' again.",
        output::name(&version.name),
        output::name(&at.project)
    )
}

pub(super) async fn freeze(args: FreezeArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let name = output::name(&args.name);
    if !args.yes {
        output::note!(
            "Nobody will be able to rename, describe or delete the version '{name}', and its files will be kept for good."
        );
        if !output::confirm("Freeze it? This cannot be taken back.")? {
            return output::line("Nothing was changed.");
        }
    }
    let body = json!({ "version_name": args.name });
    let version: ProjectVersion = ask(&at, Method::PATCH, "freeze", body).await?;
    let since = version.frozen_at.map(time::of_version).unwrap_or_default();
    output::line!("The version '{name}' is frozen since {since}.")
}
