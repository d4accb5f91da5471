//! `files cp` and `files mv`: files under other names, made by the store itself.

use std::collections::BTreeMap;

use clap::Args;
use divbase_contract::{
    copies::{CopyProgress, CopyRequest, MoveRequest},
    names::UploadName,
};
use indicatif::ProgressBar;
use serde_json::json;

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    interrupt::Remark,
    output,
    transfer::progress::Bars,
};

/// `files cp FROM... TO`
#[derive(Args)]
pub struct CopyArgs {
    /// Files, and last the new name, or a folder with its final /; NAME:VERSION_ID copies an older version; `*` and `?` stand for
    /// any text and any letter, within one folder
    #[arg(required = true, num_args = 2.., value_names = ["FROM", "TO"])]
    names: Vec<String>,
    #[command(flatten)]
    common: CommonArgs,
}

/// `files mv FROM... TO`
#[derive(Args)]
pub struct MoveArgs {
    /// Files, and last the new name, or a folder with its final /; `*` and `?` stand for any text and any letter, within one folder
    #[arg(required = true, num_args = 2.., value_names = ["FROM", "TO"])]
    names: Vec<String>,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Args)]
struct CommonArgs {
    /// Make it the newest version of a file that is there
    #[arg(long)]
    overwrite: bool,
    /// Only tell what would be done
    #[arg(long, short = 'n')]
    dry_run: bool,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

/// What is done to a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Copy,
    Move,
}

impl Deed {
    const fn past(self) -> &'static str {
        match self {
            Self::Copy => "Copied",
            Self::Move => "Moved",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Copy => "copied",
            Self::Move => "moved",
        }
    }
}

/// A file and its new name.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    from: String,
    version_id: Option<String>,
    to: UploadName,
}

pub(super) async fn copy(args: CopyArgs, app: &App) -> Outcome {
    run(args.names, &args.common, Deed::Copy, app).await
}

pub(super) async fn rename(args: MoveArgs, app: &App) -> Outcome {
    run(args.names, &args.common, Deed::Move, app).await
}

async fn run(mut names: Vec<String>, args: &CommonArgs, deed: Deed, app: &App) -> Outcome {
    let Some(to) = names.pop() else {
        return Err(Failure::Usage("name files and a target.".to_owned()));
    };
    let at = app.project(args.project.project.as_deref())?;
    let steps = steps(sources(&at, names).await?, &to, deed)?;
    if args.dry_run {
        return foreseen(&steps, args.format, deed);
    }
    let _remark = Remark::new(format!(
        "files reported as {} are {}. The same command goes on with the others, and with a large file where it was; nothing is \
         lost: a file is deleted only once its copy is whole.",
        deed.past(),
        deed.word()
    ));
    let bars = Bars::new();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for step in &steps {
        match one(&at, step, args.overwrite, deed, &bars).await {
            Ok(progress) => {
                if !args.format.json {
                    output::line(&told(deed.past(), step))?;
                }
                done.push(progress);
            }
            Err(error) => failed.push((step, error)),
        }
    }
    if args.format.json {
        let failures = failed.iter();
        let failures: Vec<_> = failures
            .map(|(step, error)| {
                json!({"from": step.from, "to": step.to.as_str(), "error": error.to_string()})
            })
            .collect();
        let files = done.iter();
        let files: Vec<_> = files
            .map(|one| json!({"from": one.from, "to": one.to, "size": one.size, "version_id": one.version_id}))
            .collect();
        output::json(&json!({deed.word(): files, "failed": failures}))?;
    } else {
        for (step, error) in &failed {
            output::note!("Error: '{}': {error}", output::name(&step.from));
        }
    }
    Failure::told_unless(failed.is_empty())
}

/// The files that names and patterns mean. A name without a wildcard need not be there: what an earlier run has moved is not.
async fn sources(at: &ProjectApi, names: Vec<String>) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for name in names {
        if !name.contains(['*', '?']) {
            found.push(name);
            continue;
        }
        let (matching, unknown) = super::matching::existing(at, vec![name]).await?;
        if let Some(name) = unknown.first() {
            return Err(Failure::Refused(format!(
                "no file of the project '{}' is called like '{}'. Nothing was changed.",
                output::name(&at.project),
                output::name(name)
            )));
        }
        found.extend(matching);
    }
    Ok(found)
}

fn steps(names: Vec<String>, to: &str, deed: Deed) -> Outcome<Vec<Step>> {
    if names.len() > 1 && !to.ends_with('/') {
        return Err(Failure::Refused(format!(
            "{} files cannot all be called '{}'; name a folder, with its final '/'.",
            names.len(),
            output::name(to)
        )));
    }
    let mut steps = Vec::new();
    for name in names {
        let (from, version_id) = match (name.split_once(':'), deed) {
            (Some((key, version)), Deed::Copy) => (key.to_owned(), Some(version.to_owned())),
            _ => (name, None),
        };
        let key = if to.ends_with('/') {
            let base = from.rsplit('/').next().unwrap_or(&from);
            format!("{}{base}", to.trim_start_matches('/'))
        } else {
            to.trim_start_matches('/').to_owned()
        };
        let to = key
            .parse()
            .map_err(|error| Failure::Refused(format!("{error}.")))?;
        steps.push(Step {
            from,
            version_id,
            to,
        });
    }
    let mut targets: BTreeMap<&str, &str> = BTreeMap::new();
    for step in &steps {
        if let Some(other) = targets.insert(step.to.as_str(), &step.from) {
            return Err(Failure::Refused(format!(
                "'{}' and '{}' would both be called '{}'. Nothing was changed.",
                output::name(other),
                output::name(&step.from),
                output::name(step.to.as_str())
            )));
        }
    }
    Ok(steps)
}

fn told(word: &str, step: &Step) -> String {
    format!(
        "{word} '{}' to '{}'",
        output::name(&step.from),
        output::name(step.to.as_str())
    )
}

fn foreseen(steps: &[Step], format: JsonFormat, deed: Deed) -> Outcome {
    if format.json {
        let steps: Vec<_> = steps
            .iter()
            .map(|step| json!({"from": step.from, "version_id": step.version_id, "to": step.to.as_str()}))
            .collect();
        return output::json(&json!({"dry_run": true, deed.word(): steps}));
    }
    output::line("Dry run: nothing is changed.")?;
    steps
        .iter()
        .try_for_each(|step| output::line(&told(&format!("Would be {}:", deed.word()), step)))
}

/// Asks as often as it takes: the service does a large file in pieces.
async fn one(
    at: &ProjectApi,
    step: &Step,
    overwrite: bool,
    deed: Deed,
    bars: &Bars,
) -> Outcome<CopyProgress> {
    let from = Failure::checked("the name of the file", step.from.clone())?;
    let version_id = step.version_id.clone();
    let version_id = Failure::checked_some("the version of the file", version_id)?;
    let copy = CopyRequest {
        from,
        version_id,
        to: step.to.clone(),
        overwrite,
    };
    let bar = bars.file(&step.from, None);
    let ended = until_done(at, &copy, deed, &bar).await;
    bar.finish_and_clear();
    ended
}

async fn until_done(
    at: &ProjectApi,
    copy: &CopyRequest,
    deed: Deed,
    bar: &ProgressBar,
) -> Outcome<CopyProgress> {
    loop {
        let progress: CopyProgress = match deed {
            Deed::Copy => at.post(&["copy"], copy).await?,
            Deed::Move => {
                let body = MoveRequest {
                    from: copy.from.clone(),
                    to: copy.to.clone(),
                    overwrite: copy.overwrite,
                };
                at.post(&["move"], &body).await?
            }
        };
        bar.set_length(progress.size);
        bar.set_position(progress.bytes_copied);
        if progress.done {
            return Ok(progress);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(
        names: &[&str],
        to: &str,
        deed: Deed,
    ) -> Outcome<Vec<(String, Option<String>, String)>> {
        let names = names.iter().map(ToString::to_string).collect();
        let steps = steps(names, to, deed)?.into_iter();
        Ok(steps
            .map(|step| (step.from, step.version_id, step.to.into()))
            .collect())
    }

    #[test]
    fn a_folder_takes_many_and_a_name_one() {
        let is = |from: &str, version: Option<&str>, to: &str| {
            (from.to_owned(), version.map(str::to_owned), to.to_owned())
        };
        assert_eq!(
            planned(&["a/x.txt", "y.txt"], "/b/", Deed::Move).unwrap(),
            [is("a/x.txt", None, "b/x.txt"), is("y.txt", None, "b/y.txt")]
        );
        assert_eq!(
            planned(&["x.txt:v1"], "old.txt", Deed::Copy).unwrap(),
            [is("x.txt", Some("v1"), "old.txt")]
        );
        assert!(planned(&["x.txt", "y.txt"], "z.txt", Deed::Copy).is_err());
        assert!(planned(&["a/x.txt", "b/x.txt"], "c/", Deed::Copy).is_err());
        assert!(planned(&["x.txt"], "x.exe", Deed::Copy).is_err());
        assert!(planned(&["x.txt"], "../x.txt", Deed::Copy).is_err());
    }
}
