//! Names of projects, files, samples, scaffolds, columns and versions for completion: from the configuration, or from the server
//! with a short time limit, kept for a while so that the second Tab costs nothing.

use std::{
    fs,
    path::PathBuf,
    sync::mpsc,
    thread,
    time::{Duration, SystemTime},
};

use divbase_contract::{
    dimensions::{UniqueSamples, UniqueScaffolds},
    files::DownloadRequest,
};
use futures::StreamExt;
use reqwest::{Method, Response, header::RANGE};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    app::{App, ProjectApi},
    commands::dimensions,
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
/// Bytes of a table that are looked through for its first line.
const HEADER_MAX: usize = 64 << 10;
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
    /// Scaffolds of the project.
    Scaffolds,
    /// Columns of a metadata table of the project.
    Columns,
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
        (["query", "vcf" | "bcftools-pipe"], "command") => Some(Names::Scaffolds),
        (["query", "vcf" | "bcftools-pipe" | "tsv"], "tsv_filter") => Some(Names::Columns),
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
        _ => in_time(app, names, words.to_vec()).unwrap_or_default(),
    };
    found.retain(|name| !name.contains(char::is_control));
    found.truncate(OFFERED);
    found
}

/// On a thread of its own: a keyring that waits for its user must not hold up a Tab.
fn in_time(app: App, names: Names, words: Vec<String>) -> Option<Vec<String>> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens once the time is over.
        let _ = tell.send(kept_or_asked(&app, names, &words));
    });
    told.recv_timeout(PATIENCE).ok()?.ok()
}

fn kept_or_asked(app: &App, names: Names, words: &[String]) -> Outcome<Vec<String>> {
    let at = app.project(project(words))?;
    let table = match names {
        Names::Columns => {
            value_of(words, &["--metadata-tsv-name"]).unwrap_or(&app.settings.metadata_tsv_name)
        }
        _ => "",
    };
    let path = kept_at(app, &at, names, table);
    if let Some(kept) = kept(&path) {
        return Ok(kept);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::doing("could not start"))?;
    let found = runtime.block_on(ask(&at, names, table))?;
    // Without a place to keep it, the next Tab asks again.
    let _ = write_atomically(&path, found.join("\n").as_bytes(), Privacy::OwnerOnly);
    Ok(found)
}

/// The project that the command line names.
fn project(words: &[String]) -> Option<&str> {
    value_of(words, &["--project", "-p"])
}

/// What stands behind an option.
fn value_of<'w>(words: &'w [String], option: &[&str]) -> Option<&'w str> {
    let at = words
        .iter()
        .position(|word| option.contains(&word.as_str()))?;
    words.get(at + 1).map(String::as_str)
}

/// Beside the configuration, under a name that holds no text from outside.
fn kept_at(app: &App, at: &ProjectApi, names: Names, table: &str) -> PathBuf {
    let who = app.config().ok().and_then(|config| config.logged_in_email);
    let mut hash = Sha256::new();
    for part in [at.api.base(), &at.project, &who.unwrap_or_default(), table] {
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

async fn ask(at: &ProjectApi, names: Names, table: &str) -> Outcome<Vec<String>> {
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
            let found: UniqueSamples = dimensions::get(at, &["samples"]).await?;
            Ok(found.unique_samples)
        }
        Names::Scaffolds => {
            let found: UniqueScaffolds = dimensions::get(at, &["scaffolds"]).await?;
            Ok(found.unique_scaffolds)
        }
        Names::Columns => columns(at, table).await,
        Names::Versions => {
            let call = Call::new(Method::GET, &["project-versions", "list"])
                .query("project_name", &at.project);
            let all: Vec<Value> = at.api.call(call).await?;
            let name = |one: &Value| one.get("name")?.as_str().map(str::to_owned);
            Ok(all.iter().filter_map(name).collect())
        }
    }
}

/// The columns of a table, from the first line of the file.
async fn columns(at: &ProjectApi, table: &str) -> Outcome<Vec<String>> {
    let request = DownloadRequest {
        name: Failure::checked("the name of the table", table.to_owned())?,
        version_id: None,
        with_checksum: false,
    };
    let urls = at.download_urls(&[request]).await?;
    let mut start = Vec::new();
    if let Some(url) = urls.first() {
        let range = format!("bytes=0-{}", HEADER_MAX - 1);
        let asked = at.api.http.get(&url.pre_signed_url).header(RANGE, range);
        let answer = asked.send().await.and_then(Response::error_for_status);
        let mut body = answer
            .map_err(|error| Failure::TimedOut(crate::http::reason(&error)))?
            .bytes_stream();
        while start.len() < HEADER_MAX && !start.contains(&b'\n') {
            match body.next().await {
                Some(Ok(bytes)) => start.extend_from_slice(&bytes),
                Some(Err(_)) | None => break,
            }
        }
    }
    let text = String::from_utf8_lossy(&start);
    let line = text.lines().next().unwrap_or_default();
    let names = line.trim_start_matches('\u{feff}').split('\t');
    Ok(names
        .map(|name| name.trim_start_matches('#').trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect())
}
