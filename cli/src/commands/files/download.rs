//! `files download`.

use std::path::{Path, PathBuf};

use clap::Args;
use divbase_contract::project_versions::VersionDetails;
use serde_json::{Value, json};

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    files_api::Depth,
    output,
    transfer::{
        destination::{Layout, download_dir, require_distinct},
        download::{self, Checks, Wanted},
    },
};

/// `files download [FILES]...`
#[derive(Args)]
pub struct DownloadArgs {
    /// Names of files; NAME:VERSION_ID for an older version; a folder with its final / for all below it; `*` and `?` stand for any
    /// text and any letter, within one folder
    files: Vec<String>,
    /// Read the names from this file, one per line
    #[arg(long, value_name = "PATH")]
    file_list: Option<PathBuf>,
    #[command(flatten)]
    common: CommonArgs,
}

/// What both download commands take.
#[derive(Args)]
pub(super) struct CommonArgs {
    /// Folder to download to; must exist [default: the one of `config set-dload-dir`, or the current one]
    #[arg(long, short = 'd', value_name = "DIR")]
    pub(super) download_dir: Option<String>,
    /// Put all files directly into the download folder
    #[arg(long, short = 'f')]
    pub(super) flatten: bool,
    /// Only tell what would be downloaded
    #[arg(long, short = 'n')]
    pub(super) dry_run: bool,
    /// Do not verify checksums (short form: -nc)
    #[arg(long)]
    pub(super) disable_verify_checksums: bool,
    /// Download the files as they were in this project version (short form: -pv)
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) project_version: Option<String>,
    #[command(flatten)]
    pub(super) project: ProjectArg,
    #[command(flatten)]
    pub(super) format: JsonFormat,
}

impl CommonArgs {
    pub(super) const fn layout(&self) -> Layout {
        Layout::of(self.flatten)
    }

    pub(super) const fn checks(&self) -> Checks {
        if self.disable_verify_checksums {
            Checks::Skip
        } else {
            Checks::Verify
        }
    }
}

/// A key with a version, or the newest.
pub(super) type Pick = (String, Option<String>);

pub(super) async fn run(args: DownloadArgs, app: &App) -> Outcome {
    let names = super::names::given(args.files, args.file_list.as_deref())?;
    let dir = download_dir(args.common.download_dir.as_deref(), &app.config()?)?;
    let at = app.project(args.common.project.project.as_deref())?;
    let picks = picks(&at, names, args.common.project_version.as_deref()).await?;
    let wanted = place(picks, &dir, args.common.layout())?;
    if args.common.dry_run && args.common.format.json {
        return output::json(&json!({"dry_run": true, "to_download": names_of(&wanted)}));
    }
    if args.common.dry_run {
        output::line("Dry run: these files would be downloaded:")?;
        for one in &wanted {
            let version = match &one.version {
                Some(id) => format!("version id: {}", output::name(id)),
                None => "latest version".to_owned(),
            };
            output::line!("- '{}' ({version})", output::name(&one.key))?;
        }
        return Ok(());
    }
    fetch(&at, wanted, &args.common).await
}

/// Downloads and tells what became of it.
pub(super) async fn fetch(at: &ProjectApi, wanted: Vec<Wanted>, args: &CommonArgs) -> Outcome {
    let narration = args.format.narration();
    let received = download::all(at, wanted, args.checks(), narration).await?;
    if !args.format.json {
        return received.report();
    }
    output::json(&received.to_json())?;
    received.complete()
}

/// Keys and versions for a program.
pub(super) fn names_of(wanted: &[Wanted]) -> Vec<Value> {
    let wanted = wanted.iter();
    wanted
        .map(|one| json!({"name": one.key, "version_id": one.version, "path": one.path}))
        .collect()
}

/// Which files the names mean, now or in a project version.
pub(super) async fn picks(
    at: &ProjectApi,
    names: Vec<String>,
    version: Option<&str>,
) -> Outcome<Vec<Pick>> {
    match version {
        None => current(at, names).await,
        Some(version) => of_version(&super::super::version::details(at, version).await?, names),
    }
}

pub(super) fn place(picks: Vec<Pick>, dir: &Path, layout: Layout) -> Outcome<Vec<Wanted>> {
    let wanted: Vec<Wanted> = picks
        .into_iter()
        .map(|(key, version)| Wanted::new(key, version, dir, layout))
        .collect::<Outcome<_>>()?;
    require_distinct(wanted.iter().map(|one| {
        let version = one
            .version
            .as_ref()
            .map(|id| format!(":{id}"))
            .unwrap_or_default();
        (
            one.path.as_path(),
            format!("{}{version}", output::name(&one.key)),
        )
    }))?;
    Ok(wanted)
}

/// The newest state, or single versions.
async fn current(at: &ProjectApi, names: Vec<String>) -> Outcome<Vec<Pick>> {
    let mut picks = Vec::new();
    for name in names {
        if name.ends_with('/') {
            let below = at.list(Some(&name), Depth::Everything).await?.files;
            let found: Vec<Pick> = below
                .into_iter()
                .filter(|file| !file.name.ends_with('/'))
                .map(|file| (file.name, None))
                .collect();
            if found.is_empty() {
                return Err(empty_folder(&name));
            }
            picks.extend(found);
        } else if name.contains(['*', '?']) {
            let (found, unknown) = super::matching::existing(at, vec![name]).await?;
            if let Some(name) = unknown.first() {
                return Err(Failure::Refused(format!(
                    "no file is called like '{}'. `divbase-cli files tree` shows what there is.",
                    output::name(name)
                )));
            }
            picks.extend(found.into_iter().map(|key| (key, None)));
        } else {
            picks.push(match name.split_once(':') {
                Some((key, version)) => (key.to_owned(), Some(version.to_owned())),
                None => (name, None),
            });
        }
    }
    Ok(without_repeats(picks))
}

fn of_version(details: &VersionDetails, names: Vec<String>) -> Outcome<Vec<Pick>> {
    let quoted = |names: &[&String]| {
        names
            .iter()
            .map(|name| format!("'{}'", output::name(name)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let versioned: Vec<&String> = names.iter().filter(|name| name.contains(':')).collect();
    if !versioned.is_empty() {
        return Err(Failure::Refused(format!(
            "a file version and --project-version exclude each other; leave one of them out for: {}",
            quoted(&versioned)
        )));
    }
    let missing: Vec<&String> = names
        .iter()
        .filter(|name| !name.ends_with('/') && !details.files.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::Refused(format!(
            "the project version '{}' does not contain: {}. `divbase-cli version info` lists its files.",
            output::name(&details.name),
            quoted(&missing)
        )));
    }
    let mut picks = Vec::new();
    for name in names {
        let before = picks.len();
        picks.extend(
            details
                .files
                .iter()
                .filter(|(key, _)| {
                    **key == name
                        || (name.ends_with('/') && key.starts_with(&name) && !key.ends_with('/'))
                })
                .map(|(key, file)| (key.clone(), Some(file.version_id.clone()))),
        );
        if picks.len() == before {
            return Err(empty_folder(&name));
        }
    }
    Ok(without_repeats(picks))
}

fn without_repeats(picks: Vec<Pick>) -> Vec<Pick> {
    let mut seen = std::collections::HashSet::new();
    picks
        .into_iter()
        .filter(|pick| seen.insert(pick.clone()))
        .collect()
}

fn empty_folder(name: &str) -> Failure {
    Failure::Refused(format!(
        "no files found in the folder '{}'. `divbase-cli files tree` shows what there is.",
        output::name(name)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> VersionDetails {
        let file = |id: &str| serde_json::json!({"version_id": id, "etag": "e", "size": 1});
        serde_json::from_value(serde_json::json!({
            "name": "v1", "description": null, "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z", "is_deleted": false,
            "files": {"a/x.tsv": file("1"), "a/b/y.tsv": file("2"), "z.tsv": file("3")}
        }))
        .unwrap()
    }

    #[test]
    fn folders_are_those_of_the_version() {
        let pick = |names: &[&str]| {
            of_version(
                &details(),
                names.iter().map(|&name| name.to_owned()).collect(),
            )
        };
        assert_eq!(
            pick(&["z.tsv", "a/", "a/x.tsv"]).unwrap(),
            [("z.tsv", "3"), ("a/b/y.tsv", "2"), ("a/x.tsv", "1")]
                .map(|(key, id)| (key.to_owned(), Some(id.to_owned())))
        );
        assert!(
            pick(&["new.tsv"])
                .unwrap_err()
                .to_string()
                .contains("new.tsv")
        );
        assert!(
            pick(&["z.tsv:9"])
                .unwrap_err()
                .to_string()
                .contains("exclude")
        );
        assert!(
            pick(&["other/"])
                .unwrap_err()
                .to_string()
                .contains("no files found")
        );
    }
}
