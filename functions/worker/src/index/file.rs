//! Indexing one file.

use std::path::Path;

use divbase_db::{DbError, NewScaffold, NewVcfFile, SkipKind};
use divbase_storage::{CurrentObject, StorageError};
use divbase_tasks::TaskError;
use divbase_vcf::{Category, dimensions, reader, source::FileSource};

use crate::{
    Services,
    tasks::errors::{local, storage},
};

/// Header key of every file that DivBase makes.
const CREATED: &[u8] = b"##DivBase_created";

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// It can be queried.
    Added,
    /// It is a result of a query under another name.
    Generated,
    /// Something is wrong with it; the text tells the user what.
    Invalid(String),
    /// Its version was purged between the listing and now; nothing is recorded.
    Vanished,
}

enum Looked {
    Scanned(Box<dimensions::Scan>),
    Generated,
    Invalid(String),
}

/// Downloads, reads and records one file version. A faulty file is recorded as such and is no error here.
///
/// # Errors
/// If database or store fail; nothing is recorded then.
pub(crate) async fn index_file(
    services: &Services,
    bucket: &str,
    project_id: i64,
    object: &CurrentObject,
    folder: &Path,
) -> Result<Indexed, TaskError> {
    let file = tempfile::NamedTempFile::new_in(folder).map_err(local)?;
    let fetched = services
        .store
        .download(bucket, &object.key, &object.version_id, file.path())
        .await;
    match fetched {
        Err(StorageError::NotFound { .. }) => return Ok(Indexed::Vanished),
        other => other.map_err(storage)?,
    };
    let path = file.path().to_owned();
    let looked = tokio::task::spawn_blocking(move || look(&path))
        .await
        .map_err(|error| TaskError::Internal(error.to_string()))??;
    let skip = |kind, reason: String| async move {
        services
            .db
            .store_skipped_file(project_id, &object.key, &object.version_id, kind, &reason)
            .await
    };
    match looked {
        Looked::Scanned(scan) => match store(services, project_id, object, &scan).await {
            Ok(()) => Ok(Indexed::Added),
            Err(DbError::UnstorableText) => {
                let reason = "the name of a sample or a scaffold contains the character NUL. Remove it and \
                                  upload the file again.";
                skip(SkipKind::Invalid, reason.to_owned()).await?;
                Ok(Indexed::Invalid(reason.to_owned()))
            }
            Err(error) => Err(error.into()),
        },
        Looked::Generated => {
            skip(SkipKind::DivbaseGenerated, "divbase_generated".to_owned()).await?;
            Ok(Indexed::Generated)
        }
        Looked::Invalid(reason) => {
            skip(SkipKind::Invalid, reason.clone()).await?;
            Ok(Indexed::Invalid(reason))
        }
    }
}

/// Reads the file once. Faults of the file are values; what is left is the local disk.
fn look(path: &Path) -> Result<Looked, TaskError> {
    let source = FileSource::open(path).map_err(local)?;
    let found = reader::open(&source).and_then(|opened| {
        let mut header = Vec::new();
        opened.header.print(&mut header);
        if header
            .split(|byte| *byte == b'\n')
            .any(|line| line.starts_with(CREATED))
        {
            return Ok(Looked::Generated);
        }
        dimensions::scan(&source).map(|scan| Looked::Scanned(Box::new(scan)))
    });
    match found {
        Ok(looked) => Ok(looked),
        Err(error) if error.category() == Category::Io => {
            Err(TaskError::Transient(error.to_string()))
        }
        Err(error) => Ok(Looked::Invalid(format!("{error}. {}", error.remedy()))),
    }
}

async fn store(
    services: &Services,
    project_id: i64,
    object: &CurrentObject,
    scan: &dimensions::Scan,
) -> Result<(), DbError> {
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
    services
        .db
        .store_vcf_file(
            project_id,
            NewVcfFile {
                object_key: &object.key,
                version_id: &object.version_id,
                etag: &object.etag,
                size_bytes: number(object.size),
                record_count: number(found.records),
                samples: &found.samples,
                scaffolds: &scaffolds,
                csi: Some(&scan.csi),
            },
        )
        .await?;
    Ok(())
}
