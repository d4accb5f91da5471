//! The native engine: all stages, concatenation and merge in one pass over the files, no temporary file, no process.
//!
//! What only bcftools decides it declines before it has written anything.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::Utc;
use divbase_vcf::{
    Category, Error, ErrorKind,
    command::Pipeline,
    index::Index,
    pipeline::{self, DEFAULT_LEVEL, Encoding, Indexing, Options, Parts, Query},
    query::{self, Join, Printing},
    reader::{self, Opened},
    source::{FileSource, Source},
    view::Context,
};
use futures::future::BoxFuture;

use super::{EngineError, Input, Job, QueryEngine, Ran, Steps, engine_line, in_file_order};

/// More threads gain little.
const MOST_THREADS: usize = 4;

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
        steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Ran, EngineError>> {
        Box::pin(async move {
            let stop = StopOnDrop::default();
            let (job, flag, engine) = (job.clone(), Arc::clone(&stop.0), self.name());
            let ran = tokio::task::spawn_blocking(move || answer(&job, &flag, engine)).await;
            steps(1, 1);
            ran.map_err(|error| EngineError::Fault(error.to_string()))??;
            Ok(Ran {
                engine: self.name(),
                notes: Vec::new(),
            })
        })
    }
}

/// Tells the blocking thread that nobody waits for it any more.
#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn answer(job: &Job, stop: &Arc<AtomicBool>, engine: &str) -> Result<(), EngineError> {
    run(job, stop, engine).map_err(|error| match error.category() {
        Category::Declined => EngineError::Declined(error.to_string()),
        Category::Io => EngineError::Fault(error.to_string()),
        _ => EngineError::User(format!("{error}. {}", error.remedy())),
    })
}

/// An input made ready.
struct Ready<'j> {
    input: &'j Input,
    source: Stoppable<FileSource>,
    opened: Opened,
    index: Option<Index>,
    pipeline: Pipeline,
    context: Context,
}

fn ready<'j>(
    job: &Job,
    input: &'j Input,
    stop: &Arc<AtomicBool>,
    date: &str,
) -> Result<Ready<'j>, Error> {
    let source = Stoppable {
        inner: FileSource::open(&input.path)?,
        stop: Arc::clone(stop),
    };
    let opened = reader::open(&source)?;
    let index = match &input.csi {
        Some(path) => {
            let index = Index::parse(&std::fs::read(path)?).map_err(ErrorKind::Index)?;
            Some(
                index.with_names(
                    opened
                        .header
                        .contigs()
                        .iter()
                        .map(|contig| &contig.name[..]),
                ),
            )
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
        },
        input,
        source,
        opened,
        index,
    })
}

fn run(job: &Job, stop: &Arc<AtomicBool>, engine: &str) -> Result<(), Error> {
    let date = Utc::now().format("%a %b %e %H:%M:%S %Y").to_string();
    let files = job
        .inputs
        .iter()
        .map(|input| ready(job, input, stop, &date).map_err(|error| error.in_file(&input.key)))
        .collect::<Result<Vec<_>, _>>()?;
    let mut header_lines = job.header_lines.clone();
    header_lines.push(engine_line(engine));
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let options = Options {
        threads: NonZeroUsize::new(threads.min(MOST_THREADS)).unwrap_or(NonZeroUsize::MIN),
        encoding: Encoding::Bgzip(DEFAULT_LEVEL),
        parts: Parts::All,
        indexing: Indexing::Off,
    };
    let mut writer = Stoppable {
        inner: BufWriter::new(File::create(&job.output)?),
        stop: Arc::clone(stop),
    };
    match files.as_slice() {
        [file] => {
            let query = Query {
                pipeline: &file.pipeline,
                opened: &file.opened,
                index: file.index.as_ref(),
                context: &file.context,
                header_lines: &header_lines,
            };
            pipeline::run(&file.source, &query, &options, &mut writer)
                .map_err(|error| error.in_file(&file.input.key))?;
        }
        several => {
            let inputs: Vec<query::Input<'_, _>> = several
                .iter()
                .map(|file| query::Input {
                    name: &file.input.key,
                    source: &file.source,
                    opened: &file.opened,
                    index: file.index.as_ref(),
                    pipeline: &file.pipeline,
                    context: &file.context,
                })
                .collect();
            let join = Join {
                groups: &job.groups,
                header_lines: &header_lines,
                printing: Printing::Canonical,
            };
            query::run(&inputs, join, &options, &mut writer)?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// A source or sink that fails once the query was stopped, so that its thread ends.
struct Stoppable<T> {
    inner: T,
    stop: Arc<AtomicBool>,
}

impl<T> Stoppable<T> {
    fn check(&self) -> io::Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("the query was stopped"));
        }
        Ok(())
    }
}

impl Source for Stoppable<FileSource> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<bytes::Bytes> {
        self.check()?;
        self.inner.read_range(offset, length)
    }
}

impl<W: Write> Write for Stoppable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.check()?;
        self.inner.flush()
    }
}
