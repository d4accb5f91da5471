//! How a query is answered: which versions of which files, which samples of each, put together how.
//!
//! A plan is one unit: all of the genome. Nothing of a file is read for it but the index.

use std::sync::Arc;

use divbase_contract::{
    plan::{EngineChoice, FilterScope, OnConflict},
    query::QueryOptions,
};
use divbase_db::Sidecar;
use divbase_vcf::{
    command::Pipeline,
    index::Index,
    query::{Decision, Extent, Facts, decide},
};

use super::{
    choose::{Chosen, Wanted, choose, result_samples},
    estimate::{Estimate, estimate},
    known::Known,
    reach::{Reach, reach},
};
use crate::{ServiceError, Services};

/// A plan.
pub(crate) struct Plan {
    /// The stages.
    pub(crate) pipeline: Pipeline,
    /// What they look at.
    pub(crate) scope: FilterScope,
    /// What is done where files contradict each other.
    pub(crate) on_conflict: OnConflict,
    /// Which engine answers.
    pub(crate) engine: EngineChoice,
    /// The files, by key.
    pub(crate) inputs: Vec<PlannedInput>,
    /// How they become one.
    pub(crate) decision: Decision,
    /// The samples of the result in its order; none without genotypes.
    pub(crate) samples: Vec<String>,
    /// Whether that order is the user's.
    pub(crate) is_ordered: bool,
    /// What it takes.
    pub(crate) estimate: Estimate,
    /// What the user should know.
    pub(crate) warnings: Vec<String>,
}

/// A file of a plan.
pub(crate) struct PlannedInput {
    /// The file and its samples.
    pub(crate) chosen: Chosen,
    /// The bytes of its CSI index.
    pub(crate) csi: Option<Arc<[u8]>>,
    /// What has to be read of it.
    pub(crate) reach: Reach,
}

impl Plan {
    /// Bytes that are read.
    pub(crate) fn bytes(&self) -> u64 {
        self.inputs.iter().map(|input| input.reach.bytes()).sum()
    }

    /// Makes the plan.
    ///
    /// # Errors
    /// A user error if no file is left, or the database fails.
    pub(crate) async fn make(
        services: &Services,
        known: Known,
        pipeline: Pipeline,
        wanted: &Wanted,
        options: &QueryOptions,
    ) -> Result<Self, ServiceError> {
        let warnings = known.warnings();
        let chosen = choose(known.files, wanted, &pipeline)?;
        let mut inputs = Vec::with_capacity(chosen.len());
        for chosen in chosen {
            inputs.push(planned(services, chosen, &pipeline).await?);
        }
        let drops_genotypes = pipeline.stages.iter().any(|stage| stage.drop_genotypes);
        let decided = |inputs: &[PlannedInput]| decision(inputs, drops_genotypes);
        let idle = idle(&inputs, &decided(&inputs));
        let mut place = 0;
        inputs.retain(|_| {
            place += 1;
            !idle.contains(&(place - 1))
        });
        let decision = decided(&inputs);
        let chosen: Vec<Chosen> = inputs.iter().map(|input| input.chosen.clone()).collect();
        let samples = if drops_genotypes {
            Vec::new()
        } else {
            result_samples(&chosen, &decision.groups, wanted)
        };
        let bytes = inputs.iter().map(|input| input.reach.bytes()).sum();
        Ok(Self {
            estimate: estimate(bytes, inputs.len(), options.engine),
            scope: options.filter_scope,
            on_conflict: options.on_conflict,
            engine: options.engine,
            is_ordered: matches!(wanted, Wanted::Ordered(_)) && !drops_genotypes,
            pipeline,
            inputs,
            decision,
            samples,
            warnings,
        })
    }
}

async fn planned(
    services: &Services,
    chosen: Chosen,
    pipeline: &Pipeline,
) -> Result<PlannedInput, ServiceError> {
    let reads_regions = pipeline
        .stages
        .iter()
        .any(|stage| !stage.regions.is_empty());
    let csi = if reads_regions {
        let csi = services
            .db
            .vcf_sidecar(chosen.file.id, Sidecar::Csi)
            .await?;
        csi.map(Arc::from)
    } else {
        None
    };
    // An index that cannot be read is no help, and no obstacle: the engine says so.
    let index = csi
        .as_deref()
        .and_then(|bytes: &[u8]| Index::parse(bytes).ok());
    let reach = reach(&chosen.file, index.as_ref(), pipeline);
    Ok(PlannedInput { chosen, csi, reach })
}

fn decision(inputs: &[PlannedInput], drops_genotypes: bool) -> Decision {
    let position = |value: i64| u64::try_from(value).unwrap_or_default();
    let extents: Vec<Vec<Extent>> = inputs
        .iter()
        .map(|input| {
            let scaffolds = input.chosen.file.scaffolds.iter();
            scaffolds
                .map(|scaffold| Extent {
                    scaffold: scaffold.name.clone(),
                    first: position(scaffold.first_position),
                    last: position(scaffold.last_position),
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
            samples: if drops_genotypes {
                &[]
            } else {
                input.chosen.kept()
            },
            extents,
        })
        .collect();
    decide(&facts)
}

/// Files without a record in the answer whose samples another file of their group gives too.
fn idle(inputs: &[PlannedInput], decision: &Decision) -> Vec<usize> {
    let mut idle = Vec::new();
    for group in &decision.groups {
        let is_idle = |place: &&usize| inputs[**place].reach == Reach::Nothing;
        let of_group: Vec<usize> = group.iter().filter(is_idle).copied().collect();
        // One file has to stand for the samples.
        let kept = usize::from(of_group.len() == group.len());
        idle.extend(of_group.into_iter().skip(kept));
    }
    idle
}
