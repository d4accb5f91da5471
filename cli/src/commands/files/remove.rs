//! `files rm` and `files restore`. Deletion is soft: nothing is lost for 30 days.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    output,
};

/// `files rm [FILES]...`
#[derive(Args)]
pub struct RmArgs {
    /// Names of files; `*` and `?` stand for any text and any letter, within one folder
    files: Vec<String>,
    /// Read the names from this file, one per line
    #[arg(long, value_name = "PATH")]
    file_list: Option<PathBuf>,
    /// Only tell what would be deleted
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before files that a pattern has found are deleted
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

/// `files restore [FILES]...`
#[derive(Args)]
pub struct RestoreArgs {
    /// Names of files
    files: Vec<String>,
    /// Read the names from this file, one per line
    #[arg(long, value_name = "PATH")]
    file_list: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn remove(args: RmArgs, app: &App) -> Outcome {
    let given = super::names::given(args.files, args.file_list.as_deref())?;
    let at = app.project(args.project.project.as_deref())?;
    let patterns = given.clone();
    let (names, unknown) = super::matching::existing(&at, given).await?;
    if args.dry_run && args.format.json {
        return output::json(&json!({"dry_run": true, "deleted": names, "not_found": unknown}));
    }
    if args.dry_run && !names.is_empty() {
        output::line("Dry run: these files would be deleted:")?;
        output::list(&names)?;
        return told_of(&unknown, &at.project);
    }
    // What a pattern finds, nobody has seen before.
    let found = patterns
        .iter()
        .any(|name| name.contains(['*', '?']) && !names.contains(name));
    let is_refused = found && !names.is_empty() && !args.yes && !confirmed(&names)?;
    let deleted = if names.is_empty() || is_refused {
        Vec::new()
    } else {
        at.delete(&names).await?
    };
    if args.format.json {
        return output::json(&json!({"deleted": deleted, "not_found": unknown}));
    }
    if deleted.is_empty() {
        output::line("No files were deleted.")?;
    } else {
        output::line(
            "The following files were deleted (`divbase-cli files restore` brings them back):",
        )?;
        output::list(&deleted)?;
    }
    told_of(&unknown, &at.project)
}

fn confirmed(names: &[String]) -> Outcome<bool> {
    output::note("These files will be deleted:");
    output::note_list(names);
    output::confirm("Delete them?")
}

/// Names without a file are remarked on; deleting what is not there is no failure.
fn told_of(unknown: &[String], project: &str) -> Outcome {
    for name in unknown {
        output::warn!(
            "there is no file '{}' in the project '{}'.",
            output::name(name),
            output::name(project)
        );
    }
    Ok(())
}

pub(super) async fn restore(args: RestoreArgs, app: &App) -> Outcome {
    let names = super::names::given(args.files, args.file_list.as_deref())?;
    let at = app.project(args.project.project.as_deref())?;
    let answer = at.restore(&names).await?;
    if !answer.restored.is_empty() {
        output::line("Restored files:")?;
        output::list(&answer.restored)?;
    }
    if answer.not_restored.is_empty() {
        return Ok(());
    }
    output::note("Error: Some files could not be restored:");
    output::note_list(&answer.not_restored);
    output::note(
        "They may never have existed under this name, or were deleted more than 30 days ago. \
         `divbase-cli files ls --show-deleted-files` lists what can be restored.",
    );
    Err(Failure::Told)
}
