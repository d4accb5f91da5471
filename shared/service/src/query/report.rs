//! A plan as the user sees it before it is submitted.

use divbase_contract::plan::{EngineChoice, PlannedFile, QueryPlan};

use super::plan::Plan;

/// The plan for the user. `cached` is the task whose result would be given again.
pub(crate) fn report(
    plan: &Plan,
    project_version: Option<String>,
    cached: Option<i64>,
) -> QueryPlan {
    let unsigned = |value: i64| u64::try_from(value).unwrap_or_default();
    let (engine, engine_reason) = match plan.engine {
        EngineChoice::Auto => (
            "native",
            "the default; bcftools answers what the native engine declines",
        ),
        EngineChoice::Native => ("native", "as asked; what it declines fails"),
        EngineChoice::Bcftools => ("bcftools", "as asked"),
    };
    QueryPlan {
        project_version,
        command: plan.pipeline.to_string(),
        filter_scope: plan.scope,
        decision: plan.decision.combination().to_string(),
        explanation: plan.decision.to_string(),
        files: plan
            .inputs
            .iter()
            .map(|input| {
                let file = &input.chosen.file;
                PlannedFile {
                    key: file.object_key.clone(),
                    version_id: file.version_id.clone(),
                    size_bytes: unsigned(file.size_bytes),
                    bytes_to_read: input.reach.bytes(),
                    samples: input.chosen.samples.clone(),
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
        records_to_read: plan
            .inputs
            .iter()
            .map(|input| unsigned(input.chosen.file.record_count))
            .sum(),
        estimated_seconds: if cached.is_some() {
            1.0
        } else {
            plan.estimate.seconds
        },
        estimated_cost_usd: plan.estimate.dollars,
        engine: engine.to_owned(),
        engine_reason: engine_reason.to_owned(),
        queue: plan.estimate.queue.as_str().to_owned(),
        cached_task_id: cached,
        warnings: plan.warnings.clone(),
    }
}
