//! `query vcf -o`, `--wait`: one step from the question to its verified answer.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use divbase_contract::{
    limits::{result_log_name, result_name},
    plan::OutputType,
};
use serde_json::{Value, json};

use crate::{
    app::ProjectApi,
    engine,
    failure::{Failure, Outcome},
    http::api::Api,
    interrupt::{Offer, Remark},
    output,
    tasks::{self, State, Task, follow, result},
    transfer::{
        destination::Layout,
        download::{self, Checks, Wanted},
    },
};

const LONGEST_WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Whether the command stays until the answer is there, and where it goes.
#[derive(Args)]
pub(super) struct ReadyArgs {
    /// Wait for the result and write it to this file, verified, with its index; `-` streams it to the standard output
    #[arg(
        long,
        short = 'o',
        value_name = "PATH",
        help_heading = "The result",
        conflicts_with = "dry_run"
    )]
    output: Option<String>,
    /// Wait until the query has ended
    #[arg(long, help_heading = "The result", conflicts_with = "dry_run")]
    wait: bool,
    /// Wait at most this long, for example 90s, 30m or 2h; the query goes on
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = duration, help_heading = "The result")]
    timeout: Duration,
}

/// Where the result goes.
enum Target {
    /// Nowhere.
    None,
    /// The standard output.
    Stdout,
    /// A file, absolute.
    File(PathBuf),
}

/// A wait that was asked for.
pub(super) struct Ready {
    target: Target,
    timeout: Duration,
}

impl ReadyArgs {
    /// What was asked for, or nothing. Checked before anything is submitted.
    pub(super) fn wanted(self, json: bool) -> Outcome<Option<Ready>> {
        let target = match self.output.as_deref() {
            None if !self.wait => return Ok(None),
            None => Target::None,
            Some("-") if json => {
                return Err(Failure::Usage(
                    "`-o -` writes the result to the standard output, where --json would write, too; leave one out."
                        .to_owned(),
                ));
            }
            Some("-") => Target::Stdout,
            Some(path) => Target::File(writable(Path::new(path))?),
        };
        Ok(Some(Ready {
            target,
            timeout: self.timeout,
        }))
    }
}

/// The path, absolute, if its folder exists and it is no folder itself.
fn writable(path: &Path) -> Outcome<PathBuf> {
    let absolute = std::path::absolute(path).map_err(|error| Failure::io("find", path, error))?;
    if absolute.is_dir() {
        return Err(Failure::Refused(format!(
            "-o {}: this is a folder; name a file, such as {}/result.vcf.gz.",
            path.display(),
            path.display()
        )));
    }
    match absolute.parent() {
        Some(folder) if !folder.is_dir() => Err(Failure::Refused(format!(
            "-o {}: its folder does not exist.",
            path.display()
        ))),
        _ => Ok(absolute),
    }
}

/// Waits for the task, and brings its result to where it was asked for.
pub(super) async fn bring(at: &ProjectApi, id: i64, ready: &Ready, json: bool) -> Outcome {
    output::remark(&format!("Submitted as task {id}."));
    let coming_back = match &ready.target {
        Target::File(path) => format!(
            "`divbase-cli query get-vcf-results {id}` fetches its result (then not as {})",
            path.display()
        ),
        _ => format!("`divbase-cli query get-vcf-results {id}` fetches its result"),
    };
    let _remark = Remark::new(format!(
        "task {id} goes on at the server. {coming_back}; `divbase-cli task-history cancel {id}` stops it."
    ));
    let task = {
        let _offer = (!json).then(|| cancelling(at.api.again(), id));
        follow::until_final(&at.api, id, ready.timeout, |_| Ok(())).await?
    };
    require_success(&task)?;
    let written = match &ready.target {
        Target::None => None,
        Target::Stdout => {
            download::to_stdout(at, &wanted(&task, PathBuf::new())?).await?;
            None
        }
        Target::File(path) => {
            let file = wanted(&task, path.clone())?;
            let index = index_of(&task, path);
            let beside = index.as_ref().map(|index| index.path.clone());
            download::with_index(at, file, index, Checks::Verify).await?;
            let index = match beside {
                Some(index) => Some(index),
                None => make_index(path)?,
            };
            Some((path, index))
        }
    };
    if json {
        return output::json(&json!({
            "task_id": id,
            "result": task.result,
            "output": written.as_ref().map(|(path, _)| path),
            "index": written.as_ref().and_then(|(_, index)| index.as_ref()),
        }));
    }
    let told = result::sentence(&task);
    match (&ready.target, written) {
        (Target::Stdout, _) => output::remark(&told),
        (_, None) => output::line(&told)?,
        (_, Some((path, index))) => {
            for line in told.lines().skip(1) {
                output::remark(line);
            }
            let index = index
                .map(|index| format!(" and {}", output::name(&index.to_string_lossy())))
                .unwrap_or_default();
            output::line!(
                "Wrote {}{index} ({}).",
                output::name(&path.to_string_lossy()),
                result::size_of(&task)
            )?;
        }
    }
    Ok(())
}

/// Asks a user who does not want to wait whether the task is to end as well.
fn cancelling(api: Outcome<Api>, id: i64) -> Offer {
    Offer::new(
        format!("Cancel task {id} at the server, too?"),
        move || async move {
            let task = tasks::cancel(&api?, id).await?;
            Ok(result::of_cancelling(&task))
        },
    )
}

/// Fails as the task did.
pub(super) fn require_success(task: &Task) -> Outcome {
    let id = task.id;
    match task.state() {
        State::Success => Ok(()),
        State::Revoked => Err(Failure::Refused(format!(
            "task {id} was cancelled (REVOKED), so there is no result. Submit the query again if you still want it."
        ))),
        _ => {
            let log = result_log_name(id);
            Err(Failure::Refused(format!(
                "task {id} failed: {}\nFor all about it: divbase-cli task-history id {id}\nFor its log: divbase-cli files stream {log}\n      or: divbase-cli files download {log}",
                result::sentence(task)
            )))
        }
    }
}

/// The version of the result that the task registered, with its SHA-256, if the server tells.
pub(super) fn wanted(task: &Task, path: PathBuf) -> Outcome<Wanted> {
    let told = |key: &str| {
        let value = task.result.as_ref()?.get(key)?;
        value.as_str().map(str::to_owned)
    };
    Ok(Wanted {
        key: told("output_file").unwrap_or_else(|| result_name(task.id, OutputType::default())),
        version: told("version_id"),
        sha256: told("sha256"),
        path,
    })
}

/// As [`wanted`], into a folder.
pub(super) fn wanted_in(task: &Task, dir: &Path) -> Outcome<Wanted> {
    let mut found = wanted(task, PathBuf::new())?;
    let place = Wanted::new(found.key.clone(), None, dir, Layout::Folders)?;
    found.path = place.path;
    Ok(found)
}

/// The index that the server made of the result, to be put beside it.
fn index_of(task: &Task, path: &Path) -> Option<Wanted> {
    let told = task.result.as_ref()?.get("index_file");
    let key = told.and_then(Value::as_str)?.to_owned();
    let mut beside = path.as_os_str().to_owned();
    beside.push(".csi");
    Some(Wanted::newest(key, PathBuf::from(beside)))
}

/// Makes the index where the server has none.
fn make_index(path: &Path) -> Outcome<Option<PathBuf>> {
    match path.to_str() {
        Some(name) if name.ends_with(".vcf.gz") => engine::index_file(name)
            .map(|index| Some(PathBuf::from(index)))
            .map_err(Failure::Refused),
        _ => Ok(None),
    }
}

/// `90`, `90s`, `30m`, `2h`; more than nothing and at most a week.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let unit: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write a number and s, m or h, such as 90s, 30m or 2h".to_owned()),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .map(Duration::from_secs)
        .filter(|time| !time.is_zero() && *time <= LONGEST_WAIT)
        .ok_or_else(|| "from 1s to 168h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_have_units_and_bounds() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200)] {
            assert_eq!(duration(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "0s", "1d", "-1s", "169h", "99999999999999999999h", "m"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
