//! Which files a query needs, and which samples of each.

use std::collections::HashSet;

use divbase_db::VcfFile;
use divbase_tasks::TaskError;
use divbase_vcf::command::{Pipeline, Region};

/// A file that a query needs.
#[derive(Clone, Debug)]
pub(crate) struct Chosen<'a> {
    /// The file.
    pub(crate) file: &'a VcfFile,
    /// The samples to keep, in header order; all if absent.
    pub(crate) samples: Option<Vec<String>>,
}

/// Files that contain any of the samples (all files if `samples` is absent), without those that the regions of
/// the command rule out.
///
/// # Errors
/// A user error if no sample was selected or no file is left.
pub(crate) fn choose<'a>(
    files: &'a [VcfFile],
    samples: Option<&[String]>,
    pipeline: &Pipeline,
) -> Result<Vec<Chosen<'a>>, TaskError> {
    let chosen: Vec<Chosen<'a>> = match samples {
        None => files
            .iter()
            .map(|file| Chosen {
                file,
                samples: None,
            })
            .collect(),
        Some([]) => {
            return Err(TaskError::user(
                "No samples match the filter, so there is nothing to query. Check the filter with \
                 'divbase-cli query tsv'.",
            ));
        }
        Some(samples) => {
            let wanted: HashSet<&str> = samples.iter().map(String::as_str).collect();
            files
                .iter()
                .filter_map(|file| {
                    let kept: Vec<String> = file
                        .samples
                        .iter()
                        .filter(|sample| wanted.contains(sample.as_str()))
                        .cloned()
                        .collect();
                    (!kept.is_empty()).then_some(Chosen {
                        file,
                        samples: Some(kept),
                    })
                })
                .collect()
        }
    };
    if chosen.is_empty() {
        return Err(TaskError::user(
            "No indexed file contains any of the selected samples.",
        ));
    }
    let mut left = chosen;
    for stage in pipeline
        .stages
        .iter()
        .filter(|stage| !stage.regions.is_empty())
    {
        left.retain(|chosen| {
            stage
                .regions
                .iter()
                .any(|region| touches(chosen.file, region))
        });
        if left.is_empty() {
            let names: Vec<String> = stage.regions.iter().map(ToString::to_string).collect();
            return Err(TaskError::user(format!(
                "None of the files with the selected samples has records on the scaffolds of '{}'. See \
                 'divbase-cli dimensions show --unique-scaffolds'.",
                names.join(",")
            )));
        }
    }
    Ok(left)
}

/// Whether a file has records on the region's scaffold. Positions are left to the engine: a record that begins
/// before the region may reach into it.
fn touches(file: &VcfFile, region: &Region) -> bool {
    file.scaffolds
        .iter()
        .any(|scaffold| scaffold.name == region.contig)
}
