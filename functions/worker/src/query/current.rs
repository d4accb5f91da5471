//! The indexed files of a project, and how the index compares with the bucket now.

use std::collections::{BTreeMap, BTreeSet};

use divbase_db::VcfFile;
use divbase_tasks::TaskError;

use crate::{Services, index::plan, tasks::errors::storage};

/// The indexed files, by key, and what has changed since they were indexed.
pub(crate) struct CurrentFiles {
    /// Indexed files, by key.
    pub(crate) files: Vec<VcfFile>,
    /// Keys of which the bucket holds a version that is not indexed.
    changed: BTreeSet<String>,
    /// Indexed keys that the bucket does not hold any more.
    gone: BTreeSet<String>,
    samples: Vec<String>,
}

/// Reads the index and lists the bucket.
///
/// # Errors
/// A user error if nothing is indexed; or database or store fail.
pub(crate) async fn current_files(
    services: &Services,
    bucket: &str,
    project_id: i64,
    project_name: &str,
) -> Result<CurrentFiles, TaskError> {
    let files = services.db.vcf_files(project_id).await?;
    if files.is_empty() {
        return Err(TaskError::User {
            exc_type: "VCFDimensionsEntryMissingError",
            message: format!(
                "No VCF file of the project '{project_name}' is indexed. Run 'divbase-cli dimensions update' first."
            ),
        });
    }
    let objects = services
        .store
        .current_objects(bucket)
        .await
        .map_err(storage)?;
    let tracked = services.db.tracked_versions(project_id).await?;
    let plan = plan(&objects, &tracked);
    let samples: BTreeSet<&String> = files.iter().flat_map(|file| &file.samples).collect();
    let samples = samples.into_iter().cloned().collect();
    Ok(CurrentFiles {
        changed: plan.to_index.into_iter().map(|object| object.key).collect(),
        gone: plan.gone.into_iter().collect(),
        samples,
        files,
    })
}

impl CurrentFiles {
    /// Sample names of all files, each once.
    pub(crate) fn samples(&self) -> &[String] {
        &self.samples
    }

    /// What users should know about files that do not matter for their answer.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let list = |keys: &BTreeSet<String>| {
            keys.iter()
                .map(|key| format!("'{key}'"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mut warnings = Vec::new();
        if !self.changed.is_empty() {
            warnings.push(format!(
                "The dimensions index is not up to date with these files: {}. Run 'divbase-cli dimensions update'.",
                list(&self.changed)
            ));
        }
        if !self.gone.is_empty() {
            warnings.push(format!(
                "These indexed files are no longer in the project: {}. Run 'divbase-cli dimensions update'.",
                list(&self.gone)
            ));
        }
        warnings
    }

    /// Refuses a query that needs a file which has changed or gone since it was indexed. Other files do not matter.
    ///
    /// # Errors
    /// A user error naming those files.
    pub(crate) fn require_fresh<'a>(
        &self,
        needed: impl Iterator<Item = &'a VcfFile>,
    ) -> Result<(), TaskError> {
        let stale: BTreeMap<&str, &str> = needed
            .filter_map(|file| {
                let key = file.object_key.as_str();
                if self.changed.contains(key) {
                    Some((key, "has a newer version"))
                } else if self.gone.contains(key) {
                    Some((key, "was deleted"))
                } else {
                    None
                }
            })
            .collect();
        if stale.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = stale
            .iter()
            .map(|(key, why)| format!("'{key}' {why}"))
            .collect();
        Err(TaskError::User {
            exc_type: "DimensionsNotUpToDateWithBucketError",
            message: format!(
                "The dimensions index is not up to date with files that this query needs: {}. Run \
                 'divbase-cli dimensions update' and submit the query again.",
                list.join(", ")
            ),
        })
    }
}
