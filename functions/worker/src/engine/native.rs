//! The native engine: all stages in one pass over the file, no temporary file, no process.
//!
//! It answers queries on one file. Several files, and expressions that only bcftools decides, it declines before it
//! has written anything.

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
    Category, Error,
    command::Pipeline,
    index::Index,
    pipeline::{self, DEFAULT_LEVEL, Encoding, Indexing, Options, Parts, Query},
    reader,
    source::{FileSource, Source},
    view::Context,
};
use futures::future::BoxFuture;

use super::{EngineError, Input, Job, QueryEngine, Ran, Steps, engine_line, in_file_order};

/// More threads gain nothing on one file.
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
            let [_] = job.inputs.as_slice() else {
                return Err(EngineError::Declined(format!(
                    "it does not combine files yet, and the query needs {}",
                    job.inputs.len()
                )));
            };
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
    let input = &job.inputs[0];
    let ran = answer_one(job, input, stop, engine);
    ran.map_err(|error| match error.category() {
        Category::Declined => EngineError::Declined(error.to_string()),
        Category::Io => EngineError::Fault(error.to_string()),
        _ => EngineError::User(format!("'{}': {error}. {}", input.key, error.remedy())),
    })
}

fn answer_one(job: &Job, input: &Input, stop: &Arc<AtomicBool>, engine: &str) -> Result<(), Error> {
    let source = Stoppable {
        inner: FileSource::open(&input.path)?,
        stop: Arc::clone(stop),
    };
    let opened = reader::open(&source)?;
    let index = match &input.csi {
        Some(path) => {
            let index =
                Index::parse(&std::fs::read(path)?).map_err(divbase_vcf::ErrorKind::Index)?;
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
    let context = Context {
        selection: input.samples.clone().unwrap_or_default(),
        scaffolds: index
            .as_ref()
            .map(|index| index.names().map(<[u8]>::to_vec).collect()),
        date: Utc::now().format("%a %b %e %H:%M:%S %Y").to_string(),
    };
    let mut header_lines = job.header_lines.clone();
    header_lines.push(engine_line(engine));
    let pipeline = Pipeline {
        stages: job
            .pipeline
            .stages
            .iter()
            .map(|stage| in_file_order(stage, &input.scaffolds))
            .collect(),
    };
    let query = Query {
        pipeline: &pipeline,
        opened: &opened,
        index: index.as_ref(),
        context: &context,
        header_lines: &header_lines,
    };
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
    pipeline::run(&source, &query, &options, &mut writer)?;
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
