//! Reading one version once, straight from the store: what is in it, or what is wrong with it. Records nothing.

use divbase_db::{NewScaffold, NewVcfFile};
use divbase_storage::{ObjectVersion, RangeReader, StorageError};
use divbase_tasks::{Context, Stopped};
use divbase_vcf::{Category, Error, dimensions, reader};

use crate::{
    ServiceError, Services,
    object::{Access, ObjectSource},
};

/// Header key of every file that DivBase makes.
const CREATED: &[u8] = b"##DivBase_created";

/// Bytes that are asked for ahead of use.
const AHEAD: u64 = 4 << 20;

/// What was found. Faults of the file are values.
pub(super) enum Looked {
    /// It can be queried.
    Scanned(Box<dimensions::Scan>),
    /// It is a result of a query under another name.
    Generated,
    /// Something is wrong with it; the text tells the user what.
    Invalid(String),
    /// The version does not exist any more.
    Vanished,
}

/// Reads a version.
///
/// # Errors
/// If the store fails or the task should stop.
pub(super) async fn look(
    ctx: &Context<Services>,
    object: ObjectVersion,
) -> Result<Looked, ServiceError> {
    let reader = RangeReader::new(ctx.services.store.clone(), object);
    let (stop, meter) = (ctx.stop.clone(), ctx.meter.clone());
    let source = ObjectSource::new(reader, Access::Whole { ahead: AHEAD }, stop, meter);
    let (source, found) = ctx
        .meter
        .blocking(move || {
            let found = scan(&source);
            (source, found)
        })
        .await?;
    ctx.add_bytes_read(source.reader().transferred());
    match found {
        Ok(looked) => Ok(looked),
        Err(_) if ctx.stop.reason().is_some() => Err(Stopped.into()),
        Err(error) if error.category() == Category::Io => match source.failure() {
            Some(StorageError::NotFound { .. }) => Ok(Looked::Vanished),
            Some(cause) => Err(cause.into()),
            None => Err(ServiceError::File(error)),
        },
        Err(error) => Ok(Looked::Invalid(format!("{error}. {}", error.remedy()))),
    }
}

fn scan(source: &ObjectSource) -> Result<Looked, Error> {
    let opened = reader::open(source)?;
    let mut header = Vec::new();
    opened.header.print(&mut header);
    let mut lines = header.split(|byte| *byte == b'\n');
    if lines.any(|line| line.starts_with(CREATED)) {
        return Ok(Looked::Generated);
    }
    dimensions::scan(source).map(|scan| Looked::Scanned(Box::new(scan)))
}

/// The scaffolds of a file as the index keeps them.
pub(super) fn scaffolds(scan: &dimensions::Scan) -> Vec<NewScaffold> {
    let found = scan.dimensions.scaffolds.iter();
    found
        .map(|scaffold| NewScaffold {
            name: scaffold.name.clone(),
            record_count: signed(scaffold.records),
            first_position: signed(scaffold.first),
            last_position: signed(scaffold.last),
        })
        .collect()
}

/// A file as the index keeps it.
pub(super) fn row<'a>(
    object: &'a ObjectVersion,
    scan: &'a dimensions::Scan,
    scaffolds: &'a [NewScaffold],
) -> NewVcfFile<'a> {
    NewVcfFile {
        object_key: &object.key,
        version_id: &object.version_id,
        etag: &object.etag,
        size_bytes: signed(object.size),
        record_count: signed(scan.dimensions.records),
        samples: &scan.dimensions.samples,
        scaffolds,
        csi: Some(&scan.csi),
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
