//! `files uploads`: uploads in parts that were interrupted, and how each goes on or ends.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use divbase_contract::multipart::OpenUpload;
use serde::Serialize;

use crate::{
    app::{App, ProjectApi},
    arguments::{ProjectArg, TableFormat},
    failure::{Failure, Outcome},
    output::{self, quoted, size, table, time},
    transfer::{
        journal::{Entry, Journal},
        resume,
    },
};

/// `files uploads`
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct UploadsArgs {
    #[command(subcommand)]
    command: Option<UploadsCommand>,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: TableFormat,
}

#[derive(Subcommand)]
enum UploadsCommand {
    /// Give uploads up: what has come of them is removed, and counts no more for the project's quota
    Abort(AbortArgs),
}

/// `files uploads abort [UPLOADS]...`
#[derive(Args)]
struct AbortArgs {
    /// Names of the files, or the uploads' identifiers, as `files uploads` lists them
    #[arg(required_unless_present = "all")]
    uploads: Vec<String>,
    /// All that were begun on this machine
    #[arg(long, conflicts_with = "uploads")]
    all: bool,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    project: ProjectArg,
}

/// An upload, with what this machine knows of it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    upload: OpenUpload,
    /// The command with which it goes on, if the file is here.
    resume: Option<String>,
}

pub(super) async fn run(args: UploadsArgs, app: &App) -> Outcome {
    match args.command {
        Some(UploadsCommand::Abort(args)) => abort(args, app).await,
        None => list(&app.project(args.project.project.as_deref())?, args.format).await,
    }
}

/// The open uploads, and whether the server told all of them.
async fn open(at: &ProjectApi) -> Outcome<(Vec<Listed>, bool)> {
    let known = Journal::all(&at.api.uploads_dir(), at.api.base(), &at.project);
    let known: BTreeMap<&str, &Entry> = known
        .iter()
        .filter_map(|entry| Some((entry.upload_id.as_deref()?, entry)))
        .collect();
    let answer = at.open_uploads().await?;
    let uploads = answer.uploads.into_iter().map(|upload| {
        let entry = known.get(upload.upload_id.as_str());
        Listed {
            resume: entry.map(|entry| command(entry)),
            upload,
        }
    });
    Ok((uploads.collect(), answer.more))
}

async fn list(at: &ProjectApi, format: TableFormat) -> Outcome {
    let (open, more) = open(at).await?;
    if open.is_empty() && format.is_for_people() {
        return output::line!(
            "No uploads are under way in the project '{}'.",
            output::name(&at.project)
        );
    }
    table::of(format, &open)
        .column("File", |one| &one.upload.name)
        .column("Sent", |Listed { upload, .. }| {
            let sent = size::human(upload.bytes_sent);
            match upload.content_length {
                Some(whole) => format!("{sent} of {}", size::human(whole)),
                None => sent,
            }
        })
        .column("Begun", |one| time::of_file(one.upload.begun_at))
        .optional("By", "", |one| one.upload.begun_by.as_ref())
        .column("Upload ID", |one| &one.upload.upload_id)
        .show()?;
    if more {
        output::warn("these are the first 100; give up or finish some to see the others.");
    }
    if format.is_for_people() {
        let here: Vec<&String> = open.iter().filter_map(|one| one.resume.as_ref()).collect();
        if !here.is_empty() {
            output::note("To go on where an upload of this machine was:");
            here.iter().for_each(|command| output::note!("  {command}"));
        }
        output::note("To give one up: divbase-cli files uploads abort FILE");
    }
    Ok(())
}

/// The command that sends the rest of an upload.
fn command(entry: &Entry) -> String {
    let mut command = format!(
        "divbase-cli files upload {}",
        quoted(&entry.path.to_string_lossy())
    );
    if let Some((folder, _)) = entry.name.rsplit_once('/') {
        command += &format!(" --to {}", quoted(folder));
    }
    let is_compressed_on_the_way = !entry
        .path
        .file_name()
        .is_some_and(|name| entry.name.ends_with(&*name.to_string_lossy()));
    if is_compressed_on_the_way {
        command += " --bgzip";
    }
    if !entry.with_sha256 {
        command += " --disable-safe-mode";
    }
    command + &format!(" --project {}", quoted(&entry.project))
}

async fn abort(args: AbortArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let (open, _) = open(&at).await?;
    let is_called =
        |one: &Listed, given: &String| *given == one.upload.name || *given == one.upload.upload_id;
    let is_meant = |one: &Listed| {
        let mut given = args.uploads.iter();
        (args.all && one.resume.is_some()) || given.any(|given| is_called(one, given))
    };
    let is_unknown = |given: &&String| !open.iter().any(|one| is_called(one, given));
    for given in args.uploads.iter().filter(is_unknown) {
        output::warn!(
            "no upload of '{}' is under way in the project '{}'.",
            output::name(given),
            output::name(&at.project)
        );
    }
    let meant: Vec<&OpenUpload> = open
        .iter()
        .filter(|one| is_meant(one))
        .map(|one| &one.upload)
        .collect();
    if meant.is_empty() {
        return output::line("No uploads were given up.");
    }
    if !args.yes {
        output::note("These uploads will be given up; what has come of them is removed:");
        for upload in &meant {
            output::note!(
                "- '{}' ({} sent)",
                output::name(&upload.name),
                size::human(upload.bytes_sent)
            );
        }
        if !output::confirm("Give them up?")? {
            return output::line("No uploads were given up.");
        }
    }
    for upload in meant {
        resume::abort(&at, &upload.name, &upload.upload_id)
            .await
            .map_err(|error| Failure::Refused(error.to_string()))?;
        forget(&at, upload);
        output::line!(
            "The upload of '{}' is given up.",
            output::name(&upload.name)
        )?;
    }
    Ok(())
}

/// What this machine remembers of an upload that was given up would only make the next one ask in vain.
fn forget(at: &ProjectApi, upload: &OpenUpload) {
    let dir = at.api.uploads_dir();
    if let Ok(Some(journal)) = Journal::open(&dir, at.api.base(), &at.project, &upload.name)
        && journal.entry().and_then(|entry| entry.upload_id.as_deref()) == Some(&upload.upload_id)
    {
        journal.forget();
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    #[test]
    fn the_command_is_one_that_a_shell_takes() {
        let entry = Entry {
            server: "s".to_owned(),
            project: "herring".to_owned(),
            name: "2026/it's big.vcf.gz".to_owned(),
            path: "/data/it's big.vcf".into(),
            size: 1,
            with_sha256: true,
            token: "0123456789abcdef".parse().unwrap(),
            upload_id: None,
            begun_at: Utc::now(),
        };
        assert_eq!(
            command(&entry),
            r"divbase-cli files upload '/data/it'\''s big.vcf' --to 2026 --bgzip --project herring"
        );
    }
}
