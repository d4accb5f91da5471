//! `query get-vcf-results`: wait for a VCF query, then download what it wrote.

use std::time::Duration;

use clap::Args;
use divbase_contract::tasks::BCFTOOLS_QUERY;
use serde_json::json;

use super::ready;
use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    interrupt::Remark,
    output,
    tasks::{Task, follow, result},
    transfer::{
        destination::download_dir,
        download::{self, Checks},
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
    let waiting = Remark::new(format!(
        "task {id} goes on at the server. Run the same command again to fetch its result; `divbase-cli task-history cancel \
         {id}` stops it."
    ));
    let task = follow::until_final(&at.api, id, budget, require_vcf_query).await?;
    drop(waiting);
    ready::require_success(&task)?;
    let narration = args.format.narration();
    if !args.format.json {
        output::line(&result::sentence(&task))?;
    }
    let wanted = vec![ready::wanted_in(&task, &dir)?];
    let received = download::all(&at, wanted, Checks::Verify, narration).await?;
    if !args.format.json {
        return received.report();
    }
    let mut told = received.to_json();
    told["task"] = json!(task);
    output::json(&told)?;
    received.complete()
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
