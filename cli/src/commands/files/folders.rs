//! `files mkdir` and `files rmdir`.

use clap::Args;
use divbase_contract::{file_versions::MadeFolders, limits::BATCH_MAX, names::FolderName};
use serde_json::json;

use crate::{
    app::App,
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    files_api::Depth,
    output,
};

/// `files mkdir|rmdir DIRS...`
#[derive(Args)]
pub struct FoldersArgs {
    /// Names of the folders
    #[arg(required = true)]
    dirs: Vec<String>,
    #[command(flatten)]
    project: ProjectArg,
}

fn keys(dirs: &[String]) -> Outcome<Vec<String>> {
    dirs.iter()
        .map(|dir| {
            FolderName::try_from(dir.clone())
                .map(String::from)
                .map_err(|error| Failure::Refused(format!("{error}.")))
        })
        .collect()
}

pub(super) async fn make(args: FoldersArgs, app: &App) -> Outcome {
    let keys = keys(&args.dirs)?;
    let at = app.project(args.project.project.as_deref())?;
    let mut made = MadeFolders::default();
    for batch in keys.chunks(BATCH_MAX) {
        let part: MadeFolders = at
            .post(&["mkdir"], &json!({ "directories": batch }))
            .await?;
        made.created.extend(part.created);
        made.failed.extend(part.failed);
    }
    if !made.created.is_empty() {
        output::line("Successfully created the following folders:")?;
        output::list(&made.created)?;
    }
    if made.failed.is_empty() {
        return Ok(());
    }
    output::note("Error: the following folders could not be created:");
    output::note_list(&made.failed);
    Err(Failure::Told)
}

pub(super) async fn remove(args: FoldersArgs, app: &App) -> Outcome {
    let keys = keys(&args.dirs)?;
    let at = app.project(args.project.project.as_deref())?;
    for key in &keys {
        let listing = at.list(Some(key), Depth::Everything).await?;
        if listing.files.iter().any(|file| file.name != *key) {
            return Err(Failure::Refused(format!(
                "the folder '{}' is not empty; nothing was deleted. Delete its files first: `divbase-cli files tree {0}` lists them.",
                output::name(key)
            )));
        }
    }
    at.delete(&keys).await?;
    output::line("The following folders were deleted:")?;
    output::list(&keys)
}
