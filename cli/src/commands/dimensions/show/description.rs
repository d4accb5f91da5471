//! The index as YAML for people: long lists of sample names are cut, with a note.

use divbase_contract::dimensions::{ProjectDimensions, SkippedFile, VcfFile};
use serde::Serialize;

/// The whole index.
#[derive(Serialize)]
pub(super) struct Description {
    pub(super) indexed_files: Vec<IndexedFile>,
    pub(super) skipped_files: Vec<Skipped>,
}

/// One indexed file.
#[derive(Serialize)]
pub(super) struct IndexedFile {
    filename: String,
    #[serde(rename = "file_version_ID_in_bucket")]
    version: String,
    last_updated: String,
    dimensions: Dimensions,
}

#[derive(Serialize)]
struct Dimensions {
    scaffold_count: usize,
    scaffolds: Vec<String>,
    sample_count: u64,
    sample_names: Vec<String>,
    variants: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_names_note: Option<String>,
}

/// One skipped file.
#[derive(Serialize)]
pub(super) struct Skipped {
    filename: String,
    #[serde(rename = "file_version_ID_in_bucket")]
    version: String,
    skip_reason: String,
}

/// Describes the index with at most `limit` sample names of each file.
pub(super) fn of(index: &ProjectDimensions, limit: usize) -> Description {
    Description {
        indexed_files: index
            .vcf_files
            .iter()
            .map(|file| indexed(file, limit))
            .collect(),
        skipped_files: index.skipped_files.iter().map(skipped).collect(),
    }
}

fn indexed(file: &VcfFile, limit: usize) -> IndexedFile {
    let mut scaffolds = file.scaffolds.clone();
    scaffolds.sort_by(|a, b| order(a).cmp(&order(b)));
    let total = file.samples.len();
    IndexedFile {
        filename: file.vcf_file_s3_key.clone(),
        version: file.s3_version_id.clone(),
        last_updated: file.updated_at.to_rfc3339(),
        dimensions: Dimensions {
            scaffold_count: scaffolds.len(),
            scaffolds,
            sample_count: file.sample_count,
            sample_names: file.samples.iter().take(limit).cloned().collect(),
            variants: file.variant_count,
            sample_names_note: (total > limit).then(|| {
                format!(
                    "Showing first {limit} of {total} sample names. For all of them use --sample-names-stdout, \
                     --sample-names-output PATH or a larger --sample-names-limit."
                )
            }),
        },
    }
}

/// All-digit names first, by number; then the others alphabetically.
fn order(name: &str) -> (bool, usize, &str) {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = name.trim_start_matches('0');
        (false, digits.len(), digits)
    } else {
        (true, 0, name)
    }
}

fn skipped(file: &SkippedFile) -> Skipped {
    Skipped {
        filename: file.vcf_file_s3_key.clone(),
        version: file.s3_version_id.clone(),
        skip_reason: file
            .skip_reason
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn scaffolds_in_the_order_people_expect() {
        let mut names = ["X", "10", "2", "scaffold_1", "1", "MT"];
        names.sort_by(|a, b| order(a).cmp(&order(b)));
        assert_eq!(names, ["1", "2", "10", "MT", "X", "scaffold_1"]);
    }
}
