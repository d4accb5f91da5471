//! `files upload`.

mod compress;
mod indexing;
mod judge;
mod kinds;
mod report;

use std::{collections::HashMap, path::PathBuf, time::Duration};

use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use tempfile::NamedTempFile;

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    files_on_disk::beside,
    output,
    transfer::{
        checksum::{Form, Sums},
        keys,
        progress::Bars,
        resume,
        sources::{self, Descent},
        upload::{self, Upload},
    },
};

/// `files upload [FILES]...`
#[derive(Args)]
pub struct UploadArgs {
    /// Files, or patterns such as 'data/*.vcf.gz'
    files: Vec<String>,
    /// Read the paths from this file, one per line
    #[arg(long, short = 'l', value_name = "PATH", conflicts_with = "files")]
    file_list: Option<PathBuf>,
    /// Folder of the project to upload to
    #[arg(long, short = 't', value_name = "FOLDER")]
    to: Option<String>,
    /// Skip files that the project already has with the same content, instead of stopping
    #[arg(long, short = 's', conflicts_with = "disable_safe_mode")]
    skip_existing: bool,
    /// Let ** in patterns go into folders, and keep these folders; quote the patterns
    #[arg(long, short = 'r', short_alias = 'R')]
    recursive: bool,
    /// Only tell what would be uploaded
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Compress plain `.vcf`, and `.vcf.gz` that gzip made, with bgzip on the way; they arrive as `.vcf.gz`
    #[arg(long)]
    bgzip: bool,
    /// Upload VCF and BCF files without looking whether they can be indexed
    #[arg(long)]
    no_check: bool,
    /// Upload without checksums and without looking whether the files are already there
    #[arg(long)]
    disable_safe_mode: bool,
    /// Wait until the VCF files are indexed, and tell of each how that ended
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,
    /// With --wait, wait at most this long
    #[arg(long, default_value_t = 120, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=600), requires = "wait")]
    max_wait_mins: u64,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) use judge::fault_of;

/// What somebody reads who interrupts it.
const INTERRUPTED: &str = "files reported as `Success` have arrived. The same command with --skip-existing sends the others; a \
    file above 96 MiB that was under way goes on with the parts that are missing. `divbase-cli files uploads` lists what is under \
    way, and `divbase-cli files uploads abort` gives it up.";

pub(super) async fn run(args: UploadArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let (mut uploads, _copies) = selected(&args).await?;
    if uploads.is_empty() {
        return Err(Failure::Refused(
            "no files given to upload: name files, patterns or a --file-list (folders alone are not uploaded).".to_owned(),
        ));
    }
    require_content(&uploads)?;
    if let Some(note) = judge::note_on_text(&uploads) {
        output::note(&note);
    }
    if !args.no_check {
        uploads = judge::judge(uploads).await?;
    }
    let (mut skipped, mut finished) = (Vec::new(), Vec::new());
    if !args.disable_safe_mode {
        uploads = with_checksums(uploads).await?;
        (uploads, skipped) = without_identical(&at, uploads).await?;
        if !args.dry_run {
            (finished, skipped) = settled(&at, skipped).await?;
        }
        if !skipped.is_empty() && !args.skip_existing {
            return Err(already_there(&skipped, args.dry_run));
        }
    }
    if args.dry_run {
        return report::dry_run(&uploads, &skipped, args.format.json);
    }
    let mut sent = upload::all(&at, uploads, args.format.narration(), INTERRUPTED).await?;
    sent.done.splice(..0, finished);
    let mut told = report::Report::new(sent, skipped);
    if !args.format.json {
        told.show()?;
    }
    if args.wait {
        let budget = Duration::from_secs(args.max_wait_mins * 60);
        let indexed = indexing::wait(&at, &told.vcf_keys(), budget).await?;
        if !args.format.json {
            indexed.iter().try_for_each(indexing::Ended::show)?;
        }
        told.indexing = Some(indexed);
    }
    if args.format.json {
        output::json(&told.to_json())?;
    }
    told.complete()
}

/// What is to be uploaded, and the temporary files that some of it is read from.
async fn selected(args: &UploadArgs) -> Outcome<(Vec<Upload>, Vec<NamedTempFile>)> {
    let to = keys::folder_prefix(args.to.as_deref().unwrap_or_default())?;
    let descent = if args.recursive {
        Descent::Recursive
    } else {
        Descent::Flat
    };
    let mut sources = match &args.file_list {
        Some(list) => sources::of_list(&super::names::lines(list)?, &to)?,
        None => sources::of_arguments(&args.files, &to, descent)?,
    };
    if args.bgzip {
        sources = sources.into_iter().map(compress::key).collect();
    }
    let names = keys::require_valid(&sources)?;
    let (mut uploads, mut copies) = (Vec::new(), Vec::new());
    for (source, key) in sources.into_iter().zip(names) {
        let named = std::path::absolute(&source.path)
            .map_err(|error| Failure::io("find", &source.path, error))?;
        let copy = if args.bgzip {
            compress::copy(&named, key.as_str()).await?
        } else {
            None
        };
        let path = copy
            .as_ref()
            .map_or_else(|| named.clone(), |copy| copy.path().to_owned());
        let known = std::fs::metadata(&path).map_err(|error| Failure::io("read", &path, error))?;
        copies.extend(copy);
        uploads.push(Upload {
            path,
            named,
            key,
            size: known.len(),
            modified: known.modified().ok(),
            sums: None,
        });
    }
    Ok((uploads, copies))
}

/// No server takes empty files, and one of them would stop a hundred others.
fn require_content(uploads: &[Upload]) -> Outcome {
    let empty: Vec<String> = uploads
        .iter()
        .filter(|upload| upload.size == 0)
        .map(|upload| format!("- {}", output::name(&upload.named.to_string_lossy())))
        .collect();
    if empty.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "these files are empty, and empty files cannot be uploaded:\n{}\nNothing was uploaded.",
        empty.join("\n")
    )))
}

/// Reads the files, some at once.
///
/// # Errors
/// If one cannot be read.
pub(super) async fn with_checksums(uploads: Vec<Upload>) -> Outcome<Vec<Upload>> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let bars = Bars::new();
    stream::iter(uploads)
        .map(|mut upload| async {
            let bar = bars.hashing(upload.key.as_str(), upload.size);
            let job = beside("the checksum calculation", move || {
                let form = Form::of_upload(upload.size);
                let sums = Sums::of_file(&upload.path, form, |bytes| bar.inc(bytes));
                bar.finish_and_clear();
                let sums = sums.map_err(|error| Failure::io("read", &upload.path, error))?;
                upload.sums = Some(sums);
                Ok(upload)
            });
            job.await?
        })
        .buffered(threads)
        .try_collect()
        .await
}

/// Those to upload, and those that the project has already.
async fn without_identical(
    at: &ProjectApi,
    uploads: Vec<Upload>,
) -> Outcome<(Vec<Upload>, Vec<Upload>)> {
    let keys: Vec<String> = uploads
        .iter()
        .map(|upload| upload.key.as_str().to_owned())
        .collect();
    let known: HashMap<String, String> = at
        .checksums(&keys)
        .await?
        .into_iter()
        .map(|checksum| (checksum.object_name, checksum.md5_checksum))
        .collect();
    Ok(uploads.into_iter().partition(|upload| {
        let local = upload.sums.as_ref().map(|sums| sums.md5.etag());
        known.get(upload.key.as_str()) != local.as_ref()
    }))
}

/// Those that an interrupted run had sent to the last byte, and the others.
async fn settled(at: &ProjectApi, identical: Vec<Upload>) -> Outcome<(Vec<Upload>, Vec<Upload>)> {
    let (mut finished, mut skipped) = (Vec::new(), Vec::new());
    for upload in identical {
        let was_under_way = resume::settle(at, &upload).await;
        if was_under_way.map_err(|error| Failure::Refused(error.to_string()))? {
            finished.push(upload);
        } else {
            skipped.push(upload);
        }
    }
    Ok((finished, skipped))
}

fn already_there(identical: &[Upload], dry_run: bool) -> Failure {
    let list: Vec<String> = identical
        .iter()
        .map(|upload| {
            let etag = upload.sums.as_ref().map(|sums| sums.md5.etag());
            let etag = etag.unwrap_or_default();
            format!(
                "- '{}' (checksum: {etag})",
                output::name(&upload.named.to_string_lossy())
            )
        })
        .collect();
    let lead = if dry_run {
        "Dry run: the upload would have failed: "
    } else {
        ""
    };
    Failure::Refused(format!(
        "{lead}these files already exist in the project with the same content:\n{}\nNothing was uploaded. Use --skip-existing to upload only the others.",
        list.join("\n")
    ))
}
