//! Judging files before they travel: what the index would refuse for its beginning or its end, or is not what its name says, is
//! refused here, in a moment, and not after an hour of upload.

use std::path::Path;

use divbase_vcf::{
    Error, ErrorKind,
    bgzf::Format,
    reader::{check_end, open},
    source::FileSource,
};

use super::kinds;
use crate::{
    failure::{Failure, Outcome},
    output,
    transfer::upload::Upload,
};

/// Looks at the beginning and the end of every `.vcf.gz` and `.bcf`; the records between are the index's to read. Of other files it
/// looks at the beginning.
///
/// # Errors
/// Names every file that cannot be indexed or is not what its name says, with the reason and the way out.
pub(super) async fn judge(uploads: Vec<Upload>) -> Outcome<Vec<Upload>> {
    let judged = tokio::task::spawn_blocking(move || {
        let (vcf, others): (Vec<&Upload>, Vec<&Upload>) =
            uploads.iter().partition(|upload| is_indexed(upload));
        let faults = |of: Vec<&Upload>| of.into_iter().filter_map(fault).collect::<Vec<_>>();
        let faults = (faults(vcf), faults(others));
        (uploads, faults)
    });
    let (uploads, (unindexed, others)) = judged
        .await
        .map_err(|error| Failure::Refused(format!("looking at the files broke off: {error}")))?;
    let mut said = Vec::new();
    if !unindexed.is_empty() {
        said.push("these files cannot be indexed, so no query could use them:".to_owned());
        said.extend(unindexed);
    }
    if !others.is_empty() {
        said.push("these files are not what their names say:".to_owned());
        said.extend(others);
    }
    if said.is_empty() {
        return Ok(uploads);
    }
    Err(Failure::Refused(format!(
        "{}\nNothing was uploaded. Mend the files, or upload them as they are with --no-check.",
        said.join("\n")
    )))
}

fn is_indexed(upload: &Upload) -> bool {
    let key = upload.key.as_str();
    key.ends_with(".vcf.gz") || key.ends_with(".bcf")
}

/// Why a file could not be indexed, or is not what its name says.
///
/// # Errors
/// If looking at it breaks off.
pub(in super::super) async fn fault_of(upload: &Upload) -> Outcome<Option<String>> {
    let upload = upload.clone();
    let judged = tokio::task::spawn_blocking(move || reason(&upload)).await;
    judged.map_err(|error| Failure::Refused(format!("looking at the file broke off: {error}")))
}

fn fault(upload: &Upload) -> Option<String> {
    let reason = reason(upload)?;
    let name = upload.named.to_string_lossy();
    Some(format!("- '{}': {reason}", output::name(&name)))
}

fn reason(upload: &Upload) -> Option<String> {
    if !is_indexed(upload) {
        // What cannot be read is said when it is to be sent.
        return kinds::fault(upload.key.as_str(), &upload.path)
            .ok()
            .flatten();
    }
    let error = check(&upload.path).err()?;
    Some(format!("{error}. {}", way_out(&error)))
}

fn check(path: &Path) -> Result<(), Error> {
    let source = FileSource::open(path)?;
    let opened = open(&source)?;
    if opened.format == Format::Text {
        return Err(ErrorKind::NotCompressed.into());
    }
    check_end(&source, opened.format)
}

/// What is stored in the wrong way is compressed rightly by the upload itself.
fn way_out(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::PlainGzip | ErrorKind::NotCompressed => {
            "Add --bgzip to have it compressed for the upload."
        }
        _ => error.remedy(),
    }
}
