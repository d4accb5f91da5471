//! What a query and each of its windows are asked, from the arguments of the query's task to what an engine does.

use std::collections::{HashMap, HashSet};

use divbase_contract::{query::SampleSelection, tasks::BcftoolsQueryKwargs};
use divbase_tasks::TaskError;

use crate::{
    Context,
    engine::{Input, Job, Work},
    query::{Pins, Plan, Request, object, pinned},
};

/// How samples are chosen.
pub(super) fn selection(kwargs: &BcftoolsQueryKwargs) -> Result<SampleSelection, TaskError> {
    kwargs
        .selection()
        .map_err(|error| TaskError::user(error.to_string()))
}

/// What is asked, and about which versions.
pub(super) fn asked<'k>(
    kwargs: &'k BcftoolsQueryKwargs,
    selection: &SampleSelection,
) -> (Request<'k>, Pins) {
    let request = Request {
        project_id: kwargs.project_id,
        project_name: &kwargs.project_name,
        bucket: &kwargs.bucket_name,
        command: &kwargs.command,
        selection: selection.clone(),
        options: kwargs.options.clone(),
    };
    let pins = Pins {
        files: kwargs.inputs.clone(),
        table_version: kwargs.metadata_version_id.clone(),
        warnings: kwargs.warnings.clone(),
    };
    (request, pins)
}

/// What the engine is asked.
pub(super) fn job(kwargs: &BcftoolsQueryKwargs, plan: &Plan, header_lines: Vec<String>) -> Job {
    let order_of = |place: usize| plan.inputs[place].chosen.kept();
    let firsts: Vec<usize> = plan
        .decision
        .groups
        .iter()
        .filter_map(|group| group.first().copied())
        .collect();
    let natural: Vec<String> = firsts
        .iter()
        .flat_map(|place| order_of(*place).iter().cloned())
        .collect();
    // The file whose order of columns each reordered file takes.
    let mut orders: HashMap<usize, usize> = HashMap::new();
    for group in &plan.decision.groups {
        orders.extend(group.iter().map(|place| (*place, group[0])));
    }
    let reordered: HashSet<usize> = plan.decision.reordered.iter().copied().collect();
    let reorder = |place: usize| {
        let first = orders.get(&place).filter(|_| reordered.contains(&place))?;
        Some(order_of(*first).to_vec())
    };
    Job {
        pipeline: plan.pipeline.clone(),
        scope: plan.scope,
        rules: plan.rules.clone(),
        output: plan.output,
        inputs: plan
            .inputs
            .iter()
            .enumerate()
            .map(|(place, input)| {
                let file = &input.chosen.file;
                Input {
                    object: object(&kwargs.bucket_name, &pinned(file)),
                    csi: input.csi.clone(),
                    skips: input.skips.clone(),
                    groups: input.groups.clone(),
                    samples: input.chosen.samples.as_deref().map(<[String]>::to_vec),
                    reorder: reorder(place),
                    scaffolds: file.scaffolds.names().to_vec(),
                    bytes_to_read: input.to_read.bytes(),
                }
            })
            .collect(),
        groups: plan.decision.groups.clone(),
        shares_samples: !plan.decision.shared.is_empty(),
        overlap: plan
            .decision
            .overlaps
            .first()
            .map(|overlap| (overlap.one, overlap.other)),
        sample_order: (plan.is_ordered && natural != plan.samples).then(|| plan.samples.clone()),
        header_lines,
        window: None,
    }
}

/// The surroundings in which an engine writes an object.
pub(super) fn work(ctx: &Context, kwargs: &BcftoolsQueryKwargs, result_key: String) -> Work {
    let (services, told) = (&ctx.services, ctx.clone());
    Work {
        store: services.store.clone(),
        bucket: kwargs.bucket_name.clone(),
        result_key,
        work_dir: services.settings.work_dir.clone(),
        stop: ctx.stop.clone(),
        meter: ctx.meter.clone(),
        done: Box::new(move |fraction| told.progress("querying", Some(fraction))),
    }
}
