//! How a query is answered: which versions of which files, which samples of each, put together how.
//!
//! A large plan is cut into windows of the genome when it runs (`windows`). Nothing of a file is read for it but the index, and it is the same plan for a
//! dry run, at submission and in the task.

use std::{collections::HashMap, sync::Arc};

use divbase_contract::{
    plan::{EngineChoice, FilterScope, MergeRules, OutputType, PinnedInput},
    query::QueryOptions,
};
use divbase_db::Sidecar;
use divbase_vcf::{
    command::Pipeline,
    index::Index,
    merge::{OnConflict, Rules},
    query::{Decision, Extent, Facts, decide},
    skips::Skips,
};

use super::{
    bytes_to_read::{BytesToRead, StageRegions, bytes_to_read},
    check::{Fit, fit},
    choose::{Chosen, Wanted, on_scaffolds, result_samples, unknown},
    estimate::{Estimate, estimate},
    few_samples::read_groups,
    merging,
    regions::RegionMap,
    skipping::skip,
    warnings,
    windows::expected,
};
use crate::{
    Result, Services,
    engine::{EngineError, Native, QueryEngine, UNCOMPARED},
    sample_groups::SampleGroups,
};

/// Up to so many files a preview looks into their indexes; of more it reckons with the extents alone.
const MOST_INDEXES: usize = 50;

/// A plan.
pub(crate) struct Plan {
    /// The stages.
    pub(crate) pipeline: Pipeline,
    /// What they look at.
    pub(crate) scope: FilterScope,
    /// The format of the result.
    pub(crate) output: OutputType,
    /// How records of files are merged, and what is done where files contradict each other.
    pub(crate) rules: Rules,
    /// The rules as users read them; absent if no files are merged.
    pub(crate) merge_rules: Option<MergeRules>,
    /// Which engine answers.
    pub(crate) engine: EngineChoice,
    /// Why the native engine leaves the query to bcftools, if it does.
    pub(crate) declined: Option<divbase_vcf::Error>,
    /// The files, by key.
    pub(crate) inputs: Vec<PlannedInput>,
    /// How they become one.
    pub(crate) decision: Decision,
    /// The samples of the result in its order; none without genotypes.
    pub(crate) samples: Vec<String>,
    /// Whether that order is the user's.
    pub(crate) is_ordered: bool,
    /// In about how many windows of the genome it is answered.
    pub(crate) windows: u64,
    /// Files that should have sample groups.
    pub(crate) unmade: Vec<(i64, PinnedInput)>,
    /// What it takes.
    pub(crate) estimate: Estimate,
    /// What the user should know.
    pub(crate) warnings: Vec<String>,
}

/// A file of a plan.
pub(crate) struct PlannedInput {
    /// The file and its samples.
    pub(crate) chosen: Chosen,
    /// The bytes of its CSI index, if the plan is to be run and regions are read.
    pub(crate) csi: Option<Arc<[u8]>>,
    /// What its parts are like, if much of it is passed over.
    pub(crate) skips: Option<Arc<Skips>>,
    /// Its sample groups, if they are read in its place.
    pub(crate) groups: Option<Arc<SampleGroups>>,
    /// Bytes that are passed over.
    pub(crate) skipped: u64,
    /// What has to be read of it.
    pub(crate) to_read: BytesToRead,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be told, or to choose a queue.
    Preview,
    /// To be run; the inputs carry their indexes.
    Run,
}

impl Plan {
    /// Bytes that are read.
    pub(crate) fn bytes(&self) -> u64 {
        self.inputs.iter().map(|input| input.to_read.bytes()).sum()
    }

    /// Makes the plan over files that have the samples.
    ///
    /// # Errors
    /// A user error if no file is left or the command does not fit one, or the database fails.
    pub(crate) async fn make(
        services: &Services,
        (project_id, bucket): (i64, &str),
        mut chosen: Vec<Chosen>,
        pipeline: Pipeline,
        wanted: &Wanted,
        options: &QueryOptions,
        purpose: Purpose,
    ) -> Result<Self> {
        let stages: Vec<StageRegions> = pipeline.stages.iter().map(StageRegions::new).collect();
        let regions: Vec<RegionMap> = stages
            .iter()
            .filter_map(|stage| stage.regions.clone())
            .collect();
        let mut told = Vec::new();
        if let Wanted::Unordered(names) = wanted {
            told.extend(warnings::samples_without_data(&unknown(&chosen, names)));
        }
        told.extend(warnings::empty_regions(&chosen, &regions));
        let left_out = on_scaffolds(&mut chosen, &regions)?;
        told.extend(warnings::absent_samples(
            &left_out, &chosen, wanted, &regions,
        ));
        let mut inputs = planned(services, chosen, &stages, purpose).await?;
        let drops_genotypes = pipeline.stages.iter().any(|stage| stage.drop_genotypes);
        // In the scope of the cohort genotypes are dropped of what is joined already.
        let joins_sites = drops_genotypes && options.filter_scope == FilterScope::File;
        let idle = idle(&inputs, &decision(&inputs, joins_sites));
        let mut place = 0;
        inputs.retain(|_| {
            place += 1;
            !idle[place - 1]
        });
        let decision = decision(&inputs, joins_sites);
        let files: Vec<&Chosen> = inputs.iter().map(|input| &input.chosen).collect();
        let rules = merging::rules(options)?;
        let is_merged = decision.groups.len() > 1;
        let merge_rules = is_merged.then_some(&rules);
        let Fit {
            declined,
            in_order,
            skipping,
            choosing,
            warnings: of_files,
        } = fit(
            services,
            project_id,
            &files,
            &pipeline,
            options,
            merge_rules,
        )
        .await?;
        let engine = match (options.engine, declined.is_some()) {
            (EngineChoice::Auto, true) => EngineChoice::Bcftools,
            (engine, _) => engine,
        };
        if engine == EngineChoice::Native
            && let Some(reason) = declined
        {
            return Err(EngineError::Declined(reason).into());
        }
        if engine == EngineChoice::Bcftools {
            if !services.settings.has_bcftools {
                return Err(without_bcftools(services, declined).into());
            }
            require_joinable(&inputs, &decision, &rules)?;
            told.extend(is_merged.then(|| UNCOMPARED.to_owned()));
        }
        told.extend(of_files);
        if !is_merged {
            told.extend(merging::idle(options));
        }
        told.extend(warnings::counts_by_file(
            &pipeline,
            options.filter_scope,
            decision.groups.len(),
        ));
        let samples = if drops_genotypes {
            Vec::new()
        } else {
            result_samples(&files, &decision.groups, wanted)
        };
        if engine != EngineChoice::Bcftools
            && (purpose == Purpose::Run || inputs.len() <= MOST_INDEXES)
        {
            skip(services, &mut inputs, &skipping).await?;
        }
        let unmade = if engine == EngineChoice::Bcftools {
            Vec::new()
        } else {
            read_groups(
                services,
                bucket,
                &mut inputs,
                &choosing,
                options.output_type,
            )
            .await?
        };
        let bytes = inputs.iter().map(|input| input.to_read.bytes()).sum();
        let setting = services.settings.windows;
        let windows = expected(setting, &inputs, engine, in_order, &rules);
        Ok(Self {
            estimate: estimate(bytes, inputs.len(), engine, windows),
            windows,
            unmade,
            scope: options.filter_scope,
            output: options.output_type,
            rules,
            merge_rules: is_merged.then(|| merging::told(options)),
            engine: options.engine,
            declined,
            is_ordered: matches!(wanted, Wanted::Ordered(_)) && !drops_genotypes,
            pipeline,
            inputs,
            decision,
            samples,
            warnings: told,
        })
    }
}

async fn planned(
    services: &Services,
    chosen: Vec<Chosen>,
    stages: &[StageRegions],
    purpose: Purpose,
) -> Result<Vec<PlannedInput>> {
    let reads_regions = stages.iter().any(|stage| stage.regions.is_some());
    let wants_indexes = reads_regions && (purpose == Purpose::Run || chosen.len() <= MOST_INDEXES);
    let mut indexes = if wants_indexes {
        let ids: Vec<i64> = chosen.iter().map(|chosen| chosen.file.id).collect();
        services.db.file_sidecars(&ids, Sidecar::Csi).await?
    } else {
        HashMap::new()
    };
    let planned = chosen.into_iter().map(|chosen| {
        let csi: Option<Arc<[u8]>> = indexes.remove(&chosen.file.id).map(Arc::from);
        // An index that cannot be read is no help, and no obstacle: the engine says so.
        let index = csi.as_deref().and_then(|bytes| Index::parse(bytes).ok());
        // That of BCF has no names of its own.
        let scaffolds = chosen.file.scaffolds.names().iter();
        let index = index.map(|index| index.with_scaffolds(scaffolds.map(String::as_bytes)));
        let to_read = bytes_to_read(&chosen.file, index.as_ref(), stages);
        PlannedInput {
            chosen,
            csi,
            skips: None,
            groups: None,
            skipped: 0,
            to_read,
        }
    });
    Ok(planned.collect())
}

/// Why no result comes where only bcftools has one.
fn without_bcftools(services: &Services, declined: Option<divbase_vcf::Error>) -> EngineError {
    match declined {
        Some(reason) => EngineError::NeedsBcftools {
            engine: Native.name(),
            reason,
        },
        None => EngineError::NotInstalled(services.settings.bcftools.clone()),
    }
}

/// Refuses what bcftools does not compare.
fn require_joinable(
    inputs: &[PlannedInput],
    decision: &Decision,
    rules: &Rules,
) -> Result<(), EngineError> {
    if !decision.shared.is_empty() {
        return Err(EngineError::SharedSamples);
    }
    match decision.overlaps.first() {
        Some(overlap) if rules.conflicts != OnConflict::KeepBoth => {
            let key = |place: usize| inputs[place].chosen.file.object_key.clone();
            Err(EngineError::Uncompared {
                one: key(overlap.one),
                other: key(overlap.other),
            })
        }
        _ => Ok(()),
    }
}

fn decision(inputs: &[PlannedInput], joins_sites: bool) -> Decision {
    let extents: Vec<Vec<Extent>> = inputs
        .iter()
        .map(|input| {
            let scaffolds = input.chosen.file.scaffolds.iter();
            scaffolds
                .map(|(scaffold, extent)| Extent {
                    scaffold: scaffold.to_owned(),
                    first: extent.first,
                    last: extent.last,
                })
                .collect()
        })
        .collect();
    let facts: Vec<Facts<'_>> = inputs
        .iter()
        .zip(&extents)
        .map(|(input, extents)| Facts {
            name: &input.chosen.file.object_key,
            // Without genotypes all answers have the same samples: none.
            samples: if joins_sites {
                &[]
            } else {
                input.chosen.kept()
            },
            extents,
        })
        .collect();
    decide(&facts)
}

/// Which files have no record in the answer, while another file of their group gives the same samples.
fn idle(inputs: &[PlannedInput], decision: &Decision) -> Vec<bool> {
    let mut idle = vec![false; inputs.len()];
    for group in &decision.groups {
        let is_idle = |place: &&usize| inputs[**place].to_read == BytesToRead::Nothing;
        let of_group: Vec<usize> = group.iter().filter(is_idle).copied().collect();
        // One file has to stand for the samples.
        let kept = usize::from(of_group.len() == group.len());
        for place in of_group.into_iter().skip(kept) {
            idle[place] = true;
        }
    }
    idle
}
