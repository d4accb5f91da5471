//! Indexing one version of a file: reads it once and writes down what it was found to be.

use divbase_db::{DbError, NewContent, NewFileVersion, Standing};
use divbase_storage::ObjectVersion;

use super::look::{KeptPiece, Looked, join, look};
use crate::{Context, Result};

/// What became of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// It can be queried.
    Added,
    /// It is a result of a query under another name.
    Generated,
    /// Something is wrong with it; the text tells the user what.
    Faulty(String),
    /// It does not exist any more; nothing is recorded.
    Vanished,
}

/// Puts a version together that was read in pieces, and records it.
///
/// # Errors
/// As [`index_version`].
pub(crate) async fn index_pieces(
    ctx: &Context,
    project_id: i64,
    version: &ObjectVersion,
    pieces: Vec<KeptPiece>,
) -> Result<Indexed> {
    let looked = join(ctx, version.clone(), pieces).await?;
    record(ctx, project_id, version, Standing::Present, looked).await
}

/// Records a version as faulty that was not read.
///
/// # Errors
/// If the database fails.
pub(crate) async fn refuse_version(
    ctx: &Context,
    project_id: i64,
    version: &ObjectVersion,
    fault: String,
) -> Result<Indexed> {
    let refused = Looked::Invalid(fault);
    record(ctx, project_id, version, Standing::Present, refused).await
}

/// Reads and records a version. A faulty file is recorded as such and is no error here.
///
/// # Errors
/// If database or store fail, or the task should stop; nothing is recorded then.
pub(crate) async fn index_version(
    ctx: &Context,
    project_id: i64,
    version: &ObjectVersion,
    standing: Standing,
) -> Result<Indexed> {
    let looked = look(ctx, version.clone()).await?;
    record(ctx, project_id, version, standing, looked).await
}

async fn record(
    ctx: &Context,
    project_id: i64,
    version: &ObjectVersion,
    standing: Standing,
    looked: Looked,
) -> Result<Indexed> {
    let record = async |content: NewContent<'_>| {
        let new = NewFileVersion {
            object_key: &version.key,
            version_id: &version.version_id,
            etag: &version.etag,
            size_bytes: version.size,
            content,
        };
        let db = &ctx.services.db;
        db.store_file_version(project_id, &new, standing).await
    };
    Ok(match looked {
        Looked::Scanned(facts) => match record(facts.content()).await {
            Ok(()) => Indexed::Added,
            Err(DbError::UnstorableText) => {
                let fault = "the name of a sample or a scaffold contains the character NUL. Remove it and upload \
                             the file again.";
                record(NewContent::Faulty(fault)).await?;
                Indexed::Faulty(fault.to_owned())
            }
            Err(error) => return Err(error.into()),
        },
        Looked::Generated => {
            record(NewContent::Result).await?;
            Indexed::Generated
        }
        Looked::Invalid(fault) => {
            record(NewContent::Faulty(&fault)).await?;
            Indexed::Faulty(fault)
        }
        Looked::Vanished => Indexed::Vanished,
    })
}
