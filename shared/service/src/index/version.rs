//! Indexing one pinned version for a query that needs it. The current version of the key stays what it is.

use divbase_contract::plan::PinnedInput;
use divbase_storage::ObjectVersion;
use divbase_tasks::Context;

use super::look::{Looked, look, row, scaffolds};
use crate::{ServiceError, Services};

/// What became of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// It can be queried.
    Indexed,
    /// It is a result of a query under another name.
    Generated,
    /// It cannot be used; the text tells the user why.
    Faulty(String),
}

/// Reads a version once and keeps what it holds.
///
/// # Errors
/// If database or store fail, or the task should stop; nothing is kept then.
pub(crate) async fn index_version(
    ctx: &Context<Services>,
    bucket: &str,
    project_id: i64,
    pin: &PinnedInput,
) -> Result<Read, ServiceError> {
    let version = ObjectVersion {
        bucket: bucket.to_owned(),
        key: pin.key.clone(),
        version_id: pin.version_id.clone(),
        etag: pin.etag.clone(),
        size: pin.size_bytes,
    };
    match look(ctx, version.clone()).await? {
        Looked::Scanned(scan) => {
            let scaffolds = scaffolds(&scan);
            let new = row(&version, &scan, &scaffolds);
            let db = &ctx.services.db;
            db.store_vcf_version(project_id, &new).await?;
            Ok(Read::Indexed)
        }
        Looked::Generated => Ok(Read::Generated),
        Looked::Invalid(reason) => Ok(Read::Faulty(reason)),
        Looked::Vanished => Ok(Read::Faulty(
            "this version was deleted for good.".to_owned(),
        )),
    }
}
