//! Which files a query needs, and which samples of each.

use std::collections::{HashMap, HashSet};

use divbase_contract::query::SampleSelection;
use divbase_db::{VcfScaffold, VcfVersion};
use divbase_vcf::command::{Pipeline, Region};

use crate::ServiceError;

/// The samples of a query, once a filter is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Every sample of every file.
    All,
    /// These, in the order of each file's header.
    Unordered(Vec<String>),
    /// These, in this order.
    Ordered(Vec<String>),
}

impl Wanted {
    /// The samples, if not all.
    pub(crate) fn names(&self) -> Option<&[String]> {
        match self {
            Self::All => None,
            Self::Unordered(names) | Self::Ordered(names) => Some(names),
        }
    }

    /// Which of a file's samples are kept, in the order of the result; all if absent.
    fn of_file(&self, samples: &[String]) -> Option<Vec<String>> {
        match self {
            Self::All => None,
            Self::Unordered(names) => {
                let wanted: HashSet<&String> = names.iter().collect();
                Some(keep(samples, &wanted))
            }
            Self::Ordered(names) => {
                let has: HashSet<&String> = samples.iter().collect();
                Some(keep(names, &has))
            }
        }
    }
}

fn keep(names: &[String], of: &HashSet<&String>) -> Vec<String> {
    names
        .iter()
        .filter(|name| of.contains(name))
        .cloned()
        .collect()
}

/// A file that a query needs.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// The file.
    pub(crate) file: VcfVersion,
    /// The samples to keep, in the order of the result; all if absent.
    pub(crate) samples: Option<Vec<String>>,
}

impl Chosen {
    /// The samples that it gives to the result.
    pub(crate) fn kept(&self) -> &[String] {
        self.samples.as_deref().unwrap_or(&self.file.samples)
    }
}

/// What is refused because nothing is selected.
pub(crate) fn nothing_selected(selection: &SampleSelection) -> ServiceError {
    ServiceError::user(match selection {
        SampleSelection::Metadata { .. } => {
            "No samples match the filter, so there is nothing to query. Check the filter with \
             'divbase-cli query tsv'."
        }
        SampleSelection::Named(_) | SampleSelection::All => {
            "No sample is selected, so there is nothing to query."
        }
    })
}

/// Files that contain any of the samples, by key, without those that have no record on any scaffold of the regions of the
/// command.
///
/// # Errors
/// A user error if a named sample is in no file, or no file is left.
pub(crate) fn choose(
    files: Vec<VcfVersion>,
    wanted: &Wanted,
    pipeline: &Pipeline,
) -> Result<Vec<Chosen>, ServiceError> {
    if let Wanted::Ordered(names) = wanted {
        known(&files, names)?;
    }
    let mut chosen: Vec<Chosen> = files
        .into_iter()
        .filter_map(|file| {
            let samples = wanted.of_file(&file.samples);
            (samples.as_ref().is_none_or(|kept| !kept.is_empty()))
                .then_some(Chosen { file, samples })
        })
        .collect();
    if chosen.is_empty() {
        return Err(ServiceError::user(
            "No indexed file contains any of the selected samples.",
        ));
    }
    for stage in pipeline
        .stages
        .iter()
        .filter(|stage| !stage.regions.is_empty())
    {
        chosen.retain(|chosen| {
            let mut regions = stage.regions.iter();
            regions.any(|region| scaffold(&chosen.file, region).is_some())
        });
        if chosen.is_empty() {
            let names: Vec<String> = stage.regions.iter().map(ToString::to_string).collect();
            return Err(ServiceError::user(format!(
                "None of the files with the selected samples has records on the scaffolds of '{}'. See \
                 'divbase-cli dimensions show --unique-scaffolds'.",
                names.join(",")
            )));
        }
    }
    Ok(chosen)
}

/// What the file has on the region's scaffold.
pub(crate) fn scaffold<'f>(file: &'f VcfVersion, region: &Region) -> Option<&'f VcfScaffold> {
    file.scaffolds
        .iter()
        .find(|scaffold| scaffold.name == region.contig)
}

fn known(files: &[VcfVersion], names: &[String]) -> Result<(), ServiceError> {
    let has: HashSet<&String> = files.iter().flat_map(|file| &file.samples).collect();
    let unknown: Vec<&str> = names
        .iter()
        .filter(|name| !has.contains(name))
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(ServiceError::user(format!(
        "These samples are in none of the files that are asked: {}. See 'divbase-cli dimensions show \
         --unique-samples'.",
        unknown.join(", ")
    )))
}

/// The samples of the result in its order: the user's, or that of the files.
pub(crate) fn result_samples(
    chosen: &[Chosen],
    groups: &[Vec<usize>],
    wanted: &Wanted,
) -> Vec<String> {
    let in_files = || {
        let mut places: HashMap<&String, ()> = HashMap::new();
        let mut samples = Vec::new();
        for place in groups.iter().filter_map(|group| group.first()) {
            for sample in chosen[*place].kept() {
                if places.insert(sample, ()).is_none() {
                    samples.push(sample.clone());
                }
            }
        }
        samples
    };
    match wanted {
        Wanted::All | Wanted::Unordered(_) => in_files(),
        Wanted::Ordered(names) => {
            let there: HashSet<String> = in_files().into_iter().collect();
            names
                .iter()
                .filter(|name| there.contains(*name))
                .cloned()
                .collect()
        }
    }
}
