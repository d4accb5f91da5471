//! The version of a file that a query is about, as it is written into the task and as the store takes it.

use divbase_contract::plan::PinnedInput;
use divbase_db::VcfVersion;
use divbase_storage::{ObjectMeta, ObjectVersion};

/// The newest version of a key, as the store told it.
pub(super) fn pin(key: &str, head: ObjectMeta) -> PinnedInput {
    PinnedInput {
        key: key.to_owned(),
        version_id: head.version_id.unwrap_or_else(|| "null".to_owned()),
        etag: head.etag,
        size_bytes: head.size,
    }
}

/// A version that can be queried, as it is written into the task.
pub(crate) fn pinned(version: &VcfVersion) -> PinnedInput {
    PinnedInput {
        key: version.object_key.clone(),
        version_id: version.version_id.clone(),
        etag: version.etag.clone(),
        size_bytes: version.size_bytes,
    }
}

/// A pinned version as an object of the store.
pub(crate) fn object(bucket: &str, pin: &PinnedInput) -> ObjectVersion {
    ObjectVersion {
        bucket: bucket.to_owned(),
        key: pin.key.clone(),
        version_id: pin.version_id.clone(),
        etag: pin.etag.clone(),
        size: pin.size_bytes,
    }
}
