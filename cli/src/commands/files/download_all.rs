//! `files download-all`.

use clap::Args;
use divbase_contract::limits::RESULT_PREFIX;

use serde_json::json;

use super::download::{CommonArgs, fetch, names_of, place};
use crate::{
    app::{App, ProjectApi},
    failure::{Failure, Outcome},
    files_api::Depth,
    files_on_disk::beside,
    output::{self, size, style},
    transfer::{
        checksum::{Checksum, Form},
        destination::{download_dir, local_path},
        download::Wanted,
        verify,
    },
};

/// `files download-all`
#[derive(Args)]
pub struct DownloadAllArgs {
    /// Skip files that are already there with the right checksum
    #[arg(long, short = 'r')]
    resume: bool,
    /// Do not ask before downloading
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    common: CommonArgs,
}

/// A file of the project or of its version.
struct Candidate {
    key: String,
    version: Option<String>,
    etag: String,
    size: u64,
}

pub(super) async fn run(args: DownloadAllArgs, app: &App) -> Outcome {
    if args.resume && args.common.disable_verify_checksums {
        return Err(Failure::Usage(
            "--resume compares checksums, so it cannot be used with --disable-verify-checksums."
                .to_owned(),
        ));
    }
    let dir = download_dir(args.common.download_dir.as_deref(), &app.config()?)?;
    let at = app.project(args.common.project.project.as_deref())?;
    let candidates = candidates(&at, args.common.project_version.as_deref()).await?;
    let is_json = args.common.format.json;
    if is_json && !args.yes && !args.common.dry_run {
        return Err(Failure::Usage(
            "--json leaves no room for a question; add --yes, or --dry-run.".to_owned(),
        ));
    }
    if candidates.is_empty() && !is_json {
        return output::line!(
            "There are no files to download in the project '{}'.",
            output::name(&at.project)
        );
    }
    let (candidates, refused): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .partition(|file| local_path(&dir, &file.key, args.common.layout()).is_ok());
    for file in &refused {
        output::warn!(
            "'{}' cannot be a file below the download folder and is left out; `divbase-cli files stream` can still read it.",
            output::name(&file.key)
        );
    }
    let picks = candidates
        .iter()
        .map(|file| (file.key.clone(), file.version.clone()))
        .collect();
    let wanted = place(picks, &dir, args.common.layout())?;
    let mut pairs: Vec<(Candidate, Wanted)> = candidates.into_iter().zip(wanted).collect();
    if args.resume {
        pairs = without_present(&at, pairs, is_json).await?;
        if pairs.is_empty() && !is_json {
            return output::line(
                "No files left to download: your folder matches the project's store.",
            );
        }
    }
    if is_json {
        let wanted: Vec<Wanted> = pairs.into_iter().map(|(_, wanted)| wanted).collect();
        return if args.common.dry_run {
            output::json(&json!({"dry_run": true, "to_download": names_of(&wanted)}))
        } else {
            fetch(&at, wanted, &args.common).await
        };
    }
    let total = pairs.iter().map(|(file, _)| file.size).sum();
    output::line!(
        "There are '{}' files to download with a total size of: {}",
        pairs.len(),
        size::human(total)
    )?;
    if args.common.dry_run {
        for (file, _) in &pairs {
            output::line!(
                "- '{}' ({})",
                output::name(&file.key),
                size::human(file.size)
            )?;
        }
        return output::line("Dry run: nothing was downloaded.");
    }
    if !args.yes && !output::confirm("Do you want to download them?")? {
        return output::line("Download cancelled...");
    }
    let wanted = pairs.into_iter().map(|(_, wanted)| wanted).collect();
    fetch(&at, wanted, &args.common).await?;
    // Not everything came: whoever scripts this must see it.
    Failure::told_unless(refused.is_empty())
}

async fn candidates(at: &ProjectApi, version: Option<&str>) -> Outcome<Vec<Candidate>> {
    if let Some(version) = version {
        let details = super::super::version::details(at, version).await?;
        return Ok(details
            .files
            .into_iter()
            .map(|(key, file)| Candidate {
                key,
                version: Some(file.version_id),
                etag: file.etag,
                size: file.size,
            })
            .collect());
    }
    let listing = at.list(None, Depth::Everything).await?;
    Ok(listing
        .files
        .into_iter()
        .filter(|file| !file.name.ends_with('/') && !file.name.starts_with(RESULT_PREFIX))
        .map(|file| Candidate {
            key: file.name,
            version: None,
            etag: file.etag,
            size: file.size,
        })
        .collect())
}

/// Those that are not yet here; warns of those that are here with another content.
async fn without_present(
    at: &ProjectApi,
    pairs: Vec<(Candidate, Wanted)>,
    is_json: bool,
) -> Outcome<Vec<(Candidate, Wanted)>> {
    let compared = beside("the comparison of local files", move || {
        let (mut left, mut unlike) = (Vec::new(), Vec::new());
        for (file, wanted) in pairs {
            if !wanted.path.is_file() {
                left.push((file, wanted));
                continue;
            }
            let local = Checksum::of_file(&wanted.path, Form::of_etag(&file.etag))
                .map_err(|error| Failure::io("read", &wanted.path, error))?;
            if local.etag() != file.etag {
                unlike.push((file, wanted));
            }
        }
        Ok::<_, Failure>((left, unlike))
    });
    let (mut left, unlike) = compared.await??;
    // An ETag may be no MD5: then something else decides, which costs a request for each.
    let (files, wanted): (Vec<_>, Vec<_>) = unlike.into_iter().unzip();
    let verdicts = verify::all(at, &wanted).await?;
    let mut different = Vec::new();
    for ((file, wanted), verdict) in files.into_iter().zip(wanted).zip(verdicts) {
        if verdict.is_err() {
            different.push(wanted.path.display().to_string());
            left.push((file, wanted));
        }
    }
    if !different.is_empty() {
        let paths: Vec<String> = different
            .iter()
            .map(|path| format!("- {}", output::name(path)))
            .collect();
        let text = format!(
            "The following files already exist with another content and are downloaded again:\n{}",
            paths.join("\n")
        );
        if is_json {
            output::warn(&text);
        } else {
            output::line(&style::yellow(&format!("Warning: {text}")))?;
        }
    }
    Ok(left)
}
