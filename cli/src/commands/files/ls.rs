//! `files ls`.

use clap::Args;
use divbase_contract::{files::FileEntry, limits::RESULT_PREFIX};
use serde_json::json;

use crate::{
    app::{App, ProjectApi},
    arguments::ProjectArg,
    failure::Outcome,
    files_api::Depth,
    output::{self, size, style, table, time},
};

/// `files ls [PREFIX]`
#[derive(Args)]
pub struct LsArgs {
    /// Only names that begin so; a folder's name with its final / lists that folder
    prefix: Option<String>,
    /// Also show size and date
    #[arg(long, short = 'l', conflicts_with_all = ["tsv", "json"])]
    detailed: bool,
    /// Print name, size in bytes and date as tab-separated text with a header line
    #[arg(long, short = 't')]
    tsv: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "tsv")]
    json: bool,
    /// Do not hide the results of queries
    #[arg(long, short = 'r')]
    include_results_files: bool,
    /// List deleted files instead
    #[arg(long, short = 's', conflicts_with = "include_results_files")]
    show_deleted_files: bool,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: LsArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    if args.show_deleted_files {
        return deleted(&args, &at).await;
    }
    let mut listing = at.list(args.prefix.as_deref(), Depth::OneLevel).await?;
    if !args.include_results_files {
        listing
            .files
            .retain(|file| !file.name.starts_with(RESULT_PREFIX));
    }
    let folder = args
        .prefix
        .as_deref()
        .filter(|prefix| prefix.ends_with('/'));
    if let Some(folder) = folder {
        listing.files.retain(|file| file.name != folder);
    }
    if args.json {
        return output::json(&json!({ "folders": listing.folders, "files": listing.files }));
    }
    if listing.files.is_empty() && listing.folders.is_empty() {
        return if args.tsv {
            output::raw(table::tsv_row(TSV_HEADER).as_bytes())
        } else {
            output::line!(
                "No files or folders found in the project '{}'.",
                output::name(&at.project)
            )
        };
    }
    let short = |name: &str| {
        let name = folder
            .and_then(|folder| name.strip_prefix(folder))
            .unwrap_or(name);
        output::name(name).into_owned()
    };
    let mut text = String::new();
    if args.tsv {
        text.push_str(&table::tsv_row(TSV_HEADER));
    }
    for name in &listing.folders {
        if args.tsv {
            text.push_str(&table::tsv_row([short(name).as_str(), "-", "-"]));
        } else {
            text.push_str(&style::bold_blue(&short(name)));
            text.push('\n');
        }
    }
    let width = listing
        .files
        .iter()
        .map(|file| short(&file.name).chars().count())
        .max()
        .unwrap_or(0);
    for file in &listing.files {
        text.push_str(&line(file, &short(&file.name), width, &args));
    }
    output::raw(text.as_bytes())
}

/// A folder has `-` for size and date.
const TSV_HEADER: [&str; 3] = ["Name", "Size (bytes)", "Last modified (CET)"];

fn line(file: &FileEntry, name: &str, width: usize, args: &LsArgs) -> String {
    let date = time::of_file(file.last_modified);
    if args.tsv {
        table::tsv_row([name, &file.size.to_string(), &date])
    } else if args.detailed {
        let size = size::human(file.size);
        format!("{name:width$} {size:>10}  {date}\n")
    } else {
        format!("{name}\n")
    }
}

async fn deleted(args: &LsArgs, at: &ProjectApi) -> Outcome {
    let files = at.list_deleted(args.prefix.as_deref()).await?;
    if args.json {
        return output::json(&files);
    }
    if files.is_empty() {
        return output::line!(
            "No soft deleted files found in the project '{}'.",
            output::name(&at.project)
        );
    }
    output::line!(
        "Soft deleted files in the project '{}':",
        output::name(&at.project)
    )?;
    for file in files {
        let name = format!("'{}'", output::name(&file.name));
        let name = if file.name.ends_with('/') {
            style::bold_blue(&name)
        } else {
            name
        };
        output::line!(
            "- {name} (deleted at: '{}')",
            time::of_file(file.last_modified)
        )?;
    }
    output::line("To bring a file back: divbase-cli files restore NAME")?;
    output::line("To see a file's versions: divbase-cli files info NAME")
}
