//! Statistics of a version of a file, as they are stored beside its index.

use divbase_contract::statistics::{
    DepthCount, FileStatistics, FrequencyCount, IndelLengthCount, QualityCount, SampleStatistics,
    ScaffoldDensity, SiteCounts,
};
use divbase_db::{Sidecar, VcfVersion};
use divbase_vcf::stats::{SampleCounts, Sites, Statistics};

use crate::{AppState, error::ApiError, indexed::sidecar};

/// Those of a version; nothing if it was indexed before there were any.
///
/// # Errors
/// If the database fails.
pub(crate) async fn statistics(
    state: &AppState,
    file: &VcfVersion,
) -> Result<Option<FileStatistics>, ApiError> {
    let stored = sidecar(state, file.id, Sidecar::Statistics).await?;
    let found = stored.and_then(|bytes| Statistics::parse(&bytes));
    let of = Of {
        key: &file.object_key,
        version_id: &file.version_id,
        scaffolds: file.scaffolds.names(),
        samples: &file.samples,
    };
    Ok(found.map(|found| described(&of, found)))
}

/// Whose statistics they are.
pub(crate) struct Of<'a> {
    pub(crate) key: &'a str,
    pub(crate) version_id: &'a str,
    /// Those with records, in file order.
    pub(crate) scaffolds: &'a [String],
    /// In column order.
    pub(crate) samples: &'a [String],
}

/// With names for numbers.
pub(crate) fn described(of: &Of<'_>, found: Statistics) -> FileStatistics {
    let names = of.scaffolds;
    let frequency = |bin| found.frequency(bin);
    let frequencies = found.frequencies.iter().map(|bin| FrequencyCount {
        frequency: frequency(bin.bin),
        snps: bin.snps,
        transitions: bin.transitions,
        transversions: bin.transversions,
        indels: bin.indels,
    });
    let frequencies = frequencies.collect();
    let scaffolds = found.density.scaffolds.into_iter();
    FileStatistics {
        object_name: of.key.to_owned(),
        version_id: of.version_id.to_owned(),
        complete: found.complete,
        sites: sites(&found.sites),
        frequencies,
        qualities: found
            .qualities
            .into_iter()
            .map(|bin| QualityCount {
                quality: bin.quality,
                transitions: bin.transitions,
                transversions: bin.transversions,
                indels: bin.indels,
            })
            .collect(),
        depths: found
            .depths
            .into_iter()
            .map(|bin| DepthCount {
                depth: bin.depth,
                genotypes: bin.genotypes,
                sites: bin.sites,
            })
            .collect(),
        indel_lengths: found
            .indel_lengths
            .into_iter()
            .map(|(length, alleles)| IndelLengthCount { length, alleles })
            .collect(),
        scaffolds: scaffolds
            .filter_map(|density| {
                Some(ScaffoldDensity {
                    name: names.get(density.scaffold)?.clone(),
                    bin_width: density.width,
                    bins: density.records,
                })
            })
            .collect(),
        scaffolds_left_out: found.density.left_out,
        samples: samples(of.samples, &found.samples),
    }
}

fn sites(sites: &Sites) -> SiteCounts {
    SiteCounts {
        records: sites.records,
        no_alts: sites.no_alts,
        snps: sites.snps,
        mnps: sites.mnps,
        indels: sites.indels,
        others: sites.others,
        multiallelic: sites.multiallelic,
        multiallelic_snps: sites.multiallelic_snps,
        transitions: sites.transitions,
        transversions: sites.transversions,
        first_transitions: sites.first_transitions,
        first_transversions: sites.first_transversions,
        substitutions: sites.substitutions.to_vec(),
        singleton_snps: sites.singletons.0,
        singleton_indels: sites.singletons.1,
    }
}

/// Those that were counted.
fn samples(names: &[String], counts: &SampleCounts) -> Vec<SampleStatistics> {
    let is_counted = counts.missing.len() == names.len();
    let names = names.iter().enumerate().filter(|_| is_counted);
    let count = |list: &[u32], at: usize| list.get(at).copied().unwrap_or_default();
    names
        .map(|(at, name)| {
            let depths = count(&counts.depths, at);
            let sum = counts.depth_sum.get(at).copied().unwrap_or_default();
            SampleStatistics {
                name: name.clone(),
                missing: count(&counts.missing, at),
                hom_ref: count(&counts.hom_ref, at),
                het: count(&counts.het, at),
                hom_alt: count(&counts.hom_alt, at),
                haploid_ref: count(&counts.haploid_ref, at),
                haploid_alt: count(&counts.haploid_alt, at),
                transitions: count(&counts.transitions, at),
                transversions: count(&counts.transversions, at),
                indels: count(&counts.indels, at),
                singletons: count(&counts.singletons, at),
                mean_depth: (depths > 0).then(|| sum as f64 / f64::from(depths)),
            }
        })
        .collect()
}
