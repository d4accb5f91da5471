//! The native engine: all stages, concatenation and merge in one pass over the byte ranges that are needed, straight
//! from the store and to the store. No temporary file, no process.
//!
//! What only bcftools decides it declines; nothing is stored then.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use chrono::Utc;
use divbase_contract::plan::{FilterScope, OutputType};
use divbase_storage::{RangeReader, Streamed};
use divbase_vcf::{
    Category, Error, ErrorKind,
    command::Pipeline,
    cpu,
    index::Index,
    query::{
        self, Answer, Cancel, DEFAULT_LEVEL, Encoding, Indexing, Join, Options, Parts, Request,
    },
    reader::{self, Opened},
    view::Context,
};
use futures::future::BoxFuture;

use super::{EngineError, Input, Job, Outcome, QueryEngine, Work, engine_line, in_file_order};
use crate::object::{ObjectSource, ObjectWriter};

/// More threads gain little.
const MOST_THREADS: usize = 4;

/// How often progress is told.
const BEAT: Duration = Duration::from_millis(500);

/// The engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

impl QueryEngine for Native {
    fn name(&self) -> &'static str {
        concat!("divbase-vcf ", env!("CARGO_PKG_VERSION"))
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        work: &'a Work,
    ) -> BoxFuture<'a, Result<Outcome, EngineError>> {
        Box::pin(async move {
            let sources: Arc<[ObjectSource]> = job
                .inputs
                .iter()
                .map(|input| work.source(input, job.inputs.len()))
                .collect();
            let readers: Vec<Arc<RangeReader>> = sources
                .iter()
                .map(|source| Arc::clone(source.reader()))
                .collect();
            let (job_of_thread, writer, engine) = (job.clone(), work.result(), self.name());
            let on_drop = CancelOnDrop::default();
            let cancel = Arc::clone(&on_drop.0);
            let meter = work.meter.clone();
            let mut thread = tokio::task::spawn_blocking(move || {
                let report = Arc::new(move |time| meter.add_cpu(time));
                cpu::reported(report, || {
                    answer(&job_of_thread, &sources, writer, engine, &cancel)
                })
            });
            let total: u64 = job.inputs.iter().map(|input| input.bytes_to_read).sum();
            let transferred = || {
                readers
                    .iter()
                    .map(|reader| reader.transferred())
                    .sum::<u64>()
            };
            let mut beat = tokio::time::interval(BEAT);
            let ran = loop {
                tokio::select! {
                    ran = &mut thread => break ran,
                    _ = beat.tick() => (work.done)(transferred() as f64 / total.max(1) as f64),
                }
            };
            let ran = ran?;
            if work.stop.reason().is_some() && ran.is_err() {
                return Err(EngineError::Stopped);
            }
            let (answer, stored) = ran?;
            Ok(Outcome {
                engine: self.name(),
                notes: Vec::new(),
                warnings: warnings(&answer),
                records: answer.summary.written,
                csi: answer.summary.csi.unwrap_or_default(),
                stored,
                bytes_read: transferred(),
            })
        })
    }
}

/// Tells the thread that nobody waits for it any more.
#[derive(Default)]
struct CancelOnDrop(Arc<Cancel>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// What the user should know of files that repeat or contradict each other.
fn warnings(answer: &Answer) -> Vec<String> {
    answer.findings.iter().map(ToString::to_string).collect()
}

/// Runs on a thread that may block.
fn answer(
    job: &Job,
    sources: &[ObjectSource],
    mut writer: ObjectWriter,
    engine: &str,
    cancel: &Cancel,
) -> Result<(Answer, Streamed), EngineError> {
    let ran = run(job, sources, &mut writer, engine, cancel);
    let cause = writer.failure();
    let cause = cause.or_else(|| sources.iter().find_map(ObjectSource::failure));
    let failed = match (ran, cause) {
        (Ok(_), _) if cancel.is_cancelled() => EngineError::Stopped,
        (Ok(answer), _) => return Ok((answer, writer.finish()?)),
        (Err(_), Some(cause)) => EngineError::Storage(cause),
        (Err(error), None) => match error.category() {
            Category::Declined => EngineError::Declined(error),
            Category::Io => EngineError::Unreadable(error),
            _ => EngineError::Refused(error),
        },
    };
    writer.abort();
    Err(failed)
}

/// An input made ready.
struct Ready<'j> {
    input: &'j Input,
    source: &'j ObjectSource,
    opened: Opened,
    index: Option<Index>,
    pipeline: Pipeline,
    context: Context,
}

fn ready<'j>(
    job: &Job,
    input: &'j Input,
    source: &'j ObjectSource,
    date: &str,
) -> Result<Ready<'j>, Error> {
    let opened = reader::open(source)?;
    let index = match &input.csi {
        Some(bytes) => {
            let index = Index::parse(bytes).map_err(ErrorKind::Index)?;
            Some(index.with_names(opened.indexed_names()))
        }
        None => None,
    };
    let stages = job.pipeline.stages.iter();
    Ok(Ready {
        pipeline: Pipeline {
            stages: stages
                .map(|stage| in_file_order(stage, &input.scaffolds))
                .collect(),
        },
        context: Context {
            selection: input.samples.clone().unwrap_or_default(),
            scaffolds: index
                .as_ref()
                .map(|index| index.names().map(<[u8]>::to_vec).collect()),
            date: date.to_owned(),
            lists: Default::default(),
            notices: Default::default(),
        },
        input,
        source,
        opened,
        index,
    })
}

fn run(
    job: &Job,
    sources: &[ObjectSource],
    writer: &mut ObjectWriter,
    engine: &str,
    cancel: &Cancel,
) -> Result<Answer, Error> {
    let date = Utc::now().format("%a %b %e %H:%M:%S %Y").to_string();
    let files = job
        .inputs
        .iter()
        .zip(sources)
        .map(|(input, source)| {
            ready(job, input, source, &date).map_err(|error| error.in_file(input.key()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut header_lines = job.header_lines.clone();
    header_lines.push(engine_line(engine));
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let options = Options {
        threads: NonZeroUsize::new(threads.min(MOST_THREADS)).unwrap_or(NonZeroUsize::MIN),
        encoding: match job.output {
            OutputType::Z => Encoding::Bgzip(DEFAULT_LEVEL),
            OutputType::B => Encoding::Bcf(DEFAULT_LEVEL),
        },
        parts: Parts::ALL,
        indexing: Indexing::Csi,
    };
    let inputs: Vec<query::Input<'_, _>> = files
        .iter()
        .map(|file| query::Input {
            name: file.input.key(),
            source: file.source,
            opened: &file.opened,
            index: file.index.as_ref(),
            stages: &file.pipeline,
            context: &file.context,
        })
        .collect();
    let request = Request {
        join: Join {
            groups: &job.groups,
            header_lines: &header_lines,
            ..Join::default()
        },
        rules: &job.rules,
        scope: match job.scope {
            FilterScope::File => query::FilterScope::File,
            FilterScope::Cohort => query::FilterScope::Cohort,
        },
        samples: job.sample_order.as_deref().unwrap_or_default(),
        ..Request::new(&inputs)
    };
    query::answer(&request, &options, cancel, writer)
}
