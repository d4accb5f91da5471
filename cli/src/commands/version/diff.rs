//! `version diff`: how two states of a project's files differ.

use clap::Args;
use divbase_contract::project_versions::{ChangedFile, VersionDiff};
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
    let mut asked = call(&at, Method::GET, "diff").query("from", &args.from);
    if let Some(to) = &args.to {
        asked = asked.query("to", to);
    }
    let diff: VersionDiff = at.api.call(asked).await?;
    if args.format.json {
        return output::json(&diff);
    }
    let lines = lines(&diff);
    if args.format.jsonl {
        return output::json_lines(&lines);
    }
    let header = ["Change", "Name", "Size before", "Size after"];
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let shown = |file: &Option<divbase_contract::project_versions::VersionedFile>| {
                let Some(file) = file else {
                    return String::new();
                };
                if args.format.tsv {
                    file.size.to_string()
                } else {
                    size::human(file.size)
                }
            };
            vec![
                line.change.to_owned(),
                line.file.name.clone(),
                shown(&line.file.before),
                shown(&line.file.after),
            ]
        })
        .collect();
    if args.format.tsv {
        return table::tsv(&header, &rows);
    }
    if rows.is_empty() {
        return output::line(&format!(
            "No file differs ({} are the same).",
            diff.unchanged
        ));
    }
    table::boxed(&header, &rows)?;
    output::line(&format!(
        "{} added, {} removed, {} changed, {} the same",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.unchanged
    ))
}
