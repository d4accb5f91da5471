//! From what a user asks to what an engine does: which samples, which versions of which files, put together how.

mod asked;
mod cache;
mod choose;
mod digest;
mod estimate;
mod job_log;
mod known;
mod metadata;
mod pins;
mod plan;
mod provenance;
mod reach;
mod report;
mod table_cache;

pub use asked::Asked;
pub(crate) use cache::reuse;
pub(crate) use digest::digest;
pub use estimate::queue_of;
pub(crate) use job_log::{JobHead, JobLog};
pub(crate) use known::known;
pub(crate) use metadata::{MetadataSelection, TableAt, metadata_mode, select_by_metadata};
pub use pins::Snapshot;
pub(crate) use plan::Plan;
pub(crate) use provenance::header_lines;
pub(crate) use table_cache::TableCache;
