//! `dimensions update`.

use std::time::Duration;

use clap::Args;
use reqwest::Method;
use serde_json::json;

use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    commands::query::submitted,
    failure::{Failure, Outcome},
    http::api::Call,
    output,
    tasks::{State, follow, result},
};

/// `dimensions update`
#[derive(Args)]
pub struct UpdateArgs {
    /// Wait until the index is updated
    #[arg(long)]
    wait: bool,
    /// With --wait, wait at most this long
    #[arg(long, default_value_t = 120, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=600), requires = "wait")]
    max_wait_mins: u64,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: UpdateArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let call = Call::new(Method::PUT, &["vcf-dimensions", "projects", &at.project]).submission();
    let id: i64 = at.api.call(call).await?;
    if !args.wait {
        return if args.format.json {
            output::json(&json!({ "task_id": id }))
        } else {
            output::line(&submitted(id))
        };
    }
    if !args.format.json {
        output::line(&submitted(id))?;
    }
    let task = follow::until_final(
        &at.api,
        id,
        Duration::from_secs(args.max_wait_mins * 60),
        |_| Ok(()),
    )
    .await?;
    if args.format.json {
        output::json(&task)?;
    }
    match task.state() {
        State::Success if args.format.json => Ok(()),
        State::Success => output::line(&result::sentence(&task)),
        state => Err(Failure::Refused(format!(
            "task {id} ended in {}: {}",
            state.as_str(),
            result::sentence(&task)
        ))),
    }
}
