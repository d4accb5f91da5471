//! Which files a query needs, and which samples of each.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use divbase_contract::query::SampleSelection;
use divbase_db::{NameList, VcfVersion};

use crate::{Result, ServiceError};

use super::{
    regions::RegionMap,
    text::{listed, nearest},
};

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

    /// Whether any of a file's samples is wanted.
    pub(crate) fn wants_any(&self, samples: &NameList) -> bool {
        self.names()
            .is_none_or(|names| names.iter().any(|name| samples.has(name)))
    }

    /// Which of these samples are kept, in the order of the result; all if absent.
    fn kept(&self, samples: &NameList, wanted: &HashSet<&String>) -> Option<Arc<[String]>> {
        match self {
            Self::All => None,
            Self::Unordered(_) => {
                let kept = samples.iter().filter(|name| wanted.contains(name));
                Some(kept.cloned().collect())
            }
            Self::Ordered(names) => {
                let kept = names.iter().filter(|name| samples.has(name));
                Some(kept.cloned().collect())
            }
        }
    }
}

/// A file that a query needs.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// The file.
    pub(crate) file: VcfVersion,
    /// The samples to keep, in the order of the result; all if absent. Files with the same samples share the list.
    pub(crate) samples: Option<Arc<[String]>>,
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

/// The files that contain any of the samples, by key.
pub(crate) fn with_samples(files: Vec<VcfVersion>, wanted: &Wanted) -> Vec<Chosen> {
    let names: HashSet<&String> = wanted.names().into_iter().flatten().collect();
    // A list is looked at once, however many files share it.
    let mut known: HashMap<*const NameList, Option<Arc<[String]>>> = HashMap::new();
    for file in &files {
        known
            .entry(Arc::as_ptr(&file.samples))
            .or_insert_with(|| wanted.kept(&file.samples, &names));
    }
    let chosen = files.into_iter().map(|file| Chosen {
        samples: known[&Arc::as_ptr(&file.samples)].clone(),
        file,
    });
    chosen
        .filter(|chosen| !chosen.kept().is_empty() || matches!(wanted, Wanted::All))
        .collect()
}

/// Leaves out the files that have no record on any scaffold of the regions. Gives those that it left out.
///
/// # Errors
/// A user error if no file is left.
pub(crate) fn on_scaffolds(chosen: &mut Vec<Chosen>, stages: &[RegionMap]) -> Result<Vec<Chosen>> {
    let mut left_out = Vec::new();
    for regions in stages {
        let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(chosen)
            .into_iter()
            .partition(|chosen| regions.touches_scaffolds(&chosen.file.scaffolds));
        *chosen = stay;
        left_out.extend(go);
        if chosen.is_empty() {
            let known: HashSet<&str> = left_out
                .iter()
                .flat_map(|chosen| chosen.file.scaffolds.iter().map(|(name, _)| name))
                .collect();
            let meant = regions
                .contigs()
                .map(|contig| nearest(contig, known.iter().copied()));
            return Err(ServiceError::user(format!(
                "None of the files with the selected samples has records on the scaffolds of {}.{} See \
                 'divbase-cli dimensions show --unique-scaffolds'.",
                listed(regions.contigs()),
                meant.collect::<String>()
            )));
        }
    }
    Ok(left_out)
}

/// The samples that files give to the result. A list is looked at once, however many files share it.
pub(crate) fn samples_of<'c>(files: impl IntoIterator<Item = &'c Chosen>) -> HashSet<&'c String> {
    let mut lists = HashSet::new();
    let kept = files.into_iter().map(Chosen::kept);
    let lists = kept.filter(|list| lists.insert(list.as_ptr()));
    lists.flatten().collect()
}

/// Names that are in none of the files.
pub(crate) fn unknown<'n>(files: &[Chosen], names: &'n [String]) -> Vec<&'n str> {
    let has = samples_of(files);
    names
        .iter()
        .filter(|name| !has.contains(name))
        .map(String::as_str)
        .collect()
}

/// The samples of the result in its order: the user's, or that of the files.
pub(crate) fn result_samples(
    chosen: &[&Chosen],
    groups: &[Vec<usize>],
    wanted: &Wanted,
) -> Vec<String> {
    let in_files = || {
        let mut seen = HashSet::new();
        let firsts = groups.iter().filter_map(|group| group.first());
        let samples = firsts.flat_map(|place| chosen[*place].kept());
        let once = samples.filter(|sample| seen.insert(*sample));
        once.cloned().collect::<Vec<String>>()
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
