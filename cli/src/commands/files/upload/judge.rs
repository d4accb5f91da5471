//! Judging VCF files before they travel: what the index would refuse for its beginning or its end is refused here, in
//! a moment, and not after an hour of upload.

use std::path::Path;

use divbase_vcf::{
    Error, ErrorKind,
    bgzf::Format,
    reader::{check_end, open},
    source::FileSource,
};

use crate::{
    failure::{Failure, Outcome},
    output,
    transfer::upload::Upload,
};

/// Looks at the beginning and the end of every `.vcf.gz` and `.bcf`; the records between are the index's to read.
///
/// # Errors
/// Names every file that cannot be indexed, with the reason and the way out.
pub(super) async fn judge(uploads: Vec<Upload>) -> Outcome<Vec<Upload>> {
    let judged = tokio::task::spawn_blocking(move || {
        let faults: Vec<String> = uploads.iter().filter_map(fault).collect();
        (uploads, faults)
    });
    let (uploads, faults) = judged
        .await
        .map_err(|error| Failure::Refused(format!("looking at the files broke off: {error}")))?;
    if faults.is_empty() {
        return Ok(uploads);
    }
    Err(Failure::Refused(format!(
        "these files cannot be indexed, so no query could use them:\n{}\nNothing was uploaded. Mend the files, or upload them as they are with --no-check.",
        faults.join("\n")
    )))
}

/// Why a file could not be indexed.
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
    let key = upload.key.as_str();
    if !key.ends_with(".vcf.gz") && !key.ends_with(".bcf") {
        return None;
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
