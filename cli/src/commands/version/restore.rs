//! `version restore`: the files of a project as a version of it names them. What is there already is left alone, so that a
//! restore that was broken off goes on when it is run again; no version of any file is lost by it.

use std::slice::from_ref;

use clap::Args;
use divbase_contract::{
    copies::{CopyProgress, CopyRequest},
    project_versions::{ChangedFile, VersionDiff},
};
use reqwest::Method;
use serde::Serialize;
use serde_json::json;

use super::call;
use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    output,
};

/// `version restore NAME`
#[derive(Args)]
pub struct RestoreArgs {
    /// Name of the version
    name: String,
    /// Also delete files that came since; they can be restored for 30 days
    #[arg(long)]
    delete: bool,
    /// Only tell what would be done
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Do not ask before files are deleted
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    /// It was deleted or replaced: the version counts again.
    Restored,
    /// It came since.
    Deleted,
}

/// A file that is not as the version names it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Step {
    name: String,
    /// What it is to be again.
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    #[serde(skip)]
    deed: Deed,
}

/// What has to be done, by name. What has the same content in another version is left.
fn steps(diff: VersionDiff, delete: bool) -> Vec<Step> {
    let differs = diff.changed.into_iter().filter(|file| !file.same_content);
    let back = diff.removed.into_iter().chain(differs);
    let mut steps: Vec<Step> = back
        .map(|ChangedFile { name, before, .. }| Step {
            name,
            version_id: before.map(|before| before.version_id),
            deed: Deed::Restored,
        })
        .collect();
    if delete {
        steps.extend(diff.added.into_iter().map(|file| Step {
            name: file.name,
            version_id: None,
            deed: Deed::Deleted,
        }));
    }
    steps.sort_by(|a, b| a.name.cmp(&b.name));
    steps
}

pub(super) async fn run(args: RestoreArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let asked = call(&at, Method::GET, "diff").query("from", &args.name);
    let steps = steps(at.api.call(asked).await?, args.delete);
    let count = |deed| steps.iter().filter(|step| step.deed == deed).count();
    if args.dry_run {
        return told(&steps, &[], args.format, true);
    }
    let doomed = count(Deed::Deleted);
    if doomed > 0 && !args.yes {
        let deleted = steps.iter().filter(|step| step.deed == Deed::Deleted);
        output::note_list(deleted.map(|step| &step.name));
        if !output::confirm(&format!("Delete these files ({doomed}), which came since?"))? {
            return output::line("Nothing was changed.");
        }
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for step in steps {
        match one(&at, &step).await {
            Ok(()) => done.push(step),
            Err(error) => failed.push((step.name, error)),
        }
    }
    told(&done, &failed, args.format, false)?;
    Failure::told_unless(failed.is_empty())
}

async fn one(at: &ProjectApi, step: &Step) -> Outcome {
    let Some(version_id) = &step.version_id else {
        return at.delete(from_ref(&step.name)).await.map(drop);
    };
    let info = at.info(&step.name).await?;
    // A deleted file that was not replaced before keeps its version.
    let is_newest = info
        .versions
        .first()
        .is_some_and(|newest| newest.version_id == *version_id);
    if info.is_currently_deleted && is_newest {
        let answer = at.restore(from_ref(&step.name)).await?;
        return match answer.restored.is_empty() {
            false => Ok(()),
            true => Err(Failure::Refused("it cannot be restored.".to_owned())),
        };
    }
    let copy = CopyRequest {
        from: Failure::checked("the name of the file", step.name.clone())?,
        version_id: Some(Failure::checked("the version", version_id.clone())?),
        to: Failure::checked("the name of the file", step.name.clone())?,
        overwrite: true,
    };
    // The service does a large file in pieces.
    loop {
        let progress: CopyProgress = at.post(&["copy"], &copy).await?;
        if progress.done {
            return Ok(());
        }
    }
}

fn told(done: &[Step], failed: &[(String, Failure)], format: JsonFormat, dry_run: bool) -> Outcome {
    let of = |deed| done.iter().filter(move |step| step.deed == deed);
    if format.json {
        let failed: Vec<_> = failed
            .iter()
            .map(|(name, error)| json!({"name": name, "error": error.to_string()}))
            .collect();
        return output::json(&json!({
            "dry_run": dry_run,
            "restored": of(Deed::Restored).collect::<Vec<_>>(),
            "deleted": of(Deed::Deleted).collect::<Vec<_>>(),
            "failed": failed,
        }));
    }
    if done.is_empty() && failed.is_empty() {
        return output::line("The files are as the version names them; nothing is to be done.");
    }
    let words = match dry_run {
        false => ["Restored", "Deleted"],
        true => ["Would be restored:", "Would be deleted:"],
    };
    for (word, deed) in words.into_iter().zip([Deed::Restored, Deed::Deleted]) {
        for step in of(deed) {
            output::line!("{word} '{}'", output::name(&step.name))?;
        }
    }
    for (name, error) in failed {
        output::note!("Error: '{}': {error}", output::name(name));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use divbase_contract::project_versions::VersionedFile;

    use super::*;

    fn file(name: &str, version: Option<&str>, same_content: bool) -> ChangedFile {
        ChangedFile {
            name: name.to_owned(),
            before: version.map(|version| VersionedFile {
                version_id: version.to_owned(),
                etag: "e".to_owned(),
                size: 1,
            }),
            after: None,
            same_content,
        }
    }

    #[test]
    fn what_is_the_same_is_left_and_what_came_since_goes_only_if_that_is_asked() {
        let diff = VersionDiff {
            from: "v1".to_owned(),
            to: None,
            added: vec![file("b", None, false)],
            removed: vec![file("c", Some("3"), false)],
            changed: vec![file("a", Some("1"), false), file("d", Some("4"), true)],
            unchanged: 1,
        };
        let names = |delete| {
            let steps = steps(diff.clone(), delete);
            let names = steps.into_iter().map(|step| (step.name, step.version_id));
            names.collect::<Vec<_>>()
        };
        let is = |name: &str, version: Option<&str>| (name.to_owned(), version.map(str::to_owned));
        assert_eq!(names(false), [is("a", Some("1")), is("c", Some("3"))]);
        assert_eq!(
            names(true),
            [is("a", Some("1")), is("b", None), is("c", Some("3"))]
        );
    }
}
