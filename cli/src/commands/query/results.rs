//! `query get-vcf-results`: wait for a VCF query, then download what it wrote.

use std::time::Duration;

use clap::Args;
use divbase_contract::{
    limits::{result_log_name, result_vcf_name},
    tasks::BCFTOOLS_QUERY,
};

use crate::{
    app::App,
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    output,
    tasks::{State, Task, follow, result},
    transfer::{
        destination::download_dir,
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
}

pub(super) async fn run(args: ResultsArgs, app: &App) -> Outcome {
    let dir = download_dir(args.download_dir.as_deref(), &app.config()?)?;
    let at = app.project(args.project.project.as_deref())?;
    let id = args.task_id;
    let budget = Duration::from_secs(args.max_wait_mins * 60);
    let task = follow::until_final(&at.api, id, budget, require_vcf_query).await?;
    match task.state() {
        State::Success => {
            output::line(&result::sentence(&task))?;
            let wanted = vec![Wanted::newest(result_vcf_name(id), &dir)?];
            download::all(&at, wanted, Checks::Verify).await
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
