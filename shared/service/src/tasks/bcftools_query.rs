//! A VCF query: subsets the project's files by samples, regions and filters and puts them together.

use divbase_contract::{
    limits::{result_index_name, result_log_name, result_name},
    query::SampleSelection,
    tasks::{BCFTOOLS_QUERY, BcftoolsQueryKwargs, BcftoolsQueryResult},
};
use divbase_db::QueryResult;
use divbase_tasks::{Policy, Queue, Stop, Task, TaskError};

use super::{
    attempts,
    in_windows::{self, Answered},
    query_work::{asked, job, selection, work},
};
use crate::{
    Context, Result, Services,
    engine::{Job, Outcome},
    query::{JobHead, JobLog, Plan, Provenance, digest, header_lines, reuse},
};

/// The task.
pub struct BcftoolsQuery;

impl Task for BcftoolsQuery {
    const NAME: &'static str = BCFTOOLS_QUERY;
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy::LONG;
    type Services = Services;
    type Kwargs = BcftoolsQueryKwargs;
    type Output = BcftoolsQueryResult;

    async fn run(ctx: Context, kwargs: Self::Kwargs) -> Result<Self::Output, TaskError> {
        let mut log = JobLog::default();
        let selection = selection(&kwargs)?;
        let answered = Answered::of(&ctx).await?;
        let in_windows = answered.is_some();
        let is_begun = answered.as_ref().is_some_and(Answered::is_begun);
        let outcome = query(&ctx, &kwargs, &selection, &mut log, answered).await;
        if matches!(outcome, Err(TaskError::Split(_))) {
            return outcome;
        }
        let goes_on = attempts::tries_again(&ctx, &outcome);
        // The next attempt ends what others have sent.
        let is_kept = is_begun && goes_on && ctx.stop.reason() != Some(Stop::Cancelled);
        if outcome.is_err() && !is_kept {
            clean_up(&ctx, &kwargs).await;
        }
        if in_windows && (!goes_on || ctx.stop.reason() == Some(Stop::Cancelled)) {
            attempts::clear(&ctx, &kwargs.bucket_name).await;
        }
        if !goes_on {
            store_log(&ctx, &kwargs, &selection, &log, &outcome).await;
        }
        outcome
    }
}

/// What did not end well leaves neither an object nor an open upload.
pub(super) async fn clean_up(ctx: &Context, kwargs: &BcftoolsQueryKwargs) {
    // Another attempt may be writing the same names by now.
    if ctx.stop.reason() == Some(Stop::LeaseLost) {
        return;
    }
    let (store, bucket) = (&ctx.services.store, &kwargs.bucket_name);
    for key in [
        result_name(kwargs.job_id, kwargs.options.output_type),
        result_index_name(kwargs.job_id, kwargs.options.output_type),
    ] {
        let cleaned = match store.abort_uploads_of(bucket, &key).await {
            Ok(()) => store.destroy_key(bucket, &key).await,
            Err(error) => Err(error),
        };
        if let Err(error) = cleaned {
            tracing::warn!(key, %error, "what the query wrote could not be taken back");
        }
    }
}

async fn store_log(
    ctx: &Context,
    kwargs: &BcftoolsQueryKwargs,
    selection: &SampleSelection,
    log: &JobLog,
    outcome: &Result<BcftoolsQueryResult, TaskError>,
) {
    let head = JobHead {
        task_id: kwargs.job_id,
        attempt: ctx.task.fence.attempt,
        project: &kwargs.project_name,
        selection: match selection {
            SampleSelection::Metadata { .. } => "metadata filter",
            SampleSelection::Named(_) => "named samples",
            SampleSelection::All => "all samples",
        },
        command: &kwargs.command,
    };
    let error = outcome.as_ref().err();
    let error = error.map(|error| error.for_user(ctx.task.fence).1);
    let text = log.text(&head, error.as_deref()).into_bytes();
    let name = result_log_name(kwargs.job_id);
    let stored = ctx
        .services
        .store
        .put(&kwargs.bucket_name, &name, text)
        .await;
    if let Err(error) = stored {
        tracing::warn!(%error, "the job's log could not be stored");
    }
}

async fn query(
    ctx: &Context,
    kwargs: &BcftoolsQueryKwargs,
    selection: &SampleSelection,
    log: &mut JobLog,
    windows: Option<Answered>,
) -> Result<BcftoolsQueryResult, TaskError> {
    ctx.progress("planning", None);
    if ctx.task.fence.attempt > 1 && !windows.as_ref().is_some_and(Answered::is_begun) {
        clean_up(ctx, kwargs).await;
    }
    let (request, pins) = asked(kwargs, selection);
    let plan = request.plan_to_run(ctx, pins, |note| log.add(note)).await?;
    describe(&plan, kwargs, log);
    let table_version = kwargs.metadata_version_id.as_deref();
    let digest = digest(&plan, &request, table_version);
    if windows.is_none() && !kwargs.options.no_cache {
        let (bucket, project) = (&kwargs.bucket_name, kwargs.project_id);
        let earlier = reuse(
            ctx,
            bucket,
            project,
            &digest,
            (kwargs.job_id, kwargs.options.output_type),
        )
        .await?;
        if let Some(earlier) = earlier {
            log.add(format_args!(
                "Result: a copy of that of task {}, which asked the same of the same file versions",
                earlier.from_task_id
            ));
            let from = Some(earlier.from_task_id);
            return Ok(finished(kwargs, &plan, &earlier.result, from));
        }
    }
    let provenance = Provenance::of(&plan, &request, table_version);
    let job = job(kwargs, &plan, header_lines(kwargs.job_id, provenance));
    let ran = match windows {
        Some(children) => in_windows::put_together(ctx, kwargs, &plan, &job, children).await?,
        None => match in_windows::divide(ctx, kwargs, &plan, &job).await? {
            Some(split) => return Err(split),
            None => answer(ctx, kwargs, &plan, &job).await?,
        },
    };
    ctx.add_bytes_read(ran.bytes_read);
    ctx.add_bytes_written(ran.written.size);
    log.add(format_args!("Engine: {}", ran.engine));
    for note in &ran.notes {
        log.add(note);
    }
    for warning in &ran.warnings {
        log.add(format_args!("WARNING: {warning}"));
    }
    let result = register(ctx, kwargs, &plan, digest, ran).await?;
    let sha256 = result.sha256.as_ref().map(hex::encode);
    log.add(format_args!(
        "Result: {}, {} records, {} samples, {} bytes, SHA-256 {}",
        result.object_key,
        result.record_count,
        result.sample_count,
        result.size_bytes,
        sha256
            .as_deref()
            .unwrap_or("unknown, as the store put it together"),
    ));
    Ok(finished(kwargs, &plan, &result, None))
}

fn describe(plan: &Plan, kwargs: &BcftoolsQueryKwargs, log: &mut JobLog) {
    if let Some(version) = &kwargs.options.project_version {
        log.add(format_args!("Project version: {version}"));
    }
    for warning in &plan.warnings {
        log.add(format_args!("WARNING: {warning}"));
    }
    for input in &plan.inputs {
        let file = &input.chosen.file;
        log.add(format_args!(
            "Input: {} (version {}), {} of {} samples",
            file.object_key,
            file.version_id,
            input.chosen.kept().len(),
            file.samples.len()
        ));
    }
    log.add(format_args!("Plan: {}", plan.decision));
    log.add(format_args!("Filter scope: {}", plan.scope.as_str()));
    if let Some(rules) = &plan.merge_rules {
        log.add(format_args!("Merge rules: {rules}"));
    }
}

async fn answer(
    ctx: &Context,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    job: &Job,
) -> Result<Outcome> {
    let result = result_name(kwargs.job_id, kwargs.options.output_type);
    let work = work(ctx, kwargs, result);
    (work.done)(0.0);
    let engine = ctx.services.engines.of(plan.engine);
    Ok(engine.run(job, &work).await?)
}

/// Stores the index beside the result and writes both down.
async fn register(
    ctx: &Context,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    plan_digest: [u8; 32],
    ran: Outcome,
) -> Result<QueryResult> {
    ctx.progress("storing the result", None);
    let services = &ctx.services;
    let index = result_index_name(kwargs.job_id, kwargs.options.output_type);
    let index = services
        .store
        .put(&kwargs.bucket_name, &index, ran.csi)
        .await?;
    ctx.stop.check()?;
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let written = ran.written;
    let result = QueryResult {
        task_id: kwargs.job_id,
        plan_digest: plan_digest.to_vec(),
        object_key: result_name(kwargs.job_id, kwargs.options.output_type),
        version_id: written.version_id.unwrap_or_else(|| "null".to_owned()),
        index_version_id: index.version_id,
        size_bytes: signed(written.size),
        sha256: ran.sha256.map(Vec::from),
        record_count: signed(ran.records),
        sample_count: signed(plan.samples.len() as u64),
        engine: ran.engine.to_owned(),
        warnings: ran.warnings,
    };
    services
        .db
        .store_query_result(kwargs.project_id, &result)
        .await?;
    Ok(result)
}

fn finished(
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    result: &QueryResult,
    cached_from_task_id: Option<i64>,
) -> BcftoolsQueryResult {
    let unsigned = |value: i64| u64::try_from(value).unwrap_or_default();
    BcftoolsQueryResult {
        status: "completed".to_owned(),
        output_file: result_name(kwargs.job_id, kwargs.options.output_type),
        log_file: result_log_name(kwargs.job_id),
        records: Some(unsigned(result.record_count)),
        samples: Some(unsigned(result.sample_count)),
        size_bytes: Some(unsigned(result.size_bytes)),
        version_id: Some(result.version_id.clone()),
        sha256: result.sha256.as_ref().map(hex::encode),
        index_file: Some(result_index_name(kwargs.job_id, kwargs.options.output_type)),
        engine: Some(result.engine.clone()),
        cached_from_task_id,
        warnings: plan
            .warnings
            .iter()
            // What headers say is known to the plan and found again by the engine.
            .chain(
                result
                    .warnings
                    .iter()
                    .filter(|found| !plan.warnings.contains(found)),
            )
            .cloned()
            .collect(),
    }
}
