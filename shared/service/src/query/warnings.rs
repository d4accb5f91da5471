//! What users should know about an answer although it is one. Each warning travels: with the submission, the plan, the
//! result, and in its header.

use std::collections::{BTreeMap, BTreeSet};

use divbase_contract::plan::FilterScope;
use divbase_vcf::{
    command::{Pipeline, ViewStage},
    expr::NodeKind,
};

use super::{
    choose::{Chosen, Wanted, samples_of},
    regions::RegionMap,
    text::{listed, nearest},
};

/// So many warnings are told; more are counted.
const MOST: usize = 50;

/// Names in expressions whose values are counted over the samples that a stage sees.
const COUNTED: [&str; 12] = [
    "AC",
    "AN",
    "AF",
    "MAC",
    "MAF",
    "F_MISSING",
    "N_MISSING",
    "F_PASS",
    "N_PASS",
    "HWE",
    "ExcHet",
    "N_SAMPLES",
];

/// The first fifty, and how many there are besides.
pub(crate) fn bounded(mut warnings: Vec<String>) -> Vec<String> {
    let more = warnings.len().saturating_sub(MOST);
    if more > 0 {
        warnings.truncate(MOST);
        warnings.push(format!("There are {more} more warnings of this kind."));
    }
    warnings
}

/// Samples that were asked for and have no file on the scaffolds that were asked for.
pub(crate) fn absent_samples(
    left_out: &[Chosen],
    chosen: &[Chosen],
    wanted: &Wanted,
    stages: &[RegionMap],
) -> Option<String> {
    if left_out.is_empty() {
        return None;
    }
    let (there, elsewhere) = (samples_of(chosen), samples_of(left_out));
    let is_absent = |name: &&String| elsewhere.contains(name) && !there.contains(name);
    let absent: Vec<&str> = match wanted.names() {
        Some(names) => names.iter().filter(is_absent).map(String::as_str).collect(),
        None => {
            let absent: BTreeSet<&String> = elsewhere.iter().copied().filter(is_absent).collect();
            absent.into_iter().map(String::as_str).collect()
        }
    };
    if absent.is_empty() {
        return None;
    }
    let scaffolds = stages.iter().flat_map(RegionMap::contigs);
    Some(format!(
        "{} samples have no file with records on {} and are not in the result: {}.",
        absent.len(),
        listed(scaffolds),
        listed(absent)
    ))
}

/// Samples of the table that are in none of the files.
pub(crate) fn samples_without_data(unknown: &[&str]) -> Option<String> {
    (!unknown.is_empty()).then(|| {
        format!(
            "{} of the samples that the filter selects are in no file that is asked, and not in the result: {}.",
            unknown.len(),
            listed(unknown.iter().copied())
        )
    })
}

/// Regions in which no file can have a record, with what there is instead.
pub(crate) fn empty_regions(files: &[Chosen], stages: &[RegionMap]) -> Vec<String> {
    let mut extents: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (name, extent) in files.iter().flat_map(|chosen| chosen.file.scaffolds.iter()) {
        let whole = extents.entry(name).or_insert((extent.first, extent.last));
        *whole = (whole.0.min(extent.first), whole.1.max(extent.last));
    }
    let mut warnings = Vec::new();
    for (contig, spans) in stages.iter().flat_map(RegionMap::iter) {
        let Some((first, last)) = extents.get(contig) else {
            warnings.push(format!(
                "No file that is asked has records on the scaffold '{contig}'.{}",
                nearest(contig, extents.keys().copied())
            ));
            continue;
        };
        for (begin, end) in spans
            .iter()
            .filter(|(begin, end)| begin > last || end < first)
        {
            let end = if *end < u64::MAX - 1 {
                end.to_string()
            } else {
                String::new()
            };
            warnings.push(format!(
                "The region {contig}:{begin}-{end} lies beside all records: those on '{contig}' stand at positions \
                 {first} to {last}."
            ));
        }
    }
    warnings
}

/// Filters on counts over samples, which see one file at a time although the result has the samples of several.
pub(crate) fn counts_by_file(
    pipeline: &Pipeline,
    scope: FilterScope,
    groups: usize,
) -> Option<String> {
    if scope == FilterScope::Cohort || groups < 2 || !pipeline.stages.iter().any(counts) {
        return None;
    }
    Some(format!(
        "Filters on allele counts, frequencies and missing genotypes look at each of the {groups} groups of files by \
         itself here, not at all samples of the result. Ask with '--filter-scope cohort' to filter what is merged."
    ))
}

fn counts(stage: &ViewStage) -> bool {
    let by_option = stage.min_count.is_some()
        || stage.max_count.is_some()
        || stage.min_frequency.is_some()
        || stage.max_frequency.is_some()
        || stage.private.is_some()
        || stage.uncalled.is_some()
        || stage.genotype.is_some();
    by_option
        || stage.expression.as_ref().is_some_and(|filter| {
            filter
                .expression
                .nodes()
                .iter()
                .any(|node| match &node.kind {
                    NodeKind::Name(name) => COUNTED.contains(&bare(name)),
                    _ => false,
                })
        })
}

/// The tag in `INFO/TAG[0]`.
pub(crate) fn bare(name: &str) -> &str {
    let tag = name.rsplit('/').next().unwrap_or(name);
    tag.split('[').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use divbase_vcf::command::{Selection, parse_service};

    use super::*;

    fn told(command: &str, scope: FilterScope, groups: usize) -> bool {
        let pipeline = parse_service(command, Selection::AllSamples).unwrap();
        counts_by_file(&pipeline, scope, groups).is_some()
    }

    #[test]
    fn counts_that_see_a_part_of_the_samples_are_told() {
        for command in [
            "view -c 2",
            "view -Q 0.1",
            "view -i 'INFO/AC[0]>3'",
            "view -e 'F_MISSING>0.1 || QUAL<20'",
            "view -m2; view -q 0.05:minor",
        ] {
            assert!(told(command, FilterScope::File, 2), "{command}");
            assert!(!told(command, FilterScope::Cohort, 2), "{command}");
            assert!(!told(command, FilterScope::File, 1), "{command}");
        }
        assert!(!told("view -i 'QUAL>20 && DP>3' -m2", FilterScope::File, 2));
    }
}
