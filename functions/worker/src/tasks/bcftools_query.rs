//! A VCF query: subsets the project's files by samples, regions and filters and puts them together.

use std::{path::Path, time::Duration};

use chrono::Utc;
use divbase_contract::{
    limits::{result_log_name, result_vcf_name},
    query::{SampleSelection, VcfQueryRequest},
    tasks::{BCFTOOLS_QUERY, BcftoolsQueryKwargs, BcftoolsQueryResult},
};
use divbase_tasks::{Context, Policy, Queue, Task, TaskError};
use divbase_vcf::{
    command::{self, Pipeline, Selection},
    dimensions,
    source::FileSource,
};

use super::errors::{local, storage};
use crate::{
    Services,
    engine::{EngineError, Input, Job, Ran},
    query::{
        Chosen, JobHead, JobLog, choose, current_files, layout, metadata_mode, select_by_metadata,
    },
};

/// The task.
pub struct BcftoolsQuery;

impl Task for BcftoolsQuery {
    const NAME: &'static str = BCFTOOLS_QUERY;
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy {
        soft_limit: Duration::from_secs(840),
        hard_limit: Duration::from_secs(880),
        ..Policy::DEFAULT
    };
    type Services = Services;
    type Kwargs = BcftoolsQueryKwargs;
    type Output = BcftoolsQueryResult;

    async fn run(
        ctx: Context<Services>,
        kwargs: BcftoolsQueryKwargs,
    ) -> Result<BcftoolsQueryResult, TaskError> {
        let request = VcfQueryRequest {
            command: kwargs.command.clone(),
            tsv_filter: kwargs.tsv_filter.clone(),
            metadata_tsv_name: kwargs.metadata_tsv_name.clone(),
            samples: kwargs.samples.clone(),
            all_samples: kwargs.all_samples,
            compat: kwargs.compat,
        };
        let selection = request
            .selection()
            .map_err(|error| TaskError::user(error.to_string()))?;
        let mut log = JobLog::default();
        let outcome = query(&ctx, &kwargs, &selection, &mut log).await;
        let error = outcome.as_ref().err().map(ToString::to_string);
        // A stopped attempt leaves nothing behind; another one may follow.
        if !matches!(outcome, Err(TaskError::Stopped | TaskError::Transient(_))) {
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
            let text = log.text(&head, error.as_deref()).into_bytes();
            let name = result_log_name(kwargs.job_id);
            if let Err(error) = ctx
                .services
                .store
                .put(&kwargs.bucket_name, &name, text)
                .await
            {
                tracing::warn!(%error, "the job's log could not be stored");
            }
        }
        outcome
    }
}

async fn query(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    selection: &SampleSelection,
    log: &mut JobLog,
) -> Result<BcftoolsQueryResult, TaskError> {
    let services = &ctx.services;
    ctx.progress("planning", None);
    let mode = match selection {
        SampleSelection::All => Selection::AllSamples,
        SampleSelection::Named(_) | SampleSelection::Metadata { .. } => Selection::Named,
    };
    let pipeline = command::parse_service(&kwargs.command, mode)
        .map_err(|error| TaskError::user(error.to_string()))?;
    let current = current_files(
        services,
        &kwargs.bucket_name,
        kwargs.project_id,
        &kwargs.project_name,
    )
    .await?;
    let samples = match selection {
        SampleSelection::All => None,
        SampleSelection::Named(names) => Some(names.clone()),
        SampleSelection::Metadata { filter, table } => {
            let found = select_by_metadata(
                services,
                &kwargs.bucket_name,
                table,
                filter,
                metadata_mode(kwargs.compat),
                current.samples(),
            )
            .await?;
            log.add(format_args!("Metadata query: {}", found.message));
            for warning in found.warnings {
                log.add(format_args!("WARNING: {warning}"));
            }
            Some(found.samples)
        }
    };
    for warning in current.warnings() {
        log.add(format_args!("WARNING: {warning}"));
    }
    let chosen = choose(&current.files, samples.as_deref(), &pipeline)?;
    current.require_fresh(chosen.iter().map(|chosen| chosen.file))?;
    let groups = group(&chosen, &pipeline)?;
    for Chosen { file, samples } in &chosen {
        let count = samples.as_ref().map_or(file.samples.len(), Vec::len);
        log.add(format_args!(
            "Input: {} (version {}), {count} of {} samples",
            file.object_key,
            file.version_id,
            file.samples.len()
        ));
    }
    log.add(format_args!(
        "Plan: {} file(s) in {} group(s): concatenated within a group, then merged",
        chosen.len(),
        groups.len()
    ));
    let folder = tempfile::tempdir_in(&services.settings.work_dir).map_err(local)?;
    let inputs = fetch(ctx, &kwargs.bucket_name, &chosen, folder.path()).await?;
    let job = Job {
        header_lines: header_lines(kwargs, &pipeline, &chosen),
        pipeline,
        inputs,
        groups,
        output: folder.path().join("result.vcf.gz"),
        folder: folder.path().to_owned(),
    };
    let ran = answer(ctx, &job).await?;
    log.add(format_args!("Engine: {}", ran.engine));
    for note in ran.notes {
        log.add(note);
    }
    finish(ctx, kwargs, &job.output, log).await
}

/// Without genotypes all answers have the same samples: none.
fn group(chosen: &[Chosen<'_>], pipeline: &Pipeline) -> Result<Vec<Vec<usize>>, TaskError> {
    if pipeline.stages.iter().any(|stage| stage.drop_genotypes) {
        return Ok(vec![(0..chosen.len()).collect()]);
    }
    layout(chosen)
}

/// Downloads the pinned version of each file and puts its index beside it.
async fn fetch(
    ctx: &Context<Services>,
    bucket: &str,
    chosen: &[Chosen<'_>],
    folder: &Path,
) -> Result<Vec<Input>, TaskError> {
    let total: i64 = chosen.iter().map(|chosen| chosen.file.size_bytes).sum();
    let mut done = 0;
    let mut inputs = Vec::with_capacity(chosen.len());
    for (number, Chosen { file, samples }) in chosen.iter().enumerate() {
        ctx.stop.check()?;
        ctx.progress("fetching files", Some(done as f64 / total.max(1) as f64));
        // The key stays out of the path: it may contain anything.
        let path = folder.join(format!("input_{number}.vcf.gz"));
        ctx.services
            .store
            .download(bucket, &file.object_key, &file.version_id, &path)
            .await
            .map_err(storage)?;
        let mut index = None;
        if let Some(csi) = ctx.services.db.vcf_csi(file.id, &file.version_id).await? {
            let beside = folder.join(format!("input_{number}.vcf.gz.csi"));
            tokio::fs::write(&beside, csi).await.map_err(local)?;
            index = Some(beside);
        }
        done += file.size_bytes;
        inputs.push(Input {
            key: file.object_key.clone(),
            path,
            csi: index,
            samples: samples.clone(),
            scaffolds: file
                .scaffolds
                .iter()
                .map(|scaffold| scaffold.name.clone())
                .collect(),
        });
    }
    Ok(inputs)
}

async fn answer(ctx: &Context<Services>, job: &Job) -> Result<Ran, TaskError> {
    let steps = |done: usize, total: usize| {
        ctx.progress("querying", Some(done as f64 / total.max(1) as f64));
    };
    steps(0, 1);
    let ran = tokio::select! {
        ran = ctx.services.engine.run(job, &steps) => ran,
        // Dropping the other branch kills the processes.
        _ = ctx.stop.stopped() => return Err(TaskError::Stopped),
    };
    ran.map_err(|error| match error {
        EngineError::User(message) => TaskError::User {
            exc_type: "BcftoolsCommandError",
            message,
        },
        error @ EngineError::Missing(_) => TaskError::Internal(error.to_string()),
        EngineError::Fault(message) | EngineError::Declined(message) => {
            TaskError::Internal(message)
        }
    })
}

/// Counts what came out and stores it.
async fn finish(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    output: &Path,
    log: &mut JobLog,
) -> Result<BcftoolsQueryResult, TaskError> {
    ctx.progress("storing the result", None);
    let path = output.to_owned();
    let found = tokio::task::spawn_blocking(move || {
        let source = FileSource::open(&path).map_err(local)?;
        dimensions::scan(&source)
            .map(|scan| scan.dimensions)
            .map_err(|error| TaskError::Internal(format!("the result cannot be read: {error}")))
    })
    .await
    .map_err(|error| TaskError::Internal(error.to_string()))??;
    ctx.stop.check()?;
    let output_file = result_vcf_name(kwargs.job_id);
    let written = ctx
        .services
        .store
        .upload(&kwargs.bucket_name, &output_file, output)
        .await
        .map_err(storage)?;
    log.add(format_args!(
        "Result: {output_file}, {} records, {} samples, {} bytes",
        found.records,
        found.samples.len(),
        written.size
    ));
    Ok(BcftoolsQueryResult {
        status: "completed".to_owned(),
        output_file,
        log_file: result_log_name(kwargs.job_id),
        records: Some(found.records),
        samples: Some(found.samples.len() as u64),
        size_bytes: Some(written.size),
    })
}

/// What the result's header says about where it comes from.
fn header_lines(
    kwargs: &BcftoolsQueryKwargs,
    pipeline: &Pipeline,
    chosen: &[Chosen<'_>],
) -> Vec<String> {
    let quoted = |text: &str| {
        let clean: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .flat_map(|c| match c {
                '"' | '\\' => vec!['\\', c],
                c => vec![c],
            })
            .collect();
        format!("\"{clean}\"")
    };
    let mut lines = vec![
        format!(
            "##DivBase_created={}",
            quoted(&format!(
                "Result of a DivBase query; Date={}",
                Utc::now().format("%a %b %d %H:%M:%S %Y")
            ))
        ),
        format!("##DivBase_task={}", kwargs.job_id),
        format!("##DivBase_command={}", quoted(&pipeline.to_string())),
    ];
    lines.extend(chosen.iter().map(|Chosen { file, .. }| {
        let input = format!("{}; version={}", file.object_key, file.version_id);
        format!("##DivBase_input={}", quoted(&input))
    }));
    lines
}
