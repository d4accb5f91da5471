//! `--wait`: how indexing ended, file by file. Uploads are indexed by themselves; an update that is asked for behind them
//! ends when that is done, whoever did it.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use divbase_contract::{
    ErrorType,
    dimensions::{ProjectDimensions, UniqueVcfFiles},
};
use reqwest::Method;
use serde::Serialize;
use tokio::time::sleep;

use crate::{
    app::ProjectApi,
    commands::dimensions,
    failure::{Failure, Outcome},
    http::api::Call,
    output::{self, style},
    tasks::{State, follow, result},
};

/// While another update runs, its end is asked for so often.
const BETWEEN: Duration = Duration::from_secs(1);

/// How the indexing of a file ended.
#[derive(Debug, Serialize)]
pub(super) struct Ended {
    name: String,
    is_indexed: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Ended {
    pub(super) fn is_indexed(&self) -> bool {
        self.is_indexed
    }

    pub(super) fn show(&self) -> Outcome {
        let name = output::name(&self.name);
        match &self.reason {
            None => output::line!("Indexed '{name}'"),
            Some(reason) => {
                output::note!(
                    "{} '{name}' is not indexed: {}",
                    style::err_red("Error:"),
                    output::text(reason)
                );
                Ok(())
            }
        }
    }
}

/// Waits until these files are looked at.
///
/// # Errors
/// If the time is over first, or the server refuses.
pub(super) async fn wait(
    at: &ProjectApi,
    keys: &[String],
    budget: Duration,
) -> Outcome<Vec<Ended>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let start = Instant::now();
    let id = update(at, start, budget).await?;
    let left = budget.saturating_sub(start.elapsed());
    let task = follow::until_final(&at.api, id, left, |_| Ok(())).await?;
    if task.state() == State::Revoked {
        return Err(Failure::Refused(format!(
            "the files were uploaded, and task {id}, which indexes them, was cancelled. \
             `divbase-cli dimensions update` starts another one."
        )));
    }
    let found: UniqueVcfFiles = dimensions::get(at, &["vcf-files"]).await?;
    let indexed: HashSet<String> = found
        .unique_vcf_files
        .into_iter()
        .map(|file| file.vcf_file_s3_key)
        .collect();
    let mut reasons = if keys.iter().all(|key| indexed.contains(key)) {
        HashMap::new()
    } else {
        reasons(at).await
    };
    let ended = keys.iter().map(|key| {
        let is_indexed = indexed.contains(key);
        let reason = || match reasons.remove(key) {
            Some(reason) => reason,
            None => format!("task {id} ended so: {}", result::sentence(&task)),
        };
        Ended {
            name: key.clone(),
            is_indexed,
            reason: (!is_indexed).then(reason),
        }
    });
    Ok(ended.collect())
}

/// The number of an update that begins now. One that somebody asked for before may have begun too early.
async fn update(at: &ProjectApi, start: Instant, budget: Duration) -> Outcome<i64> {
    loop {
        let path = ["vcf-dimensions", "projects", &at.project];
        let call = Call::new(Method::PUT, &path).submission();
        match at.api.call(call).await {
            Err(Failure::Api(error))
                if error.kind == ErrorType::DimensionsUpdateRunning.as_str() =>
            {
                if start.elapsed() >= budget {
                    return Err(Failure::TimedOut(format!(
                        "the files were uploaded; {}",
                        Failure::Api(error)
                    )));
                }
                sleep(BETWEEN).await;
            }
            answer => return answer,
        }
    }
}

/// What is wrong with files, by key; nothing if the server does not tell.
async fn reasons(at: &ProjectApi) -> HashMap<String, String> {
    let Ok(found) = dimensions::get::<ProjectDimensions>(at, &[]).await else {
        return HashMap::new();
    };
    let skipped = found.skipped_files.into_iter();
    skipped
        .map(|file| (file.vcf_file_s3_key, file.skip_reason.unwrap_or_default()))
        .collect()
}
