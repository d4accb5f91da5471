//! `files info`.

use clap::Args;

use crate::{
    app::App,
    arguments::{ProjectArg, TableFormat},
    failure::{Failure, Outcome},
    output::{self, size, style, table, time},
};

/// `files info FILE_NAME`
#[derive(Args)]
pub struct InfoArgs {
    /// Name of the file
    file_name: String,
    #[command(flatten)]
    format: TableFormat,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: InfoArgs, app: &App) -> Outcome {
    if args.file_name.ends_with('/') {
        return Err(Failure::Usage(format!(
            "'{}' is a folder, please provide a file. `divbase-cli files ls {0}` lists what is in it.",
            output::name(&args.file_name)
        )));
    }
    let at = app.project(args.project.project.as_deref())?;
    let info = at.info(&args.file_name).await?;
    if args.format.json {
        return output::json(&info);
    }
    if args.format.jsonl {
        return output::json_lines(&info.versions);
    }
    if info.is_currently_deleted {
        let warning = style::red(
            "Warning: This file is marked as soft deleted. To bring it back, use `divbase-cli files restore` or upload it again.",
        );
        if args.format.tsv {
            output::note(&warning);
        } else {
            output::line(&warning)?;
        }
    }
    let versions = table::of(args.format, &info.versions)
        .column("File size", |version| size::human(version.size))
        .column("Upload date (CET)", |version| {
            time::of_file(version.last_modified)
        })
        .column("MD5 checksum", |version| &version.etag)
        .column("Version ID", |version| &version.version_id);
    if args.format.tsv {
        return versions.show();
    }
    output::line!(
        "Available Versions for '{}'",
        output::name(&info.object_name)
    )?;
    versions.show()
}
