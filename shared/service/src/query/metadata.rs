//! Samples by a filter over the project's metadata table.

use std::sync::Arc;

use divbase_contract::FailureClass;
use divbase_metadata::{Checks, Filter, Mode, QueryError, Table, query};
use divbase_storage::StorageError;
use divbase_tasks::Meter;
use tokio::sync::SemaphorePermit;

use super::table_cache::TableVersion;
use crate::{Result, ServiceError, Services};

/// Largest table that is read, bytes. A table of 100,000 samples by 50 columns has 27 MB and takes four times as much memory.
const TABLE_LIMIT: u64 = 64 * 1024 * 1024;

/// Which table is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableAt<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    /// The newest if absent.
    pub(crate) version_id: Option<&'a str>,
}

/// The answer of the metadata engine.
pub(crate) struct MetadataSelection {
    /// Each once, in the order of the table.
    pub(crate) samples: Vec<String>,
    /// The filter as understood.
    pub(crate) message: String,
    /// What the user should know about table and filter.
    pub(crate) warnings: Vec<String>,
}

/// Whose rules a request asks for.
pub(crate) fn metadata_mode(compat: bool) -> Mode {
    if compat { Mode::Compat } else { Mode::Strict }
}

/// Reads the table, judges it against the project's samples, if they are given, and answers the filter.
///
/// # Errors
/// A user error if the table is missing or faulty or the filter has no answer; or the store fails.
pub(crate) async fn select_by_metadata(
    services: &Services,
    at: TableAt<'_>,
    filter: &str,
    mode: Mode,
    project_samples: Option<Vec<String>>,
    meter: &Meter,
) -> Result<MetadataSelection> {
    let filter = filter.to_owned();
    let (table, _admitted) = table(services, at, meter).await?;
    meter
        .blocking(move || answer(&table, &filter, mode, project_samples.as_deref()))
        .await?
}

/// The newest version of a table; nothing in a store that has no versions.
///
/// # Errors
/// A user error if there is no such table; or the store fails.
pub(crate) async fn table_version(
    services: &Services,
    bucket: &str,
    key: &str,
) -> Result<Option<String>> {
    let head = services.store.head(bucket, key).await?;
    Ok(head.ok_or_else(|| missing(key))?.version_id)
}

fn missing(key: &str) -> ServiceError {
    ServiceError::Refused {
        class: FailureClass::ObjectDoesNotExist,
        message: format!(
            "The sample metadata file '{key}' does not exist in the project. Upload it, or name another \
             with --metadata-tsv-name."
        ),
    }
}

/// The table, parsed; from memory if it was asked before, else with the permit to have it read, which is to be kept until
/// the table has been asked: its columns are read by the first question.
///
/// # Errors
/// A user error if there is no such table, or it is too large or no text; or the store fails.
pub(crate) async fn table<'s>(
    services: &'s Services,
    at: TableAt<'_>,
    meter: &Meter,
) -> Result<(Arc<Table>, Option<SemaphorePermit<'s>>)> {
    let missing = || missing(at.key);
    let head = match at.version_id {
        // A version never changes.
        Some(_) => None,
        None => {
            let head = services.store.head(at.bucket, at.key).await;
            Some(head?.ok_or_else(missing)?)
        }
    };
    let version = TableVersion {
        bucket: at.bucket.to_owned(),
        key: at.key.to_owned(),
        version: match (at.version_id, &head) {
            (Some(version), _) => version.to_owned(),
            (None, Some(head)) => head.version_id.as_ref().unwrap_or(&head.etag).clone(),
            (None, None) => String::new(),
        },
    };
    if let Some(table) = services.tables.get(&version) {
        return Ok((table, None));
    }
    let admitted = services.memory.admit_table().await;
    // Whoever was admitted before may have read the same.
    if let Some(table) = services.tables.get(&version) {
        return Ok((table, admitted));
    }
    let bytes = services
        .store
        .read(at.bucket, at.key, at.version_id, TABLE_LIMIT)
        .await
        .map_err(|error| match error {
            StorageError::NotFound { .. } => missing(),
            StorageError::TooLarge { key, size, limit } => ServiceError::Refused {
        class: FailureClass::TableUnreadable,
                message: format!(
                    "The sample metadata file '{key}' has {size} bytes; tables of more than {limit} bytes are not \
                     read. Split it, or leave out columns."
                ),
            },
            other => other.into(),
        })?;
    let size = bytes.len() as u64;
    meter.add_bytes_read(size);
    let table = meter.blocking(move || Table::read(bytes)).await??;
    let table = Arc::new(table);
    // What was replaced between the two requests is read anew next time.
    if head.is_none_or(|head| head.size == size) {
        services.tables.put(version, Arc::clone(&table));
    }
    Ok((table, admitted))
}

fn answer(
    table: &Table,
    filter: &str,
    mode: Mode,
    project_samples: Option<&[String]>,
) -> Result<MetadataSelection> {
    let filter = Filter::parse(filter, mode).map_err(QueryError::from)?;
    let checks = Checks {
        project_samples,
        ..Checks::default()
    };
    let selection = query(table, &filter, &checks)?;
    Ok(MetadataSelection {
        samples: selection
            .sample_ids
            .into_iter()
            .map(str::to_owned)
            .collect(),
        message: selection.message,
        warnings: selection.warnings,
    })
}
