//! The engine's side, run as a process of its own.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use clap::Args;
use divbase_vcf::command::{Pipeline, parse_local};
use divbase_vcf::dimensions::scan_in_full;
use divbase_vcf::groups::{Directory, Groups, Settings, write};
use divbase_vcf::query::{Cancel, Encoding, Input, Options, Request, answer};
use divbase_vcf::reader;
use divbase_vcf::skips::Skips;
use divbase_vcf::source::{FileSource, Source};
use divbase_vcf::view::Context;

use crate::Anything;

/// Bytes that are fetched rather than passed over.
const GAP: u64 = 16 * 1024;

/// A query.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The file.
    pub(crate) file: PathBuf,
    /// Where the answer goes, as text.
    pub(crate) out: PathBuf,
    /// The sample groups of the file, if they are to be used.
    #[arg(long)]
    pub(crate) groups: Option<PathBuf>,
    /// Samples, between commas.
    #[arg(long)]
    pub(crate) samples: Option<String>,
    /// A filter, for which parts are passed over.
    #[arg(long)]
    pub(crate) filter: Option<String>,
}

/// A file that counts what is read of it.
struct Counted {
    inner: FileSource,
    bytes: AtomicU64,
}

impl Counted {
    fn open(path: &Path) -> Result<Self, Anything> {
        Ok(Self {
            inner: FileSource::open(path)?,
            bytes: AtomicU64::new(0),
        })
    }
}

impl Source for Counted {
    fn len(&self) -> std::io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> std::io::Result<Bytes> {
        let bytes = self.inner.read_range(offset, length)?;
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes the sample groups of a file, and their directory beside them.
pub(crate) fn make(
    file: &Path,
    groups: &Path,
    group_size: Option<NonZeroUsize>,
) -> Result<(), Anything> {
    let source = FileSource::open(file)?;
    let out = BufWriter::new(File::create(groups)?);
    let settings = Settings {
        group_size,
        ..Settings::default()
    };
    let made = write(&source, &settings, out)?;
    let directory = made.directory.to_bytes().ok_or("too many chunks")?;
    std::fs::write(beside(groups, ".directory"), directory)?;
    Ok(())
}

/// Answers; gives the bytes that were read of the file and of the groups, their directory included.
pub(crate) fn ask(question: &Question) -> Result<(u64, u64), Anything> {
    let source = Counted::open(&question.file)?;
    let mut words = Vec::new();
    if let Some(samples) = &question.samples {
        words.extend(["-s".to_owned(), samples.clone()]);
    }
    if let Some(filter) = &question.filter {
        words.extend(["-i".to_owned(), filter.clone()]);
    }
    let stages = Pipeline {
        stages: vec![
            parse_local(&words)
                .map_err(|error| format!("{error:?}"))?
                .stage,
        ],
    };
    let mut of_groups = None;
    let groups = match &question.groups {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(beside(path, ".directory"))?;
            let directory = Directory::parse(&bytes).ok_or("this is no directory")?;
            let source = Arc::new(Counted::open(path)?);
            of_groups = Some((Arc::clone(&source), bytes.len() as u64));
            let source: Arc<dyn Source> = source;
            Some(Groups::new(Arc::new(directory), source, GAP, 1))
        }
    };
    let skips = question.filter.as_ref().map(|_| skips(&question.file));
    let context = Context {
        groups,
        skips: skips.transpose()?.map(|skips| (Arc::new(skips), GAP)),
        ..Context::default()
    };
    let opened = reader::open(&source)?;
    let inputs = [Input {
        name: "file",
        source: &source,
        opened: &opened,
        index: None,
        stages: &stages,
        context: &context,
    }];
    let options = Options {
        threads: NonZeroUsize::MIN,
        encoding: Encoding::Text,
        ..Options::default()
    };
    let mut out = BufWriter::new(File::create(&question.out)?);
    answer(
        &Request::new(&inputs),
        &options,
        &Cancel::default(),
        &mut out,
    )?;
    out.flush()?;
    let of_file = source.bytes.load(Ordering::Relaxed);
    let of_groups = of_groups.map_or(0, |(source, directory)| {
        source.bytes.load(Ordering::Relaxed) + directory
    });
    Ok((of_file, of_groups))
}

/// What indexing notes of the parts of a file, made once.
fn skips(file: &Path) -> Result<Skips, Anything> {
    let path = beside(file, ".skips");
    if let Ok(bytes) = std::fs::read(&path)
        && let Some(skips) = Skips::parse(&bytes)
    {
        return Ok(skips);
    }
    let skips = scan_in_full(&FileSource::open(file)?)?.skips;
    std::fs::write(&path, skips.to_bytes())?;
    Ok(skips)
}
