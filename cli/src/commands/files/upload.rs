//! `files upload`.

use std::{collections::HashMap, path::PathBuf};

use clap::Args;
use divbase_contract::vcf_keys::is_vcf;
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    app::{App, ProjectApi},
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    output::{self, style},
    transfer::{
        checksum::{Form, Sums},
        judge, keys,
        progress::Bars,
        sources::{self, Descent},
        upload::{self, Sent, Upload},
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
    #[arg(
        long,
        short = 't',
        value_name = "FOLDER",
        default_value = "",
        hide_default_value = true
    )]
    to: String,
    /// Skip files that the project already has with the same content, instead of stopping
    #[arg(long, short = 's', conflicts_with = "disable_safe_mode")]
    skip_existing: bool,
    /// Let ** in patterns go into folders, and keep these folders; quote the patterns
    #[arg(long, short = 'r', short_alias = 'R')]
    recursive: bool,
    /// Only tell what would be uploaded
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Upload without checksums and without looking whether the files are already there
    #[arg(long)]
    disable_safe_mode: bool,
    /// Upload .vcf.gz files even if DivBase will not be able to index them
    #[arg(long)]
    no_check: bool,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: UploadArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let mut uploads = selected(&args)?;
    if uploads.is_empty() {
        return Err(Failure::Refused(
            "no files given to upload: name files, patterns or a --file-list (folders alone are not uploaded).".to_owned(),
        ));
    }
    require_content(&uploads)?;
    if !args.no_check {
        uploads = require_indexable(uploads).await?;
    }
    let mut skipped = Vec::new();
    if !args.disable_safe_mode {
        uploads = with_checksums(uploads).await?;
        (uploads, skipped) = without_identical(&at, uploads).await?;
        if !skipped.is_empty() && !args.skip_existing {
            return Err(already_there(&skipped, args.dry_run));
        }
    }
    if args.dry_run {
        return dry_run(&uploads, &skipped);
    }
    let sent = upload::all(&at, uploads).await?;
    report(&sent, &skipped)
}

fn selected(args: &UploadArgs) -> Outcome<Vec<Upload>> {
    let to = keys::folder_prefix(&args.to)?;
    let descent = if args.recursive {
        Descent::Recursive
    } else {
        Descent::Flat
    };
    let sources = match &args.file_list {
        Some(list) => sources::of_list(&super::names::lines(list)?, &to)?,
        None => sources::of_arguments(&args.files, &to, descent)?,
    };
    let names = keys::require_valid(&sources)?;
    sources
        .into_iter()
        .zip(names)
        .map(|(source, key)| {
            let path = std::path::absolute(&source.path)
                .map_err(|error| Failure::io("find", &source.path, error))?;
            let size = std::fs::metadata(&path)
                .map_err(|error| Failure::io("read", &path, error))?
                .len();
            Ok(Upload {
                path,
                key,
                size,
                sums: None,
            })
        })
        .collect()
}

/// No server takes empty files, and one of them would stop a hundred others.
fn require_content(uploads: &[Upload]) -> Outcome {
    let empty: Vec<String> = uploads
        .iter()
        .filter(|upload| upload.size == 0)
        .map(|upload| format!("- {}", output::name(&upload.path.to_string_lossy())))
        .collect();
    if empty.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "these files are empty, and empty files cannot be uploaded:\n{}\nNothing was uploaded.",
        empty.join("\n")
    )))
}

/// A file that cannot be indexed is told before it travels, and so are all others like it.
async fn require_indexable(uploads: Vec<Upload>) -> Outcome<Vec<Upload>> {
    let judged = tokio::task::spawn_blocking(move || {
        let faults: Vec<String> = uploads
            .iter()
            .filter(|upload| is_vcf(upload.key.as_str()))
            .filter_map(|upload| Some((upload, judge::vcf(&upload.path).err()?)))
            .map(|(upload, error)| {
                format!(
                    "- {}: {}. {}",
                    output::name(&upload.path.to_string_lossy()),
                    output::name(&error.to_string()),
                    error.remedy()
                )
            })
            .collect();
        (uploads, faults)
    });
    let (uploads, faults) = judged
        .await
        .map_err(|error| Failure::Refused(format!("reading the files broke off: {error}")))?;
    if faults.is_empty() {
        return Ok(uploads);
    }
    Err(Failure::Refused(format!(
        "these files could not be indexed, and no query could use them:\n{}\nNothing was uploaded. Mend them, or use \
         --no-check to upload them as they are.",
        faults.join("\n")
    )))
}

async fn with_checksums(uploads: Vec<Upload>) -> Outcome<Vec<Upload>> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let bars = Bars::new();
    stream::iter(uploads)
        .map(|mut upload| async {
            let bar = bars.hashing(upload.key.as_str(), upload.size);
            let job = tokio::task::spawn_blocking(move || {
                let form = Form::of_upload(upload.size);
                let sums = Sums::of_file(&upload.path, form, |bytes| bar.inc(bytes));
                bar.finish_and_clear();
                let sums = sums.map_err(|error| Failure::io("read", &upload.path, error))?;
                upload.sums = Some(sums);
                Ok(upload)
            });
            job.await.map_err(|error| {
                Failure::Refused(format!("the checksum calculation broke off: {error}"))
            })?
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

fn already_there(identical: &[Upload], dry_run: bool) -> Failure {
    let list: Vec<String> = identical
        .iter()
        .map(|upload| {
            let etag = upload.sums.as_ref().map(|sums| sums.md5.etag());
            let etag = etag.unwrap_or_default();
            format!(
                "- '{}' (checksum: {etag})",
                output::name(&upload.path.to_string_lossy())
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

fn dry_run(uploads: &[Upload], skipped: &[Upload]) -> Outcome {
    output::line("Dry run: nothing is uploaded.")?;
    if !uploads.is_empty() {
        output::line("These files would have been uploaded:")?;
        for upload in uploads {
            output::line(&format!(
                "- {} -> {}",
                output::name(&upload.path.to_string_lossy()),
                output::name(upload.key.as_str())
            ))?;
        }
    }
    if !skipped.is_empty() {
        output::line("These files would have been skipped, because the project already has them:")?;
        for upload in skipped {
            output::line(&format!(
                "- {}",
                output::name(&upload.path.to_string_lossy())
            ))?;
        }
    }
    Ok(())
}

fn report(sent: &Sent, skipped: &[Upload]) -> Outcome {
    if !skipped.is_empty() {
        output::line(&style::yellow(
            "These files were skipped, because the project already has them:",
        ))?;
        for upload in skipped {
            output::line(&format!("- '{}'", output::name(upload.key.as_str())))?;
        }
    }
    if !sent.done.is_empty() {
        output::line(&style::green(
            "The following files were successfully uploaded:",
        ))?;
        for upload in &sent.done {
            output::line(&format!(
                "- '{}' from {}",
                output::name(upload.key.as_str()),
                output::name(&upload.path.to_string_lossy())
            ))?;
        }
    }
    if !sent.failed.is_empty() {
        output::note(&format!(
            "{} Failed to upload the following files:",
            style::err_red("Error:")
        ));
        for (upload, error) in &sent.failed {
            output::note(&format!(
                "- '{}': {error}",
                output::name(upload.key.as_str())
            ));
        }
        output::note("Run the same command again with --skip-existing to upload what is missing.");
        return Err(Failure::Told);
    }
    if sent.done.is_empty() {
        output::line("No files were uploaded.")
    } else {
        output::line(&style::green("All files uploaded successfully!"))
    }
}
