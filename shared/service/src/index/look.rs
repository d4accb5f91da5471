//! Reading one version once, straight from the store: what is in it, or what is wrong with it. Records nothing.

use divbase_db::{Extent, NameList, NewContent, NewFacts, Sidecar};
use divbase_storage::{ObjectVersion, RangeReader, StorageError};
use divbase_tasks::{Context, Stopped};
use divbase_vcf::{
    Category, Error, Header,
    bgzf::Format,
    dimensions::{self, Dimensions},
    header::LineKind,
    reader,
};

use crate::{
    ServiceError, Services,
    object::{Access, ObjectSource},
};

/// Header key of every file that DivBase makes.
const CREATED: &[u8] = b"DivBase_created";

/// Bytes that are asked for ahead of use.
const AHEAD: u64 = 4 << 20;

/// What was found. Faults of the file are values.
pub(super) enum Looked {
    /// It can be queried.
    Scanned(Box<Facts>),
    /// It is a result of a query under another name.
    Generated,
    /// Something is wrong with it; the text tells the user what.
    Invalid(String),
    /// The version does not exist any more.
    Vanished,
}

/// What the index keeps of a file.
pub(super) struct Facts {
    dimensions: Dimensions,
    /// Index, layout and statistics; statistics alone of plain text, which is read from end to end.
    sidecars: Vec<(Sidecar, Vec<u8>)>,
    header: Vec<String>,
    scaffolds: Vec<String>,
    extents: Vec<Extent>,
}

impl Facts {
    fn new(mut dimensions: Dimensions, sidecars: Vec<(Sidecar, Vec<u8>)>, header: &Header) -> Self {
        let scaffolds = std::mem::take(&mut dimensions.scaffolds);
        Self {
            header: declarations(header),
            extents: scaffolds
                .iter()
                .map(|scaffold| Extent {
                    records: scaffold.records,
                    first: scaffold.first,
                    last: scaffold.last,
                })
                .collect(),
            scaffolds: scaffolds
                .into_iter()
                .map(|scaffold| scaffold.name)
                .collect(),
            dimensions,
            sidecars,
        }
    }

    /// The same for the database.
    pub(super) fn content(&self) -> NewContent<'_> {
        NewContent::Vcf(NewFacts {
            record_count: self.dimensions.records,
            samples: &self.dimensions.samples,
            header: &self.header,
            scaffolds: &self.scaffolds,
            extents: &self.extents,
            sidecars: &self.sidecars,
        })
    }
}

/// The lines that say how records are to be read. The others tell where a file comes from, which is another tale for
/// each file of a project; without them thousands of files have one header.
fn declarations(header: &Header) -> Vec<String> {
    let lines = header.lines().iter();
    lines
        .filter(|line| match line.kind() {
            LineKind::Info | LineKind::Format | LineKind::Filter | LineKind::Contig => true,
            LineKind::Structured => false,
            LineKind::Generic => line.key() == b"fileformat",
        })
        .map(|line| {
            String::from_utf8_lossy(line.printed())
                .trim_end()
                .to_owned()
        })
        .collect()
}

/// Reads a version.
///
/// # Errors
/// If the store fails or the task should stop.
pub(super) async fn look(
    ctx: &Context<Services>,
    object: ObjectVersion,
) -> Result<Looked, ServiceError> {
    let may_be_plain = object.key.ends_with(".vcf");
    let scan = move |source: &ObjectSource| scan(source, may_be_plain);
    match read(ctx, object, Access::Whole { ahead: AHEAD }, scan).await? {
        Read::Done(looked) => Ok(looked),
        Read::Refused(error) => Ok(Looked::Invalid(format!("{error}. {}", error.remedy()))),
        Read::Vanished => Ok(Looked::Vanished),
    }
}

/// The samples that the header of a version names, if it can be read.
///
/// # Errors
/// If the store fails or the task should stop.
pub(crate) async fn samples_of(
    ctx: &Context<Services>,
    object: ObjectVersion,
) -> Result<Option<NameList>, ServiceError> {
    let opened = read(ctx, object, Access::Parts, reader::open).await?;
    let Read::Done(opened) = opened else {
        return Ok(None);
    };
    let names = opened.header.samples().iter();
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(Some(names.collect::<Vec<_>>().into()))
}

/// What came of reading.
enum Read<T> {
    Done(T),
    /// Something is wrong with the file.
    Refused(Error),
    Vanished,
}

async fn read<T: Send + 'static>(
    ctx: &Context<Services>,
    object: ObjectVersion,
    access: Access,
    work: impl FnOnce(&ObjectSource) -> Result<T, Error> + Send + 'static,
) -> Result<Read<T>, ServiceError> {
    let reader = RangeReader::new(ctx.services.store.clone(), object);
    let (stop, meter) = (ctx.stop.clone(), ctx.meter.clone());
    let source = ObjectSource::new(reader, access, stop, meter);
    let (source, measured) = with(ctx, source, reader::measure_header).await?;
    let (source, found) = match measured {
        Ok(bytes) => {
            let memory = &ctx.services.memory;
            let admitted = tokio::select! {
                admitted = memory.admit_file(bytes) => admitted,
                _ = ctx.stop.stopped() => return Err(Stopped.into()),
            };
            // Held by the thread: it works on when nobody waits for it any more.
            with(ctx, source, move |source| {
                let _admitted = admitted;
                work(source)
            })
            .await?
        }
        Err(error) => (source, Err(error)),
    };
    ctx.add_bytes_read(source.reader().transferred());
    match found {
        Ok(found) => Ok(Read::Done(found)),
        Err(_) if ctx.stop.reason().is_some() => Err(Stopped.into()),
        Err(error) if error.category() == Category::Io => match source.failure() {
            Some(StorageError::NotFound { .. }) => Ok(Read::Vanished),
            Some(cause) => Err(cause.into()),
            None => Err(ServiceError::File(error)),
        },
        Err(error) => Ok(Read::Refused(error)),
    }
}

async fn with<T: Send + 'static>(
    ctx: &Context<Services>,
    source: ObjectSource,
    work: impl FnOnce(&ObjectSource) -> Result<T, Error> + Send + 'static,
) -> Result<(ObjectSource, Result<T, Error>), ServiceError> {
    let done = ctx.meter.blocking(move || {
        let found = work(&source);
        (source, found)
    });
    Ok(done.await?)
}

/// A `.vcf` may be plain text; of a `.vcf.gz` everybody expects that it is bgzipped.
fn scan(source: &ObjectSource, may_be_plain: bool) -> Result<Looked, Error> {
    let reader::Opened { header, format, .. } = reader::open(source)?;
    if header.lines().iter().any(|line| line.key() == CREATED) {
        return Ok(Looked::Generated);
    }
    let (mut dimensions, statistics, mut sidecars) = if may_be_plain && format == Format::Text {
        let (dimensions, statistics) = dimensions::scan_sorted(source)?;
        (dimensions, statistics, vec![])
    } else {
        let full = dimensions::scan_in_full(source)?;
        let layout = (Sidecar::Layout, full.layout.to_bytes());
        let skips = (Sidecar::Skips, full.skips.to_bytes());
        let sidecars = vec![(Sidecar::Csi, full.scan.csi), layout, skips];
        (full.scan.dimensions, full.statistics, sidecars)
    };
    sidecars.push((Sidecar::Statistics, statistics.to_bytes()));
    if let Some(beyond) = dimensions.beyond.take() {
        return Err(beyond.into_error());
    }
    let facts = Facts::new(dimensions, sidecars, &header);
    Ok(Looked::Scanned(Box::new(facts)))
}
