//! Indexing the current version of one file.

use divbase_db::{DbError, SkipKind};
use divbase_storage::{CurrentObject, ObjectVersion};
use divbase_tasks::Context;

use super::look::{Looked, look, row, scaffolds};
use crate::{ServiceError, Services};

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

/// Reads and records one file version. A faulty file is recorded as such and is no error here.
///
/// # Errors
/// If database or store fail, or the task should stop; nothing is recorded then.
pub(crate) async fn index_file(
    ctx: &Context<Services>,
    bucket: &str,
    project_id: i64,
    object: &CurrentObject,
) -> Result<Indexed, ServiceError> {
    let services = &ctx.services;
    let version = ObjectVersion {
        bucket: bucket.to_owned(),
        key: object.key.clone(),
        version_id: object.version_id.clone(),
        etag: object.etag.clone(),
        size: object.size,
    };
    let skip = |kind, reason: String| async move {
        services
            .db
            .store_skipped_file(project_id, &object.key, &object.version_id, kind, &reason)
            .await
    };
    match look(ctx, version.clone()).await? {
        Looked::Scanned(scan) => {
            let scaffolds = scaffolds(&scan);
            let new = row(&version, &scan, &scaffolds);
            match services.db.store_vcf_file(project_id, new).await {
                Ok(()) => Ok(Indexed::Added),
                Err(DbError::UnstorableText) => {
                    let reason = "the name of a sample or a scaffold contains the character NUL. Remove it and \
                                  upload the file again.";
                    skip(SkipKind::Invalid, reason.to_owned()).await?;
                    Ok(Indexed::Invalid(reason.to_owned()))
                }
                Err(error) => Err(error.into()),
            }
        }
        Looked::Generated => {
            skip(SkipKind::DivbaseGenerated, "divbase_generated".to_owned()).await?;
            Ok(Indexed::Generated)
        }
        Looked::Invalid(reason) => {
            skip(SkipKind::Invalid, reason.clone()).await?;
            Ok(Indexed::Invalid(reason))
        }
        Looked::Vanished => Ok(Indexed::Vanished),
    }
}
