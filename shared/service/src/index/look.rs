//! Reading one version once, straight from the store: what is in it, or what is wrong with it. Records nothing.

use std::ops::Range;

use divbase_db::{Extent, NameList, NewContent, NewFacts, Sidecar};
use divbase_storage::{ObjectVersion, RangeReader, StorageError};
use divbase_tasks::Stopped;
use divbase_vcf::{
    Category, Error, ErrorKind, Header,
    bgzf::Format,
    dimensions::{self, Dimensions, FullScan},
    header::LineKind,
    reader,
    stats::Statistics,
};
use tokio::runtime::Handle;

use crate::{
    Context, Result, ServiceError,
    object::{Access, ObjectSource},
};

/// Header key of every file that DivBase makes.
const CREATED: &[u8] = b"DivBase_created";

/// What is kept of a larger piece is not read.
const LARGEST_PIECE: u64 = 1 << 30;
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
pub(super) async fn look(ctx: &Context, object: ObjectVersion) -> Result<Looked> {
    let may_be_plain = object.key.ends_with(".vcf");
    let scan = move |source: &ObjectSource| scan(source, may_be_plain);
    told(read(ctx, object, Access::Whole { ahead: AHEAD }, scan).await?)
}

/// The samples that the header of a version names, if it can be read.
///
/// # Errors
/// If the store fails or the task should stop.
pub(crate) async fn samples_of(ctx: &Context, object: ObjectVersion) -> Result<Option<NameList>> {
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
    ctx: &Context,
    object: ObjectVersion,
    access: Access,
    work: impl FnOnce(&ObjectSource) -> Result<T, Error> + Send + 'static,
) -> Result<Read<T>> {
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
    ctx: &Context,
    source: ObjectSource,
    work: impl FnOnce(&ObjectSource) -> Result<T, Error> + Send + 'static,
) -> Result<(ObjectSource, Result<T, Error>)> {
    let done = ctx.meter.blocking(move || {
        let found = work(&source);
        (source, found)
    });
    Ok(done.await?)
}

/// How a large version is read.
pub(crate) enum Cut {
    /// In pieces, which are these ranges of bytes.
    Pieces(Vec<Range<u64>>),
    /// As a whole, because it is stored in this way.
    Whole(&'static str),
    /// As a whole, which is done as soon as its header is read: something is wrong with it, or DivBase made the file.
    Header,
}

/// Cuts a version into pieces of about so many bytes each.
///
/// # Errors
/// If the store fails or the task should stop.
pub(crate) async fn cut(
    ctx: &Context,
    object: ObjectVersion,
    each: u64,
    most: usize,
) -> Result<Cut> {
    let size = object.size;
    let cut = move |source: &ObjectSource| {
        let opened = reader::open(source)?;
        if is_generated(&opened.header) {
            return Ok(Cut::Header);
        }
        let ranges = dimensions::cut(&opened, size, each, most);
        Ok(match ranges.len() {
            2.. => Cut::Pieces(ranges),
            _ if opened.is_bcf() => Cut::Whole("BCF"),
            _ => Cut::Whole("plain text"),
        })
    };
    Ok(match read(ctx, object, Access::Parts, cut).await? {
        Read::Done(cut) => cut,
        Read::Refused(_) | Read::Vanished => Cut::Header,
    })
}

/// Reads one piece of a version, as bytes to be kept; nothing if the version does not exist any more.
///
/// # Errors
/// If the store fails or the task should stop.
pub(crate) async fn look_at_piece(
    ctx: &Context,
    object: ObjectVersion,
    range: Range<u64>,
) -> Result<Option<Vec<u8>>> {
    let scan = move |source: &ObjectSource| {
        let opened = reader::open(source)?;
        dimensions::scan_piece(source, &opened, range)
    };
    match read(ctx, object, Access::Whole { ahead: AHEAD }, scan).await? {
        Read::Done(piece) => Ok(Some(piece.to_bytes())),
        Read::Refused(error) => Err(ServiceError::File(error)),
        Read::Vanished => Ok(None),
    }
}

/// What was found in a piece, and where that lies.
#[derive(Clone, Debug)]
pub(crate) struct KeptPiece {
    /// Its range of bytes of the file.
    pub(crate) range: Range<u64>,
    /// Key and version of what was found; nothing if it is to be read now.
    pub(crate) kept: Option<(String, Option<String>)>,
}

/// Puts the pieces of a version together.
///
/// # Errors
/// If the store fails or the task should stop.
pub(super) async fn join(
    ctx: &Context,
    object: ObjectVersion,
    pieces: Vec<KeptPiece>,
) -> Result<Looked> {
    let (store, runtime) = (ctx.services.store.clone(), Handle::current());
    let bucket = object.bucket.clone();
    let kept = move |(key, version): (String, Option<String>)| {
        let read = store.read(&bucket, &key, version.as_deref(), LARGEST_PIECE);
        match runtime.block_on(read) {
            Ok(bytes) => Ok(dimensions::Piece::parse(&bytes)),
            // It is made anew.
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::from(ErrorKind::Io(std::io::Error::other(error)))),
        }
    };
    let join = move |source: &ObjectSource| {
        let opened = reader::open(source)?;
        let mut joiner = dimensions::Joiner::new(source, opened.clone());
        for piece in pieces {
            let found = match piece.kept.map(&kept).transpose()?.flatten() {
                Some(found) => found,
                None => dimensions::scan_piece(source, &opened, piece.range.clone())?,
            };
            joiner.add(piece.range, found)?;
        }
        match joiner.finish()? {
            Ok(full) => scanned(full, &opened.header),
            Err(fault) => Ok(Looked::Invalid(format!("{fault}. {}", fault.remedy()))),
        }
    };
    told(read(ctx, object, Access::Parts, join).await?)
}

fn told(read: Read<Looked>) -> Result<Looked> {
    Ok(match read {
        Read::Done(looked) => looked,
        Read::Refused(error) => Looked::Invalid(format!("{error}. {}", error.remedy())),
        Read::Vanished => Looked::Vanished,
    })
}

/// Whether DivBase made the file.
fn is_generated(header: &Header) -> bool {
    header.lines().iter().any(|line| line.key() == CREATED)
}

/// A `.vcf` may be plain text; of a `.vcf.gz` everybody expects that it is bgzipped.
fn scan(source: &ObjectSource, may_be_plain: bool) -> Result<Looked, Error> {
    let reader::Opened { header, format, .. } = reader::open(source)?;
    if is_generated(&header) {
        return Ok(Looked::Generated);
    }
    if may_be_plain && format == Format::Text {
        let (dimensions, statistics) = dimensions::scan_sorted(source)?;
        return facts(dimensions, &statistics, vec![], &header);
    }
    scanned(dimensions::scan_in_full(source)?, &header)
}

/// What is kept of a bgzipped file.
fn scanned(full: FullScan, header: &Header) -> Result<Looked, Error> {
    let layout = (Sidecar::Layout, full.layout.to_bytes());
    let skips = (Sidecar::Skips, full.skips.to_bytes());
    let sidecars = vec![(Sidecar::Csi, full.scan.csi), layout, skips];
    facts(full.scan.dimensions, &full.statistics, sidecars, header)
}

fn facts(
    mut dimensions: Dimensions,
    statistics: &Statistics,
    mut sidecars: Vec<(Sidecar, Vec<u8>)>,
    header: &Header,
) -> Result<Looked, Error> {
    sidecars.push((Sidecar::Statistics, statistics.to_bytes()));
    if let Some(beyond) = dimensions.beyond.take() {
        return Err(beyond.into_error());
    }
    let facts = Facts::new(dimensions, sidecars, header);
    Ok(Looked::Scanned(Box::new(facts)))
}
