//! Judging files before they travel: what the index would refuse for its beginning or its end, or is not what its name says, is
//! refused here, in a moment, and not after an hour of upload.

use std::path::Path;

use divbase_contract::vcf_keys::is_vcf;
use divbase_vcf::{
    Error, ErrorKind,
    bgzf::Format,
    reader::{check_end, open},
    source::FileSource,
};

use super::kinds;
use crate::{
    failure::{Failure, Outcome},
    files_on_disk::beside,
    output,
    transfer::upload::Upload,
};

/// Looks at the beginning of every VCF and BCF file, and at the end of what is compressed; the records between are the index's to read. Of other files it
/// looks at the beginning.
///
/// # Errors
/// Names every file that cannot be indexed or is not what its name says, with the reason and the way out.
pub(super) async fn judge(uploads: Vec<Upload>) -> Outcome<Vec<Upload>> {
    let judged = beside("looking at the files", move || {
        let (vcf, others): (Vec<&Upload>, Vec<&Upload>) =
            uploads.iter().partition(|upload| is_indexed(upload));
        let faults = |of: Vec<&Upload>| of.into_iter().filter_map(fault).collect::<Vec<_>>();
        let faults = (faults(vcf), faults(others));
        (uploads, faults)
    });
    let (uploads, (unindexed, others)) = judged.await?;
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
    is_vcf(upload.key.as_str())
}

/// Whether a file's name says that it is VCF as text.
fn is_plain(key: &str) -> bool {
    key.ends_with(".vcf")
}

/// What to know of files that are sent as text, if some are.
pub(super) fn note_on_text(uploads: &[Upload]) -> Option<String> {
    let plain = uploads
        .iter()
        .filter(|upload| is_plain(upload.key.as_str()));
    let names: Vec<String> = plain
        .map(|upload| format!("'{}'", output::name(upload.key.as_str())))
        .collect();
    let named = match &names[..] {
        [] => return None,
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    Some(format!(
        "note: {named} will be kept as plain text. Queries read plain text from end to end, and it has no index, so htsget and \
         genome browsers cannot read it. Add --bgzip to have it compressed on the way, or compress it before: \
         divbase-cli local view -Oz -o FILE.vcf.gz FILE.vcf"
    ))
}

/// Why a file could not be indexed, or is not what its name says.
///
/// # Errors
/// If looking at it breaks off.
pub(in super::super) async fn fault_of(upload: &Upload) -> Outcome<Option<String>> {
    let upload = upload.clone();
    beside("looking at the file", move || reason(&upload)).await
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
    match check(&upload.path) {
        Ok(Format::Text) if is_plain(upload.key.as_str()) => None,
        Ok(Format::Text) => {
            let error = Error::from(ErrorKind::NotCompressed);
            Some(format!("{error}. {}", way_out(&error)))
        }
        Ok(_) if is_plain(upload.key.as_str()) => Some(
            "it is compressed, and its name says that it is text. Call it .vcf.gz or .bcf."
                .to_owned(),
        ),
        Ok(_) => None,
        Err(error) => Some(format!("{error}. {}", way_out(&error))),
    }
}

/// How a file that can be read is stored.
fn check(path: &Path) -> Result<Format, Error> {
    let source = FileSource::open(path)?;
    let opened = open(&source)?;
    check_end(&source, opened.format)?;
    Ok(opened.format)
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
