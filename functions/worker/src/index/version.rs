//! Indexing one pinned version, straight from the store, for a query that needs it.

use divbase_contract::plan::PinnedInput;
use divbase_db::{NewScaffold, NewVcfFile};
use divbase_storage::{ObjectVersion, RangeReader};
use divbase_tasks::{StopSignal, TaskError};
use divbase_vcf::{Category, dimensions};

use crate::{
    Services,
    object::{Access, ObjectSource},
    tasks::errors::storage,
};

/// What became of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// It can be queried.
    Indexed,
    /// Something is wrong with it; the text tells the user what.
    Faulty(String),
}

/// Reads a version once and keeps what it holds. The current version of the key stays what it is.
///
/// # Errors
/// If database or store fail; nothing is kept then.
pub(crate) async fn index_version(
    services: &Services,
    bucket: &str,
    project_id: i64,
    pin: &PinnedInput,
    stop: &StopSignal,
) -> Result<Read, TaskError> {
    let object = ObjectVersion {
        bucket: bucket.to_owned(),
        key: pin.key.clone(),
        version_id: pin.version_id.clone(),
        etag: pin.etag.clone(),
        size: pin.size_bytes,
    };
    let reader = RangeReader::new(services.store.clone(), object);
    let source = ObjectSource::new(reader, Access::Whole { ahead: 4 << 20 }, stop.clone());
    let (source, scanned) = tokio::task::spawn_blocking(move || {
        let scanned = dimensions::scan(&source);
        (source, scanned)
    })
    .await
    .map_err(|error| TaskError::Internal(error.to_string()))?;
    let scan = match scanned {
        Ok(scan) => scan,
        Err(_) if stop.reason().is_some() => return Err(TaskError::Stopped),
        Err(error) if error.category() == Category::Io => {
            return Err(source
                .failure()
                .map_or_else(|| TaskError::Transient(error.to_string()), storage));
        }
        Err(error) => return Ok(Read::Faulty(format!("{error}. {}", error.remedy()))),
    };
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let found = &scan.dimensions;
    let scaffolds: Vec<NewScaffold> = found
        .scaffolds
        .iter()
        .map(|scaffold| NewScaffold {
            name: scaffold.name.clone(),
            record_count: number(scaffold.records),
            first_position: number(scaffold.first),
            last_position: number(scaffold.last),
        })
        .collect();
    let new = NewVcfFile {
        object_key: &pin.key,
        version_id: &pin.version_id,
        etag: &pin.etag,
        size_bytes: number(pin.size_bytes),
        record_count: number(found.records),
        samples: &found.samples,
        scaffolds: &scaffolds,
        csi: Some(&scan.csi),
    };
    services.db.store_vcf_version(project_id, &new).await?;
    Ok(Read::Indexed)
}
