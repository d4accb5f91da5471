//! `query get-vcf-results`: wait for a VCF query, then download what it wrote.

use std::{path::Path, time::Duration};

use clap::Args;
use divbase_contract::{
    limits::{result_log_name, result_name},
    plan::OutputType,
    tasks::BCFTOOLS_QUERY,
};

use serde_json::json;

use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    output,
    tasks::{State, Task, follow, result},
    transfer::{
        destination::{Layout, download_dir},
        download::{self, Checks, Wanted},
    },
};

/// `query get-vcf-results TASK_ID`
#[derive(Args)]
pub struct ResultsArgs {
    /// Number of the task, as `query vcf` printed it
    task_id: i64,
    /// Folder to download to; must exist [default: the one of `config set-dload-dir`, or the current one]
    #[arg(long, short = 'd', value_name = "DIR")]
    download_dir: Option<String>,
    /// Wait at most this long
    #[arg(long, default_value_t = 120, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=600))]
    max_wait_mins: u64,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: ResultsArgs, app: &App) -> Outcome {
    let dir = download_dir(args.download_dir.as_deref(), &app.config()?)?;
    let at = app.project(args.project.project.as_deref())?;
    let id = args.task_id;
    let budget = Duration::from_secs(args.max_wait_mins * 60);
    let task = follow::until_final(&at.api, id, budget, require_vcf_query).await?;
    match task.state() {
        State::Success => {
            let narration = args.format.narration();
            if !args.format.json {
                output::line(&result::sentence(&task))?;
            }
            let wanted = vec![wanted(&task, &dir)?];
            let received = download::all(&at, wanted, Checks::Verify, narration).await?;
            if !args.format.json {
                return received.report();
            }
            let mut told = received.to_json();
            told["task"] = json!(task);
            output::json(&told)?;
            received.complete()
        }
        State::Revoked => Err(Failure::Refused(format!(
            "task {id} was cancelled (REVOKED), so there is no result. Submit the query again if you still want it."
        ))),
        _ => {
            let log = result_log_name(id);
            Err(Failure::Refused(format!(
                "task {id} failed: {}\nFor all about it: divbase-cli task-history id {id}\nFor its log: divbase-cli files stream {log}\n      or: divbase-cli files download {log}",
                result::sentence(&task)
            )))
        }
    }
}

/// The version of the result that the task registered, with its SHA-256, if the server tells.
fn wanted(task: &Task, dir: &Path) -> Outcome<Wanted> {
    let told = |key: &str| {
        let value = task.result.as_ref()?.get(key)?;
        value.as_str().map(str::to_owned)
    };
    // A server that does not tell writes bgzipped VCF.
    let usual = || result_name(task.id, OutputType::default());
    let key = told("output_file").unwrap_or_else(usual);
    let mut wanted = Wanted::new(key, told("version_id"), dir, Layout::Folders)?;
    wanted.sha256 = told("sha256");
    Ok(wanted)
}

fn require_vcf_query(task: &Task) -> Outcome {
    match task.name.as_deref() {
        Some(name) if name != BCFTOOLS_QUERY => Err(Failure::Usage(format!(
            "task {id} is not a VCF query but '{}', which writes no file. See its result with `divbase-cli task-history id {id}`.",
            output::name(name),
            id = task.id
        ))),
        _ => Ok(()),
    }
}
