//! The native engine: all stages, concatenation and merge in one pass over the byte ranges that are needed, straight
//! from the store and to the store. No temporary file, no process.
//!
//! What only bcftools decides it declines; nothing is stored then.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use chrono::Utc;
use divbase_contract::plan::{FilterScope, OutputType};
use divbase_storage::{StorageError, Streamed};
use divbase_vcf::{
    Category, Error, ErrorKind,
    command::Pipeline,
    cpu,
    groups::Groups,
    index::Index,
    merge::Finding,
    query::{
        self, Aim, Answer, Cancel, DEFAULT_LEVEL, Edge, Encoding, Indexing, Join, Options, Parts,
        Request,
    },
    reader::{self, Opened},
    source::Source,
    view::Context,
};

use super::{
    EngineError, Input, Job, Outcome, QueryEngine, Running, Stretch, Work, engine_line,
    in_file_order, sources::Sources,
};
use crate::object::{ObjectSource, ObjectWriter};

/// More threads gain little.
const MOST_THREADS: usize = 4;

/// The header alone, which records follow.
const HEADER: Parts = Parts {
    header: true,
    records: false,
    end: false,
};

/// Records that others follow.
const RECORDS: Parts = Parts {
    header: false,
    records: true,
    end: false,
};

/// Bytes that are fetched rather than passed over: another request takes as long as to fetch so many.
pub(crate) const GAP: u64 = 256 * 1024;

/// Requests for sample groups that are under way at the same time.
const GROUP_REQUESTS: usize = 8;

/// Bytes of sample groups that are fetched rather than passed over: fewer than [`GAP`], because several requests are under way
/// at the same time.
const GROUP_GAP: u64 = 64 * 1024;

/// How often progress is told.
const BEAT: Duration = Duration::from_millis(500);

/// The engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

impl QueryEngine for Native {
    fn name(&self) -> &'static str {
        concat!("divbase-vcf ", env!("CARGO_PKG_VERSION"))
    }

    fn run<'a>(&'a self, job: &'a Job, work: &'a Work) -> Running<'a> {
        Box::pin(async move {
            let (writer, engine) = (work.result(), self.name());
            let total: u64 = job.inputs.iter().map(|input| input.bytes_to_read).sum();
            let answered = self.on_thread(job, work, total, move |job, sources, cancel| {
                answer(job, sources, writer, engine, cancel)
            });
            let ((answer, stored), bytes_read) = answered.await?;
            Ok(Outcome {
                engine: self.name(),
                notes: Vec::new(),
                warnings: warnings(&answer.findings),
                records: answer.summary.written,
                csi: answer.summary.csi.unwrap_or_default(),
                findings: answer.findings,
                written: stored.written,
                sha256: Some(stored.sha256),
                bytes_read,
            })
        })
    }
}

impl Native {
    /// Where the result is cut so that windows have this size; none if one window is all, or nothing can be cut.
    ///
    /// # Errors
    /// As [`QueryEngine::run`].
    pub async fn edges(
        &self,
        job: &Job,
        work: &Work,
        aim: Aim,
    ) -> Result<(Vec<Edge>, u64), EngineError> {
        let edges = self.ask(job, work, move |request, _, _| query::edges(request, aim));
        edges.await
    }

    /// The bytes of the header of the result.
    ///
    /// # Errors
    /// As [`QueryEngine::run`].
    pub async fn header(&self, job: &Job, work: &Work) -> Result<(Vec<u8>, u64), EngineError> {
        let header = self.ask(job, work, |request, options, cancel| {
            let options = Options {
                parts: HEADER,
                ..*options
            };
            let mut bytes = Vec::new();
            query::answer(request, &options, cancel, &mut bytes)?;
            Ok(bytes)
        });
        header.await
    }

    /// The index of the result out of those of its windows, each with the byte at which its records begin.
    ///
    /// # Errors
    /// As [`QueryEngine::run`].
    pub async fn joined_csi(
        &self,
        job: &Job,
        work: &Work,
        windows: Vec<(Vec<u8>, u64)>,
    ) -> Result<(Vec<u8>, u64), EngineError> {
        let joined = self.ask(job, work, |request, options, _| {
            query::joined_csi(request, options.encoding, windows)
        });
        joined.await
    }

    /// Asks the engine for something else than an answer; with it, how many bytes were transferred.
    async fn ask<T: Send + 'static>(
        &self,
        job: &Job,
        work: &Work,
        ask: impl FnOnce(&Request<'_, ObjectSource>, &Options, &Cancel) -> Result<T, Error>
        + Send
        + 'static,
    ) -> Result<(T, u64), EngineError> {
        let engine = self.name();
        self.on_thread(job, work, 0, move |job, sources, cancel| {
            asked(job, sources, engine, |request, options| {
                ask(request, options, cancel)
            })
            .map_err(|error| failed(error, None, sources))
        })
        .await
    }

    /// Runs work that may block over the inputs, and tells what part of `total` bytes has arrived. Gives the bytes that
    /// were read, too.
    async fn on_thread<T: Send + 'static>(
        &self,
        job: &Job,
        work: &Work,
        total: u64,
        run: impl FnOnce(&Job, &Sources, &Cancel) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<(T, u64), EngineError> {
        let sources = Sources::of(job, work);
        let readers = sources.readers();
        let job = job.clone();
        let on_drop = CancelOnDrop::default();
        let cancel = Arc::clone(&on_drop.0);
        let meter = work.meter.clone();
        let mut thread = tokio::task::spawn_blocking(move || {
            let report = Arc::new(move |time| meter.add_cpu(time));
            cpu::reported(report, || run(&job, &sources, &cancel))
        });
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
                _ = beat.tick() => if total > 0 {
                    (work.done)(transferred() as f64 / total as f64);
                },
            }
        };
        let ran = ran?;
        if work.stop.reason().is_some() && ran.is_err() {
            return Err(EngineError::Stopped);
        }
        Ok((ran?, transferred()))
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
pub(crate) fn warnings(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

/// Runs on a thread that may block.
fn answer(
    job: &Job,
    sources: &Sources,
    mut writer: ObjectWriter,
    engine: &str,
    cancel: &Cancel,
) -> Result<(Answer, Streamed), EngineError> {
    let ran = asked(job, sources, engine, |request, options| {
        query::answer(request, options, cancel, &mut writer)
    });
    let failed = match ran {
        Ok(_) if cancel.is_cancelled() => EngineError::Stopped,
        Ok(answer) => return Ok((answer, writer.finish()?)),
        Err(error) => failed(error, writer.failure(), sources),
    };
    writer.abort();
    Err(failed)
}

/// Why there is no result: the store, if it failed, and what the engine says otherwise.
fn failed(error: Error, writing: Option<StorageError>, sources: &Sources) -> EngineError {
    let cause = writing.or_else(|| sources.failure());
    match (cause, error.category()) {
        (Some(cause), _) => EngineError::Storage(cause),
        (None, Category::Declined) => EngineError::Declined(error),
        (None, Category::Io) => EngineError::Unreadable(error),
        (None, _) => EngineError::Refused(error),
    }
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
    (source, groups): (&'j ObjectSource, Option<&Arc<ObjectSource>>),
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
            skips: input.skips.clone().map(|skips| (skips, GAP)),
            groups: input.groups.as_ref().zip(groups).map(|(groups, source)| {
                let source: Arc<dyn Source> = Arc::<ObjectSource>::clone(source);
                Groups::new(
                    Arc::clone(&groups.directory),
                    source,
                    GROUP_GAP,
                    GROUP_REQUESTS,
                )
            }),
            ..Context::default()
        },
        input,
        source,
        opened,
        index,
    })
}

/// Asks what the job asks of its inputs.
fn asked<T>(
    job: &Job,
    sources: &Sources,
    engine: &str,
    ask: impl FnOnce(&Request<'_, ObjectSource>, &Options) -> Result<T, Error>,
) -> Result<T, Error> {
    let date = Utc::now().format("%a %b %e %H:%M:%S %Y").to_string();
    let files = job
        .inputs
        .iter()
        .zip(sources.files.iter().zip(&sources.groups))
        .map(|(input, (source, groups))| {
            ready(job, input, (source, groups.as_ref()), &date)
                .map_err(|error| error.in_file(input.key()))
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
        parts: match job.window {
            Some(_) => RECORDS,
            None => Parts::ALL,
        },
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
    let Some(Stretch { from, to }) = &job.window else {
        return ask(&request, &options);
    };
    let window = query::window(&request, from.as_ref(), to.as_ref())?;
    let request = Request {
        window: Some(&window),
        ..request
    };
    ask(&request, &options)
}
