//! The object store: one versioned bucket per project, behind an interface of our own.
//!
//! It must not know projects, users or what is in a file. Keys and version ids are the store's.

mod browsers;
mod bucket;
mod bucket_policy;
mod checksum;
mod compose;
mod copy;
mod error;
mod events;
mod leftovers;
mod lifecycle;
mod list;
mod multipart;
mod names;
mod open_uploads;
mod presign;
mod purge;
mod ranges;
mod read;
mod settings;
mod store;
mod streaming_upload;
mod url_sessions;
mod version_list;
mod versions;
mod write;

pub use bucket_policy::{MOST_REFUSED, RefusedSessions};
pub use checksum::{KeptAlgorithm, KeptChecksum};
pub use compose::{Begun, Composed, PartToSend, Piece};
pub use copy::Copied;
pub use error::{Refusal, StorageError};
pub use events::Events;
pub use list::{CurrentObject, ListPage, ListedObject};
pub use multipart::{Completed, PartChecksums, UploadedPart};
pub use open_uploads::{OpenPart, OpenUpload};
pub use presign::{ExpectedBody, PresignedPut, Signer};
pub use ranges::{ObjectVersion, RangeReader};
pub use read::ObjectMeta;
pub use settings::{StorageSettings, UrlRole};
pub use store::Store;
pub use streaming_upload::{Streamed, StreamingUpload};
pub use url_sessions::UrlSessions;
pub use version_list::{StoredVersion, VersionKind, VersionList};
pub use versions::{DeletedKey, KeyVersion};
pub use write::Written;
