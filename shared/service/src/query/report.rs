//! A plan as the user sees it before it is submitted.

use divbase_contract::plan::{EngineChoice, PlannedFile, QueryPlan};

use super::plan::Plan;

/// Larger plans do not name the samples of each file.
const MOST_NAMES: usize = 100_000;

/// The plan for the user. `cached` is the task whose result would be given again.
pub(crate) fn report(
    plan: &Plan,
    project_version: Option<String>,
    cached: Option<i64>,
) -> QueryPlan {
    let (engine, engine_reason) = match (plan.engine, &plan.declined) {
        (EngineChoice::Bcftools, _) => ("bcftools", "as asked".to_owned()),
        (_, Some(reason)) => ("bcftools", format!("the native engine declines: {reason}")),
        (EngineChoice::Auto, None) => (
            "native",
            "the default; bcftools answers what the native engine declines".to_owned(),
        ),
        (EngineChoice::Native, None) => ("native", "as asked; what it declines fails".to_owned()),
    };
    // A cohort in thousands of files has the same names thousands of times.
    let names: usize = plan
        .inputs
        .iter()
        .map(|input| input.chosen.kept().len())
        .sum();
    QueryPlan {
        project_version,
        command: plan.pipeline.to_string(),
        filter_scope: plan.scope,
        decision: plan.decision.combination().to_string(),
        explanation: plan.decision.to_string(),
        merge_rules: plan.merge_rules.clone(),
        files: plan
            .inputs
            .iter()
            .map(|input| {
                let file = &input.chosen.file;
                PlannedFile {
                    key: file.object_key.clone(),
                    version_id: file.version_id.clone(),
                    size_bytes: file.size_bytes,
                    bytes_to_read: input.to_read.bytes(),
                    samples: input
                        .chosen
                        .samples
                        .as_deref()
                        .filter(|_| names <= MOST_NAMES)
                        .map(<[String]>::to_vec),
                    kept_sample_count: input.chosen.kept().len() as u64,
                    sample_count: file.samples.len() as u64,
                }
            })
            .collect(),
        samples: plan.samples.clone(),
        regions: plan
            .pipeline
            .stages
            .iter()
            .flat_map(|stage| &stage.regions)
            .map(ToString::to_string)
            .collect(),
        bytes_to_read: plan.bytes(),
        bytes_skipped: plan.inputs.iter().map(|input| input.skipped).sum(),
        records_to_read: plan
            .inputs
            .iter()
            .map(|input| input.chosen.file.record_count)
            .sum(),
        estimated_seconds: if cached.is_some() {
            1.0
        } else {
            plan.estimate.seconds
        },
        estimated_cost_usd: plan.estimate.dollars,
        engine: engine.to_owned(),
        engine_reason,
        queue: plan.estimate.queue.as_str().to_owned(),
        windows: plan.windows,
        cached_task_id: cached,
        warnings: plan.warnings.clone(),
    }
}
