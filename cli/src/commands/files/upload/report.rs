//! What became of an upload, for people and for programs.

use divbase_contract::vcf_keys::is_vcf;
use serde_json::{Value, json};

use super::indexing::Ended;
use crate::{
    failure::{Failure, Outcome},
    output::{self, style},
    transfer::upload::{Sent, Upload},
};

/// What became of an upload.
pub(super) struct Report {
    sent: Sent,
    skipped: Vec<Upload>,
    /// How indexing ended, if that was waited for.
    pub(super) indexing: Option<Vec<Ended>>,
}

impl Report {
    pub(super) fn new(sent: Sent, skipped: Vec<Upload>) -> Self {
        Self {
            sent,
            skipped,
            indexing: None,
        }
    }

    /// The keys of VCF files that the project has now, those that it had before included.
    pub(super) fn vcf_keys(&self) -> Vec<String> {
        let uploads = self.sent.done.iter().chain(&self.skipped);
        let keys = uploads.map(|upload| upload.key.as_str());
        keys.filter(|key| is_vcf(key)).map(str::to_owned).collect()
    }

    /// Tells people.
    pub(super) fn show(&self) -> Outcome {
        if !self.skipped.is_empty() {
            output::line(&style::yellow(
                "These files were skipped, because the project already has them:",
            ))?;
            output::list(self.skipped.iter().map(|upload| upload.key.as_str()))?;
        }
        if !self.sent.done.is_empty() {
            output::done!("The following files were successfully uploaded:")?;
            for upload in &self.sent.done {
                output::line!(
                    "- '{}' from {}",
                    output::name(upload.key.as_str()),
                    output::name(&upload.named.to_string_lossy())
                )?;
            }
        }
        if !self.sent.failed.is_empty() {
            output::note!(
                "{} Failed to upload the following files:",
                style::err_red("Error:")
            );
            for (upload, error) in &self.sent.failed {
                output::note!("- '{}': {error}", output::name(upload.key.as_str()));
            }
            output::note(
                "Run the same command again with --skip-existing to upload what is missing; of a file above 96 MiB only the \
                 parts that have not come are sent.",
            );
            return Ok(());
        }
        if self.sent.done.is_empty() {
            output::line("No files were uploaded.")
        } else {
            output::done!("All files uploaded successfully!")
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let failed = self.sent.failed.iter();
        let failed: Vec<Value> = failed
            .map(|(upload, error)| {
                let mut told = file(upload);
                told["error"] = json!(error.to_string());
                told
            })
            .collect();
        let mut told = json!({
            "uploaded": files(&self.sent.done), "skipped": files(&self.skipped), "failed": failed
        });
        if let Some(indexing) = &self.indexing {
            told["indexing"] = json!(indexing);
        }
        told
    }

    /// Success if every file arrived and, if that was waited for, can be queried.
    pub(super) fn complete(&self) -> Outcome {
        let mut indexing = self.indexing.iter().flatten();
        Failure::told_unless(self.sent.failed.is_empty() && indexing.all(Ended::is_indexed))
    }
}

fn files(uploads: &[Upload]) -> Vec<Value> {
    uploads.iter().map(file).collect()
}

fn file(upload: &Upload) -> Value {
    json!({"name": upload.key.as_str(), "path": upload.named, "size": upload.size})
}

/// What would happen.
pub(super) fn dry_run(uploads: &[Upload], skipped: &[Upload], is_json: bool) -> Outcome {
    if is_json {
        return output::json(&json!({
            "dry_run": true, "to_upload": files(uploads), "skipped": files(skipped)
        }));
    }
    output::line("Dry run: nothing is uploaded.")?;
    if !uploads.is_empty() {
        output::line("These files would have been uploaded:")?;
        for upload in uploads {
            output::line!(
                "- {} -> {}",
                output::name(&upload.named.to_string_lossy()),
                output::name(upload.key.as_str())
            )?;
        }
    }
    if !skipped.is_empty() {
        output::line("These files would have been skipped, because the project already has them:")?;
        for upload in skipped {
            output::line!("- {}", output::name(&upload.named.to_string_lossy()))?;
        }
    }
    Ok(())
}
