//! What bcftools' messages mean to a user.

/// (what the message contains in lower case, what it means)
const MEANINGS: [(&[&str], &str); 8] = [
    (
        &["unsorted positions"],
        "The records of a file are not sorted by position on each scaffold. Sort it ('bcftools sort') and upload it again.",
    ),
    (
        &["duplicated sample name", "duplicate sample name"],
        "The header of a file names a sample twice.",
    ),
    (
        &["could not parse header", "failed to read the header"],
        "The header of a file is not valid.",
    ),
    (
        &["unknown file type"],
        "A file is not VCF or its header is broken.",
    ),
    (
        &[
            "wrong number of fields",
            "could not parse the line",
            "number of columns",
        ],
        "A file has record lines that do not fit its header.",
    ),
    (
        &["not compressed with bgzip", "cannot be usefully indexed"],
        "A file is compressed with gzip instead of bgzip. Compress it with 'bgzip' and upload it again.",
    ),
    (
        &["truncated", "bgzf_read", "eof marker is absent"],
        "A file is damaged or cut off.",
    ),
    (
        &["failed to create index", "failed to build index"],
        "An index could not be made.",
    ),
];

/// The message of a failed step for the user: what it means where that is known, and bcftools' own words.
pub(super) fn explain(step: &str, stderr: &str) -> String {
    let lower = stderr.to_lowercase();
    let said = stderr.trim();
    let said = if said.is_empty() { "no message" } else { said };
    let meaning = MEANINGS
        .iter()
        .find(|(texts, _)| texts.iter().any(|text| lower.contains(text)))
        .map(|(_, meaning)| *meaning);
    match meaning {
        Some(meaning) => format!("{meaning} ({step}: {said})"),
        None => format!("bcftools could not run the step '{step}': {said}"),
    }
}
