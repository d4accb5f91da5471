//! `query vcf` and its older spelling `query bcftools-pipe`: submit a query of VCF files.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use divbase_contract::{
    field::{ObjectKey, SampleName},
    plan::QueryPlan,
    query::{SampleNames, VcfQueryRequest},
};
use reqwest::Method;
use serde_json::json;

use super::{how::HowArgs, plan, ready, regions, samples};
use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    http::api::Call,
    output,
};

const TIMEOUT: Duration = Duration::from_secs(40);
const WHICH: &str = "Which samples (give exactly one)";

/// `query vcf`
#[derive(Args)]
pub struct VcfArgs {
    /// Samples by a filter of their metadata; "" for all samples of the table
    #[arg(long, value_name = "FILTER", help_heading = WHICH, allow_hyphen_values = true)]
    tsv_filter: Option<String>,
    /// Samples by name, separated by commas
    #[arg(long, value_name = "NAMES", help_heading = WHICH)]
    samples: Option<String>,
    /// Samples by name, one per line of a file; blank lines and lines with # are skipped
    #[arg(long, value_name = "PATH", help_heading = WHICH)]
    samples_file: Option<PathBuf>,
    /// Every sample of the project
    #[arg(long, help_heading = WHICH)]
    all_samples: bool,
    /// Read --tsv-filter as the Python service does, its traps included
    #[arg(long, requires = "tsv_filter")]
    compat: bool,
    /// What to do with the files: one or more `view …` as in bcftools, separated by `;`, such as "view -r 1:1-1000; view -i 'QUAL>30'"
    #[arg(long, value_name = "COMMAND", allow_hyphen_values = true)]
    command: String,
    /// Only these regions: scaffold, first and last position in columns separated by tabs, one region a line (.bed as BED)
    #[arg(long, value_name = "PATH")]
    regions_file: Option<PathBuf>,
    /// Table that --tsv-filter reads, a file of the project [default: DIVBASE_METADATA_TSV_NAME, or sample_metadata.tsv]
    #[arg(long, value_name = "FILE")]
    metadata_tsv_name: Option<String>,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    ready: ready::ReadyArgs,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

/// `query bcftools-pipe COMMAND`
#[derive(Args)]
pub struct PipeArgs {
    /// What to do with the files: one or more `view …` as in bcftools, separated by `;`
    #[arg(allow_hyphen_values = true)]
    command: String,
    /// Samples by a filter of their metadata [default: all samples of the table]
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    tsv_filter: Option<String>,
    /// Table that --tsv-filter reads, a file of the project [default: DIVBASE_METADATA_TSV_NAME, or sample_metadata.tsv]
    #[arg(long, value_name = "FILE")]
    metadata_tsv_name: Option<String>,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: VcfArgs, app: &App) -> Outcome {
    let ways = [
        args.tsv_filter.is_some(),
        args.samples.is_some(),
        args.samples_file.is_some(),
        args.all_samples,
    ];
    if ways.into_iter().filter(|given| *given).count() != 1 {
        return Err(Failure::Usage(
            "give exactly one of --tsv-filter, --samples, --samples-file and --all-samples."
                .to_owned(),
        ));
    }
    let samples = match (&args.samples, &args.samples_file) {
        (Some(names), _) => Some(samples::from_list(names)?),
        (None, Some(path)) => Some(samples::from_file(path)?),
        (None, None) => None,
    };
    require_stages(&args.command)?;
    let command = match &args.regions_file {
        Some(path) => regions::into(&args.command, path)?,
        None => args.command,
    };
    let ready = args.ready.wanted(args.format.json)?;
    let request = VcfQueryRequest {
        tsv_filter: Failure::checked_some("--tsv-filter", args.tsv_filter)?,
        metadata_tsv_name: Some(table(args.metadata_tsv_name, app)?),
        samples: samples.map(sample_names).transpose()?,
        all_samples: args.all_samples,
        compat: args.compat,
        ..VcfQueryRequest::new(Failure::checked("--command", command)?)
    };
    let request = args.how.told(request)?;
    submit(&request, &args.project, args.format, ready, app).await
}

fn table(given: Option<String>, app: &App) -> Outcome<ObjectKey> {
    let name = given.unwrap_or_else(|| app.settings.metadata_tsv_name.clone());
    Failure::checked("--metadata-tsv-name", name)
}

fn sample_names(names: Vec<String>) -> Outcome<SampleNames> {
    let names = names
        .into_iter()
        .map(|name| Failure::checked("--samples", name))
        .collect::<Outcome<Vec<SampleName>>>()?;
    Failure::checked("--samples", names)
}

pub(super) async fn run_pipe(args: PipeArgs, app: &App) -> Outcome {
    require_stages(&args.command)?;
    let request = VcfQueryRequest {
        tsv_filter: Some(Failure::checked(
            "--tsv-filter",
            args.tsv_filter.unwrap_or_default(),
        )?),
        metadata_tsv_name: Some(table(args.metadata_tsv_name, app)?),
        ..VcfQueryRequest::new(Failure::checked("COMMAND", args.command)?)
    };
    submit(&request, &args.project, args.format, None, app).await
}

async fn submit(
    request: &VcfQueryRequest,
    project: &ProjectArg,
    format: JsonFormat,
    ready: Option<ready::Ready>,
    app: &App,
) -> Outcome {
    let at = app.project(project.project.as_deref())?;
    let call = Call::new(Method::POST, &["query", "vcf", "projects", &at.project])
        .json(request)?
        .timeout(TIMEOUT)
        .submission();
    if request.dry_run {
        let plan: QueryPlan = at.api.call(call).await?;
        return if format.json {
            output::json(&plan)
        } else {
            plan::show(&plan)
        };
    }
    let (id, warnings): (i64, _) = at.api.call_with_warnings(call).await?;
    if let Some(ready) = ready {
        for warning in &warnings {
            output::warn(&output::text(warning));
        }
        return ready::bring(&at, id, &ready, format.json).await;
    }
    if format.json {
        return output::json(&json!({ "task_id": id, "warnings": warnings }));
    }
    plan::warn(&warnings)?;
    output::line(&submitted(id))
}

/// What users, and scripts that look for `task id: N` or the last word, read after a submission.
#[must_use]
pub(crate) fn submitted(id: i64) -> String {
    format!(
        "Job submitted successfully with task id: {id}. To check its status, use the command: divbase-cli task-history id {id}"
    )
}

/// Refuses a command without content, or with an empty stage, before anything is sent.
fn require_stages(command: &str) -> Outcome {
    if command.trim().is_empty() {
        return Err(Failure::Refused(
            "--command must be a non-empty bcftools view string, such as \"view -r 1:1-1000\"."
                .to_owned(),
        ));
    }
    match stages(command)
        .iter()
        .position(|stage| stage.trim().is_empty())
    {
        Some(index) => Err(Failure::Refused(format!(
            "--command has an empty pipeline segment at position {}: write `view …` between the semicolons, or leave one out.",
            index + 1
        ))),
        None => Ok(()),
    }
}

/// The command cut at its semicolons, as a POSIX shell would see them: not inside quotes, not after a backslash
/// (which is literal inside single quotes).
fn stages(command: &str) -> Vec<String> {
    let mut stages = vec![String::new()];
    let mut quote = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        let last = stages.len() - 1;
        match (letter, quote) {
            (';', None) => {
                stages.push(String::new());
                continue;
            }
            ('\\', None | Some('"')) => {
                stages[last].push(letter);
                stages[last].extend(letters.next());
                continue;
            }
            ('\'' | '"', None) => quote = Some(letter),
            (closing, Some(open)) if closing == open => quote = None,
            _ => {}
        }
        stages[last].push(letter);
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_respect_quotes_and_backslashes() {
        assert_eq!(stages("view -r 1; view -m2"), ["view -r 1", " view -m2"]);
        assert_eq!(stages(r#"view -i 'a;b' -e "c;\"d;""#).len(), 1);
        assert_eq!(stages(r"view a\;b").len(), 1);
        assert_eq!(stages(r"view 'a\'; view").len(), 2);
    }

    #[test]
    fn empty_stages_are_refused() {
        assert!(require_stages("view -m2; view -M2").is_ok());
        let text = |command| require_stages(command).unwrap_err().to_string();
        assert!(text("  ").contains("non-empty bcftools view string"));
        assert!(text("view -m2;").contains("empty pipeline segment at position 2"));
        assert!(text("; view").contains("empty pipeline segment at position 1"));
    }
}
