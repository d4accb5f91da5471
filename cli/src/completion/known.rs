//! Names of projects, files, samples and versions for completion: from the configuration, or from the server with a
//! short time limit, kept for a while so that the second Tab costs nothing.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use divbase_contract::dimensions::UniqueSamples;
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    app::{App, ProjectApi},
    failure::{Failure, Outcome},
    files_api::Depth,
    files_on_disk::{Privacy, write_atomically},
    http::api::Call,
    settings::Settings,
};

/// How long a list is used without asking again.
const KEPT: Duration = Duration::from_secs(60);
/// A Tab that takes longer is worse than none.
const PATIENCE: Duration = Duration::from_secs(3);
/// Names offered at most.
const OFFERED: usize = 2_000;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Projects of the configuration.
    Projects,
    /// Files of the project.
    Files,
    /// Metadata tables of the project.
    Tables,
    /// Samples of the project.
    Samples,
    /// Versions of the project.
    Versions,
}

/// What the argument `id` of the command at `path` names.
pub(super) fn names_of(path: &[&str], id: &str) -> Option<Names> {
    match (path, id) {
        (_, "metadata_tsv_name") => Some(Names::Tables),
        (_, "project_version") => Some(Names::Versions),
        (["version", "info" | "update" | "rm"], "version" | "version_name" | "name") => {
            Some(Names::Versions)
        }
        (["config", "rm" | "set-default"], "name") | (_, "project") => Some(Names::Projects),
        (["query", "vcf"], "samples") => Some(Names::Samples),
        (["query", "vcf"], "file" | "exclude_file") | (["dimensions", "show"], "filename") => {
            Some(Names::Files)
        }
        (["files", "download" | "rm" | "verify"], "files")
        | (["files", "cp" | "mv"], "names")
        | (["files", "info" | "stream"], "file_name")
        | (["files", "url"], "name") => Some(Names::Files),
        _ => None,
    }
}

/// The names; none if nobody tells them in time.
pub(super) fn of_server(names: Names, words: &[String]) -> Vec<String> {
    let app = App {
        settings: Settings::from_env(),
    };
    let mut found = match names {
        Names::Projects => app
            .config()
            .map(|config| config.projects.into_iter().map(|one| one.name).collect())
            .unwrap_or_default(),
        _ => kept_or_asked(&app, names, words).unwrap_or_default(),
    };
    found.retain(|name| !name.contains(char::is_control));
    found.truncate(OFFERED);
    found
}

fn kept_or_asked(app: &App, names: Names, words: &[String]) -> Outcome<Vec<String>> {
    let at = app.project(project(words))?;
    let path = kept_at(app, &at, names);
    if let Some(kept) = kept(&path) {
        return Ok(kept);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Failure::Io {
            what: "could not start".to_owned(),
            source,
        })?;
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(&at, names)).await });
    let found = asked.map_err(|_| Failure::TimedOut("no answer in time".to_owned()))??;
    // Without a place to keep it, the next Tab asks again.
    let _ = write_atomically(&path, found.join("\n").as_bytes(), Privacy::OwnerOnly);
    Ok(found)
}

/// The project that the command line names.
fn project(words: &[String]) -> Option<&str> {
    let at = words
        .iter()
        .position(|word| word == "--project" || word == "-p")?;
    words.get(at + 1).map(String::as_str)
}

/// Beside the configuration, under a name that holds no text from outside.
fn kept_at(app: &App, at: &ProjectApi, names: Names) -> PathBuf {
    let who = app.config().ok().and_then(|config| config.logged_in_email);
    let mut hash = Sha256::new();
    for part in [at.api.base(), &at.project, &who.unwrap_or_default()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let name = format!("{}-{names:?}", hex::encode(&hash.finalize()[..8]));
    app.settings
        .config_path
        .with_file_name("completion")
        .join(name)
}

fn kept(path: &PathBuf) -> Option<Vec<String>> {
    let written = fs::metadata(path).ok()?.modified().ok()?;
    let age = SystemTime::now().duration_since(written).ok()?;
    let text = (age < KEPT).then(|| fs::read_to_string(path).ok())??;
    Some(text.lines().map(str::to_owned).collect())
}

async fn ask(at: &ProjectApi, names: Names) -> Outcome<Vec<String>> {
    match names {
        Names::Projects => Ok(Vec::new()),
        Names::Files | Names::Tables => {
            let all = at.list(None, Depth::Everything).await?.files;
            let wanted = |name: &String| names == Names::Files || name.ends_with(".tsv");
            Ok(all
                .into_iter()
                .map(|file| file.name)
                .filter(wanted)
                .collect())
        }
        Names::Samples => {
            let path = ["vcf-dimensions", "projects", &at.project, "samples"];
            let found: UniqueSamples = at.api.call(Call::new(Method::GET, &path)).await?;
            Ok(found.unique_samples)
        }
        Names::Versions => {
            let call = Call::new(Method::GET, &["project-versions", "list"])
                .query("project_name", &at.project);
            let all: Vec<Value> = at.api.call(call).await?;
            let name = |one: &Value| one.get("name")?.as_str().map(str::to_owned);
            Ok(all.iter().filter_map(name).collect())
        }
    }
}
