//! `version diff`: how two states of a project's files differ.

use clap::Args;
use divbase_contract::project_versions::{ChangedFile, VersionDiff, VersionedFile};
use reqwest::Method;
use serde::Serialize;

use super::call;
use crate::{
    app::App,
    arguments::{ProjectArg, TableFormat},
    failure::Outcome,
    output::{self, size, table},
};

/// `version diff FROM [TO]`
#[derive(Args)]
pub struct DiffArgs {
    /// Name of the version that is compared
    from: String,
    /// Name of the version it is compared with; the files as they are now if it is left out
    to: Option<String>,
    #[command(flatten)]
    format: TableFormat,
    #[command(flatten)]
    project: ProjectArg,
}

/// A line of what differs.
#[derive(Serialize)]
struct Line<'a> {
    change: &'static str,
    #[serde(flatten)]
    file: &'a ChangedFile,
}

fn lines(diff: &VersionDiff) -> Vec<Line<'_>> {
    let kinds = [
        ("added", &diff.added),
        ("removed", &diff.removed),
        ("changed", &diff.changed),
    ];
    let mut lines: Vec<Line<'_>> = kinds
        .into_iter()
        .flat_map(|(change, files)| files.iter().map(move |file| (change, file)))
        .map(|(change, file)| Line {
            change: if file.same_content {
                "rewritten"
            } else {
                change
            },
            file,
        })
        .collect();
    lines.sort_by(|a, b| a.file.name.cmp(&b.file.name));
    lines
}

pub(super) async fn run(args: DiffArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let asked = call(&at, Method::GET, "diff").query("from", &args.from);
    let asked = asked.query_some("to", args.to.as_deref());
    let diff: VersionDiff = at.api.call(asked).await?;
    if args.format.json {
        return output::json(&diff);
    }
    let lines = lines(&diff);
    if args.format.jsonl {
        return output::json_lines(&lines);
    }
    let shown = |file: &Option<VersionedFile>| {
        let size = file.as_ref()?.size;
        Some(if args.format.tsv {
            size.to_string()
        } else {
            size::human(size)
        })
    };
    let table = table::of(args.format, &lines)
        .column("Change", |line| line.change)
        .column("Name", |line| &line.file.name)
        .optional("Size before", "", |line| shown(&line.file.before))
        .optional("Size after", "", |line| shown(&line.file.after));
    if args.format.tsv {
        return table.show();
    }
    if lines.is_empty() {
        return output::line!("No file differs ({} are the same).", diff.unchanged);
    }
    table.show()?;
    output::line!(
        "{} added, {} removed, {} changed, {} the same",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.unchanged
    )
}
