//! `version`: named states of a project's files.

mod diff;
mod kept;
mod restore;

use clap::{ArgAction, Args, Subcommand};
use divbase_contract::project_versions::{
    DeletedVersion, ListedVersion, ProjectVersion, VersionDetails,
};
use reqwest::Method;
use serde_json::json;

use crate::{
    app::{App, ProjectApi},
    arguments::{ProjectArg, TableFormat},
    failure::Outcome,
    http::api::Call,
    output::{self, size, style, table, time},
};

/// `version …`
#[derive(Subcommand)]
pub enum VersionCommand {
    /// Name the current state of all files
    Add(AddArgs),
    /// Change the name or description of a version
    Update(UpdateArgs),
    /// List the versions
    Ls(LsArgs),
    /// Show a version with its files
    Info(InfoArgs),
    /// Show how the files differ between two versions, or between one and now
    Diff(diff::DiffArgs),
    /// Make the files what they are in a version
    Restore(restore::RestoreArgs),
    /// Delete a version (the files stay as they are)
    Rm(RmArgs),
    /// Take back that a version was deleted (managers)
    Undelete(kept::UndeleteArgs),
    /// Let nobody change or delete a version any more (managers)
    Freeze(kept::FreezeArgs),
}

/// `version add NAME`
#[derive(Args)]
pub struct AddArgs {
    /// Name of the version
    name: String,
    /// What it is
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    #[command(flatten)]
    project: ProjectArg,
}

/// `version update VERSION_NAME`
#[derive(Args)]
pub struct UpdateArgs {
    /// Name of the version
    version_name: String,
    /// Its new name
    #[arg(long, short = 'n')]
    new_name: Option<String>,
    /// Its new description; "" clears it
    #[arg(long, short = 'd')]
    new_description: Option<String>,
    #[command(flatten)]
    project: ProjectArg,
}

/// `version ls`
#[derive(Args)]
pub struct LsArgs {
    /// Also list deleted versions
    #[arg(long, overrides_with = "no_include_deleted")]
    include_deleted: bool,
    #[arg(long, hide = true, action = ArgAction::SetTrue)]
    no_include_deleted: bool,
    #[command(flatten)]
    format: TableFormat,
    #[command(flatten)]
    project: ProjectArg,
}

/// `version info VERSION`
#[derive(Args)]
pub struct InfoArgs {
    /// Name of the version
    version: String,
    #[command(flatten)]
    format: TableFormat,
    #[command(flatten)]
    project: ProjectArg,
}

/// `version rm NAME`
#[derive(Args)]
pub struct RmArgs {
    /// Name of the version
    name: String,
    #[command(flatten)]
    project: ProjectArg,
}

/// Runs it.
///
/// # Errors
/// What the server says.
pub async fn run(command: VersionCommand, app: &App) -> Outcome {
    match command {
        VersionCommand::Add(args) => add(args, app).await,
        VersionCommand::Update(args) => update(args, app).await,
        VersionCommand::Ls(args) => list(args, app).await,
        VersionCommand::Info(args) => info(args, app).await,
        VersionCommand::Diff(args) => diff::run(args, app).await,
        VersionCommand::Restore(args) => restore::run(args, app).await,
        VersionCommand::Rm(args) => remove(args, app).await,
        VersionCommand::Undelete(args) => kept::undelete(args, app).await,
        VersionCommand::Freeze(args) => kept::freeze(args, app).await,
    }
}

fn call(at: &ProjectApi, method: Method, verb: &str) -> Call {
    Call::new(method, &["project-versions", verb]).query("project_name", &at.project)
}

/// A version with its files.
///
/// # Errors
/// What the server says.
pub async fn details(at: &ProjectApi, name: &str) -> Outcome<VersionDetails> {
    at.api
        .call(call(at, Method::GET, "version_details").query("version_name", name))
        .await
}

async fn add(args: AddArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let body = json!({ "name": args.name, "description": args.description });
    let made: ProjectVersion = at
        .api
        .call(call(&at, Method::PATCH, "add").json(&body)?.submission())
        .await?;
    output::line(&style::green(&format!(
        "New version: '{}' added to the project: '{}'",
        output::name(&made.name),
        output::name(&at.project)
    )))
}

async fn update(args: UpdateArgs, app: &App) -> Outcome {
    let new_name = args.new_name.filter(|name| !name.is_empty());
    if new_name.is_none() && args.new_description.is_none() {
        return output::line("Nothing to update: give --new-name or --new-description.");
    }
    let at = app.project(args.project.project.as_deref())?;
    let body = json!({
        "version_name": args.version_name,
        "new_name": new_name,
        "new_description": args.new_description,
    });
    let now: ProjectVersion = at
        .api
        .call(call(&at, Method::PATCH, "update").json(&body)?)
        .await?;
    let (old, new) = (output::name(&args.version_name), output::name(&now.name));
    if old == new {
        output::line(&format!("Version: '{new}' was updated."))?;
    } else {
        output::line(&format!("Version: '{old}' was renamed to '{new}'."))?;
    }
    if args.new_description.is_some() {
        output::line(&format!(
            "Description: {}",
            described(now.description.as_deref())
        ))?;
    }
    Ok(())
}

fn described(description: Option<&str>) -> &str {
    match description {
        None | Some("") => "No description provided",
        Some(text) => text,
    }
}

async fn list(args: LsArgs, app: &App) -> Outcome {
    let with_deleted = args.include_deleted && !args.no_include_deleted;
    let at = app.project(args.project.project.as_deref())?;
    let call = call(&at, Method::GET, "list").query("include_deleted", with_deleted.to_string());
    let versions: Vec<ListedVersion> = at.api.call(call).await?;
    if args.format.json {
        return output::json(&versions);
    }
    if args.format.jsonl {
        return output::json_lines(&versions);
    }
    if versions.is_empty() {
        return output::line(&format!(
            "No versions found for project: {}.",
            output::name(&at.project)
        ));
    }
    // The space after `Created` is part of the stock client's header.
    let mut header = vec!["Version", "Created ", "Description"];
    if with_deleted {
        header.push("Soft Deleted");
    }
    let rows: Vec<Vec<String>> = versions
        .iter()
        .map(|version| {
            let mut row = vec![
                version.name.clone(),
                time::of_version(version.created_at),
                described(version.description.as_deref()).to_owned(),
            ];
            if with_deleted {
                row.push(if version.is_deleted { "Yes" } else { "No" }.to_owned());
            }
            row
        })
        .collect();
    if args.format.tsv {
        return table::tsv(&header, &rows);
    }
    table::boxed(&header, &rows)
}

async fn info(args: InfoArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let details = details(&at, &args.version).await?;
    if args.format.json {
        return output::json(&details);
    }
    if args.format.jsonl {
        return output::json_lines(&details);
    }
    let header = ["Name", "Version ID", "MD5 Checksum", "Size"];
    let rows: Vec<Vec<String>> = details
        .files
        .iter()
        .map(|(key, file)| {
            vec![
                key.clone(),
                file.version_id.clone(),
                file.etag.clone(),
                size::human(file.size),
            ]
        })
        .collect();
    let warning = style::red("WARNING: This version has been soft-deleted.");
    if args.format.tsv {
        if details.is_deleted {
            output::note(&warning);
        }
        return table::tsv(&header, &rows);
    }
    output::line(&format!("Version: {}", output::name(&details.name)))?;
    output::line(&format!(
        "Created: {}",
        time::of_version(details.created_at)
    ))?;
    output::line(&format!(
        "Description: {}",
        output::text(described(details.description.as_deref()))
    ))?;
    if details.is_deleted {
        output::line(&warning)?;
    }
    table::boxed(&header, &rows)
}

async fn remove(args: RmArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let body = json!({ "version_name": args.name });
    let gone: DeletedVersion = at
        .api
        .call(call(&at, Method::DELETE, "delete").json(&body)?)
        .await?;
    let name = output::name(&gone.name);
    if gone.already_deleted {
        return output::line(&format!(
            "The version '{name}' has already been soft-deleted on {}.",
            time::of_version(gone.date_deleted)
        ));
    }
    output::line(&format!(
        "The version: '{name}' was deleted from the project '{}'.",
        output::name(&at.project)
    ))
}
