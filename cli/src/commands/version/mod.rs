//! `version`: named states of a project's files.

mod diff;
mod kept;
mod restore;

use clap::{ArgAction, Args, Subcommand};
use divbase_contract::project_versions::{
    DeletedVersion, ListedVersion, ProjectVersion, VersionDetails,
};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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

async fn ask<T: DeserializeOwned>(
    at: &ProjectApi,
    method: Method,
    verb: &str,
    body: Value,
) -> Outcome<T> {
    at.api.call(call(at, method, verb).json(&body)?).await
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
    output::done!(
        "New version: '{}' added to the project: '{}'",
        output::name(&made.name),
        output::name(&at.project)
    )
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
    let now: ProjectVersion = ask(&at, Method::PATCH, "update", body).await?;
    let (old, new) = (output::name(&args.version_name), output::name(&now.name));
    if old == new {
        output::line!("Version: '{new}' was updated.")?;
    } else {
        output::line!("Version: '{old}' was renamed to '{new}'.")?;
    }
    if args.new_description.is_some() {
        output::line!("Description: {}", described(now.description.as_deref()))?;
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
    let call = call(&at, Method::GET, "list").query("include_deleted", with_deleted);
    let versions: Vec<ListedVersion> = at.api.call(call).await?;
    if versions.is_empty() && !args.format.json && !args.format.jsonl {
        return output::line!(
            "No versions found for project: {}.",
            output::name(&at.project)
        );
    }
    // The space after `Created` is part of the stock client's header.
    let mut list = table::of(args.format, &versions)
        .column("Version", |version| &version.name)
        .column("Created ", |version| time::of_version(version.created_at))
        .column("Description", |version| {
            described(version.description.as_deref())
        });
    if with_deleted {
        list = list.column(
            "Soft Deleted",
            |one| if one.is_deleted { "Yes" } else { "No" },
        );
    }
    list.show()
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
    let files: Vec<_> = details.files.iter().collect();
    let files = table::of(args.format, &files)
        .column("Name", |(key, _)| key)
        .column("Version ID", |(_, file)| &file.version_id)
        .column("MD5 Checksum", |(_, file)| &file.etag)
        .column("Size", |(_, file)| size::human(file.size));
    let warning = style::red("WARNING: This version has been soft-deleted.");
    if args.format.tsv {
        if details.is_deleted {
            output::note(&warning);
        }
        return files.show();
    }
    output::line!("Version: {}", output::name(&details.name))?;
    output::line!("Created: {}", time::of_version(details.created_at))?;
    output::line!(
        "Description: {}",
        output::text(described(details.description.as_deref()))
    )?;
    if details.is_deleted {
        output::line(&warning)?;
    }
    files.show()
}

async fn remove(args: RmArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let body = json!({ "version_name": args.name });
    let gone: DeletedVersion = ask(&at, Method::DELETE, "delete", body).await?;
    let name = output::name(&gone.name);
    if gone.already_deleted {
        return output::line!(
            "The version '{name}' has already been soft-deleted on {}.",
            time::of_version(gone.date_deleted)
        );
    }
    output::line!(
        "The version: '{name}' was deleted from the project '{}'.",
        output::name(&at.project)
    )
}
