//! `query tsv`: samples by their metadata, answered at once.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{ArgAction, Args};
use divbase_contract::query::{MetadataQueryRequest, MetadataQueryResult};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{ProjectArg, TableFormat},
    failure::{Failure, Outcome},
    files_on_disk::replace,
    http::api::Call,
    output::{self, style, table},
};

/// The server gives up after 10 s; it may first have to start.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Shown below the help text. docs/metadata-filters.md has the whole language.
pub(super) const EXAMPLES: &str = r#"Filters:
  Area:North,West,!South       one of these values, and not that one
  Area:North;Weight:>10,5-7    both clauses; greater than 10 or from 5 to 7
  Caught:>=2020-06             on or after a date, in a column of dates
  Name:i"north"                upper and lower case alike
  Name:~"^N[0-9]+$"            a regular expression
  Note:=""                     no value; Note:!="" any value
  Note:"a;b,c"                 quotes protect ; and ,
  (Area:North) or (Sex:F)      alternatives between clauses

Exit codes: 0 answered, also if no sample matches; 1 the filter or the table is at fault."#;

/// `query tsv TSV_FILTER`
#[derive(Args)]
pub struct TsvArgs {
    /// Filter such as "Area:North,!East;Weight:>10"; "" for all samples
    #[arg(allow_hyphen_values = true)]
    tsv_filter: String,
    /// Also print each sample with each file that contains it
    #[arg(long, overrides_with = "no_show_sample_results")]
    show_sample_results: bool,
    #[arg(long, hide = true, action = ArgAction::SetTrue)]
    no_show_sample_results: bool,
    /// Table to read, a file of the project [default: DIVBASE_METADATA_TSV_NAME, or sample_metadata.tsv]
    #[arg(long, value_name = "FILE")]
    metadata_tsv_name: Option<String>,
    /// Answer as the Python service does, its traps included
    #[arg(long)]
    compat: bool,
    /// Ask the files as they were in this project version (see `version ls`)
    #[arg(long, value_name = "NAME")]
    project_version: Option<String>,
    /// Write samples and files to this file, as tab-separated text
    #[arg(long, short = 'o', value_name = "PATH", conflicts_with_all = ["tsv", "json", "jsonl"])]
    output: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: TableFormat,
}

pub(super) async fn run(args: TsvArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let request = MetadataQueryRequest {
        tsv_filter: Failure::checked("TSV_FILTER", args.tsv_filter)?,
        metadata_tsv_name: Failure::checked(
            "--metadata-tsv-name",
            args.metadata_tsv_name
                .unwrap_or_else(|| app.settings.metadata_tsv_name.clone()),
        )?,
        compat: args.compat,
        project_version: Failure::checked_some("--project-version", args.project_version)?,
    };
    let call = Call::new(
        Method::POST,
        &["query", "sample-metadata", "projects", &at.project],
    )
    .json(&request)?
    .timeout(TIMEOUT)
    .submission();
    let result: MetadataQueryResult = at.api.call(call).await?;
    if let Some(path) = &args.output {
        return save(&result, path);
    }
    if args.format.json {
        return output::json(&result);
    }
    if args.format.jsonl {
        return output::json_lines(&result.sample_and_filename_subset);
    }
    if args.format.tsv {
        for warning in &result.warnings {
            output::warn(&output::text(warning));
        }
        return table::tsv(&HEADER, &pairs(&result));
    }
    show(
        &result,
        args.show_sample_results && !args.no_show_sample_results,
    )
}

fn save(result: &MetadataQueryResult, path: &Path) -> Outcome {
    for warning in &result.warnings {
        output::warn(&output::text(warning));
    }
    let mut text = table::tsv_row(HEADER);
    for row in pairs(result) {
        text.push_str(&table::tsv_row(row.iter().map(String::as_str)));
    }
    replace(path, text.as_bytes())?;
    output::line!(
        "Wrote {} ({} samples).",
        output::name(&path.to_string_lossy()),
        result.unique_sample_ids.len()
    )
}

const HEADER: [&str; 2] = ["Sample ID", "Filename"];

fn pairs(result: &MetadataQueryResult) -> Vec<Vec<String>> {
    result
        .sample_and_filename_subset
        .iter()
        .map(|pair| vec![pair.sample_id.clone(), pair.filename.clone()])
        .collect()
}

fn show(result: &MetadataQueryResult, with_pairs: bool) -> Outcome {
    if !result.warnings.is_empty() {
        output::line(&style::yellow("Warnings:"))?;
        for warning in &result.warnings {
            output::line!("  - {}", output::text(warning))?;
        }
        output::line("")?;
    }
    if with_pairs {
        for pair in &result.sample_and_filename_subset {
            output::line!(
                "Sample ID: '{}', Filename: '{}'",
                output::name(&pair.sample_id),
                output::name(&pair.filename)
            )?;
        }
    }
    output::line!(
        "The results for the query ({}):",
        output::text(&result.query_message)
    )?;
    output::line!(
        "Unique Sample IDs: {}",
        output::python_list(&result.unique_sample_ids)
    )?;
    output::line!(
        "Unique filenames: {}",
        output::python_list(&result.unique_filenames)
    )?;
    if result.unique_sample_ids.is_empty() {
        output::line("No samples match your query filters.")?;
    }
    Ok(())
}
